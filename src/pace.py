"""How fast pictures come: is the next one overdue, and are they much rarer than they should be?"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import fmean

# A wait this many times as long as usual is an interruption: the pictures before and after it are not one run.
# But nobody who has waited half a minute longer than usual still expects one.
BREAK_FACTOR, LEAST_BREAK_SECONDS, MOST_PATIENCE_SECONDS = 4.0, 3.0, 30.0
# Pictures this many times as rare as wanted are told of. Below a second nobody waits long for an alert.
SLOW_FACTOR, LEAST_SLOW_SECONDS = 1.5, 1.0
SPACINGS = 10


@dataclass(frozen=True)
class Arrival:
    """What the arrival of one more picture tells.

    gap_seconds: how long there was none, when that was an interruption, else None.
    change: "slow" (from now on pictures count as rare), "normal" (no longer), or None when nothing has changed.
    usual_seconds: the usual time between two pictures. slow_for_seconds: since they counted as rare, 0 = they do not.
    """

    gap_seconds: float | None
    change: str | None
    usual_seconds: float
    slow_for_seconds: float


class Pace:
    """Follows the time between pictures. Times are monotonic seconds.

    interval_seconds: the time between two pictures that is wanted.
    """

    def __init__(self, interval_seconds: float) -> None:
        self._interval_seconds = interval_seconds
        self._slow_seconds = max(SLOW_FACTOR * interval_seconds, LEAST_SLOW_SECONDS)
        self.reset()

    def reset(self) -> None:
        """Forget all pictures."""
        self._spacings: deque[float] = deque(maxlen=SPACINGS)
        self._last: float | None = None
        self._slow_since: float | None = None

    def interrupted(self) -> None:
        """Nobody looked for a while, so that the time until the next picture says nothing about the camera."""
        self._last = None

    def overdue(self, now_seconds: float) -> bool:
        """Whether the wait for the next picture is an interruption. It is, too, before the first one."""
        if self._last is None:
            return True
        usual = self._usual_seconds
        patience = min(BREAK_FACTOR * usual, usual + MOST_PATIENCE_SECONDS)
        return now_seconds - self._last > max(patience, LEAST_BREAK_SECONDS)

    def update(self, now_seconds: float) -> Arrival:
        """Take in that a picture has come."""
        gap = None
        if self._last is not None:
            spacing = now_seconds - self._last
            gap = spacing if self.overdue(now_seconds) else None
            self._spacings.append(spacing)
        self._last = now_seconds
        change = self._change()
        if change == "slow":
            self._slow_since = now_seconds
        slow_for_seconds = 0.0 if self._slow_since is None else now_seconds - self._slow_since
        if change == "normal":
            self._slow_since = None
        return Arrival(gap, change, self._usual_seconds, slow_for_seconds)

    @property
    def _usual_seconds(self) -> float:
        # Without the longest one: a single interruption says nothing about the usual pace.
        usual = sorted(self._spacings)[:-1]
        return max(self._interval_seconds, fmean(usual)) if usual else self._interval_seconds

    def _change(self) -> str | None:
        if len(self._spacings) < SPACINGS:
            return None
        if self._slow_since is None:
            return "slow" if self._usual_seconds > self._slow_seconds else None
        return "normal" if max(self._spacings) <= self._slow_seconds else None
