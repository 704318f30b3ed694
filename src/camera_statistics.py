"""What one picture says about the camera: is it dark, burnt out, covered, blurred, shifted?

Nothing here looks for leaks, only for reasons why a leak could not be seen.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import cv2
import numpy as np

from src.registration import Reference, Registration, Shift, align, small_grey

BURNT_OUT = 250             # grey level of a burnt-out pixel
RECOGNISED = 0.3            # share of the trained structure that must be found; good pictures 0.5 to 1, noise 0.1
# Share of the trained contrast below which that is chance: now and then, the noise of a covered lens (0.01) looks like
# the scene. A dim night has 0.65.
VISIBLE = 0.03
# A side of the camera picture that differs by less is the same: the size that older versions noted is rounded by up to
# 1.6 percent, and two sizes that a camera offers differ by far more.
ROUNDED_SHARE = 0.02


@dataclass(frozen=True)
class FrameStatistics:
    """What one picture says about the camera.

    brightness: mean grey level, 0 to 255.
    brightest: grey level which 1 percent of the (slightly smoothed) picture reaches, 0 to 255.
    burnt_out_percent: share of pixels at or above 250.
    contrast: visible structure in grey levels, camera noise taken off.
    contrast_share: the same, compared with training; None when there is no trained view.
    noise: standard deviation of the camera noise in grey levels, at the small size.
    fineness: fine detail compared with coarser detail; 0.75 and more in focus, below 0.45 out of focus. Noise adds.
    sharpness: compared with training, 1 = as trained; None when there is no trained view.
    shift: where the trained scene was found; None when there is no trained view.
    longer_side: of the picture, in pixels.
    fingerprint: equal for equal pictures.
    camera, trained_camera: (rows, columns) of the whole camera picture now and in training; None when not known.
    """

    brightness: float
    brightest: float
    burnt_out_percent: float
    contrast: float
    contrast_share: float | None
    noise: float
    fineness: float
    sharpness: float | None
    shift: Shift | None
    longer_side: int
    fingerprint: int
    camera: tuple[int, int] | None = None
    trained_camera: tuple[int, int] | None = None

    @property
    def resized(self) -> bool:
        """The camera sends pictures of another size than in training."""
        return not same_size(self.camera, self.trained_camera)

    @property
    def recognised(self) -> bool:
        """The trained scene is visible somewhere in the picture."""
        return self.shift is not None and self.shift.confidence >= RECOGNISED and self.contrast_share >= VISIBLE


class TrainedView:
    """What the camera saw in training, ready to be compared with."""

    def __init__(self, reference: Reference) -> None:
        self.registration = Registration(reference)
        self.camera = reference.camera
        self.contrast = min(_contrast_and_noise(picture)[0] for picture in reference.pictures)
        self._bands = [_bands(picture) for picture in reference.pictures]

    def sharpness(self, small: np.ndarray, shift: Shift) -> float:
        """How much of the finest trained detail is left, compared with the coarser detail; 1 = as trained.

        small: (h, w) float32 grey, of the size of the trained view; shift: as located in it. Neither the strength of
        the light nor noise changes the answer, because only what resembles the trained detail is counted. In a picture
        of something else, where nothing does, the amounts of fine and coarse detail are compared instead.
        """
        if shift.confidence < RECOGNISED:
            return _fineness(*_bands(small)) / _fineness(*self._bands[0])
        fine, coarse = _bands(align(small, shift))
        trained_fine, trained_coarse = max(self._bands, key=lambda bands: _likeness(coarse, bands[1]))
        return _slope(fine, trained_fine) / max(_slope(coarse, trained_coarse), 1e-3)


def same_size(camera: tuple[int, int] | None, trained: tuple[int, int] | None) -> bool:
    """Whether camera pictures of these sizes, (rows, columns), are equally large, as far as that is known."""
    return camera is None or trained is None or all(
        abs(now - then) <= ROUNDED_SHARE * then for now, then in zip(camera, trained))


def measure(
    image: np.ndarray, view: TrainedView | None, camera: tuple[int, int] | None = None,
) -> FrameStatistics:
    """Statistics of one picture, (H, W, 3) uint8 BGR, cut to the ROI exactly as in training.

    camera: (rows, columns) of the whole camera picture.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = small_grey(grey, None if view is None else view.registration.size)
    contrast, noise = _contrast_and_noise(small)
    shift = None if view is None else view.registration.locate(small)
    return FrameStatistics(
        brightness=cv2.mean(grey)[0],
        brightest=_quantile(cv2.GaussianBlur(small, (0, 0), 2.0), 0.99),
        burnt_out_percent=100.0 * cv2.countNonZero(cv2.inRange(grey, BURNT_OUT, 255)) / grey.size,
        contrast=contrast,
        contrast_share=None if view is None else contrast / max(view.contrast, 1e-3),
        noise=noise,
        fineness=_fineness(*_bands(small)),
        sharpness=None if view is None else view.sharpness(small, shift),
        shift=None if shift is None else shift.enlarged(image.shape[1] / small.shape[1]),
        longer_side=max(grey.shape),
        fingerprint=zlib.crc32(np.ascontiguousarray(image)),
        camera=camera,
        trained_camera=None if view is None else view.camera,
    )


def _quantile(values: np.ndarray, share: float) -> float:
    """What this share of the values stays below; NumPy's own takes several times as long."""
    position = int(values.size * share)
    return float(np.partition(values, position, axis=None)[position])


def _contrast_and_noise(small: np.ndarray) -> tuple[float, float]:
    """Visible structure and camera noise, in grey levels, of a small grey picture (h, w) float32."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6.0
    noise = _quantile(np.abs(cv2.filter2D(small, cv2.CV_32F, kernel)), 0.5) / 0.6745
    quarter = cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    structure = quarter - cv2.GaussianBlur(quarter, (0, 0), 6.0)
    return float(np.sqrt(max(0.0, float(structure.var()) - (noise / 4.0) ** 2))), noise


def _bands(small: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The finest and the next coarser detail of a small grey picture, both (h, w) float32."""
    smooth = cv2.GaussianBlur(small, (0, 0), 1.5)
    return small - smooth, smooth - cv2.GaussianBlur(smooth, (0, 0), 5.0)


def _slope(values: np.ndarray, trained: np.ndarray) -> float:
    """How many times the trained detail is contained in the values."""
    return float((values * trained).sum() / ((trained * trained).sum() + 1e-6))


def _likeness(values: np.ndarray, trained: np.ndarray) -> float:
    return _slope(values, trained) * float(np.linalg.norm(trained))


def _fineness(fine: np.ndarray, coarse: np.ndarray) -> float:
    return float(fine.std()) / (float(coarse.std()) + 1e-3)
