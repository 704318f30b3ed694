"""The camera, or a recording that stands in for it. Delivers pictures and decides nothing."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

# Both must be set before OpenCV is loaded: without the first, Windows takes minutes to open a camera; the second
# keeps the video decoder from writing its own remarks on the console.
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from src.clock import Clock  # noqa: E402
from src.config import CameraSettings  # noqa: E402
from src.errors import UserError  # noqa: E402
from src.frame import Frame  # noqa: E402
from src.image_files import list_images, read_image  # noqa: E402

# OpenCV's own remarks on cameras and damaged pictures say nothing to a user.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

BACKENDS = {"DSHOW": cv2.CAP_DSHOW, "MSMF": cv2.CAP_MSMF, "V4L2": cv2.CAP_V4L2, "DEFAULT": cv2.CAP_ANY}
NETWORK_OPEN_SECONDS, NETWORK_READ_SECONDS = 10, 10


class CameraError(UserError):
    """The camera cannot be opened, or delivers nothing. It may work again later.

    what: what happened. advice: what to do now; apart, so that it is said once when several ways failed.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(f"{what} {advice}".strip())
        self.what, self.advice = what, advice


class CameraTimeout(CameraError):
    """No new picture in the time given. The camera is still open."""


class CameraEnded(UserError):
    """A recording is at its end. No error of the camera."""


class Capture(Protocol):
    """What is used of cv2.VideoCapture."""

    def isOpened(self) -> bool: ...

    def read(self) -> tuple[bool, np.ndarray | None]: ...

    def get(self, property_number: int) -> float: ...

    def release(self) -> None: ...


class Camera(Protocol):
    """A source of pictures. `live`: it goes on by itself and may come back after a failure."""

    live: bool
    name: str

    def read(self, timeout_seconds: float) -> Frame:
        """The next picture not yet delivered. Raises CameraTimeout, CameraError or CameraEnded."""

    def close(self) -> None:
        """Let go of the camera. May be called twice."""


def is_address(source: str) -> bool:
    return "://" in source


def is_recording(settings: CameraSettings) -> bool:
    """Whether the pictures come from a file or a folder instead of a live camera."""
    return settings.source is not None and not is_address(settings.source)


def describe(settings: CameraSettings, backend: str) -> str:
    """The camera in words, without a password that its address may hold."""
    if settings.source is None:
        return f"camera {settings.index} ({backend})"
    if is_address(settings.source):
        return f"network camera {re.sub(r'(?<=://).*@', '', settings.source).partition('?')[0]}"
    return f"recording {settings.source}"


def backends_to_try(settings: CameraSettings, platform: str = sys.platform) -> tuple[str, ...]:
    """The ways to reach the camera, the configured one first. On Windows some cameras work with only one of two."""
    if settings.source is not None or platform != "win32":
        return (settings.backend,)
    return (settings.backend,) + tuple(name for name in ("DSHOW", "MSMF") if name != settings.backend)


def open_capture(settings: CameraSettings, backend: str) -> Capture:
    """Open a live camera with OpenCV. May take long, and may even never return. See `isOpened` of the result."""
    if settings.source is not None:
        return cv2.VideoCapture(settings.source, cv2.CAP_ANY, [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, NETWORK_OPEN_SECONDS * 1000,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC, NETWORK_READ_SECONDS * 1000])
    built_in = set(cv2.videoio_registry.getCameraBackends())
    number = BACKENDS[backend] if BACKENDS[backend] in built_in else cv2.CAP_ANY
    capture = cv2.VideoCapture(settings.index, number)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    capture.set(cv2.CAP_PROP_FPS, settings.fps)
    return capture


def as_colour(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 BGR of what a capture delivered, which is grey for some industrial cameras."""
    return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image


def open_recording(source: str, clock: Clock) -> Camera:
    """A video file or a folder of pictures as a camera: every read gives the next picture, as fast as asked.

    Raises CameraError when there is none.
    """
    path = Path(source)
    if path.is_dir():
        return PictureFolder(path, clock)
    if path.is_file():
        return VideoFile(path, clock)
    raise CameraError(f"The recording {source} does not exist.",
                      "Correct its name. For capture and the monitor it is camera.source in config/config.yaml, where "
                      "source: null means the camera.")


class PictureFolder:
    """A folder of pictures in the order in which people count. A damaged picture raises ImageFileError once."""

    live = False

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.name = f"recording {folder}"
        self._paths = list_images(folder)
        self._clock = clock
        self._next = 0
        if not self._paths:
            raise CameraError(f"The folder {folder} holds no pictures (jpg, png, bmp, tif).")

    def read(self, timeout_seconds: float) -> Frame:
        if self._next >= len(self._paths):
            raise CameraEnded(f"The {self.name} is at its end after {self._next} pictures.")
        index = self._next
        self._next += 1
        image = read_image(self._paths[index])
        return Frame(image, index, self._clock.now(), self._clock.monotonic(), self._paths[index].name)

    def close(self) -> None:
        self._next = len(self._paths)


class VideoFile:
    """A video file, one picture after the other."""

    live = False

    def __init__(self, path: Path, clock: Clock,
                 open_file: Callable[[str], Capture] = cv2.VideoCapture) -> None:
        self.name = f"recording {path}"
        self._clock = clock
        self._count = 0
        self._capture = open_file(str(path))
        if not self._capture.isOpened():
            raise CameraError(f"{path} is not a video that can be played. Expected e.g. an mp4 or avi file.")

    def read(self, timeout_seconds: float) -> Frame:
        delivered, image = self._capture.read()
        if not delivered:
            raise CameraEnded(f"The {self.name} is at its end after {self._count} pictures.")
        index = self._count
        self._count += 1
        return Frame(as_colour(image), index, self._clock.now(), self._clock.monotonic())

    def close(self) -> None:
        self._capture.release()
