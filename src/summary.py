"""What one night or day was like, worked out from its events."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Iterable, Sequence

from src.coverage import BLIND, DOUBTFUL, GAP, WATCHED, Span, seconds_of, spans
from src.event_kinds import (
    Alert, DeliveryFailed, Event, Heartbeat, IncidentResolved, Lighting, Queued, Sent, Trouble, typed,
)
from src.period import Period


@dataclass(frozen=True)
class IncidentLine:
    """One leak as the monitor saw it. minutes: how long it was open, None while it still is."""

    incident_id: str
    opened_at: datetime
    minutes: float | None
    alerts: int
    largest_area_percent: float
    growing: bool
    triggers: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Undelivered:
    """A message that had not arrived by now. reason: what went wrong last, "" = not tried yet."""

    message_id: str
    subject: str
    channel: str
    queued_at: datetime
    reason: str
    given_up: bool


@dataclass(frozen=True)
class HourScore:
    """The highest score of one hour on the clock. threshold: the one in force, None when not known."""

    hour: datetime
    frames: int
    score_max: float
    threshold: float | None


@dataclass(frozen=True)
class DaySummary:
    """Everything the summary page says. coverage_percent: of the armed time, None when it was never armed."""

    period: Period
    spans: tuple[Span, ...]
    coverage_percent: float | None
    frames: int
    alerts: tuple[Alert, ...]
    incidents: tuple[IncidentLine, ...]
    lighting_changes: tuple[Span, ...]
    messages: int
    failed_attempts: int
    undelivered: tuple[Undelivered, ...]
    heartbeats: tuple[Heartbeat, ...]
    hours: tuple[HourScore, ...]
    troubles: tuple[Trouble, ...]
    event_counts: dict[str, int]
    unreadable_lines: int

    @property
    def armed_seconds(self) -> float:
        return seconds_of(self.spans, WATCHED, DOUBTFUL, BLIND, GAP)

    @property
    def watched_seconds(self) -> float:
        return seconds_of(self.spans, WATCHED, DOUBTFUL)

    def of_kind(self, kind: str) -> tuple[Span, ...]:
        return tuple(part for part in self.spans if part.kind == kind)


def summarize(
    lines: Iterable[dict[str, object]], period: Period, now: datetime, heartbeat_seconds: float
) -> DaySummary:
    """Sum up `period` as far as it has passed.

    lines: events of the log. Those from before the period tell whether the monitor was armed when it began,
        those from after it whether a message arrived in the end.
    """
    events, unreadable = typed(lines)
    end = max(period.start, min(period.end, now))
    inside = [event for event in events if period.start <= event.time < end]
    parts = spans(events, period.start, end, heartbeat_seconds)
    heartbeats = tuple(event for event in inside if isinstance(event, Heartbeat))
    queued, undelivered = _deliveries(events, period.start, end)
    return DaySummary(
        period=period,
        spans=parts,
        coverage_percent=_coverage_percent(parts),
        frames=sum(heartbeat.frames for heartbeat in heartbeats),
        alerts=tuple(event for event in inside if isinstance(event, Alert)),
        incidents=tuple(_incidents(events, period.start, end)),
        lighting_changes=tuple(_lighting_changes(inside, end)),
        messages=queued,
        failed_attempts=sum(isinstance(event, DeliveryFailed) for event in inside),
        undelivered=undelivered,
        heartbeats=heartbeats,
        hours=tuple(_hours(heartbeats)),
        troubles=tuple(event for event in inside if isinstance(event, Trouble)),
        event_counts=dict(sorted(Counter(event.event for event in inside).items())),
        unreadable_lines=unreadable,
    )


def _coverage_percent(parts: Sequence[Span]) -> float | None:
    armed = seconds_of(parts, WATCHED, DOUBTFUL, BLIND, GAP)
    return 100.0 * seconds_of(parts, WATCHED, DOUBTFUL) / armed if armed > 0 else None


def _incidents(events: Iterable[Event], start: datetime, end: datetime) -> Iterable[IncidentLine]:
    """Incidents that began before `end` and were not over at `start`, in the order of their first alert."""
    alerts: dict[str, list[Alert]] = {}
    resolved: dict[str, IncidentResolved] = {}
    for event in events:
        if isinstance(event, Alert) and event.time < end:
            alerts.setdefault(event.incident_id, []).append(event)
        elif isinstance(event, IncidentResolved):
            resolved[event.incident_id] = event
    for incident_id, own in alerts.items():
        closing = resolved.get(incident_id)
        if own[-1].time < start and (closing is None or closing.time < start):
            continue
        yield IncidentLine(
            incident_id=incident_id,
            opened_at=own[0].time,
            minutes=None if closing is None else closing.minutes,
            alerts=len(own),
            largest_area_percent=max(alert.area_percent for alert in own),
            growing=any(alert.growing for alert in own),
            triggers=tuple(sorted({trigger for alert in own for trigger in alert.triggers})),
            evidence=tuple(name for alert in own for name in alert.evidence),
        )


def _lighting_changes(events: Iterable[Event], end: datetime) -> Iterable[Span]:
    since: datetime | None = None
    for event in events:
        if not isinstance(event, Lighting):
            continue
        if event.event == "lighting_change":
            since = since or event.time
        elif since is not None:
            yield Span("lighting", since, event.time)
            since = None
    if since is not None:
        yield Span("lighting", since, end)


def _deliveries(
    events: Iterable[Event], start: datetime, end: datetime
) -> tuple[int, tuple[Undelivered, ...]]:
    """How many messages of the period had to be sent, and those that had not arrived by the last event."""
    waiting: dict[tuple[str, str], Undelivered] = {}
    queued = 0
    for event in events:
        if isinstance(event, Queued) and start <= event.time < end:
            queued += 1
            waiting[event.message_id, event.channel] = Undelivered(
                event.message_id, event.subject, event.channel, event.time, reason="", given_up=False
            )
        elif isinstance(event, Sent):
            waiting.pop((event.message_id, event.channel), None)
        elif isinstance(event, DeliveryFailed) and (event.message_id, event.channel) in waiting:
            message = waiting[event.message_id, event.channel]
            waiting[event.message_id, event.channel] = replace(
                message, reason=event.reason, given_up=event.permanent
            )
    return queued, tuple(waiting.values())


def _hours(heartbeats: Iterable[Heartbeat]) -> Iterable[HourScore]:
    """Hours as the clock on the wall showed them; the hour that daylight saving repeats is there twice."""
    groups: dict[datetime, list[Heartbeat]] = {}
    for heartbeat in heartbeats:
        if heartbeat.score_max is not None:
            groups.setdefault(heartbeat.time.replace(minute=0, second=0, microsecond=0), []).append(heartbeat)
    for hour, group in groups.items():
        best = max(group, key=lambda heartbeat: heartbeat.score_max)
        yield HourScore(
            hour, sum(heartbeat.frames for heartbeat in group), best.score_max, best.score_threshold
        )
