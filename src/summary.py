"""What one night or day was like, worked out from its events."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Iterable

from src.coverage import BLIND, DOUBTFUL, GAP, WATCHED, Span, seconds_of, spans
from src.event_kinds import Alert, DeliveryFailed, Heartbeat, typed
from src.period import Period
from src.summary_parts import (
    HourScore, IncidentLine, TroubleLine, Undelivered,
    deliveries, hours, incidents, lighting_changes, troubles,
)


@dataclass(frozen=True)
class DaySummary:
    """Everything the summary page says.

    frames: pictures judged. messages: deliveries that were due, one for each channel; failed_attempts: tries
    that went wrong, also of those that arrived in the end.
    """

    period: Period
    spans: tuple[Span, ...]
    frames: int
    alerts: tuple[Alert, ...]
    incidents: tuple[IncidentLine, ...]
    lighting_changes: tuple[Span, ...]
    messages: int
    failed_attempts: int
    undelivered: tuple[Undelivered, ...]
    heartbeats: tuple[Heartbeat, ...]
    hours: tuple[HourScore, ...]
    troubles: tuple[TroubleLine, ...]
    event_counts: dict[str, int]
    unreadable_lines: int

    @property
    def armed_seconds(self) -> float:
        return seconds_of(self.spans, WATCHED, DOUBTFUL, BLIND, GAP)

    @property
    def watched_seconds(self) -> float:
        return seconds_of(self.spans, WATCHED, DOUBTFUL)

    @property
    def coverage_percent(self) -> float | None:
        """The watched share of the armed time; None when it was never armed."""
        return 100.0 * self.watched_seconds / self.armed_seconds if self.armed_seconds > 0 else None

    @property
    def untold(self) -> int:
        """How many of the alerts no channel was there to send."""
        return sum(alert.channels == () if alert.channels is not None else not self.messages for alert in self.alerts)

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
    heartbeats = tuple(event for event in inside if isinstance(event, Heartbeat))
    queued, undelivered = deliveries(events, period.start, end)
    return DaySummary(
        period=period,
        spans=spans(events, period.start, end, heartbeat_seconds),
        frames=sum(heartbeat.frames for heartbeat in heartbeats),
        alerts=tuple(event for event in inside if isinstance(event, Alert)),
        incidents=tuple(incidents(events, period.start, end)),
        lighting_changes=tuple(lighting_changes(inside, end)),
        messages=queued,
        failed_attempts=sum(isinstance(event, DeliveryFailed) for event in inside),
        undelivered=undelivered,
        heartbeats=heartbeats,
        hours=tuple(hours(heartbeats)),
        troubles=tuple(troubles(inside)),
        event_counts=dict(sorted(Counter(event.event for event in inside).items())),
        unreadable_lines=unreadable,
    )
