"""A monitor at work in a lab: as a process of its own in real time, or hurried, in a thread."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import datetime
from typing import Callable, Iterator, Mapping, Protocol

from soak.hurried_clock import HurriedClock
from soak.lab import Lab, end_calmly
from src.atomic_file import read_json
from src.clock import Clock
from src.monitoring import start_watching

LONGEST_REAL_WAIT_SECONDS = 180.0


class Watching(Protocol):
    """A running monitor. `speed`: how many of its seconds pass in a real one."""

    speed: float

    def now(self) -> datetime: ...

    def running(self) -> bool: ...


class _Process:
    def __init__(self, process) -> None:
        self.speed = 1.0
        self._process = process

    def now(self) -> datetime:
        return Clock().now()

    def running(self) -> bool:
        return self._process.poll() is None


class _Hurried:
    def __init__(self, clock: HurriedClock, thread: threading.Thread, speed: float) -> None:
        self.speed = speed
        self._thread = thread
        self.now = clock.now

    def running(self) -> bool:
        return self._thread.is_alive()


@contextmanager
def watching(lab: Lab, environment: Mapping[str, str], speed: float) -> Iterator[Watching]:
    """The monitor of the lab while the block runs. speed: 1 = the real script in real time."""
    if speed == 1:
        process = lab.start(environment)
        try:
            yield _Process(process)
        finally:
            if process.poll() is None:
                end_calmly(process)
        return
    clock = HurriedClock(speed)
    with open(lab.console, "a", encoding="utf-8") as console:
        thread = threading.Thread(target=start_watching, args=(lab.config, clock, environment, console))
        thread.start()
        try:
            yield _Hurried(clock, thread, speed)
        finally:
            clock.stop()
            thread.join(LONGEST_REAL_WAIT_SECONDS)


def wait_for(
    lab: Lab, since: datetime, event: str, seconds: float, watch: Watching, **fields: object
) -> dict | None:
    """The first such event at or after `since`, None when none came in `seconds` of the monitor's time."""
    give_up = time.monotonic() + min(seconds / watch.speed + 2.0, LONGEST_REAL_WAIT_SECONDS)
    while True:
        for found in lab.events(event):
            if datetime.fromisoformat(found["time"]) >= since and fields.items() <= found.items():
                return found
        if time.monotonic() > give_up:
            return None
        time.sleep(0.05)


def soon(condition: Callable[[], bool], seconds: float, watch: Watching) -> bool:
    """Whether it comes true within `seconds` of the monitor's time, and a few real ones."""
    give_up = time.monotonic() + seconds / watch.speed + 3.0
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.05)
    return True


def status_of(lab: Lab) -> dict:
    """What state/status.json says."""
    return read_json(lab.config.paths.state_mode_file.parent / "status.json")
