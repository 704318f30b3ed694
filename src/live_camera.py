"""A live camera whose driver may hang for ever: a thread of its own reads it and keeps the newest picture."""

from __future__ import annotations

import threading
from collections.abc import Callable

import cv2

from src.camera import Capture, CameraError, CameraTimeout, as_colour, describe, open_capture
from src.clock import Clock
from src.config import CameraSettings
from src.frame import Frame

FAILED_READS = 10            # in a row; cameras often fail a few times while they start
PAUSE_AFTER_FAILURE = 0.1    # seconds
CLOSE_SECONDS = 2.0
LOCAL_ADVICE = ("Check the cable, close other programs that use the camera (Teams, Zoom, the Windows camera app), "
                "and check camera.index in config/config.yaml.")
NETWORK_ADVICE = ("Check that the camera is switched on and connected to the network, and check its address: "
                  "camera.source in config/config.yaml.")


class LiveCamera:
    """Opened and read in the background; making one returns at once, and so does every call within its time.

    `read` tells whether opening worked. A thread that hangs inside the driver is left behind when the camera is
    closed (`hanging` says so); it lets go of the camera by itself should the driver ever return.
    """

    live = True

    def __init__(self, settings: CameraSettings, backend: str, clock: Clock,
                 open_device: Callable[[CameraSettings, str], Capture] = open_capture) -> None:
        self.name = describe(settings, backend)
        self.size: tuple[int, int] | None = None     # (width, height) really delivered
        self.fps: float | None = None                # as the driver reports it
        self._settings = settings
        self._backend = backend
        self._clock = clock
        self._open_device = open_device
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._newest: Frame | None = None
        self._delivered = -1
        self._failure: tuple[str, str] | None = None     # what happened, what to do now
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    @property
    def hanging(self) -> bool:
        """The driver has not returned although the camera was closed."""
        return self._stopping.is_set() and self._thread.is_alive()

    def read(self, timeout_seconds: float) -> Frame:
        """The newest picture, once; waits for it. Raises CameraTimeout or CameraError."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or self._has_news(), timeout_seconds)
            if self._failure is not None:
                raise CameraError(*self._failure)
            if not self._has_news():
                raise CameraTimeout(f"The {self.name} has sent no picture for {timeout_seconds:.0f} seconds.")
            self._delivered = self._newest.index
            return self._newest

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(CLOSE_SECONDS)

    def _has_news(self) -> bool:
        return self._newest is not None and self._newest.index > self._delivered

    def _run(self) -> None:
        try:
            capture = self._open_device(self._settings, self._backend)
            try:
                self._grab(capture)
            finally:
                capture.release()
        except cv2.error as error:
            self._fail(f"The {self.name} stopped with an error of its driver: {error.err}.")

    def _grab(self, capture: Capture) -> None:
        if not capture.isOpened():
            self._fail(f"The {self.name} cannot be opened.",
                       LOCAL_ADVICE if self._settings.source is None else NETWORK_ADVICE)
            return
        self.fps = capture.get(cv2.CAP_PROP_FPS)
        count = failures = 0
        while not self._stopping.is_set():
            delivered, image = capture.read()
            if not delivered or image is None:
                failures += 1
                if failures >= FAILED_READS:
                    self._fail(f"The {self.name} has stopped sending pictures.", "Check the cable.")
                    return
                self._stopping.wait(PAUSE_AFTER_FAILURE)
                continue
            failures = 0
            frame = Frame(as_colour(image), count, self._clock.now(), self._clock.monotonic())
            count += 1
            with self._changed:
                self.size = (image.shape[1], image.shape[0])
                self._newest = frame
                self._changed.notify_all()

    def _fail(self, what: str, advice: str = "") -> None:
        with self._changed:
            self._failure = (what, advice)
            self._changed.notify_all()
