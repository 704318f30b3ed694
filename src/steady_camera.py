"""A camera that is opened again whenever it fails, for as long as it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from src.camera import Camera, CameraError, CameraTimeout, backends_to_try, is_recording, open_recording
from src.clock import Clock
from src.config import CameraSettings
from src.frame import Frame
from src.live_camera import LiveCamera
from src.reopener import Reopener

READ_SECONDS = 1.0          # a loop waits so long for one picture, then looks after other things
OPENING_SECONDS = 30.0      # a slow camera needs 20 to open
SILENCE_SECONDS = 10.0      # no camera that is to be seen at once is silent for so long
MOST_HANGING = 8            # threads left behind in a driver that hangs

OpenOne = Callable[[CameraSettings, str, Clock], Camera]


def open_camera(settings: CameraSettings, backend: str, clock: Clock) -> Camera:
    """The camera of the settings: live, or the recording in `source`.

    Raises CameraError for a recording that cannot be opened; a live camera reports it with the first read.
    """
    if is_recording(settings):
        return open_recording(settings.source, clock)
    return LiveCamera(settings, backend, clock)


class SteadyCamera:
    """Reads the camera of the settings; `read` is all that a loop needs. Frames are numbered without a break."""

    def __init__(self, settings: CameraSettings, clock: Clock, open_one: OpenOne = open_camera,
                 silence_seconds: float = SILENCE_SECONDS) -> None:
        """silence_seconds: an open camera without a new picture for so long is opened again."""
        self.live = not is_recording(settings)
        self._settings = settings
        self._clock = clock
        self._open_one = open_one
        self._reopener = Reopener(backends_to_try(settings))
        self._camera: Camera | None = None
        self._silence_seconds = silence_seconds
        self._silent_since = 0.0
        self._patience_seconds = OPENING_SECONDS
        self._count = 0
        self._left_behind: list[Camera] = []
        self._failure = CameraError("The camera has not been opened yet.")

    def read(self, timeout_seconds: float) -> Frame:
        """The next picture; returns or raises within about `timeout_seconds` whatever the driver does.

        Raises CameraTimeout or CameraError when there is none now (call again: the camera is opened again when
        it is time), CameraEnded at the end of a recording, ImageFileError for a damaged picture of a folder.
        """
        if self._camera is None:
            wait = self._reopener.seconds_to_wait(self._clock.monotonic())
            if wait > 0:
                self._clock.sleep(min(wait, timeout_seconds))
                raise CameraError(self._failure.what, self._failure.advice)
            self._open()
        try:
            frame = self._camera.read(timeout_seconds)
        except CameraTimeout as error:
            if self._clock.monotonic() - self._silent_since >= self._patience_seconds:
                self._give_up(error)
            raise
        except CameraError as error:
            self._give_up(error)
            raise
        self._reopener.succeeded()
        self._silent_since, self._patience_seconds = self._clock.monotonic(), self._silence_seconds
        self._count += 1
        return replace(frame, index=self._count - 1)

    def reopen(self) -> None:
        """Open the camera afresh with the next read: after a standstill the driver repeats its last picture."""
        if self._camera is not None:
            self._give_up(CameraError("The camera is being opened again."))

    def close(self) -> None:
        """Let go of the camera, so that another program can have it. The next read opens it again."""
        if self._camera is not None:
            self._release()
        self._reopener.succeeded()

    def _open(self) -> None:
        self._left_behind = [camera for camera in self._left_behind if camera.hanging]
        if len(self._left_behind) >= MOST_HANGING:
            self._reopener.failed(self._clock.monotonic())
            self._failure = CameraError("The driver of the camera hangs.", "Unplug the camera and plug it in again; if "
                                        "that does not help, restart this PC.")
            raise self._failure
        try:
            self._camera = self._open_one(self._settings, self._reopener.backend, self._clock)
        except CameraError as error:
            self._reopener.failed(self._clock.monotonic())
            self._failure = error
            raise
        self._silent_since = self._clock.monotonic()
        self._patience_seconds = max(OPENING_SECONDS, self._silence_seconds)

    def _give_up(self, failure: CameraError) -> None:
        self._failure = failure
        self._release()
        self._reopener.failed(self._clock.monotonic())

    def _release(self) -> None:
        camera, self._camera = self._camera, None
        camera.close()
        if camera.live and camera.hanging:
            self._left_behind.append(camera)
