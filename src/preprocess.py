"""From a camera picture to the picture that is scored: crop to the ROI, resize, know what is ignored.

Training, calibration, replay and the monitor all go through `crop_roi` and `resize`; there is no second way.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from src.config import ImageSettings, RoiSettings
from src.errors import UserError

SMALLEST_ROI_SIDE_PIXELS = 32
# Scored pictures are halved four times, in the residual and in the judge.
SIZE_STEP = 16


def roi_box(height: int, width: int, roi: RoiSettings) -> tuple[int, int, int, int]:
    """The ROI in pixels as (left, top, right, bottom), right and bottom exclusive.

    Raises UserError when the ROI does not fit a picture of this size.
    """
    if not roi.enabled:
        return 0, 0, width, height
    scale_x, scale_y = (width, height) if roi.units == "relative" else (1, 1)
    left, top = round(roi.x * scale_x), round(roi.y * scale_y)
    right, bottom = round((roi.x + roi.width) * scale_x), round((roi.y + roi.height) * scale_y)
    if right > width or bottom > height or min(right - left, bottom - top) < SMALLEST_ROI_SIDE_PIXELS:
        raise UserError(
            f"The region of interest covers columns {left} to {right} and rows {top} to {bottom}, but the camera "
            f"picture is {width} x {height} pixels and the region must lie inside it, at least "
            f"{SMALLEST_ROI_SIDE_PIXELS} pixels wide and high. Correct the section roi in config/config.yaml. If it "
            "fitted before, the camera sent pictures of another size then: set its section back instead.")
    return left, top, right, bottom


def crop_roi(image: np.ndarray, roi: RoiSettings) -> np.ndarray:
    """The part of a full camera picture inside the ROI, at camera resolution.

    image: (H, W, 3) uint8 BGR. Returns a view of it. Raises UserError when the ROI does not fit.
    """
    left, top, right, bottom = roi_box(*image.shape[:2], roi)
    return image[top:bottom, left:right]


def scored_size(cropped: np.ndarray, size: ImageSettings) -> ImageSettings:
    """The size at which pictures like this one, cut to the ROI, are scored.

    It has about as many pixels as `size`, in the picture's own shape, is never larger than the picture, and its sides
    are multiples of SIZE_STEP.
    """
    height, width = cropped.shape[:2]
    scale = min(1.0, math.sqrt(size.width * size.height / (width * height)))
    sides = {name: max(SMALLEST_ROI_SIDE_PIXELS, round(side * scale / SIZE_STEP) * SIZE_STEP)
             for name, side in (("width", width), ("height", height))}
    return ImageSettings(**sides)


def resize(cropped: np.ndarray, size: ImageSettings) -> np.ndarray:
    """The picture that is scored, (size.height, size.width, 3) uint8 BGR, from one cut to the ROI, (H, W, 3)."""
    # The mean of 2 x 2 pixels costs a tenth of shrinking by any other factor, which is then done on a quarter of them.
    while cropped.shape[0] >= 2 * size.height and cropped.shape[1] >= 2 * size.width:
        half = cropped.shape[1] // 2, cropped.shape[0] // 2
        cropped = cv2.resize(cropped, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(cropped, (size.width, size.height), interpolation=cv2.INTER_AREA)


def ignored_area(roi: RoiSettings, camera_height: int, camera_width: int) -> np.ndarray:
    """(camera_height, camera_width) uint8: 255 where `roi.ignore` covers the full camera picture, 0 elsewhere."""
    ignored = np.zeros((camera_height, camera_width), np.uint8)
    for shape in roi.ignore:
        corners = np.array([[x * camera_width, y * camera_height] for x, y in shape.corners])
        cv2.fillPoly(ignored, [np.round(corners).astype(np.int32)], 255)
    return ignored


def watched_area(roi: RoiSettings, camera_height: int, camera_width: int, size: ImageSettings) -> np.ndarray:
    """(size.height, size.width) bool: False where `roi.ignore` covers the scored picture.

    A pixel that an ignored shape touches at all is ignored. Raises UserError when nothing is left to watch.
    """
    cropped = crop_roi(ignored_area(roi, camera_height, camera_width), roi)
    watched = cv2.resize(cropped, (size.width, size.height), interpolation=cv2.INTER_AREA) == 0
    if not watched.any():
        raise UserError("The shapes under roi.ignore cover the whole picture, so nothing would be watched. "
                        "Make them smaller, or remove some, in config/config.yaml.")
    return watched


def same_area(watched: np.ndarray, other: np.ndarray) -> bool:
    """Whether two masks of one size, (h, w) bool, leave out the same, but for a pixel at the edges.

    There, pictures of two cameras are rounded differently.
    """
    ignored, other_ignored = (~mask for mask in (watched, other))
    return not (ignored & ~_grown(other_ignored)).any() and not (other_ignored & ~_grown(ignored)).any()


def _grown(area: np.ndarray) -> np.ndarray:
    return cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
