"""Did the loop stand still, or was the clock changed? A state machine over both kinds of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# A loop that stood still for longer than this was not just busy: the PC was asleep.
ASLEEP_SECONDS = 120.0
# Clocks that are kept right over the network move by less than this at a time.
CLOCK_JUMP_SECONDS = 10.0


@dataclass(frozen=True)
class WatchGap:
    """reason: "asleep" or "stalled" (nothing was watched for `seconds`), "clock_forward" or "clock_back" (the
    clock of the PC jumped by `seconds`, nothing was missed)."""

    seconds: float
    reason: str


class ClockWatch:
    """Compares each turn of the loop with the turn before.

    stall_seconds: a turn that takes at least so long is a gap in the watch.
    monotonic_counts_sleep: whether monotonic time goes on while the PC sleeps. It does on Windows; where it
        does not, a jump of the wall clock alone has to be taken for sleep, for a missed gap would be the
        worse mistake.
    """

    def __init__(self, stall_seconds: float, monotonic_counts_sleep: bool) -> None:
        self._stall_seconds = stall_seconds
        self._monotonic_counts_sleep = monotonic_counts_sleep
        self._last: tuple[float, datetime] | None = None

    def update(self, now_seconds: float, now: datetime) -> WatchGap | None:
        """Call it first in every turn. now: aware, so that daylight saving is no jump."""
        last, self._last = self._last, (now_seconds, now)
        if last is None:
            return None
        elapsed = now_seconds - last[0]
        jump = (now - last[1]).total_seconds() - elapsed
        if jump >= CLOCK_JUMP_SECONDS and not self._monotonic_counts_sleep:
            return WatchGap(elapsed + jump, "asleep")
        if elapsed >= self._stall_seconds:
            return WatchGap(elapsed, "asleep" if elapsed >= ASLEEP_SECONDS else "stalled")
        if abs(jump) >= CLOCK_JUMP_SECONDS:
            return WatchGap(abs(jump), "clock_forward" if jump > 0 else "clock_back")
        return None
