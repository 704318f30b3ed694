"""What the model sees in single pictures: camera | expected | difference, for people to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Callable, Iterable, Iterator, Sequence

import cv2
import numpy as np

from src.camera import Camera, CameraEnded
from src.clock import Clock
from src.config import Config
from src.detection import Detector, Judgement, Verdict
from src.errors import UserError
from src.image_files import ImageFileError, list_images, read_image, write_jpg
from src.normal_pictures import cropped_size
from src.panels import Caption, evidence_panel
from src.preprocess import crop_roi
from src.time_blocks import taken_at

PANEL_PREFIX, OVERVIEW = "panel_", "overview.jpg"
OVERVIEW_WIDTH = 1200
CAMERA_INTERVAL_SECONDS = 1.0
CAMERA_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Shown:
    """A picture to be shown: the ROI at camera resolution, (H, W, 3) uint8 BGR; taken: wall time."""

    name: str
    image: np.ndarray
    taken: datetime


def from_folder(
    folder: Path, number: int, to_roi: Callable[[np.ndarray], np.ndarray], say: Callable[[str], None]
) -> Iterator[Shown]:
    """At most `number` pictures, spread evenly over the folder; the next one stands in for one that is unusable.

    to_roi: cuts a picture of this folder to the ROI. say: told of unusable pictures. Raises UserError when the folder
    is missing or empty.
    """
    paths = list_images(folder)
    if not paths:
        raise UserError(
            f"There are no pictures in {folder}. Take some with run_capture.bat, or name another folder "
            "with --input_dir."
        )
    left = list(range(len(paths)))
    for wanted in np.unique(np.linspace(0, len(paths) - 1, min(number, len(paths))).round().astype(int)):
        image = None
        while left and image is None:
            nearest = min(left, key=lambda index: abs(index - wanted))
            left.remove(nearest)
            path = paths[nearest]
            try:
                image = to_roi(read_image(path))
            except ImageFileError as error:
                say(str(error))
        if image is not None:
            yield Shown(path.stem, image, taken_at(path.name) or datetime.fromtimestamp(path.stat().st_mtime))


def from_camera(
    camera: Camera, number: int, clock: Clock, to_roi: Callable[[np.ndarray], np.ndarray], say: Callable[[str], None]
) -> Iterator[Shown]:
    """`number` pictures from the camera, a second apart, or as many as a recording has.

    say: told of unusable pictures and of the end of a recording. Raises CameraError when no picture comes for long.
    """
    taken = 0
    while taken < number:
        try:
            frame = camera.read(CAMERA_PATIENCE_SECONDS)
        except CameraEnded as end:
            say(str(end))
            return
        except ImageFileError as error:
            say(str(error))
            continue
        taken += 1
        yield Shown(f"camera_{taken:03d}", to_roi(frame.image), frame.captured_at)
        clock.sleep(CAMERA_INTERVAL_SECONDS)


def show_folder(
    config: Config, detector: Detector, folder: Path, number: int, say: Callable[[str], None]
) -> Path:
    """Panels of pictures in `folder`, whole views or already cut to the ROI. Returns the overview."""
    already_cut = cropped_size(folder, config.roi)

    def to_roi(image: np.ndarray) -> np.ndarray:
        return image if image.shape[:2] == already_cut else crop_roi(image, config.roi)

    return _show(config, detector, from_folder(folder, number, to_roi, say), say)


def show_camera(
    config: Config, detector: Detector, camera: Camera, number: int, clock: Clock, say: Callable[[str], None]
) -> Path:
    """Panels of new pictures from the camera. Returns the overview. Raises CameraError."""
    return _show(
        config, detector, from_camera(camera, number, clock, lambda image: crop_roi(image, config.roi), say), say
    )


def _show(config: Config, detector: Detector, pictures: Iterable[Shown], say: Callable[[str], None]) -> Path:
    folder = config.paths.reports_dir / "reconstruction_viz"
    write_panels(pictures, detector.judge_cropped, folder, say)
    return folder / OVERVIEW


def write_panels(
    pictures: Iterable[Shown],
    judge: Callable[[np.ndarray], Judgement],
    folder: Path,
    say: Callable[[str], None],
) -> list[Path]:
    """Write a panel for each picture, and one overview, to `folder`; those of an earlier run are removed.

    judge: judges a picture that is already cut to the ROI. Raises UserError when there is no picture at all.
    """
    _remove_earlier(folder)
    panels, paths = [], []
    for shown in pictures:
        judgement = judge(shown.image)
        verdict = judgement.verdict
        panel = evidence_panel(
            shown.image,
            judgement.reconstruction,
            judgement.error_map,
            verdict.spot if verdict.anomalous else None,
            Caption(shown.taken, verdict.score, verdict.score_threshold),
        )
        paths.append(folder / f"{PANEL_PREFIX}{len(paths) + 1:03d}_{shown.name}.jpg")
        write_jpg(paths[-1], panel)
        panels.append(_to_width(panel, OVERVIEW_WIDTH))
        say(_in_words(shown.name, verdict))
    if not panels:
        raise UserError("None of the pictures could be used, so there is nothing to show.")
    write_jpg(folder / OVERVIEW, _stacked(panels), quality=88)
    return paths


def _remove_earlier(folder: Path) -> None:
    for path in (*folder.glob(f"{PANEL_PREFIX}*.jpg"), *folder.glob(OVERVIEW)):
        path.unlink()


def _stacked(panels: Sequence[np.ndarray]) -> np.ndarray:
    gap = np.full((8, OVERVIEW_WIDTH, 3), 255, np.uint8)
    return np.vstack([part for panel in panels for part in (panel, gap)])


def _to_width(image: np.ndarray, width: int) -> np.ndarray:
    return cv2.resize(
        image, (width, round(image.shape[0] * width / image.shape[1])), interpolation=cv2.INTER_AREA
    )


def _in_words(name: str, verdict: Verdict) -> str:
    share = f"score {100 * verdict.score / verdict.score_threshold:.0f} % of the threshold"
    return f"{name}: {share}, {'UNUSUAL' if verdict.anomalous else 'normal'}"
