"""The pictures of a rendered bench, read and prepared as the monitor does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.judge_training.labels import label_of_mask
from benchmarks.scenes import Picture, Rig
from src.config import ImageSettings, RoiSettings
from src.image_files import read_image
from src.normal_pictures import load_normal_pictures
from src.preprocess import crop_roi, resize, scored_size

# Dry pictures that look unusual because of light alone. Not the pen, the glove and the bottle: a judge that
# learns to overlook what was not there before learns to overlook leaks.
UNUSUAL_LIGHT = ("ceil_switch", "arm_shadow")
FEWEST_PICTURES = 2


@dataclass(frozen=True)
class RigPictures:
    """Prepared pictures of one rig, (h, w, 3) uint8 BGR each; all arrays are (N, h, w, 3).

    normal: to learn the scene from, with blocks: (N,) int block numbers. watched: (h, w) bool.
    later: dry pictures of other hours. unusual_light: dry ones with a lamp switched or a person's shadow.
    leaks: with their labels, (N, h / 2, w / 2) uint8, see labels.py.
    """

    normal: np.ndarray
    blocks: np.ndarray
    watched: np.ndarray
    later: np.ndarray
    unusual_light: np.ndarray
    leaks: np.ndarray
    labels: np.ndarray


def read_pictures(rig: Rig, size: ImageSettings) -> RigPictures:
    """Read all pictures of a rig. size: of scored pictures. Raises UserError when one is missing."""
    roi = RoiSettings()
    normal = load_normal_pictures(
        rig.training[0].parent, roi, size, lambda done, total: None, FEWEST_PICTURES)
    half = normal.watched.shape[0] // 2, normal.watched.shape[1] // 2

    def prepared(pictures: Sequence[Picture]) -> np.ndarray:
        ready = np.empty((len(pictures), *normal.pictures.shape[1:]), np.uint8)
        for number, picture in enumerate(pictures):
            cropped = crop_roi(read_image(picture.path), roi)
            ready[number] = resize(cropped, scored_size(cropped, size))
        return ready

    unusual = [picture for picture in rig.benign if picture.group.startswith(UNUSUAL_LIGHT)]
    masks = [label_of_mask(read_image(mask_of(leak.path))[:, :, 0], half) for leak in rig.leaks]
    return RigPictures(
        normal.pictures, normal.blocks, normal.watched, prepared(rig.normal), prepared(unusual),
        prepared(rig.leaks), np.stack(masks))


def mask_of(leak: Path) -> Path:
    """Where the rig keeps the mask of a picture rig/test/<leak>/stage_<stage>_<light>.jpg."""
    stage = leak.stem.rpartition("_")[0]
    return leak.parents[2] / "masks" / leak.parent.name / f"{stage}.png"
