"""The benches as another laboratory might show them: with fewer pictures, less light, or a worse camera."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.footage import pictures
from benchmarks.rigs import RigResult
from benchmarks.scenes import Night, Picture, Rig
from src.image_files import read_image, write_jpg

# Where the sizes below are meant: the width of the scored picture, about.
SCORED_WIDTH = 400
BLUR_SIGMA, COARSE_WIDTH, NOISE_LEVELS = 1.5, 160, 4.0
# The lamps are off in the last of the training pictures of both rigs.
WITHOUT_LAMPS = 66

Change = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Hardship:
    """What there is to learn from, and what the camera makes of it.

    every: only every so many-th training picture. without_last: none of the last so many.
    change: of a picture, (H, W, 3) uint8 BGR, None = none.
    """

    every: int = 1
    without_last: int = 0
    change: Change | None = None


@dataclass(frozen=True)
class HardResult:
    """What was measured on a rig with a hardship, by its name in HARDSHIPS."""

    hardship: str
    result: RigResult


def out_of_focus(picture: np.ndarray) -> np.ndarray:
    """As a lens shows it that nobody has turned, (H, W, 3) uint8 BGR."""
    return cv2.GaussianBlur(picture, (0, 0), BLUR_SIGMA * picture.shape[1] / SCORED_WIDTH)


def coarse(picture: np.ndarray) -> np.ndarray:
    """As a camera of few pixels shows it, enlarged again, (H, W, 3) uint8 BGR."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (COARSE_WIDTH, COARSE_WIDTH * height // width), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def grey(picture: np.ndarray) -> np.ndarray:
    """As a camera without colours shows it, (H, W, 3) uint8 BGR."""
    return cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def noisy(picture: np.ndarray) -> np.ndarray:
    """As a camera shows it that has too little light, (H, W, 3) uint8 BGR. The same picture has the same noise."""
    generator = np.random.default_rng(int(picture.sum()))
    spread = NOISE_LEVELS * picture.shape[1] / SCORED_WIDTH
    return np.clip(picture + generator.normal(0, spread, picture.shape), 0, 255).astype(np.uint8)


HARDSHIPS = {
    "every fifth training picture": Hardship(every=5),
    "every tenth training picture": Hardship(every=10),
    "trained with the lamps on only": Hardship(without_last=WITHOUT_LAMPS),
    "out of focus": Hardship(change=out_of_focus),
    "coarse": Hardship(change=coarse),
    "grey": Hardship(change=grey),
    "noisy": Hardship(change=noisy),
}


def made_harder(rig: Rig, hardship: Hardship, scratch: Path) -> Rig:
    """The rig with this hardship. Changed pictures are written to `scratch`."""
    left = len(rig.training) - hardship.without_last
    rig = replace(rig, training=rig.training[:left:hardship.every])
    change = hardship.change
    if change is None:
        return rig
    return replace(
        rig, training=tuple(_changed(map(read_image, rig.training), change, scratch / "training")),
        normal=_changed_group(rig.normal, change, scratch / "normal"),
        leaks=_changed_group(rig.leaks, change, scratch / "leaks"),
        benign=_changed_group(rig.benign, change, scratch / "benign"),
        nights=tuple(_changed_night(night, change, scratch / night.name) for night in rig.nights))


def _changed_group(group: Sequence[Picture], change: Change, folder: Path) -> tuple[Picture, ...]:
    paths = _changed((read_image(picture.path) for picture in group), change, folder)
    return tuple(replace(picture, path=path) for picture, path in zip(group, paths))


def _changed_night(night: Night, change: Change, folder: Path) -> Night:
    _changed(pictures(night.video), change, folder)
    return replace(night, video=folder)


def _changed(images: Iterable[np.ndarray], change: Change, folder: Path) -> list[Path]:
    """The changed pictures, numbered, because those of different folders have the same names."""
    paths = []
    for number, image in enumerate(images):
        paths.append(folder / f"{number:05d}.jpg")
        write_jpg(paths[-1], change(image))
    return paths
