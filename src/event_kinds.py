"""The events that a summary reads, as typed values.

A line of the event log is text that anybody may have edited: here it becomes a value once, or is counted as
unreadable.
"""

from __future__ import annotations

from typing import Iterable, Literal, get_args

from pydantic import (
    AwareDatetime, BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveFloat,
    ValidationError,
)


class Event(BaseModel):
    """Any event; `time` is aware wall time."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)
    time: AwareDatetime


class Started(Event):
    event: Literal["monitor_started"]
    mode: str


class Stopped(Event):
    event: Literal["monitor_stopped"]
    reason: str


class ModeChanged(Event):
    event: Literal["mode_changed"]
    mode: str


class Heartbeat(Event):
    """What the monitor saw since the heartbeat before: `frames` judged pictures and their highest score.

    incident_id: the incident that is open, with its largest area so far; older lines do not have them.
    """

    event: Literal["heartbeat"]
    frames: NonNegativeInt
    score_max: float | None
    score_threshold: PositiveFloat | None = None
    state: str
    incident_id: str | None = None
    largest_area_percent: NonNegativeFloat | None = None


class Alert(Event):
    """kind: as in IncidentNotice; older lines have none, and were never about another place."""

    event: Literal["alert"]
    event_id: str
    incident_id: str
    score: float
    score_threshold: float
    kind: str = "opened"
    area_percent: NonNegativeFloat
    growing: bool
    triggers: tuple[str, ...]
    channels: tuple[str, ...] | None = None  # older lines do not have it
    evidence: tuple[str, ...]


class IncidentResolved(Event):
    event: Literal["incident_resolved"]
    incident_id: str
    minutes: NonNegativeFloat
    largest_area_percent: NonNegativeFloat = 0.0  # older lines do not have it


class CameraProblem(Event):
    event: Literal["camera_problem"]
    kind: str
    text: str


class CameraRecovered(Event):
    event: Literal["camera_recovered"]
    kind: str
    seconds: NonNegativeFloat


class Lighting(Event):
    event: Literal["lighting_change", "lighting_normal"]


class WatchGap(Event):
    event: Literal["watch_gap"]
    seconds: NonNegativeFloat
    reason: Literal["asleep", "stalled", "no_picture", "clock_forward", "clock_back"]


class Queued(Event):
    event: Literal["notify_queued"]
    message_id: str
    channel: str
    subject: str


class Sent(Event):
    event: Literal["notify_sent"]
    message_id: str
    channel: str


class DeliveryFailed(Event):
    event: Literal["notify_error"]
    message_id: str
    channel: str
    reason: str
    permanent: bool


class Trouble(Event):
    event: Literal[
        "evidence_error", "mode_problem", "model_problem", "frame_error", "monitor_restarted", "monitor_given_up",
        "heartbeat_url_error",
    ]
    text: str


class Other(Event):
    """Any other event: it is only counted."""

    event: str


_KINDS = {
    name: kind
    for kind in (
        Started, Stopped, ModeChanged, Heartbeat, Alert, IncidentResolved, CameraProblem, CameraRecovered,
        Lighting, WatchGap, Queued, Sent, DeliveryFailed, Trouble,
    )
    for name in get_args(kind.model_fields["event"].annotation)
}


def typed(lines: Iterable[dict[str, object]]) -> tuple[list[Event], int]:
    """The events, sorted by time, and how many of the lines could not be understood."""
    events, unreadable = [], 0
    for line in lines:
        name = line.get("event")
        kind = _KINDS[name] if isinstance(name, str) and name in _KINDS else Other
        try:
            events.append(kind.model_validate(line))
        except ValidationError:
            unreadable += 1
    return sorted(events, key=lambda event: event.time), unreadable
