"""From confirmed anomalies to a handful of messages: an incident opens, is updated, and is resolved."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt

from src.blobs import Spot
from src.config import MonitorSettings
from src.places import EVERYWHERE, Place, place_of, settle

# A message about growth is due when the area is half as large again as in the last message.
GROWN_BY_HALF = 1.5
# Below this an area that wavers from picture to picture would be called growing.
NOTICEABLY_LARGER = 1.2
# The area is the smallest of so many pictures, so that one odd picture does not count as growth.
STEADY_PICTURES = 3
# A pause longer than so many frame intervals, or steps like the one before, counts as one interval only: the camera
# was blind or the PC asleep.
LONGEST_STEP_INTERVALS = 5
# So many alerts come sooner than the cooldown allows: those about further places of one incident, and those of
# incidents that open at another place right after it. Light that changes makes spots everywhere, and whoever has been
# told of four places has long gone to look.
MOST_ALERTS_ELSEWHERE = 3
# A suspicion that was not confirmed is forgotten after so many frame intervals without an anomaly.
SUSPICION_INTERVALS = 10


@dataclass(frozen=True)
class IncidentNotice:
    """Something about an incident that people should be told.

    kind: "opened", "updated", "elsewhere" (something stays at another place, too) or "resolved".
    incident_id: the local time of the first anomalous picture, as "20261123_031502".
    opened_at: the same as aware wall time. seconds_open: how long ago that is.
    area_percent: share of the watched area now ("elsewhere": of the new spot), opening_area_percent: at the first
        message.
    largest_area_percent: the largest since then.
    growing: larger than at the last message. At the opening, and elsewhere, it is rarely known yet, and then False.
    spot: the spot of the last anomalous picture ("elsewhere": the new one), None when no single spot stands out.
    """

    kind: str
    incident_id: str
    opened_at: datetime
    seconds_open: float
    area_percent: float
    opening_area_percent: float
    largest_area_percent: float
    growing: bool
    spot: Spot | None


class OpenIncident(BaseModel):
    """What has to be remembered of an incident that is not over. Times are aware wall times.

    places: where people were told that something stays. alerts_elsewhere: how many alerts were about a further place,
        with those of the incidents before, when it opened sooner than the cooldown allows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    incident_id: str
    opened_at: AwareDatetime
    opening_area_percent: NonNegativeFloat
    largest_area_percent: NonNegativeFloat
    places: tuple[Place, ...]
    alerts_elsewhere: NonNegativeInt


class PastIncidents(BaseModel):
    """What has to be remembered of incidents that are over, for as long as the cooldown lasts.

    places, alerts_elsewhere: as for one that is open, of all of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    places: tuple[Place, ...] = ()
    alerts_elsewhere: NonNegativeInt = 0


class IncidentState(BaseModel):
    """What survives a restart of the PC: monotonic times do not, so these are aware wall times.

    past: files of earlier versions have none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    open: OpenIncident | None
    last_alert_at: AwareDatetime | None
    last_alert_area_percent: NonNegativeFloat
    past: PastIncidents = PastIncidents()


@dataclass(frozen=True)
class Suspicion:
    """The first anomalous picture of a run: when, as wall time and monotonic, and how large the spot was."""

    at: datetime
    seconds: float
    area_percent: float


