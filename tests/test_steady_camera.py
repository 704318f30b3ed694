"""The camera comes back after every failure, with patience and through the other backend."""

from __future__ import annotations

import time

import numpy as np
import pytest

from src.camera import CameraEnded, CameraError, CameraTimeout
from src.clock import Clock
from src.config import CameraSettings
from src.frame import Frame
from src.reopener import Reopener
from src.steady_camera import MOST_HANGING, SILENCE_SECONDS, SteadyCamera, open_camera
from tests.test_camera import video
from tests.test_live_camera import MjpegServer


class FakeCamera:
    """Plays a script: "." a picture, "t" nothing in time, "x" an error."""

    live = True
    name = "fake camera"

    def __init__(self, script: str, clock, hanging: bool = False) -> None:
        self.script, self.clock, self.hanging = list(script), clock, hanging
        self.closed = False
        self.count = 0

    def read(self, timeout_seconds: float) -> Frame:
        step = self.script.pop(0)
        if step == "t":
            self.clock.advance(timeout_seconds)
            raise CameraTimeout("no picture")
        if step == "x":
            raise CameraError("the cable is out")
        self.clock.advance(0.1)
        self.count += 1
        return Frame(np.zeros((48, 64, 3), np.uint8), self.count - 1, self.clock.now(), self.clock.monotonic())

    def close(self) -> None:
        self.closed = True


def test_waits_grow_to_half_a_minute_and_backends_alternate():
    reopener = Reopener(("DSHOW", "MSMF"))
    waits, backends, now = [], [], 0.0
    for _ in range(8):
        backends.append(reopener.backend)
        reopener.failed(now)
        waits.append(reopener.seconds_to_wait(now))
        now += waits[-1]
        assert reopener.seconds_to_wait(now) == 0
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert backends == ["DSHOW", "MSMF"] * 4


def test_after_a_success_the_backend_stays_and_the_first_wait_is_short_again():
    reopener = Reopener(("DSHOW", "MSMF"))
    reopener.failed(0.0)
    reopener.succeeded()
    assert reopener.backend == "MSMF" and reopener.seconds_to_wait(0.0) == 0
    reopener.failed(100.0)
    assert reopener.seconds_to_wait(100.0) == 1


def steady(clock, *scripts: str, hanging: bool = False, silence_seconds: float = SILENCE_SECONDS,
           ) -> tuple[SteadyCamera, list[FakeCamera]]:
    cameras: list[FakeCamera] = []

    def open_one(settings, backend, its_clock):
        cameras.append(FakeCamera(scripts[min(len(cameras), len(scripts) - 1)], clock, hanging))
        return cameras[-1]

    return SteadyCamera(CameraSettings(), clock, open_one, silence_seconds), cameras


def test_a_camera_that_fails_is_opened_again_and_the_numbering_goes_on(clock):
    camera, opened = steady(clock, "..x", "...")
    assert [camera.read(2.0).index for _ in range(2)] == [0, 1]
    with pytest.raises(CameraError, match="cable"):
        camera.read(2.0)
    assert opened[0].closed
    with pytest.raises(CameraError, match="cable"):     # it is too early to try again
        camera.read(2.0)
    assert [camera.read(2.0).index for _ in range(3)] == [2, 3, 4]


def test_a_silent_camera_is_opened_again_after_ten_seconds(clock):
    camera, opened = steady(clock, "." + "t" * 20, ".")
    camera.read(2.0)
    for _ in range(5):
        with pytest.raises(CameraTimeout):
            camera.read(2.0)
    assert opened[0].closed
    with pytest.raises(CameraError):
        camera.read(2.0)
    assert camera.read(2.0).index == 1


def test_a_camera_that_may_be_silent_for_longer_is_left_alone_also_after_it_was_opened(clock):
    camera, opened = steady(clock, "t" * 39 + "." + "t" * 39 + ".", silence_seconds=80.0)
    for index in range(2):
        for _ in range(39):
            with pytest.raises(CameraTimeout):
                camera.read(2.0)
        assert camera.read(2.0).index == index
    assert len(opened) == 1


def test_a_slow_start_is_given_half_a_minute(clock):
    camera, opened = steady(clock, "t" * 14 + ".")
    for _ in range(14):
        with pytest.raises(CameraTimeout):
            camera.read(2.0)
    assert camera.read(2.0).index == 0
    assert len(opened) == 1


def test_closing_hands_the_camera_over_and_the_next_read_opens_it_again(clock):
    camera, opened = steady(clock, "...")
    camera.read(2.0)
    camera.close()
    assert opened[0].closed
    camera.close()
    assert camera.read(2.0).index == 1
    assert len(opened) == 2


def test_a_standing_picture_can_be_answered_by_opening_afresh(clock):
    camera, opened = steady(clock, "...")
    camera.read(2.0)
    camera.reopen()
    with pytest.raises(CameraError):
        camera.read(2.0)
    camera.read(2.0)
    assert opened[0].closed and len(opened) == 2


def test_a_driver_that_always_hangs_is_not_asked_for_ever(clock):
    camera, opened = steady(clock, "x", hanging=True)
    texts = []
    for _ in range(300):
        with pytest.raises(CameraError) as problem:
            camera.read(2.0)
        texts.append(str(problem.value))
    assert len(opened) == MOST_HANGING
    assert "restart this PC" in texts[-1]
    opened[0].hanging = False
    for _ in range(20):
        with pytest.raises(CameraError):
            camera.read(2.0)
    assert len(opened) == MOST_HANGING + 1


def test_the_end_of_a_recording_is_passed_on(tmp_path, clock):
    camera = SteadyCamera(CameraSettings(source=str(video(tmp_path / "v.avi", 2))), clock)
    assert not camera.live
    assert [camera.read(1.0).index for _ in range(2)] == [0, 1]
    with pytest.raises(CameraEnded):
        camera.read(1.0)
    camera.close()


def test_a_missing_recording_is_an_error_in_words(tmp_path, clock):
    with pytest.raises(CameraError, match="does not exist"):
        open_camera(CameraSettings(source=str(tmp_path / "gone.mp4")), "DEFAULT", clock)


def test_a_network_camera_comes_back_after_its_server_was_killed():
    server = MjpegServer()
    clock = Clock()
    camera = SteadyCamera(CameraSettings(source=server.address), clock)
    assert camera.read(15.0).index == 0
    server.pull_the_plug()
    with pytest.raises(CameraError):
        while True:
            camera.read(5.0)
    port = server.server_address[1]
    again = MjpegServer(port)
    frame, end = None, time.monotonic() + 30
    while frame is None and time.monotonic() < end:
        try:
            frame = camera.read(1.0)
        except CameraError:
            pass
    camera.close()
    again.pull_the_plug()
    assert frame is not None and frame.index > 0
