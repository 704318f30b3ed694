"""The parts of a summary, each worked out from the events of the log."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Iterable

from src.coverage import Span
from src.event_kinds import (
    Alert, DeliveryFailed, Event, Heartbeat, IncidentResolved, Lighting, Queued, Sent, Trouble,
)
from src.incident import NOTICEABLY_LARGER


@dataclass(frozen=True)
class IncidentLine:
    """One leak as the monitor saw it.

    minutes: how long it was open, None while it still is. elsewhere: the event ids of alerts about a further place.
    """

    incident_id: str
    opened_at: datetime
    minutes: float | None
    alerts: int
    largest_area_percent: float
    growing: bool
    triggers: tuple[str, ...]
    evidence: tuple[str, ...]
    elsewhere: tuple[str, ...]


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
class TroubleLine:
    """The same trouble, `times` times since `first_at`. text: for a fault of the program its last line."""

    first_at: datetime
    times: int
    text: str


def incidents(events: Iterable[Event], start: datetime, end: datetime) -> Iterable[IncidentLine]:
    """Incidents that began before `end` and were not over at `start`, in the order of their first alert."""
    alerts: dict[str, list[Alert]] = {}
    resolved: dict[str, IncidentResolved] = {}
    largest: dict[str, float] = {}
    for event in events:
        if isinstance(event, Alert) and event.time < end:
            alerts.setdefault(event.incident_id, []).append(event)
        elif isinstance(event, IncidentResolved):
            resolved[event.incident_id] = event
        if isinstance(event, (Heartbeat, IncidentResolved)) and event.time < end:
            seen = event.largest_area_percent or 0.0  # None when no incident is open
            largest[event.incident_id] = max(largest.get(event.incident_id, 0.0), seen)
    for incident_id, own in alerts.items():
        closing = resolved.get(incident_id)
        if own[-1].time < start and (closing is None or closing.time < start):
            continue
        # What was told when a place was first seen; what is clearly larger has grown since.
        told = max((alert.area_percent for alert in own if alert.kind != "updated"), default=math.inf)
        largest_area_percent = max(largest.get(incident_id, 0.0), *(alert.area_percent for alert in own))
        yield IncidentLine(
            incident_id=incident_id,
            opened_at=own[0].time,
            minutes=None if closing is None else closing.minutes,
            alerts=len(own),
            largest_area_percent=largest_area_percent,
            growing=any(alert.growing for alert in own) or largest_area_percent > NOTICEABLY_LARGER * told,
            triggers=tuple(sorted({trigger for alert in own for trigger in alert.triggers})),
            evidence=tuple(name for alert in own for name in alert.evidence),
            elsewhere=tuple(alert.event_id for alert in own if alert.kind == "elsewhere"),
        )


def lighting_changes(events: Iterable[Event], end: datetime) -> Iterable[Span]:
    """From each change to light that is not in the training set to its end, or to `end`."""
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


def deliveries(
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


def troubles(events: Iterable[Event]) -> Iterable[TroubleLine]:
    """What went wrong without ending the watch, each kind once."""
    times: dict[str, list[datetime]] = {}
    for event in events:
        if isinstance(event, Trouble):
            times.setdefault(event.text.strip().rpartition("\n")[2], []).append(event.time)
    for text, moments in times.items():
        yield TroubleLine(moments[0], len(moments), text)


def hours(heartbeats: Iterable[Heartbeat]) -> Iterable[HourScore]:
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
