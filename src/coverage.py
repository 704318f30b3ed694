"""Was the monitor really watching? A stretch of time, cut into spans.

Nothing counts as watched just because nobody complained: only the time between two signs of life of an armed
monitor does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Iterable, Iterator, Sequence

from src.event_kinds import (
    Alert, CameraProblem, CameraRecovered, Event, Heartbeat, Lighting, ModeChanged, Started, Stopped,
    WatchGap,
)

WATCHED, DOUBTFUL, BLIND, GAP, NOT_ARMED = "watched", "doubtful", "blind", "gap", "not_armed"
# With these camera problems the pictures are still judged, although less well or more rarely.
STILL_JUDGED = frozenset({"moved", "blurred", "resized", "slow"})
GAP_AFTER_HEARTBEATS = 2.5
# What the monitor writes as its reason and state; every other end was meant.
FAULT, WATCHING = "a fault in the program", "watching"
NOTHING_JUDGED = "no picture was judged"

_GAP_SPANS = {
    "asleep": (GAP, "the PC was asleep"),
    "stalled": (GAP, "the monitor stood still (the PC was too busy)"),
    "no_picture": (BLIND, NOTHING_JUDGED),
    "clock_forward": (NOT_ARMED, "the clock of the PC was set forward, no time was lost"),
}
_SIGNS_OF_LIFE = (
    Started, Stopped, ModeChanged, Heartbeat, Alert, CameraProblem, CameraRecovered, Lighting, WatchGap,
)


@dataclass(frozen=True)
class Span:
    """From `start` (inclusive) to `end` (exclusive). reason: in words, why nothing was watched."""

    kind: str
    start: datetime
    end: datetime
    reason: str = ""

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


def spans(
    events: Sequence[Event], start: datetime, end: datetime, heartbeat_seconds: float
) -> tuple[Span, ...]:
    """Cut start..end into spans without holes.

    events: sorted by time; those from before `start` tell in which mode the time begins.
    """
    known = [event for event in events if event.time <= end]
    parts = list(_between_signs(known, start, end, GAP_AFTER_HEARTBEATS * heartbeat_seconds))
    for trouble in sorted(_camera_troubles(known, end), key=lambda span: span.kind == BLIND):
        parts = _paint(parts, trouble, over=(WATCHED, DOUBTFUL, BLIND))
    for gap in _announced_gaps(known):
        parts = _paint(parts, gap, over=(WATCHED, DOUBTFUL, BLIND, GAP))
    return tuple(_merged(_clipped(parts, start, end)))


def seconds_of(parts: Iterable[Span], *kinds: str) -> float:
    """How long the spans of these kinds last together."""
    return sum(part.seconds for part in parts if part.kind in kinds)


def _announced_gaps(events: Iterable[Event]) -> list[Span]:
    """The gaps that the monitor noticed itself. A clock set back leaves none: that time is there twice."""
    gaps = []
    for event in events:
        if isinstance(event, WatchGap) and event.reason in _GAP_SPANS:
            kind, words = _GAP_SPANS[event.reason]
            gaps.append(Span(kind, event.time - timedelta(seconds=event.seconds), event.time, words))
    return gaps


def _camera_troubles(events: Iterable[Event], end: datetime) -> Iterator[Span]:
    """From each camera problem to its recovery, to the next start of the monitor, or to `end`."""
    problems: dict[str, CameraProblem] = {}
    for event in events:
        if isinstance(event, CameraProblem):
            problems.setdefault(event.kind, event)
        elif isinstance(event, CameraRecovered):
            since = event.time - timedelta(seconds=event.seconds)
            if event.kind in problems:
                since = min(since, problems.pop(event.kind).time)
            yield _camera_trouble(event.kind, since, event.time)
        elif isinstance(event, (Started, Stopped)):
            yield from (_camera_trouble(kind, found.time, event.time) for kind, found in problems.items())
            problems.clear()
    yield from (_camera_trouble(kind, found.time, end) for kind, found in problems.items())


def _camera_trouble(kind: str, start: datetime, end: datetime) -> Span:
    return Span(DOUBTFUL if kind in STILL_JUDGED else BLIND, start, end, f"camera {kind}")


class _Watch:
    """What is known of the monitor after the events so far."""

    def __init__(self) -> None:
        self.armed = False
        self.stopped = ""
        self.why_not_armed = "no monitor was started"
        self.sees = False  # as far as the last sign of life tells

    def apply(self, event: Event) -> None:
        if isinstance(event, (Started, ModeChanged)):
            self.sees = False
            self.stopped = ""
            self.armed = event.mode == "MONITOR"
            self.why_not_armed = f"the mode was {event.mode}"
        elif isinstance(event, Heartbeat):
            self.stopped = ""
            self.armed = self.armed or event.state == WATCHING
            self.sees = event.frames > 0
        elif isinstance(event, Stopped) and event.reason == FAULT:
            self.stopped = event.reason
        elif isinstance(event, Stopped):
            self.armed = False
            self.why_not_armed = f"the monitor was closed: {event.reason}"

    def span(self, start: datetime, event: Event | None, end: datetime, patience_seconds: float) -> Span:
        """The time from the last sign of life to the next, `event`; None when none has come yet."""
        if not self.armed:
            return Span(NOT_ARMED, start, end, self.why_not_armed)
        if self.stopped:
            return Span(GAP, start, end, f"the monitor had stopped: {self.stopped}")
        if isinstance(event, Started):
            return Span(GAP, start, end, "the monitor was not running (PC off, closed or crashed)")
        if (end - start).total_seconds() > patience_seconds:
            return Span(GAP, start, end, "no sign of life from the monitor")
        if isinstance(event, Heartbeat) and event.frames == 0:
            return Span(BLIND, start, end, NOTHING_JUDGED)
        return Span(WATCHED, start, end)

    def tail(self, start: datetime, end: datetime, patience_seconds: float) -> Span:
        """The time since the last sign of life."""
        tail = self.span(start, None, end, patience_seconds)
        if tail.kind == WATCHED and not self.sees:
            return replace(tail, kind=BLIND, reason=NOTHING_JUDGED)
        return tail


def _between_signs(
    events: Sequence[Event], start: datetime, end: datetime, patience_seconds: float
) -> Iterator[Span]:
    signs: list[tuple[datetime, Event | None]] = [
        (event.time, event) for event in events if isinstance(event, _SIGNS_OF_LIFE)
    ]
    signs += [(gap.start, None) for gap in _announced_gaps(events)]  # the loop was alive just before the gap
    signs.sort(key=lambda sign: sign[0])
    watch = _Watch()
    last = min([start] + [time for time, _ in signs[:1]])
    for time, event in signs:
        yield watch.span(last, event, time, patience_seconds)
        last = time
        if event is not None:
            watch.apply(event)
    yield watch.tail(last, end, patience_seconds)


def _paint(parts: Iterable[Span], new: Span, over: tuple[str, ...]) -> list[Span]:
    """Lay `new` over the parts of the kinds `over`; the others stay as they are."""
    painted = []
    for part in parts:
        left, right = max(part.start, new.start), min(part.end, new.end)
        if part.kind not in over or left >= right:
            painted.append(part)
            continue
        painted += [replace(part, end=left), replace(new, start=left, end=right), replace(part, start=right)]
    return painted


def _clipped(parts: Iterable[Span], start: datetime, end: datetime) -> Iterator[Span]:
    for part in parts:
        clipped = replace(part, start=max(part.start, start), end=min(part.end, end))
        if clipped.seconds > 0:
            yield clipped


def _merged(parts: Iterable[Span]) -> Iterator[Span]:
    """Join neighbours of the same kind and reason."""
    last: Span | None = None
    for part in parts:
        if last is not None and (last.kind, last.reason) == (part.kind, part.reason):
            last = replace(last, end=part.end)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last
