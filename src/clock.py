"""The one module that asks the machine what time it is."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class Clock:
    """The time of this PC.

    Durations come from `monotonic`, which never jumps. `now` may jump (daylight saving, a clock set by hand),
    so it is for names and log lines only.
    """

    def now(self) -> datetime:
        """Local wall time with its offset from UTC."""
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. Nothing happens when `seconds` is zero or less."""
        if seconds > 0:
            time.sleep(seconds)


class VirtualClock(Clock):
    """A clock that moves only when it is told to: for recorded footage and for tests."""

    def __init__(self, start: datetime) -> None:
        """start: aware wall time. The monotonic time begins at 0."""
        if start.tzinfo is None:
            raise ValueError("VirtualClock needs a start with a time zone.")
        self._start = start
        self._elapsed_seconds = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_seconds)

    def monotonic(self) -> float:
        return self._elapsed_seconds

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, which is not negative."""
        if seconds < 0:
            raise ValueError(f"Time only moves forward, got {seconds} seconds.")
        self._elapsed_seconds += seconds
