"""What the difference between a picture and its reconstruction shows: the maps that the judge looks at.

The untreated reconstruction error calls every new light a leak. What a leak does, and light does not: it changes colour
in one place only, and it draws an edge where there was none. So the signed residual is smoothed, divided by its
usual spread at that pixel and by the level of its neighbourhood, and edges are compared with those that are expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable

import cv2
import numpy as np

from src.subspace import Subspace

CUES = 14
# Sizes are given for a picture of 256 x 256 and grow with it.
REFERENCE_SIDE = 256.0
FINE_SIGMA, COARSE_SIGMA, EDGE_SIGMA, MISFIT_SIGMA = 0.7, 2.5, 1.0, 1.5
# The least spread to be expected of any camera, in shares of full scale.
SMALLEST_SPREAD = 0.6 / 255.0
LEVEL_GRID = 4
SMALLEST_LEVEL = 0.5
# A misfit beyond this is an object, not light.
LARGEST_MISFIT = 20.0
SPREAD_RANGE = (-3.0, 5.0)


@dataclass(frozen=True)
class UsualSpread:
    """How far normal pictures usually are from their reconstruction, pixel by pixel.

    fine, coarse: (H, W, 3) float32, root mean square of the smoothed residual, shares of full scale.
    edges: (H, W) float32, the same for the edges of the residual.
    misfit: (H, W) float32, misfit in light that the subspace has not seen, relative to the whole picture.
    """

    fine: np.ndarray
    coarse: np.ndarray
    edges: np.ndarray
    misfit: np.ndarray


@dataclass(frozen=True)
class Residual:
    """A picture minus its reconstruction.

    signed: (H, W, 3) float32 BGR in shares of full scale. expected: (H, W, 3) float32, the reconstruction.
    """

    signed: np.ndarray
    expected: np.ndarray


def residual(subspace: Subspace, picture: np.ndarray) -> Residual:
    """The residual of a picture, (H, W, 3) uint8 BGR."""
    expected = subspace.reconstruct(picture)
    return Residual(cv2.subtract(picture.astype(np.float32) / 255.0, expected), expected)


def usual_spread(held_out: Iterable[Residual], left_out: Iterable[Residual]) -> UsualSpread:
    """Learn the usual spread.

    held_out: residuals of pictures that the subspace has not seen, in light it has seen.
    left_out: residuals of pictures against a subspace that was fitted without their whole lighting block.
    """
    fine = coarse = edges = np.float32(0.0)
    count = 0
    for each in held_out:
        fine = fine + _smooth(each.signed, FINE_SIGMA) ** 2
        coarse = coarse + _smooth(each.signed, COARSE_SIGMA) ** 2
        edges = edges + _edges(_smooth(each.signed, EDGE_SIGMA)) ** 2
        count += 1
    fine = np.sqrt(_blur(fine / count, 1.0) + SMALLEST_SPREAD ** 2)
    coarse = np.sqrt(_blur(coarse / count, 1.0) + (SMALLEST_SPREAD / 3.0) ** 2)
    edges = np.sqrt(_blur(edges / count, 1.0))
    return UsualSpread(fine, coarse, edges, _misfit(left_out, coarse))


def _misfit(left_out: Iterable[Residual], coarse: np.ndarray) -> np.ndarray:
    total, count = np.zeros(coarse.shape[:2], np.float32), 0
    for each in left_out:
        size = np.abs(_smooth(each.signed, MISFIT_SIGMA) / coarse).mean(axis=2)
        total += np.minimum(size / neighbourhood_level(size), LARGEST_MISFIT) ** 2
        count += 1
    return np.sqrt(_blur(total / count, 1.0))


class CueMaker:
    """Makes the cue maps of pictures of one scene."""

    def __init__(self, usual: UsualSpread) -> None:
        self._usual = usual
        spread = usual.fine.mean(axis=2)
        self._spread_cue = _relative_octaves(spread)
        self._misfit_cue = _relative_octaves(usual.misfit)
        self._smallest_edge_level = 0.5 * float(np.median(usual.edges / (usual.edges + 0.001)))

    def make(self, difference: Residual) -> tuple[np.ndarray, float]:
        """The cue maps (H, W, CUES) float32, and how unusual the light is as a whole (1 = as in training).

        Maps 0-2 and 3-5: fine and coarse normalised residual of B, G, R. 6-8: log ratio to the reconstruction.
        9: new edges. 10: expected edges. 11: usual spread. 12: misfit in unseen light. 13: expected brightness.
        """
        signed, expected, usual = difference.signed, difference.expected, self._usual
        cues = np.empty((*signed.shape[:2], CUES), np.float32)
        fine, coarse = _smooth(signed, FINE_SIGMA), _smooth(signed, COARSE_SIGMA)
        cues[..., 0:3], _ = _normalised(fine, usual.fine)
        cues[..., 3:6], level = _normalised(coarse, usual.coarse)
        ratio = cv2.log((np.maximum(fine + expected, 0.0) + 0.05) / (expected + 0.05))
        cues[..., 6:9] = 3.0 * np.clip(ratio, -1.5, 1.5)
        expected_edges = _edges(_smooth(expected, EDGE_SIGMA))
        new_edges = _edges(_smooth(signed, EDGE_SIGMA)) / (usual.edges + 0.001 + 0.5 * expected_edges)
        edge_level = max(self._smallest_edge_level, float(np.median(new_edges[::2, ::2])))
        cues[..., 9] = _arcsinh(new_edges / edge_level)
        cues[..., 10] = cv2.log(1.0 + 60.0 * expected_edges)
        cues[..., 11] = self._spread_cue
        cues[..., 12] = self._misfit_cue
        cues[..., 13] = 2.0 * expected.mean(axis=2) - 1.0
        return cues, level


def neighbourhood_level(values: np.ndarray) -> np.ndarray:
    """The median of each of LEVEL_GRID x LEVEL_GRID parts, interpolated: (H, W) float32, at least SMALLEST_LEVEL."""
    return _interpolated(_part_medians(values), values.shape)


def _part_medians(values: np.ndarray) -> np.ndarray:
    height, width = values.shape
    rows = [height * part // LEVEL_GRID for part in range(LEVEL_GRID + 1)]
    columns = [width * part // LEVEL_GRID for part in range(LEVEL_GRID + 1)]
    return np.array([[np.median(values[top:bottom:2, left:right:2]) for left, right in zip(columns, columns[1:])]
                     for top, bottom in zip(rows, rows[1:])], np.float32)


def _interpolated(parts: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return cv2.resize(np.maximum(parts, SMALLEST_LEVEL), shape[::-1], interpolation=cv2.INTER_LINEAR)


def _normalised(smooth: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, float]:
    relative = smooth / spread
    parts = _part_medians(np.abs(relative).mean(axis=2))
    level = _interpolated(parts, relative.shape[:2])
    return _arcsinh(relative / level[..., None]), float(np.median(parts))


def _relative_octaves(values: np.ndarray) -> np.ndarray:
    return np.clip(np.log2(values / np.median(values)), *SPREAD_RANGE)


def _arcsinh(values: np.ndarray) -> np.ndarray:
    # NumPy's own arcsinh takes ten times as long.
    size = np.abs(values)
    return np.copysign(cv2.log(size + cv2.sqrt(size * size + 1.0)), values)


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    scale = np.sqrt(values.shape[0] * values.shape[1]) / REFERENCE_SIDE
    return _blur(values, sigma * scale)


def _blur(values: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), sigma)


def _edges(values: np.ndarray) -> np.ndarray:
    """Length of the gradient, root mean square over the channels, (H, W) float32 for (H, W, 3) float32."""
    across = cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=0.125)
    return cv2.sqrt((across * across + down * down).mean(axis=2))
