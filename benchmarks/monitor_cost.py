"""Measures the monitor as a process of its own: memory, time to the first verdict, share of a core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from src.atomic_file import write_text
from src.clock import Clock
from src.config_file import PROJECT
from src.errors import UserError
from src.mode import Mode, write_mode
from src.status import STATUS_FILE

POLL_SECONDS = 0.02
GIVE_UP_SECONDS = 120.0
CAMERA_SIZE = (1280, 720)


@dataclass(frozen=True)
class MonitorCost:
    """seconds_to_verdict: from starting Python to the first verdict.

    watched_seconds: over which the share of the core was taken.

    peak_megabytes, core_share (1 = one core fully used): None on systems without /proc.
    """

    seconds_to_verdict: float
    watched_seconds: float
    peak_megabytes: float | None
    core_share: float | None


def write_video(path: Path, image: np.ndarray, pictures: int) -> None:
    """A video of one picture, (H, W, 3) uint8 BGR, at the size of a camera picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10.0, CAMERA_SIZE)
    for _ in range(pictures):
        writer.write(cv2.resize(image, CAMERA_SIZE))
    writer.release()


def measure_monitor(
    settings: str, image: np.ndarray, seconds: float, scratch: Path, clock: Clock,
) -> MonitorCost:
    """Start the monitor on a video of a dry picture, one picture a second, and watch it for so many seconds.

    settings: JSON with the paths of a trained model. Raises UserError when the monitor does not start.
    """
    video = scratch / "camera.mp4"
    write_video(video, image, int(seconds) + 30)
    sections = json.loads(settings)
    sections["camera"] = {"source": str(video)}
    settings_file = scratch / "monitor.yaml"
    write_text(settings_file, json.dumps(sections))
    mode_file = Path(sections["paths"]["state_mode_file"])
    write_mode(mode_file, Mode.MONITOR)
    status_file = mode_file.with_name(STATUS_FILE)
    status_file.unlink(missing_ok=True)
    command = [sys.executable, str(PROJECT / "scripts" / "monitor.py"), "--config", str(settings_file)]
    began = clock.monotonic()
    with open(scratch / "monitor.txt", "wb") as console:
        with subprocess.Popen(command, stdout=console, stderr=subprocess.STDOUT) as monitor:
            try:
                _wait_for_verdict(status_file, monitor, began, scratch / "monitor.txt", clock)
                first = clock.monotonic()
                used = processor_seconds(monitor.pid)
                clock.sleep(seconds)
                watched = clock.monotonic() - first
                core_share = None if used is None else (processor_seconds(monitor.pid) - used) / watched
                return MonitorCost(first - began, watched, peak_megabytes(monitor.pid), core_share)
            finally:
                monitor.terminate()


def _wait_for_verdict(
    status_file: Path, monitor: subprocess.Popen[bytes], began: float, console: Path, clock: Clock,
) -> None:
    while not _has_verdict(status_file):
        if monitor.poll() is not None or clock.monotonic() - began > GIVE_UP_SECONDS:
            raise UserError("The monitor did not start watching. It said:\n"
                            + console.read_text(encoding="utf-8", errors="replace"))
        clock.sleep(POLL_SECONDS)


def _has_verdict(status_file: Path) -> bool:
    if not status_file.is_file():
        return False
    return json.loads(status_file.read_text(encoding="utf-8"))["score_ratio"] is not None


def peak_megabytes(pid: int) -> float | None:
    """The most memory that the process has held so far; None on systems without /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024.0


def processor_seconds(pid: int) -> float | None:
    """The processor time that the process has used so far; None on systems without /proc."""
    status = Path(f"/proc/{pid}/stat")
    if not status.is_file():
        return None
    # The name of the program stands in brackets and may hold spaces; times are the 14th and 15th value.
    values = status.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
