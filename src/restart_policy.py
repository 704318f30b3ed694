"""When to start a program again that has ended, and when to take a silent one for hung. State machines."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

STOPPED, WRONG_ARGUMENTS, USER_CAN_FIX_IT = 0, 2, 1
# Each wait is three times the one before: 2, 6, 18, 54, 162 seconds. What passes by itself has time to pass.
FIRST_WAIT_SECONDS = 2.0
WAIT_FACTOR = 3.0


@dataclass(frozen=True)
class Next:
    """kind: "restart" (after wait_seconds), "stop" (ended well) or "give_up" (people must be told)."""

    kind: str
    wait_seconds: float = 0.0


class RestartPolicy:
    """most: so many restarts within within_seconds, then it is given up."""

    def __init__(self, most: int, within_seconds: float) -> None:
        self._most = most
        self._within_seconds = within_seconds
        self._restarts: deque[float] = deque()
        self._restarted_ever = False

    @property
    def recent_restarts(self) -> int:
        """How often it was restarted lately."""
        return len(self._restarts)

    def update(self, exit_code: int, was_alive: bool, now_seconds: float) -> Next:
        """What follows from an end with `exit_code`.

        was_alive: it had given a sign of life. A user's mistake found at the start is for the user in front
        of the screen; one that shows later, at night, must neither end the watch at once nor remain unsaid.
        """
        while self._restarts and now_seconds - self._restarts[0] >= self._within_seconds:
            self._restarts.popleft()
        if exit_code == STOPPED:
            return Next("stop")
        if exit_code in (USER_CAN_FIX_IT, WRONG_ARGUMENTS) and not was_alive:
            return Next("give_up" if self._restarted_ever else "stop")
        if len(self._restarts) >= self._most:
            return Next("give_up")
        wait_seconds = FIRST_WAIT_SECONDS * WAIT_FACTOR ** len(self._restarts)
        self._restarts.append(now_seconds)
        self._restarted_ever = True
        return Next("restart", wait_seconds)


class HangWatch:
    """Notices that a program gives no sign of life any more.

    first_seconds: patience until the first sign; limit_seconds: from then on.
    longest_step_seconds: a longer step between two updates counts as this long. While the PC sleeps nobody
        gives signs, and that is no reason to kill a healthy program when it wakes up.
    """

    def __init__(self, first_seconds: float, limit_seconds: float, longest_step_seconds: float) -> None:
        self.patience_seconds = first_seconds
        self._limit_seconds = limit_seconds
        self._longest_step_seconds = longest_step_seconds
        self._sign: object = None
        self._silent_seconds = 0.0
        self._last_seconds: float | None = None

    def update(self, sign: object, now_seconds: float) -> bool:
        """Whether it hangs now. sign: anything that changes while it lives; None = no sign yet."""
        step = 0.0 if self._last_seconds is None else now_seconds - self._last_seconds
        self._last_seconds = now_seconds
        if sign != self._sign:
            self._sign, self._silent_seconds, self.patience_seconds = sign, 0.0, self._limit_seconds
            return False
        self._silent_seconds += min(step, self._longest_step_seconds)
        return self._silent_seconds >= self.patience_seconds
