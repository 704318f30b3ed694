"""Is the camera telling the truth? One notice when it stops, a reminder every hour, one when it is well again.

A picture is diagnosed by itself; a problem is named only when it lasts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from src.camera_diagnosis import (
    BLACK, BLURRED, COVERED, FROZEN, KINDS, LOST, MOVED, OVEREXPOSED, RESIZED, UNUSABLE, detail_of, diagnose,
)
from src.camera_statistics import FrameStatistics

# Chosen on recorded footage, like the values in camera_diagnosis.
MOVED_DEGREES = 0.3         # good pictures stay below 0.14
LEAST_MOVED_PIXELS = 1.5    # in a small ROI a percentage is less than the accuracy of the comparison
AGREEING_FRAMES = 5         # a movement must be the same in so many pictures, but for one
HOLD_SECONDS = {BLACK: 10.0, OVEREXPOSED: 10.0, COVERED: 20.0, RESIZED: 5.0, BLURRED: 30.0, MOVED: 20.0}
REMINDER_SECONDS = 3600.0
RECOVERY_SECONDS = 5.0
FRAMES_IN_A_ROW = 3


@dataclass(frozen=True)
class HealthNotice:
    """Something to tell the user.

    kind: one of KINDS. happened: "started", "reminder" or "recovered".
    detail: a sentence with figures, "" when there is none. What the kind means and what to do is in `messages`.
    seconds: how long the problem has lasted so far, or lasted in all.
    """

    kind: str
    happened: str
    detail: str
    seconds: float


class CameraHealth:
    """Follows the camera over time. Times are monotonic seconds."""

    def __init__(self, *, lost_seconds: float, frozen_seconds: float | None, moved_percent: float,
                 reminder_seconds: float = REMINDER_SECONDS) -> None:
        """frozen_seconds: None for recordings, which may well hold equal pictures.

        moved_percent: a shift from here on, in percent of the longer side of the picture, is named.
        """
        holds = {**HOLD_SECONDS, LOST: lost_seconds}
        if frozen_seconds is not None:
            holds[FROZEN] = frozen_seconds
        self._watches = {kind: _Watch(hold, RECOVERY_SECONDS if kind in HOLD_SECONDS else 0.0, reminder_seconds)
                         for kind, hold in holds.items()}
        self._movement = _Movement(moved_percent)
        self._fingerprint: int | None = None
        self._unusable: str | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """The kinds of problem that have been named and are not over."""
        return tuple(kind for kind in KINDS if kind in self._watches and self._watches[kind].active)

    @property
    def blind(self) -> str | None:
        """Why the present picture must not be counted as normal (the kind of problem), None when it may be.

        A shifted, blurred or resized picture is no blindness: it is still worth looking at.
        """
        if self._unusable is not None:
            return self._unusable
        return next((kind for kind in self.problems if kind in (LOST, FROZEN)), None)

    def update(self, statistics: FrameStatistics | None, now_seconds: float, reason: str = "",
               overdue: bool = True) -> list[HealthNotice]:
        """Take in the newest picture, or None when reading the camera failed; what there is to tell.

        reason: why there is no picture, in the camera's own words; goes into the notice. overdue: without a picture,
        that the one before is too old to go by; False while a slow camera is simply waited for.
        """
        seen = self._without_picture(overdue) if statistics is None else self._with_picture(statistics)
        notices = []
        for kind, watch in self._watches.items():
            happened = watch.update(seen.get(kind), now_seconds)
            if happened is not None:
                over = happened == "recovered"
                detail = "" if over else detail_of(kind, statistics, reason, self._movement.shift_pixels)
                notices.append(HealthNotice(kind, happened, detail, watch.seconds))
        return notices

    def _without_picture(self, overdue: bool) -> dict[str, bool]:
        if overdue:
            self._unusable = LOST
            self._movement.forget()
        return {LOST: True}

    def _with_picture(self, statistics: FrameStatistics) -> dict[str, bool | None]:
        """For every kind: True = it is so, False = it is not, absent or None = this picture cannot tell."""
        diagnosis = diagnose(statistics)
        self._unusable = diagnosis if diagnosis in UNUSABLE else None
        same = statistics.fingerprint == self._fingerprint
        self._fingerprint = statistics.fingerprint
        # Black and burnt-out pixels carry no noise, so that equal pictures prove nothing there.
        seen: dict[str, bool | None] = {LOST: False, FROZEN: same and diagnosis not in (BLACK, OVEREXPOSED),
                                        RESIZED: statistics.resized}
        if diagnosis in UNUSABLE:
            return seen | {diagnosis: True}
        seen |= {kind: False for kind in UNUSABLE}
        if statistics.shift is None:
            return seen
        seen[BLURRED] = diagnosis == BLURRED
        seen[MOVED] = True if diagnosis == MOVED else self._movement.update(statistics)
        return seen


class _Watch:
    """One kind of problem: named when it has held for a while, over when it has been absent for a while."""

    def __init__(self, hold_seconds: float, recovery_seconds: float, reminder_seconds: float) -> None:
        self._hold_seconds = hold_seconds
        self._recovery_seconds = recovery_seconds
        self._reminder_seconds = reminder_seconds
        self.active = False
        self.seconds = 0.0
        self._since: float | None = None        # when the problem began
        self._changing: float | None = None     # when the opposite of the present state was first seen
        self._count = 0
        self._told = 0.0

    def update(self, bad: bool | None, now_seconds: float) -> str | None:
        """"started", "reminder", "recovered" or None. bad: None when nothing can be said at present."""
        if bad is not None:
            self._count_changes(bad, now_seconds)
        if self._changing is not None and self._changed_for_good(now_seconds):
            return self._change(now_seconds)
        if self.active:
            self.seconds = now_seconds - self._since
            if now_seconds - self._told >= self._reminder_seconds:
                self._told = now_seconds
                return "reminder"
        return None

    def _count_changes(self, bad: bool, now_seconds: float) -> None:
        if bad == self.active:
            self._changing, self._count = None, 0
            return
        if self._changing is None:
            self._changing = now_seconds
        self._count += 1

    def _changed_for_good(self, now_seconds: float) -> bool:
        needed = self._recovery_seconds if self.active else self._hold_seconds
        frames = FRAMES_IN_A_ROW if needed else 1
        return self._count >= frames and now_seconds - self._changing >= needed

    def _change(self, now_seconds: float) -> str:
        if self.active:
            self.seconds = self._changing - self._since
        else:
            self._since, self._told = self._changing, now_seconds
            self.seconds = now_seconds - self._since
        self.active = not self.active
        self._changing, self._count = None, 0
        return "started" if self.active else "recovered"


class _Movement:
    """Whether the scene lies elsewhere than in training, agreed on by several pictures."""

    def __init__(self, moved_percent: float) -> None:
        self._moved_percent = moved_percent
        self._recent: deque[tuple[float, float, float]] = deque(maxlen=AGREEING_FRAMES)
        self.shift_pixels = 0.0

    def forget(self) -> None:
        self._recent.clear()

    def update(self, statistics: FrameStatistics) -> bool | None:
        """True or False when the last pictures agree, None when they do not (a shaking camera) or are too few."""
        shift = statistics.shift
        if not statistics.recognised:
            return None
        self._recent.append((shift.dx, shift.dy, shift.rotation_degrees))
        if len(self._recent) < AGREEING_FRAMES:
            return None
        recent = np.array(self._recent)
        dx, dy, degrees = np.median(recent, axis=0)
        limit = max(LEAST_MOVED_PIXELS, self._moved_percent / 100.0 * statistics.longer_side)
        apart = np.hypot(recent[:, 0] - dx, recent[:, 1] - dy)
        if (apart <= limit / 2.0).sum() < AGREEING_FRAMES - 1:
            return None
        self.shift_pixels = float(np.hypot(dx, dy))
        return self.shift_pixels >= limit or abs(float(degrees)) >= MOVED_DEGREES
