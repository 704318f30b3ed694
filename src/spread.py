"""How far normal pictures usually are from their reconstruction, and how far a picture is compared with that.

The untreated reconstruction error calls every new light a leak. Compared with what is usual at that pixel, with what
the light makes uncertain, and with the rest of the same picture, only what is really new is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

import cv2
import numpy as np

from src.subspace import EXTRAPOLATION_SHRINK, Channels, shrink

# Three sizes of spots: the residual at full, half and quarter size, each smoothed a little.
SHRINKS = (1, 2, 4)
SIGMA = 1.2
# No camera is steadier than this, in grey levels at full size.
SMALLEST_SPREAD = 0.25
# How much a pixel counts less that misfits in left-out light, and where the reconstruction is a guess.
MISFIT_EXPONENT, LARGEST_MISFIT = 0.5, 30.0
EXTRAPOLATION_WEIGHT = 1.4
# The level of a picture: what this share of its pixels stays below. Low, so that a large puddle does not hide itself.
LEVEL_QUANTILE = 0.4
TINY = 1e-3
# A pixel of a smaller map counts when more than this share of it is watched.
COUNTED_SHARE = 0.6
OCTAVES = (-3.0, 5.0)


@dataclass(frozen=True)
class Residual:
    """A picture minus its reconstruction, in grey levels.

    smoothed: for each of SHRINKS, (H / s, W / s) float32 of every channel. expected: (3, H, W) float32, 0 to 255.
    """

    smoothed: tuple[Channels, ...]
    expected: np.ndarray


@dataclass(frozen=True)
class Compared:
    """A residual in usual spreads.

    distances: for each of SHRINKS, (H / s, W / s) float32, 0 where nothing is watched. signed: the same of every
    channel and with its sign.
    levels: (len(SHRINKS),) float32, the level of the whole picture, about 0.4 in the light of the training.
    known: (H / 2, W / 2) float32, 1 = the reconstruction is sure, towards 0 = it is a guess.
    spread_octaves: (H / 2, W / 2) float32, usual spread relative to the median, log2.
    usual_edges: (H / 2, W / 2) float32, grey levels a pixel.
    """

    distances: tuple[np.ndarray, ...]
    signed: tuple[Channels, ...]
    levels: np.ndarray
    known: np.ndarray
    spread_octaves: np.ndarray
    usual_edges: np.ndarray


@dataclass(frozen=True)
class UsualSpread:
    """variances: for each of SHRINKS, (H / s, W / s, 3) float32, usual squared residual in grey levels."""

    variances: tuple[np.ndarray, ...]


def residual(expected: np.ndarray, picture: np.ndarray, watched: np.ndarray) -> Residual:
    """The residual of a prepared picture.

    expected: (3, H, W) float32, its reconstruction. picture: (H, W, 3) uint8 BGR. watched: (H, W) bool, elsewhere the
    residual is 0.
    """
    everything = bool(watched.all())
    channels = []
    for seen, wanted in zip(cv2.split(picture), expected):
        signed = cv2.subtract(seen, wanted, dtype=cv2.CV_32F)
        if not everything:
            signed *= watched  # before it is smoothed, or it would spread beyond the border
        channels.append(_smoothed(signed))
    return Residual(tuple(zip(*channels)), expected)


def _smoothed(signed: np.ndarray) -> list[np.ndarray]:
    """One channel for each of SHRINKS. signed: (H, W) float32."""
    smoothed = []
    for before, factor in zip((1, *SHRINKS), SHRINKS):
        signed = shrink(signed, factor // before)
        smoothed.append(cv2.GaussianBlur(signed, (0, 0), SIGMA))
    return smoothed


def usual_spread(held_out: Iterable[Residual], left_out: Iterable[Residual], watched: np.ndarray) -> UsualSpread:
    """Learn the usual spread.

    held_out: residuals of pictures that the subspace has not seen, in light it has seen. Each counts alike, so that a
    noisy night does not drown the day.
    left_out: residuals of pictures against a subspace that was fitted without their whole lighting block.
    watched: (H, W) bool. What is ignored has residuals of 0, which would spoil the medians.
    """
    levels = len(SHRINKS)
    counted = [shrink(watched.astype(np.float32), factor) > COUNTED_SHARE for factor in SHRINKS]
    size, pattern, misfit = [0.0] * levels, [0.0] * levels, [0.0] * levels
    count = 0
    for each in held_out:
        count += 1
        for level, smooth in enumerate(map(cv2.merge, each.smoothed)):
            squared = smooth * smooth
            size[level] = size[level] + squared
            pattern[level] = pattern[level] + squared / (np.median(squared[counted[level]]) + TINY)
    for each in left_out:
        for level, smooth in enumerate(each.smoothed):
            squared = mean_square(smooth)
            misfit[level] = misfit[level] + squared / (np.median(squared[counted[level]]) + TINY)
    variances = []
    for level, factor in enumerate(SHRINKS):
        usual = np.median(size[level][counted[level]]) / np.median(pattern[level][counted[level]])
        variance = pattern[level] * np.float32(usual / count)
        variance = cv2.GaussianBlur(variance, (0, 0), 1.0) + np.float32((SMALLEST_SPREAD / factor) ** 2)
        relative = cv2.GaussianBlur(misfit[level], (0, 0), 1.0)
        relative = np.clip(relative / np.median(relative[counted[level]]), 1.0, LARGEST_MISFIT) ** MISFIT_EXPONENT
        variances.append((variance * relative[:, :, None]).astype(np.float32))
    return UsualSpread(tuple(variances))


class Comparison:
    """Compares residuals with what is usual.

    watched: (H, W) bool, False where nothing is looked at.
    """

    def __init__(self, usual: UsualSpread, watched: np.ndarray) -> None:
        self._inverse_spreads = [cv2.split(1.0 / np.sqrt(variance)) for variance in usual.variances]
        half = tuple(side // EXTRAPOLATION_SHRINK for side in watched.shape[::-1])
        self._doubts = [
            cv2.split(EXTRAPOLATION_WEIGHT ** 2 * cv2.resize(1.0 / variance, half, interpolation=cv2.INTER_AREA))
            for variance in usual.variances]
        everything = bool(watched.all())
        self._watched = [None if everything else shrink(watched.astype(np.float32), factor) > COUNTED_SHARE
                         for factor in SHRINKS]
        self._half_spread = np.sqrt(usual.variances[1].mean(axis=2))
        self._spread_octaves = np.clip(np.log2(self._half_spread / np.median(self._half_spread)), *OCTAVES)

    def compare(self, difference: Residual, extrapolation: Channels) -> Compared:
        """Compare a residual. extrapolation: from `Subspace.extrapolation`."""
        distances, signed, levels, known = [], [], [], []
        for smoothed, inverse_spreads, doubts, watched in zip(
                difference.smoothed, self._inverse_spreads, self._doubts, self._watched):
            sure = [1.0 / (1.0 + variance * doubt) for variance, doubt in zip(extrapolation, doubts)]
            known.append(sure)
            relative = tuple(
                cv2.multiply(cv2.multiply(smooth, inverse_spread), _scaled(cv2.sqrt(share), smooth.shape))
                for smooth, inverse_spread, share in zip(smoothed, inverse_spreads, sure))
            distance = cv2.sqrt(mean_square(relative))
            levels.append(_level(distance, watched))
            distances.append(distance if watched is None else distance * watched)
            signed.append(relative)
        return Compared(tuple(distances), tuple(signed), np.array(levels, np.float32), sum(known[1]) / 3,
                        self._spread_octaves, self._half_spread)


def mean_square(channels: Channels) -> np.ndarray:
    """Mean square over the channels, (H, W) float32."""
    blue, green, red = channels
    squares = blue * blue
    cv2.accumulateSquare(green, squares)
    cv2.accumulateSquare(red, squares)
    return squares / 3


def _scaled(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    growing = shape[0] > values.shape[0]
    return cv2.resize(values, shape[::-1], interpolation=cv2.INTER_LINEAR if growing else cv2.INTER_AREA)


def _level(distance: np.ndarray, watched: np.ndarray | None) -> float:
    values = distance.ravel() if watched is None else distance[watched]
    position = int(values.size * LEVEL_QUANTILE)
    return float(np.partition(values, position)[position])
