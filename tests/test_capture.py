"""Normal pictures are taken only when they may be, only when something can be seen, and never on the last gigabyte."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.camera import CameraEnded, CameraError
from src.capture import CaptureTask
from src.clock import VirtualClock
from src.config import CameraSettings, Config, parse_config
from src.errors import UserError
from src.event_log import read_events
from src.frame import Frame
from src.image_files import list_images, read_image, write_jpg
from src.mode import Mode, write_mode
from src.steady_camera import SteadyCamera
from tests.test_registration import bench

GIGABYTE = 10**9


class ScriptedCamera:
    """"." a good picture, "b" a black one, "s" the same as before, "x" the cable is out; the end stops the test."""

    live = True

    def __init__(self, script: str, clock: VirtualClock, at: dict[int, object] | None = None) -> None:
        self.script, self.clock, self.at = script, clock, at or {}
        self.position = 0
        self.closed = 0

    def read(self, timeout_seconds: float) -> Frame:
        if self.position in self.at:
            self.at[self.position]()
        if self.position >= len(self.script):
            raise CameraEnded("The script is at its end.")
        step = self.script[self.position]
        self.position += 1
        if step == "x":
            self.clock.advance(timeout_seconds)
            raise CameraError("The cable is out.")
        image = np.zeros((360, 640, 3), np.uint8) if step == "b" else bench(0 if step == "s" else self.position)
        return Frame(image, self.position - 1, self.clock.now(), self.clock.monotonic())

    def close(self) -> None:
        self.closed += 1


def config_in(folder: Path, more: str = "") -> Config:
    config = parse_config(more, "test")
    paths = {name: folder / path for name, path in config.paths}
    return config.model_copy(update={"paths": config.paths.model_copy(update=paths)})


class Run:
    """A capture in a temporary folder."""

    def __init__(self, folder: Path, clock: VirtualClock, script: str, mode: Mode | None = Mode.CAPTURE, more: str = "",
                 free: int = 100 * GIGABYTE, at: dict[int, object] | None = None) -> None:
        self.config = config_in(folder, more)
        self.clock = clock
        self.free = free
        self.said: list[str] = []
        self.shown: list[str] = []
        if mode is not None:
            write_mode(self.config.paths.state_mode_file, mode)
        self.camera = ScriptedCamera(script, clock, at)
        self.task = CaptureTask(self.config, clock, self.camera, lambda path: self.free, self.said.append,
                                self.shown.append)

    @property
    def pictures(self) -> list[Path]:
        return list_images(self.config.paths.data_normal_dir)

    @property
    def events(self) -> list[str]:
        return [event["event"] for event in read_events(self.config.paths.logs_dir)]


def test_a_picture_is_saved_every_interval_under_its_time(tmp_path, clock):
    run = Run(tmp_path, clock, "...")
    assert run.task.run() == 3
    assert [path.name for path in run.pictures] == [
        "normal_20261123_031502_000.jpg", "normal_20261123_031503_500.jpg", "normal_20261123_031505_000.jpg"]
    assert run.shown[-1] == "CAPTURING | 3 saved | in all 3 pictures, 0 kinds of light"
    assert run.events == ["capture_started", "capture_stopped"]
    assert run.camera.closed


def test_pictures_are_cut_to_the_roi(tmp_path, clock):
    run = Run(tmp_path, clock, ".", more="roi: {enabled: true, x: 0.25, y: 0.5, width: 0.5, height: 0.25}")
    run.task.run()
    assert read_image(run.pictures[0]).shape == (90, 320, 3)


def test_pictures_in_which_nothing_can_be_seen_are_not_saved_and_it_says_why(tmp_path, clock):
    run = Run(tmp_path, clock, ".bbbb..")
    assert run.task.run() == 3
    assert [text for text in run.said if "Not saved" in text and "black" in text]


def test_a_picture_that_stands_still_is_saved_once(tmp_path, clock):
    run = Run(tmp_path, clock, "s" * 60 + ".")
    assert run.task.run() == 2
    assert [text for text in run.said if "the very same picture again and again" in text]
    assert "camera_problem" in run.events and "camera_recovered" in run.events


def test_a_lost_camera_is_said_once_and_capturing_goes_on_when_it_is_back(tmp_path, clock):
    run = Run(tmp_path, clock, "." + "x" * 60 + ".")
    assert run.task.run() == 2
    assert run.said.count("The cable is out.") == 1
    assert run.events.count("camera_problem") == run.events.count("camera_recovered") == 1


@pytest.mark.parametrize("mode", [None, Mode.OFF, Mode.MONITOR])
def test_outside_capture_mode_it_lets_go_of_the_camera_says_what_to_do_and_waits(tmp_path, clock, mode):
    class Enough(Exception):
        pass

    run = Run(tmp_path, clock, "...", mode=mode)
    seconds = []

    def count(text: float) -> None:
        seconds.append(text)
        if len(seconds) > 20:
            raise Enough

    clock.sleep = count
    with pytest.raises(Enough):
        run.task.run()
    assert run.pictures == [] and run.camera.position == 0 and run.camera.closed
    assert len([text for text in run.said if "set_mode_CAPTURE.bat" in text]) == 1
    assert max(seconds) <= 0.5


def test_it_obeys_when_the_mode_leaves_capture_and_goes_on_when_it_comes_back(tmp_path, clock):
    def off() -> None:
        write_mode(run.config.paths.state_mode_file, Mode.OFF)
        clock.sleep = back_on

    def back_on(seconds: float) -> None:
        if run.camera.closed:
            write_mode(run.config.paths.state_mode_file, Mode.CAPTURE)
            del clock.sleep
        clock.advance(seconds)

    run = Run(tmp_path, clock, "....", at={2: off})
    assert run.task.run() == 4
    assert any(text.startswith("Waiting: the mode is OFF") for text in run.said)


def test_a_mode_file_that_disappears_is_said_once_until_it_is_there_again(tmp_path, clock):
    def disappear() -> None:
        run.config.paths.state_mode_file.unlink()
        clock.sleep = wait

    def wait(seconds: float) -> None:
        clock.advance(seconds)
        if clock.monotonic() > 20:
            write_mode(run.config.paths.state_mode_file, Mode.CAPTURE)
            del clock.sleep

    run = Run(tmp_path, clock, "....", at={2: disappear})
    assert run.task.run() == 4
    assert len([text for text in run.said if "has disappeared" in text]) == 1
    assert not [text for text in run.said if text.startswith("Waiting")]


def test_a_nearly_full_disk_ends_it_in_words(tmp_path, clock):
    run = Run(tmp_path, clock, "...", free=GIGABYTE - 1)
    with pytest.raises(UserError, match="Less than 1 GB is free"):
        run.task.run()
    assert run.pictures == []
    assert run.events[-1] == "capture_stopped"


def test_the_pictures_of_former_days_count(tmp_path, clock):
    Run(tmp_path, clock, "." * 60).task.run()
    (tmp_path / "data/normal/normal_broken.jpg").write_bytes(b"")
    run = Run(tmp_path, clock, ".")
    run.task.run()
    assert "62 pictures, 1 kind of light" in run.said[-1]
    assert "same light" in run.said[-1]
    assert any("normal_broken.jpg is empty" in text for text in run.said)


def test_a_recording_is_not_waited_for_and_two_of_them_never_overwrite_each_other(tmp_path, clock):
    for number in range(4):
        write_jpg(tmp_path / "recording" / f"{number}.jpg", bench(number))
    for _ in range(2):
        run = Run(tmp_path, clock, "")
        camera = SteadyCamera(CameraSettings(source=str(tmp_path / "recording")), clock)
        task = CaptureTask(run.config, clock, camera, lambda path: 10**12, run.said.append, run.shown.append)
        assert task.run() == 4
    assert clock.monotonic() == 0
    assert len(run.pictures) == 8
    assert all(re.fullmatch(r"normal_\d{8}_\d{6}_\d{3}\.jpg", path.name) for path in run.pictures)


def test_a_missing_recording_ends_it_in_words(tmp_path, clock):
    run = Run(tmp_path, clock, "")
    camera = SteadyCamera(CameraSettings(source=str(tmp_path / "gone.mp4")), clock)
    task = CaptureTask(run.config, clock, camera, lambda path: 10**12, run.said.append, run.shown.append)
    with pytest.raises(UserError, match="does not exist"):
        task.run()


def test_a_camera_picture_of_another_size_ends_it_in_words_when_a_region_is_cut_out(tmp_path, clock):
    more = "roi: {enabled: true, units: pixels, x: 10, y: 10, width: 200, height: 100}"
    Run(tmp_path, clock, "..", more=more).task.run()
    run = Run(tmp_path, clock, "...", more=more)
    read = run.camera.read

    def half_as_large(timeout_seconds: float) -> Frame:
        frame = read(timeout_seconds)
        return frame if run.camera.position < 3 else replace(frame, image=np.ascontiguousarray(frame.image[::2, ::2]))

    run.camera.read = half_as_large
    with pytest.raises(UserError, match="640 x 360 pixels; now 320 x 180 pixels"):
        run.task.run()
    assert len(run.pictures) == 4
