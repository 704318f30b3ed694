"""A live camera never stops its caller, and no picture comes twice."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from src.camera import CameraError, CameraTimeout
from src.clock import Clock
from src.config import CameraSettings
from src.live_camera import FAILED_READS, LiveCamera


class FakeCapture:
    """Delivers what it is told to; a picture's grey level is its number. `gate` closed: read() blocks."""

    def __init__(self, opened: bool = True, pictures: int = 10**9, gap_seconds: float = 0.002) -> None:
        self.opened, self.pictures, self.gap_seconds = opened, pictures, gap_seconds
        self.gate = threading.Event()
        self.gate.set()
        self.count = 0
        self.released = False

    def isOpened(self) -> bool:
        return self.opened

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.gate.wait()
        time.sleep(self.gap_seconds)
        if self.count >= self.pictures:
            return False, None
        self.count += 1
        return True, np.full((48, 64, 3), self.count % 256, np.uint8)

    def get(self, property_number: int) -> float:
        return 15.0

    def release(self) -> None:
        self.released = True


def opened(capture: FakeCapture) -> LiveCamera:
    return LiveCamera(CameraSettings(), "DEFAULT", Clock(), lambda settings, backend: capture)


def test_pictures_come_in_order_and_never_twice():
    camera = opened(FakeCapture())
    indices = [camera.read(2.0).index for _ in range(20)]
    camera.close()
    assert indices == sorted(set(indices))
    assert camera.size == (64, 48) and camera.fps == 15.0


def test_a_slow_reader_gets_the_newest_picture_only():
    capture = FakeCapture()
    camera = opened(capture)
    camera.read(2.0)
    time.sleep(0.2)
    before = capture.count
    assert camera.read(2.0).index >= before - 1
    camera.close()


def test_a_driver_that_hangs_does_not_stop_the_caller_and_leaves_by_itself_later():
    capture = FakeCapture()
    camera = opened(capture)
    camera.read(2.0)
    capture.gate.clear()
    began = time.monotonic()
    with pytest.raises(CameraTimeout):
        for _ in range(3):       # up to two pictures were on their way
            camera.read(0.2)
    assert time.monotonic() - began < 2
    camera.close()
    assert camera.hanging and not capture.released
    capture.gate.set()
    camera._thread.join(2)
    assert not camera.hanging and capture.released


def test_a_driver_that_hangs_while_opening_does_not_stop_the_caller_either():
    gate = threading.Event()
    camera = LiveCamera(CameraSettings(), "DEFAULT", Clock(), lambda settings, backend: gate.wait() and FakeCapture())
    with pytest.raises(CameraTimeout):
        camera.read(0.1)
    gate.set()
    assert camera.read(2.0).index == 0
    camera.close()


def test_closing_lets_go_of_the_camera_at_once():
    capture = FakeCapture()
    camera = opened(capture)
    camera.read(2.0)
    camera.close()
    assert capture.released
    camera.close()


def test_a_camera_that_cannot_be_opened_says_what_to_do():
    with pytest.raises(CameraError, match="cannot be opened. Check the cable"):
        opened(FakeCapture(opened=False)).read(2.0)


def test_a_few_failed_reads_are_forgiven_and_many_are_an_error():
    class Stumbling(FakeCapture):
        def read(self):
            self.count += 1
            good = self.count > FAILED_READS - 1
            return good, np.zeros((48, 64, 3), np.uint8) if good else None

    camera = opened(Stumbling())
    camera.read(5.0)
    camera.close()
    camera = opened(FakeCapture(pictures=1))
    camera.read(2.0)
    with pytest.raises(CameraError, match="stopped sending"):
        camera.read(5.0)


def test_a_driver_that_throws_is_told_in_words():
    class Throwing(FakeCapture):
        def read(self):
            raise cv2.error("no memory")

    with pytest.raises(CameraError, match="error of its driver"):
        opened(Throwing()).read(2.0)


def test_a_grey_camera_gives_colour_pictures():
    class Grey(FakeCapture):
        def read(self):
            return True, np.full((48, 64), 7, np.uint8)

    camera = opened(Grey())
    assert camera.read(2.0).image.shape == (48, 64, 3)
    camera.close()


class MjpegServer(ThreadingHTTPServer):
    """A network camera on this PC; `pull_the_plug` cuts it off in mid-stream."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        self.plugged = True
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                number = 0
                while server.plugged:
                    number += 1
                    image = np.full((120, 160, 3), number * 7 % 256, np.uint8)
                    jpg = cv2.imencode(".jpg", image)[1].tobytes()
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpg)}\r\n\r\n"
                    self.wfile.write(head.encode() + jpg + b"\r\n")
                    time.sleep(0.02)

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(("127.0.0.1", port), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://user:pa55@127.0.0.1:{self.server_address[1]}/stream.mjpg"

    def pull_the_plug(self) -> None:
        self.plugged = False
        self.shutdown()
        self.server_close()


def test_a_network_camera_that_dies_in_mid_stream_is_an_error_in_words_without_its_password():
    server = MjpegServer()
    camera = LiveCamera(CameraSettings(source=server.address), "DEFAULT", Clock())
    assert camera.read(15.0).image.shape == (120, 160, 3)
    assert camera.read(5.0).index > 0
    server.pull_the_plug()
    with pytest.raises(CameraError) as problem:
        while True:
            camera.read(15.0)
    assert "stopped sending" in str(problem.value)
    assert "pa55" not in str(problem.value)
    camera.close()


def test_a_network_camera_that_is_not_there_is_an_error_in_words():
    camera = LiveCamera(CameraSettings(source="http://127.0.0.1:9/stream"), "DEFAULT", Clock())
    with pytest.raises(CameraError, match="network camera http://127.0.0.1:9/stream cannot be opened"):
        camera.read(15.0)
