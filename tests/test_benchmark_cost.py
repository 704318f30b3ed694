from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.frame_cost import FrameCost, in_turn
from benchmarks.monitor_cost import (
    CAMERA_SIZE, measure_monitor, peak_megabytes, processor_seconds, write_video,
)
from src.clock import Clock
from src.errors import UserError

linux_only = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system has no /proc")


class Stopwatch:
    """A clock that stands still but for what the tasks take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def task(self, seconds: float, name: str, log: list[str]):
        def run() -> None:
            self.seconds += seconds
            log.append(name)
        return run


def test_tasks_take_turns_and_the_median_is_in_milliseconds():
    watch, log = Stopwatch(), []
    tasks = {"a": watch.task(0.010, "a", log), "b": watch.task(0.040, "b", log)}
    medians = in_turn(tasks, 3, lambda: watch.seconds)
    assert medians == pytest.approx({"a": 10.0, "b": 40.0})
    assert log[:4] == ["a", "b", "a", "b"]


def test_the_first_rounds_do_not_count():
    watch, calls = Stopwatch(), []

    def slow_at_first() -> None:
        calls.append(1)
        watch.seconds += 1.0 if len(calls) <= 5 else 0.001

    assert in_turn({"a": slow_at_first}, 4, lambda: watch.seconds)["a"] == pytest.approx(1.0)


def test_the_ratio_compares_the_verdict_with_the_reference():
    assert FrameCost(100, 10.0, 15.0, 40.0).ratio == 0.25


def test_the_timed_program_loads_nothing_that_counts_threads_before_it_sets_them():
    imported = ("import sys, benchmarks.frame_cost; "
                "print([name for name in ('numpy', 'cv2', 'tensorflow') if name in sys.modules])")
    answer = subprocess.run([sys.executable, "-c", imported], cwd=Path(__file__).parents[1],
                            capture_output=True, encoding="utf-8")
    assert answer.stdout.strip() == "[]", answer.stderr


@linux_only
def test_memory_and_processor_time_of_a_process_are_read():
    assert 5 < peak_megabytes(os.getpid()) < 100_000
    assert processor_seconds(os.getpid()) > 0


def test_the_camera_is_a_video_of_the_right_size(tmp_path):
    write_video(tmp_path / "a" / "camera.mp4", np.full((36, 64, 3), 120, np.uint8), 4)
    video = cv2.VideoCapture(str(tmp_path / "a" / "camera.mp4"))
    delivered, image = video.read()
    assert delivered and image.shape == (CAMERA_SIZE[1], CAMERA_SIZE[0], 3)
    assert abs(int(image.mean()) - 120) < 6


def test_a_monitor_that_does_not_start_says_why(tmp_path):
    settings = json.dumps({"paths": {
        "data_normal_dir": str(tmp_path / "normal"), "data_anomalies_dir": str(tmp_path / "anomalies"),
        "model_dir": str(tmp_path / "model"), "logs_dir": str(tmp_path / "logs"),
        "reports_dir": str(tmp_path / "reports"), "state_mode_file": str(tmp_path / "state" / "mode.txt")}})
    with pytest.raises(UserError, match="There is no trained model"):
        measure_monitor(settings, np.full((36, 64, 3), 120, np.uint8), 1.0, tmp_path, Clock())
