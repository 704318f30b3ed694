"""Connected components of an error map: how large is the largest spot, and where is it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


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


def largest_spot(error_map: np.ndarray, pixel_threshold: float, connectivity: int) -> Spot | None:
    """The largest connected component of pixels at or above `pixel_threshold`; None when there is none.

    error_map: (H, W) float32, 0 = as expected. connectivity: 4 or 8 neighbours.
    """
    mask = (error_map >= pixel_threshold).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, width, height, area = (int(value) for value in stats[largest])
    rows, columns = error_map.shape
    return Spot(area, 100.0 * area / error_map.size,
                left / columns, top / rows, width / columns, height / rows)
