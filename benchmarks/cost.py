"""What finding leaks costs: one picture, the training, and the monitor as a process of its own."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frame_cost import FrameCost
from benchmarks.monitor_cost import MonitorCost, measure_monitor
from benchmarks.ours import Ours
from src.clock import Clock
from src.config_file import PROJECT
from src.image_files import read_image

FRAME_ROUNDS, QUICK_FRAME_ROUNDS = 100, 3
WATCHED_SECONDS, QUICK_WATCHED_SECONDS = 30.0, 3.0


@dataclass(frozen=True)
class Machine:
    """processor: its name. load: processes that wanted to run in the last minute, None = unknown."""

    processor: str
    cores: int
    load: float | None


@dataclass(frozen=True)
class Cost:
    """training: in words, calibration included. training_seconds: how long it took on all cores."""

    training: str
    training_seconds: float
    frame: FrameCost
    monitor: MonitorCost


def measure_cost(ours: Ours, picture: Path, scratch: Path, clock: Clock, quick: bool) -> Cost:
    """Measure with a trained model. picture: a dry one of its scene."""
    frame = _frame_cost(ours.settings_file, picture, QUICK_FRAME_ROUNDS if quick else FRAME_ROUNDS)
    monitor = measure_monitor(ours.settings_file.read_text(encoding="utf-8"), read_image(picture),
                              QUICK_WATCHED_SECONDS if quick else WATCHED_SECONDS, scratch, clock)
    return Cost(ours.training, ours.training_seconds, frame, monitor)


def _frame_cost(settings: Path, picture: Path, rounds: int) -> FrameCost:
    command = [sys.executable, "-m", "benchmarks.frame_cost", str(settings), str(picture), str(rounds)]
    answer = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return FrameCost(**json.loads(answer.stdout.splitlines()[-1]))


def this_machine() -> Machine:
    """The PC that the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return Machine(_processor_name(), os.cpu_count() or 1, load)


def _processor_name() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
