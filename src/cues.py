"""The maps that the judge looks at: what a leak changes and light does not.

A leak changes colour in one place only, and draws an edge where there was none. All maps have half the size of the
scored picture and no memory of the scene itself, so that they look alike on every bench.
"""

from __future__ import annotations

import cv2
import numpy as np

from src.median import median
from src.spread import Compared, Residual, mean_square
from src.subspace import Channels, shrink

CUES = 19
EDGE_SIGMA = 1.0
# Edges below this many grey levels a pixel are noise on any camera.
SMALLEST_EDGE = 0.25
EXPECTED_EDGE_SHARE = 0.5
# The level of a picture without any noise, such as a black one; 0.4 is usual.
SMALLEST_LEVEL = 0.05
DARK_LEVEL, LARGEST_RATIO = 13.0, 1.5
# A new edge stands for the spot beside it as well; in pixels of the cue maps.
EDGE_REACH = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
# What the strongest pixels of a dry picture reach.
USUAL_STRENGTH = 6.0


def cue_maps(difference: Residual, compared: Compared) -> np.ndarray:
    """(CUES, H / 2, W / 2) float32.

    0-3: distance of the four pixels of each 2 x 2 block at full size. 4-6 and 7-9: signed distance of B, G, R at half
    and quarter size. 10-12: log ratio to the reconstruction. 13: new edges. 14: expected edges. 15, 16: usual spread,
    and how much of it is known in this light. 17: expected brightness. 18: distance at quarter size, not relative to
    the level of the picture.
    """
    half = difference.smoothed[1][0].shape
    cues = np.empty((CUES, *half), np.float32)
    levels = np.maximum(compared.levels, SMALLEST_LEVEL)
    fine = _arcsinh_of_size(compared.distances[0] / levels[0])
    for number in range(4):
        cues[number] = fine[number // 2:2 * half[0]:2, number % 2:2 * half[1]:2]
    expected = tuple(shrink(channel, 2) for channel in difference.expected)
    for channel in range(3):
        cues[4 + channel] = arcsinh(compared.signed[1][channel] / levels[1])
        coarse = cv2.resize(compared.signed[2][channel], half[::-1], interpolation=cv2.INTER_LINEAR)
        cues[7 + channel] = arcsinh(coarse / levels[2])
        seen = np.maximum(difference.smoothed[1][channel] + expected[channel], 0.0)
        ratio = cv2.log((seen + DARK_LEVEL) / (expected[channel] + DARK_LEVEL))
        cues[10 + channel] = 3.0 * np.clip(ratio, -LARGEST_RATIO, LARGEST_RATIO)
    expected_edges = _edges(tuple(cv2.GaussianBlur(channel, (0, 0), EDGE_SIGMA) for channel in expected))
    new_edges = _edges(difference.smoothed[1])
    relative = new_edges / (compared.usual_edges + SMALLEST_EDGE + EXPECTED_EDGE_SHARE * expected_edges)
    cues[13] = arcsinh(relative / max(float(median(relative[::2, ::2].ravel())), 0.1))
    cues[14] = cv2.log(1.0 + expected_edges)
    cues[15] = compared.spread_octaves
    cues[16] = cv2.log(compared.known)
    cues[17] = cv2.cvtColor(cv2.merge(expected), cv2.COLOR_BGR2GRAY) / 128.0 - 1.0
    plain = cv2.resize(compared.distances[2], half[::-1], interpolation=cv2.INTER_LINEAR)
    cues[18] = cv2.log(1.0 + plain)
    return cues


def strength(cues: np.ndarray) -> np.ndarray:
    """How far every spot is from what is usual, without any opinion of what it is: (H / 2, W / 2) float32.

    The sum of the distances at three sizes and of the new edges. All are arcsinh, so the sum is about the logarithm of
    their product: high only where all of them agree. 0 is what the strongest pixels of a dry picture reach.
    cues: from `cue_maps`.
    """
    fine = (cues[0] + cues[1] + cues[2] + cues[3]) / 4
    half, quarter = cv2.sqrt(mean_square(cues[4:7])), cv2.sqrt(mean_square(cues[7:10]))
    return fine + half + quarter + cv2.dilate(cues[13], EDGE_REACH) - USUAL_STRENGTH


def arcsinh(values: np.ndarray) -> np.ndarray:
    """Like NumPy's own, in a tenth of its time. (H, W) float32."""
    return np.copysign(_arcsinh_of_size(np.abs(values)), values)


def _arcsinh_of_size(size: np.ndarray) -> np.ndarray:
    """Of numbers that are not negative."""
    return cv2.log(size + cv2.sqrt(size * size + 1.0))


def _edges(channels: Channels) -> np.ndarray:
    """Length of the gradient in grey levels a pixel, root mean square over the channels, (H, W) float32."""
    across = tuple(cv2.Sobel(channel, cv2.CV_32F, 1, 0, scale=0.125) for channel in channels)
    down = tuple(cv2.Sobel(channel, cv2.CV_32F, 0, 1, scale=0.125) for channel in channels)
    return cv2.sqrt(mean_square(across) + mean_square(down))
