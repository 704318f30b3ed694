"""Does the camera work, and does it see anything?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from filelock import FileLock, Timeout

from src.camera import Camera, CameraEnded, CameraError, backends_to_try
from src.camera_diagnosis import diagnose
from src.camera_statistics import FrameStatistics, measure
from src.check_result import CheckResult
from src.clock import Clock
from src.config import CameraSettings, RoiSettings
from src.messages import CAMERA_AGAIN, CAMERA_PROBLEMS, NO_CAMERA
from src.mode import Mode, ModeFile
from src.preprocess import crop_roi, ignored_area, roi_box
from src.steady_camera import open_camera
from src.windows import camera_names

OpenCamera = Callable[[CameraSettings, str, Clock], Camera]
NAME = "Camera"
OPENING_SECONDS, READ_SECONDS = 25.0, 5.0
WARM_UP_PICTURES = 15       # cameras need about so many to set their exposure
OUT_OF_FOCUS = 0.45
LIST_ADVICE = ("To see which cameras there are, type run_health_check.bat --list_cameras (chapter 15 of "
               "USER_GUIDE.md says where).")
INDICES = range(6)
GREEN, ORANGE = (0, 255, 0), (0, 165, 255)      # BGR
HOLDERS = {Mode.MONITOR: "monitor", Mode.CAPTURE: "capture"}


@dataclass(frozen=True)
class CameraCheck:
    """result: the outcome. picture: the full camera picture, (H, W, 3) uint8 BGR, None when there is none."""

    result: CheckResult
    picture: np.ndarray | None


def camera_user(mode_file: Path) -> str | None:
    """Which program has the camera now: "monitor", "capture" or None."""
    mode = ModeFile(mode_file).read().mode
    if mode not in HOLDERS:
        return None
    lock = FileLock(mode_file.parent / f"{HOLDERS[mode]}.lock")
    try:
        with lock.acquire(timeout=0):
            return None
    except Timeout:
        return HOLDERS[mode]


def check_camera(settings: CameraSettings, roi: RoiSettings, used_by: str | None, clock: Clock,
                 open_one: OpenCamera = open_camera) -> CameraCheck:
    """Take a picture and look at it. used_by: the program that has the camera, which is then left alone.

    Raises UserError when the ROI does not fit the picture.
    """
    if used_by is not None and settings.source is None:
        return CameraCheck(CheckResult(
            NAME, True, f"not opened, because it is in use: the {used_by} is running.",
            f"The window of the {used_by} says how it is. To test the camera itself, set the mode to OFF first."),
            None)
    failures: list[tuple[str, str]] = []
    for backend in backends_to_try(settings):
        try:
            return _look(settings, roi, backend, clock, open_one)
        except CameraError as error:
            failures.append((error.what, error.advice))
        except CameraEnded as end:
            failures.append((str(end), ""))
    happened, advice = zip(*failures)
    if settings.source is None:
        advice += (LIST_ADVICE,)
    return CameraCheck(CheckResult(NAME, False, _each_once(happened), _each_once(advice)), None)


def _each_once(sentences: Iterable[str]) -> str:
    return " ".join(filter(None, dict.fromkeys(sentences)))


def _look(settings: CameraSettings, roi: RoiSettings, backend: str, clock: Clock, open_one: OpenCamera) -> CameraCheck:
    camera = open_one(settings, backend, clock)
    try:
        picture = camera.read(OPENING_SECONDS).image
        if camera.live:
            for _ in range(WARM_UP_PICTURES):
                picture = camera.read(READ_SECONDS).image
    finally:
        camera.close()
    height, width = picture.shape[:2]
    seen = measure(crop_roi(picture, roi), None)
    asked = "" if not camera.live or (width, height) == (settings.width, settings.height) else (
        f" (asked for {settings.width} x {settings.height})")
    text = (f"{camera.name} sends {width} x {height} pixels{asked}, brightness {seen.brightness:.0f} of 255, "
            f"sharpness {100 * seen.fineness:.0f} (in focus: above {100 * OUT_OF_FOCUS:.0f})")
    problem, advice = _judge(seen)
    if problem is None and not camera.live:
        return CameraCheck(CheckResult(NAME, True, f"{text}. {NO_CAMERA}", CAMERA_AGAIN, warning=True), picture)
    return CameraCheck(CheckResult(NAME, problem is None, f"{text}. {problem or ''}".strip(), advice), picture)


def _judge(seen: FrameStatistics) -> tuple[str | None, str]:
    """What is wrong with the picture, None when nothing is, and what to do."""
    kind = diagnose(seen) or ("blurred" if seen.fineness < OUT_OF_FOCUS else None)
    if kind is None:
        return None, ""
    what, _, advice = CAMERA_PROBLEMS[kind]
    return f"The camera {what}.", advice[0].upper() + advice[1:]


def with_roi_outlined(picture: np.ndarray, roi: RoiSettings) -> np.ndarray:
    """A copy of the full camera picture: the watched part is framed in green, ignored areas in orange."""
    framed = picture.copy()
    edges, _ = cv2.findContours(ignored_area(roi, *picture.shape[:2]), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(framed, edges, -1, ORANGE, 2)
    if roi.enabled:
        left, top, right, bottom = roi_box(*picture.shape[:2], roi)
        cv2.rectangle(framed, (left, top), (right - 1, bottom - 1), GREEN, 2)
    return framed


def silent_cameras(settings: CameraSettings, heard_of: Iterable[int],
                   names: Callable[[str], dict[int, str]] = camera_names) -> list[str]:
    """The cameras that the system knows by name and that are not among the indices `heard_of`, in words."""
    # Only one way to reach them is asked: the other one counts differently.
    known = names(settings.backend)
    return [f"{known[index]} (index {index})" for index in sorted(set(known) - set(heard_of))]


def list_cameras(settings: CameraSettings, clock: Clock, open_one: OpenCamera = open_camera,
                 names: Callable[[str], dict[int, str]] = camera_names) -> list[tuple[int, str, np.ndarray]]:
    """Every camera of this PC that sends a picture: its index, itself in words, the picture (H, W, 3) uint8 BGR.

    names: what the system calls the cameras that are reached through a backend, as far as it tells.
    """
    found = []
    for index in INDICES:
        candidate = settings.model_copy(update={"index": index, "source": None})
        for backend in backends_to_try(candidate):
            camera = open_one(candidate, backend, clock)
            try:
                picture = camera.read(OPENING_SECONDS).image
                known = names(backend)
                words = f"{known[index]} ({camera.name})" if index in known else camera.name
                found.append((index, words, picture))
                break
            except CameraError:
                continue
            finally:
                camera.close()
    return found

