"""From single verdicts to a decision: is it there to stay, and who has to be told now."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from src.blobs import Spot
from src.config import MonitorSettings
from src.detection import Verdict
from src.incident import IncidentNotice, IncidentTracker

# So many pictures more than `consecutive_anomalies` are looked back on: one clean picture in between (a flicker, a
# person passing in front) does not start the count anew.
FORGIVEN_PICTURES = 2
# A spot stays where it is when most of its former box is still covered. A liquid does; something that walks does not.
COVERED_SHARE = 0.6
# Something anomalous that does not stay in one place needs so many times as many pictures.
MOVING_FACTOR = 10


@dataclass(frozen=True)
class Decision:
    """What follows from the verdicts so far.

    kind: "quiet" (normal), "suspect" (anomalous, not yet confirmed), "alert" (a message is due now)
        or "cooling" (confirmed before, no new message yet).
    notice: what to tell people now (incident opened, updated, elsewhere or resolved), else None.
    """

    kind: str
    notice: IncidentNotice | None


class Debounce:
    """Confirms an anomaly that stays: K of the last M pictures show a spot that each time covers the one before.

    It is not enough that the present spot covers the former ones: where people walk close together their spots run
    into one, which covers much of where each of them was.
    consecutive_anomalies: K; M is K and the forgiven pictures (for K = 1 also 1).
    """

    def __init__(self, consecutive_anomalies: int) -> None:
        self._needed = consecutive_anomalies
        self._window = consecutive_anomalies + (FORGIVEN_PICTURES if consecutive_anomalies > 1 else 0)
        self.reset()

    def reset(self) -> None:
        """Forget the former pictures."""
        self._recent: deque[Verdict] = deque(maxlen=self._window)
        self._long_run = 0

    def update(self, verdict: Verdict) -> bool:
        """Take in the verdict on one more picture; whether an anomaly is confirmed now."""
        self._recent.append(verdict)
        self._long_run = self._long_run + 1 if verdict.anomalous else 0
        if not verdict.anomalous:
            return False
        in_place = self._in_place([(past.spot,) for past in self._recent if past.anomalous], verdict.spot)
        return in_place or self._long_run >= MOVING_FACTOR * self._needed

    def staying(self) -> tuple[Spot, ...]:
        """The spots of the last picture that are anomalous by themselves and stay in one place, in K of M pictures."""
        present = self._recent[-1].spots if self._recent else ()
        return tuple(spot for spot in present if self._in_place([past.spots for past in self._recent], spot))

    def _in_place(self, pictures: Sequence[Sequence[Spot | None]], present: Spot | None) -> bool:
        """Whether K pictures up to the present one each show a spot that covers the one before, and `present` covers.

        pictures: the spots of each, the present one last.
        """
        covered = [[spot for spot in spots if stays(spot, present)] for spots in pictures]
        covered = [spots for spots in covered if spots]
        if len(covered) < self._needed:
            return False
        runs: list[tuple[Spot | None, int]] = []  # a spot, and the length of the longest run that ends with it
        for spots in covered:
            runs += [(spot, 1 + max((length for former, length in runs if stays(former, spot)), default=0))
                     for spot in spots]
        return max(length for _, length in runs) >= self._needed


def stays(former: Spot | None, present: Spot | None) -> bool:
    """Whether `present` is where `former` was: it covers most of the former box.

    An anomaly without a spot is everywhere, so it stays.
    """
    if former is None or present is None:
        return True
    width = min(former.left + former.width, present.left + present.width) - max(former.left, present.left)
    height = min(former.top + former.height, present.top + present.height) - max(former.top, present.top)
    covered = max(width, 0.0) * max(height, 0.0)
    return covered >= COVERED_SHARE * former.width * former.height


class Alarm:
    """Debounce, then incident: the whole alarm logic of the monitor and of replay.

    `incidents` may have been restored from an earlier run.
    """

    def __init__(self, settings: MonitorSettings, incidents: IncidentTracker) -> None:
        self._debounce = Debounce(settings.consecutive_anomalies)
        self.incidents = incidents

    def reset(self) -> None:
        """Forget the former pictures and any open incident."""
        self._debounce.reset()
        self.incidents.reset()

    def pause(self) -> None:
        """The watch was interrupted: pictures from before and after are not one run. The incident stays open."""
        self._debounce.reset()

    def update(self, verdict: Verdict, now_seconds: float, now: datetime) -> Decision:
        """The decision after one more picture. now_seconds: monotonic. now: aware wall time."""
        confirmed = self._debounce.update(verdict)
        notice = self.incidents.update(
            confirmed, verdict.anomalous, verdict.spot, self._debounce.staying(), now_seconds, now)
        return Decision(self._kind(verdict, confirmed, notice), notice)

    def _kind(self, verdict: Verdict, confirmed: bool, notice: IncidentNotice | None) -> str:
        if notice is not None and notice.kind != "resolved":
            return "alert"
        if not verdict.anomalous:
            return "quiet"
        return "cooling" if confirmed or self.incidents.incident_id else "suspect"
