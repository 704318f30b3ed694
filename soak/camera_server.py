"""A network camera on this PC, as MJPEG over HTTP, which fails in all the ways in which cameras fail."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable, Iterator

import cv2
import numpy as np

from tests.servers import free_port

PICTURES_A_SECOND = 25.0
START_OF_A_PICTURE = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"


class CameraServer:
    """Serves `picture(number)`, (H, W, 3) uint8 BGR, to whoever asks. Can be killed and revived."""

    def __init__(self, picture: Callable[[int], np.ndarray]) -> None:
        self.picture = picture
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/stream"
        self._count = 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._server: ThreadingHTTPServer | None = None

    def revive(self) -> None:
        """Take connections from now on."""
        camera = self
        self._alive = alive = threading.Event()
        alive.set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
                self.end_headers()
                camera._stream(self.wfile, alive)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.handle_error = lambda *_: None  # whoever watched was killed
        threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.02), daemon=True).start()

    def kill(self) -> None:
        """End all connections in the middle of a picture, and refuse new ones."""
        self._alive.clear()
        self._flowing.set()
        self._server.shutdown()
        self._server.server_close()

    def block(self) -> None:
        """Keep the connections, and send nothing any more."""
        self._flowing.clear()

    def unblock(self) -> None:
        self._flowing.set()

    def _stream(self, out, alive: threading.Event) -> None:
        while True:
            self._flowing.wait()
            jpeg = _jpeg(self.picture(self._count))
            self._count += 1
            part = START_OF_A_PICTURE % len(jpeg) + jpeg + b"\r\n"
            if not alive.is_set():
                out.write(part[: len(part) // 2])
                return
            out.write(part)
            time.sleep(1.0 / PICTURES_A_SECOND)


def _jpeg(picture: np.ndarray) -> bytes:
    # Nearly without loss: the drawn bench was learnt from pictures that were never compressed.
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        100,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    return cv2.imencode(".jpg", picture, options)[1].tobytes()


@contextmanager
def camera_server(picture: Callable[[int], np.ndarray]) -> Iterator[CameraServer]:
    """A camera that is alive while the block runs, unless it is killed."""
    camera = CameraServer(picture)
    camera.revive()
    try:
        yield camera
    finally:
        camera.kill()
