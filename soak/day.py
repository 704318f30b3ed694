"""The rehearsed day: a clock that can be set, what is the matter at present, and the camera that shows it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Callable

import numpy as np

from soak.camera_faults import blurred, grey, nudged
from soak.full_disk import FULL, LOW, ROOMY, leave_free
from soak.lab import Lab
from soak.schedule import JUMPS, NEEDS_A_DISK, NOT_ARMED, Episode
from src.camera import CameraEnded, CameraError, CameraTimeout
from src.clock import VirtualClock
from src.frame import Frame
from src.mode import Mode, write_mode
from tests.bench import HEIGHT, WIDTH, bench


class DayClock(VirtualClock):
    """Virtual time whose wall clock can be set, and which tells when it passes."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._set_by = timedelta()
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return super().now() + self._set_by

    def set_wall(self, seconds: float) -> None:
        """Set the clock of the PC forward or back. Sleep looks the same where monotonic time sleeps, too."""
        self._set_by += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.on_sleep()


@dataclass
class Day:
    """The day as it goes: what is the matter at present, and when each trouble really began and ended."""

    clock: DayClock
    seconds: float
    troubles: list[Episode]
    outages: list[Episode]
    lab: Lab
    disk: Path | None
    began: dict[Episode, datetime] = field(default_factory=dict)
    ended: dict[Episode, datetime] = field(default_factory=dict)
    present: Episode | None = None

    def move_on(self) -> None:
        """Begin and end what is due now."""
        now = self.clock.monotonic()
        if self.present is not None and now >= self.present.end:
            self._end(self.present)
        if self.present is None and self.troubles and now >= self.troubles[0].start:
            self._begin(self.troubles.pop(0))

    def down(self, channel: str) -> bool:
        """Whether the server of this channel is down now."""
        now = self.clock.monotonic()
        return any(
            outage.start <= now < outage.end and outage.what in (f"{channel} down", "both down")
            for outage in self.outages
        )

    def _begin(self, episode: Episode) -> None:
        self.present = episode
        self.began[episode] = self.clock.now()
        mode_file = self.lab.config.paths.state_mode_file
        if episode.what in NOT_ARMED:
            write_mode(mode_file, Mode(episode.what.removeprefix("mode ")))
        elif episode.what == "mode rubbish":
            mode_file.write_bytes(b"\x00MONIT")
        elif episode.what in NEEDS_A_DISK:
            leave_free(self.disk, LOW if episode.what == "disk low" else FULL)
        elif episode.what in JUMPS:
            self._jump(episode)
            self._end(episode)

    def _jump(self, episode: Episode) -> None:
        if episode.what == "clock back":
            self.clock.set_wall(-episode.seconds)
        elif episode.what == "stalled":
            self.clock.advance(episode.seconds)
        elif episode.what == "clock forward":
            self.clock.set_wall(episode.seconds)
        elif os.name == "nt":
            self.clock.advance(episode.seconds)  # monotonic time goes on while the PC sleeps
        else:
            self.clock.set_wall(episode.seconds)

    def _end(self, episode: Episode) -> None:
        self.present = None
        self.ended[episode] = self.clock.now()
        if episode.what.startswith("mode "):
            write_mode(self.lab.config.paths.state_mode_file, Mode.MONITOR)
        elif episode.what in NEEDS_A_DISK:
            leave_free(self.disk, ROOMY)


class DayCamera:
    """A live camera that shows what the day demands."""

    live, hanging, name = True, False, "camera of the rehearsal"

    def __init__(self, day: Day) -> None:
        self._day = day
        self._still = bench(5)

    def read(self, timeout_seconds: float) -> Frame:
        clock = self._day.clock
        number = int(clock.monotonic())
        if number >= self._day.seconds:
            raise CameraEnded("The day is over.")
        present = self._day.present
        what = present.what if present else ""
        if what == "camera gone":
            raise CameraError("The camera has stopped sending pictures. Check the cable.")
        if what == "camera silent":
            clock.sleep(timeout_seconds)
            raise CameraTimeout(f"The camera has sent no picture for {timeout_seconds:.0f} seconds.")
        return Frame(self._picture(what, number), number, clock.now(), clock.monotonic())

    def close(self) -> None:
        pass

    def _picture(self, what: str, number: int) -> np.ndarray:
        if what == "frozen":
            return self._still
        if what == "bad pictures":
            return BAD_PICTURES[number % len(BAD_PICTURES)]
        if what == "leak":
            grown = (self._day.clock.monotonic() - self._day.present.start) / self._day.present.seconds
            return bench(number, leak_radius=int(10 + 6 * grown))
        return SHOWN[what](number) if what in SHOWN else bench(number)


SHOWN = {"black": grey(0), "dazzled": grey(255), "covered": grey(130), "nudged": nudged}
# What a driver delivers now and then: nothing that fits, half a picture, another format, rubbish.
BAD_PICTURES = (
    np.zeros((1, 1, 3), np.uint8),
    bench(1)[:50],
    np.zeros((0, 0, 3), np.uint8),
    bench(2)[..., 0],
    np.random.default_rng(3).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8),
    blurred(4),
)