class IncidentTracker:
    """Decides when people are told about an anomaly.

    A message when an anomaly is confirmed, then when the spot has grown by half or every `reminder_seconds`,
    never two within `alert_cooldown_seconds`, and a last one after `resolve_seconds` of normal pictures. A new incident
    at another place than those that are over does not wait for the cooldown.
    While an incident is open, something that stays at another place is told at once; of several the largest, and the
    next with the next picture.
    Pictures of a blind camera are not handed in: they count neither as quiet nor as anomalous.
    """

    def __init__(self, settings: MonitorSettings) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next confirmed anomaly is a new incident."""
        self._open: OpenIncident | None = None
        self._past = PastIncidents()
        self._opened_seconds = 0.0
        self._last_alert_at: datetime | None = None
        self._last_alert_seconds = -math.inf
        self._last_alert_area_percent = 0.0
        self._previous_seconds: float | None = None
        self._previous_step_seconds = 0.0
        self._quiet_seconds = 0.0
        self._forget_suspicion()

    @property
    def incident_id(self) -> str | None:
        """The incident that is open, None when all is quiet."""
        return self._open.incident_id if self._open else None

    @property
    def opened_at(self) -> datetime | None:
        """When the open incident began, aware wall time; None when all is quiet."""
        return self._open.opened_at if self._open else None

    @property
    def largest_area_percent(self) -> float | None:
        """The largest area of the open incident so far; None when all is quiet."""
        return self._open.largest_area_percent if self._open else None

    def update(
        self, confirmed: bool, anomalous: bool, spot: Spot | None, staying: tuple[Spot, ...], now_seconds: float,
        now: datetime,
    ) -> IncidentNotice | None:
        """Take in one judged picture; the notice to be sent because of it, None when there is nothing to say.

        confirmed: enough anomalous pictures lately. anomalous: this picture is one. spot: the one it shows people.
        staying: all its spots that have stayed in one place lately, largest first. now_seconds: monotonic.
        now: aware local wall time.
        """
        self._take_in(confirmed, anomalous, spot, now_seconds, now)
        if self._open is not None and self._quiet_seconds >= self._settings.resolve_seconds:
            return self._resolve(now_seconds)
        too_soon = self._too_soon(now_seconds)
        if not too_soon:
            self._past = PastIncidents()
        if self._open is not None:
            new_spot = self._somewhere_else(staying)
            if new_spot is not None:
                return self._alert_elsewhere(new_spot, now_seconds, now)
        if not (confirmed and anomalous):
            return None
        if too_soon and not (self._open is None and self._is_at_a_new_place(spot, staying)):
            return None
        if self._open is None:
            return self._begin(staying, self._past.alerts_elsewhere + 1 if too_soon else 0, now_seconds, now)
        if self._has_grown_by_half() or self._reminder_is_due(now_seconds):
            return self._alert("updated", self._last_alert_area_percent, now_seconds, now)
        return None

    def to_state(self) -> dict[str, object]:
        """What to save after every notice, as plain JSON."""
        state = IncidentState(
            open=self._open,
            last_alert_at=self._last_alert_at,
            last_alert_area_percent=self._last_alert_area_percent,
            past=self._past,
        )
        return state.model_dump(mode="json")

    @classmethod
    def from_state(
        cls, settings: MonitorSettings, state: object, now_seconds: float, now: datetime
    ) -> IncidentTracker:
        """Go on where `to_state` left off, perhaps after a restart of the PC.

        Raises ValueError when `state` is not what `to_state` gave.
        """
        saved = IncidentState.model_validate(state)
        tracker = cls(settings)
        tracker._past = saved.past
        tracker._last_alert_at = saved.last_alert_at
        tracker._last_alert_area_percent = saved.last_alert_area_percent
        if saved.last_alert_at is not None:
            tracker._last_alert_seconds = now_seconds - _seconds_since(saved.last_alert_at, now)
        if saved.open is not None:
            tracker._open = saved.open
            tracker._opened_seconds = now_seconds - _seconds_since(saved.open.opened_at, now)
        return tracker

    def _take_in(
        self, confirmed: bool, anomalous: bool, spot: Spot | None, now_seconds: float, now: datetime
    ) -> None:
        interval = self._settings.frame_interval_seconds
        step = 0.0 if self._previous_seconds is None else now_seconds - self._previous_seconds
        # A camera may be slower than the settings want: then the step before was as long.
        longest = LONGEST_STEP_INTERVALS * max(interval, self._previous_step_seconds)
        self._previous_seconds, self._previous_step_seconds = now_seconds, step
        if not anomalous:
            self._quiet_seconds += step if step <= longest else interval
            if self._open is None and self._quiet_seconds > SUSPICION_INTERVALS * interval:
                self._forget_suspicion()
            return
        # A few normal pictures in a hundred look odd. A lone one does not start the quiet time anew, or an incident
        # would never be over.
        if confirmed or self._open is None:
            self._quiet_seconds = 0.0
        self._spot = spot
        self._areas.append(spot.area_percent if spot else 0.0)
        if self._suspected is None:
            self._suspected = Suspicion(now, now_seconds, self._areas[-1])
        if self._open is not None and self._area() > self._open.largest_area_percent:
            self._open = self._open.model_copy(update={"largest_area_percent": self._area()})

    def _forget_suspicion(self) -> None:
        self._suspected: Suspicion | None = None
        self._spot: Spot | None = None
        self._areas: deque[float] = deque(maxlen=STEADY_PICTURES)

    def _area(self) -> float:
        return min(self._areas, default=0.0)

    def _too_soon(self, now_seconds: float) -> bool:
        return now_seconds - self._last_alert_seconds < self._settings.alert_cooldown_seconds

    def _has_grown_by_half(self) -> bool:
        said = self._last_alert_area_percent
        return self._area() > said and self._area() >= GROWN_BY_HALF * said

    def _reminder_is_due(self, now_seconds: float) -> bool:
        return now_seconds - self._last_alert_seconds >= self._settings.reminder_seconds

    def _is_at_a_new_place(self, spot: Spot | None, staying: tuple[Spot, ...]) -> bool:
        """Whether `spot` stays where no incident of this cooldown was, and such alerts have not been too many."""
        # The file of an earlier version does not say where the incident was.
        _, elsewhere = settle(self._past.places or (EVERYWHERE,), staying)
        return spot in elsewhere and self._past.alerts_elsewhere < MOST_ALERTS_ELSEWHERE

    def _begin(
        self, staying: tuple[Spot, ...], alerts_elsewhere: int, now_seconds: float, now: datetime
    ) -> IncidentNotice:
        first = self._suspected
        places, elsewhere = settle((place_of(self._spot),), staying)
        self._opened_seconds = first.seconds
        self._open = OpenIncident(
            incident_id=f"{first.at:%Y%m%d_%H%M%S}",
            opened_at=first.at,
            opening_area_percent=self._area(),
            largest_area_percent=self._area(),
            places=(*places, *map(place_of, elsewhere)),  # the first alert shows all of them in its picture
            alerts_elsewhere=alerts_elsewhere,
        )
        return self._alert("opened", first.area_percent, now_seconds, now)

    def _somewhere_else(self, staying: tuple[Spot, ...]) -> Spot | None:
        """The largest spot that stays where nothing was told of yet; None when there is none, or enough was said."""
        places, elsewhere = settle(self._open.places, staying)
        _, elsewhere = settle(self._past.places, elsewhere)
        self._open = self._open.model_copy(update={"places": places})
        if not elsewhere or self._open.alerts_elsewhere >= MOST_ALERTS_ELSEWHERE:
            return None
        return elsewhere[0]

    def _alert_elsewhere(self, spot: Spot, now_seconds: float, now: datetime) -> IncidentNotice:
        self._open = self._open.model_copy(update={
            "places": (*self._open.places, place_of(spot)),
            "alerts_elsewhere": self._open.alerts_elsewhere + 1,
            "largest_area_percent": max(self._open.largest_area_percent, spot.area_percent),
        })
        # The new spot may be the larger one: that is told now, and is no growth of the former.
        self._last_alert_area_percent = max(self._last_alert_area_percent, spot.area_percent)
        self._last_alert_at, self._last_alert_seconds = now, now_seconds
        return self._notice("elsewhere", spot, spot.area_percent, False, now_seconds)

    def _alert(self, kind: str, area_before: float, now_seconds: float, now: datetime) -> IncidentNotice:
        self._last_alert_at, self._last_alert_seconds = now, now_seconds
        self._last_alert_area_percent = self._area()
        growing = self._area() > NOTICEABLY_LARGER * area_before
        return self._notice(kind, self._spot, self._area(), growing, now_seconds)

    def _resolve(self, now_seconds: float) -> IncidentNotice:
        notice = self._notice("resolved", self._spot, 0.0, False, now_seconds)
        self._past = PastIncidents(
            places=(*self._past.places, *self._open.places), alerts_elsewhere=self._open.alerts_elsewhere)
        self._open = None
        self._forget_suspicion()
        return notice

    def _notice(
        self, kind: str, spot: Spot | None, area: float, growing: bool, now_seconds: float
    ) -> IncidentNotice:
        return IncidentNotice(
            kind=kind,
            incident_id=self._open.incident_id,
            opened_at=self._open.opened_at,
            seconds_open=now_seconds - self._opened_seconds,
            area_percent=area,
            opening_area_percent=self._open.opening_area_percent,
            largest_area_percent=self._open.largest_area_percent,
            growing=growing,
            spot=spot,
        )


def _seconds_since(earlier: datetime, now: datetime) -> float:
    # A clock that was set back must not put the past into the future: that would delay the next alert.
    return max(0.0, (now - earlier).total_seconds())
