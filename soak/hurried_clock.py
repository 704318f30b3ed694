"""A clock that runs faster than life, for the real monitor with real servers."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

from src.clock import Clock


class HurriedClock(Clock):
    """`speed` seconds pass in each real one. What waits outside Python takes its real time."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = time.monotonic()
        self._start = datetime.now().astimezone()
        self._stop = threading.Event()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def sleep(self, seconds: float) -> None:
        """Raises KeyboardInterrupt, once, after `stop`."""
        if seconds > 0:
            time.sleep(seconds / self._speed)
        if self._stop.is_set():
            self._stop.clear()
            raise KeyboardInterrupt

    def stop(self) -> None:
        """As if Ctrl+C were pressed in the program that sleeps next."""
        self._stop.set()
