"""Connected components of an error map: the spots, how large they are, and where."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

# In light that was never trained hundreds of spots may stand out; so many, the largest, say where.
MOST_SPOTS = 20


@dataclass(frozen=True)
class Spot:
    """One connected component of high-error pixels.

    area_pixels: in pixels of the scored picture.
    area_percent: share of the ROI in percent.
    left, top, width, height: bounding box relative to the ROI, 0 to 1.
    """

    area_pixels: int
    area_percent: float
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Spots:
    """The largest spot, and the one with the highest error: often the same.

    standing_out: all that are strong or large enough by themselves, largest first, at most MOST_SPOTS.
    """

    largest: Spot
    strongest: Spot
    standing_out: tuple[Spot, ...]


def find_spots(
    error_map: np.ndarray, pixel_threshold: float, connectivity: int, *,
    strong_above: float = math.inf, large_from: float = math.inf,
) -> Spots | None:
    """The connected components of pixels at or above `pixel_threshold`; None when there are none.

    error_map: (H, W) float32, 0 = as expected. connectivity: 4 or 8 neighbours. A spot stands out by itself when one of
    its errors is above `strong_above`, or when it has at least `large_from` pixels.
    """
    mask = (error_map >= pixel_threshold).astype(np.uint8)
    if not mask.any():  # as in most pictures, which need not be searched then
        return None
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    strongest = int(labels.flat[int(np.argmax(error_map))])
    areas = stats[:, cv2.CC_STAT_AREA]
    by_themselves = np.union1d(labels[error_map > strong_above], np.flatnonzero(areas >= large_from))
    numbers = sorted(by_themselves[by_themselves > 0], key=lambda number: -areas[number])  # 0 is the background
    spots = [_spot(stats[number], error_map.shape) for number in (largest, strongest, *numbers[:MOST_SPOTS])]
    return Spots(spots[0], spots[1], tuple(spots[2:]))


def _spot(stats: np.ndarray, shape: tuple[int, int]) -> Spot:
    left, top, width, height, area = (int(value) for value in stats)
    rows, columns = shape
    return Spot(area, 100.0 * area / (rows * columns), left / columns, top / rows, width / columns, height / rows)
