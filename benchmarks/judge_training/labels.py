"""What the judge should say of each pixel of the cue maps. Pure."""

from __future__ import annotations

import cv2
import numpy as np

DRY, LEAK, UNSURE = 0, 1, 2
# A pixel is a leak from this covered share on. Of a spill smaller than a pixel it is where most is covered.
LEAK_SHARE, SHARE_OF_MOST = 0.4, 0.7
# With this much or less of a drawn spill nobody could tell the pixel from a dry one.
TRACE_SHARE = 0.02
# What the masks of the rendered benches say: liquid is visible, only its shadow or reflection is, neither.
MASK_LIQUID, MASK_SHADOW = 255, 64


def label_of_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w) uint8 labels of a rendered leak. mask: (H, W) uint8 of any size. size: (h, w) of the cue maps.

    The shadow and the reflection of a leak are UNSURE: to see them is right, to miss them no fault.
    """
    return _label(_shrunk(mask == MASK_LIQUID, size), _shrunk(mask > 0, size) > 0)


def label_of_coverage(coverage: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w) uint8 labels of drawn spills. coverage: (H, W) float32, 0 to 1. size: (h, w) of the cue maps."""
    covered = _shrunk(coverage, size)
    return _label(covered, covered > TRACE_SHARE)


def _label(covered: np.ndarray, touched: np.ndarray) -> np.ndarray:
    label = np.where(touched, UNSURE, DRY).astype(np.uint8)
    most = float(covered.max())
    if most > 0:
        label[covered >= min(LEAK_SHARE, SHARE_OF_MOST * most)] = LEAK
    return label


def _shrunk(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(values.astype(np.float32), size[::-1], interpolation=cv2.INTER_AREA)
