"""Takes the normal pictures from which the monitor learns what a dry set-up looks like."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np

from src.camera import CameraEnded, CameraError
from src.camera_health import CameraHealth
from src.camera_statistics import FrameStatistics, measure
from src.clock import Clock, VirtualClock
from src.config import Config
from src.errors import UserError
from src.event_log import EventLog
from src.image_files import ImageFileError, list_images, read_image, write_jpg
from src.messages import CAMERA_PROBLEMS
from src.mode import MODE_SECONDS, Mode, ModeFile
from src.normal_pictures import note_crop
from src.preprocess import crop_roi
from src.steady_camera import READ_SECONDS, SteadyCamera
from src.variety import Variety, look

LEAST_FREE_BYTES = 1_000_000_000
OLD_PICTURES_LOOKED_AT = 60

WAITING = {
    Mode.OFF: "Waiting: the mode is OFF and no pictures are taken. Double-click set_mode_CAPTURE.bat to begin.",
    Mode.MONITOR: "Waiting: the mode is MONITOR, the camera belongs to the monitor. Double-click set_mode_CAPTURE.bat "
                  "to take pictures; nobody watches for leaks then.",
}


class CaptureTask:
    """Saves a picture every interval_seconds while the mode is CAPTURE; lets go of the camera otherwise."""

    def __init__(self, config: Config, clock: Clock, camera: SteadyCamera, free_bytes: Callable[[Path], int],
                 say: Callable[[str], None], show: Callable[[str], None]) -> None:
        """free_bytes: room left on the disk of a folder. say: prints a line. show: replaces the counter line.

        A recording is not waited for: its pictures count as taken interval_seconds apart, beginning now.
        """
        self._config = config
        self._folder = config.paths.data_normal_dir
        self._clock = clock
        self._picture_clock = clock if camera.live else VirtualClock(clock.now())
        self._camera = camera
        self._free_bytes = free_bytes
        self._say = say
        self._show = show
        self._mode_file = ModeFile(config.paths.state_mode_file)
        self._events = EventLog(config.paths.logs_dir, clock)
        self._health = CameraHealth(
            lost_seconds=config.monitor.camera_down_seconds,
            frozen_seconds=config.camera_health.frozen_seconds if camera.live else None,
            moved_percent=config.camera_health.moved_percent)
        self._variety = Variety()
        self._saved = 0
        self._noted_shape: tuple[int, ...] | None = None
        self._last_fingerprint: int | None = None
        self._said = ""

    def run(self) -> int:
        """Go on until a recording ends or Ctrl+C; how many pictures were saved.

        Raises UserError when the disk is nearly full, the ROI does not fit the picture, or the folder holds pictures
        of another ROI or camera size.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._look_at_old_pictures()
        self._events.append("capture_started")
        try:
            while self._step():
                pass
        finally:
            self._camera.close()
            self._events.append("capture_stopped", pictures=self._saved)
            self._say(f"{self._saved} pictures saved in {self._folder}. In all: {self._variety.summary}. "
                      f"{self._variety.advice}")
        return self._saved

    def _look_at_old_pictures(self) -> None:
        paths = list_images(self._folder)
        self._variety.pictures = len(paths)
        for path in paths[::max(1, len(paths) // OLD_PICTURES_LOOKED_AT)]:
            try:
                self._variety.add_light(look(read_image(path)))
            except ImageFileError as error:
                self._say(str(error))

    def _step(self) -> bool:
        """One look at the mode and one picture; False at the end of a recording."""
        reading = self._mode_file.read()
        if reading.problem is not None:
            self._say_once(reading.problem)
        if reading.mode is not Mode.CAPTURE:
            self._camera.close()
            if reading.problem is None:
                self._say_once(WAITING[reading.mode])
            self._clock.sleep(MODE_SECONDS)
            return True
        began = self._picture_clock.monotonic()
        try:
            frame = self._camera.read(READ_SECONDS)
        except CameraEnded as end:
            self._say(str(end))
            return False
        except CameraError as error:
            if not self._camera.live:
                raise
            self._tell(None, str(error))
            self._say_once(str(error))
            return True
        except ImageFileError as error:
            self._say(str(error))
            return True
        self._take(frame.image)
        self._wait(began + self._config.capture.interval_seconds)
        return True

    def _take(self, image: np.ndarray) -> None:
        """Save the ROI of a camera picture, (H, W, 3) uint8 BGR, unless nothing can be seen in it."""
        picture = crop_roi(image, self._config.roi)
        statistics = measure(picture, None)
        self._tell(statistics, "")
        blind = self._health.blind
        if blind is not None:
            self._say_once(f"Not saved: the camera {CAMERA_PROBLEMS[blind][0]}. Now: {CAMERA_PROBLEMS[blind][2]}")
            return
        if self._camera.live and statistics.fingerprint == self._last_fingerprint:
            return
        self._last_fingerprint = statistics.fingerprint
        if self._free_bytes(self._folder) < LEAST_FREE_BYTES:
            raise UserError(f"Less than 1 GB is free on the disk of {self._folder}. Capturing has stopped. "
                            "Delete what is no longer needed, then start run_capture.bat again.")
        if image.shape != self._noted_shape:
            note_crop(self._folder, self._config.roi, image)
            self._noted_shape = image.shape
        write_jpg(self._free_name(), picture, self._config.capture.jpg_quality)
        self._saved += 1
        self._variety.add(look(picture))
        self._show(f"CAPTURING | {self._saved} saved | in all {self._variety.summary}")
        self._say_once(self._variety.advice)

    def _free_name(self) -> Path:
        moment = self._picture_clock.now()
        while True:
            name = f"normal_{moment:%Y%m%d_%H%M%S}_{moment.microsecond // 1000:03d}.jpg"
            if not (self._folder / name).exists():
                return self._folder / name
            moment += timedelta(milliseconds=1)

    def _tell(self, statistics: FrameStatistics | None, reason: str) -> None:
        for notice in self._health.update(statistics, self._picture_clock.monotonic(), reason):
            what = f"The camera {CAMERA_PROBLEMS[notice.kind][0]}."
            if notice.happened == "started":
                self._events.append("camera_problem", kind=notice.kind, text=f"{what} {notice.detail}".strip())
            elif notice.happened == "recovered":
                self._events.append("camera_recovered", kind=notice.kind, seconds=round(notice.seconds, 1))

    def _wait(self, until_seconds: float) -> None:
        """Wait for the next picture, or until the mode changes."""
        while (left := until_seconds - self._picture_clock.monotonic()) > 0:
            self._picture_clock.sleep(min(left, MODE_SECONDS))
            if self._mode_file.read().mode is not Mode.CAPTURE:
                return

    def _say_once(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)
