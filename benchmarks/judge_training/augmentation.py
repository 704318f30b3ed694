"""Crops of examples, varied so that the judge learns what a leak is rather than these benches. Pure.

Every change keeps what each cue means, see src/cues.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from src.cues import CUES

# Cues 0-3 are the pixels of each 2 x 2 block: upper left, upper right, lower left, lower right.
FLIPPED_BLOCK, MIRRORED_BLOCK, TRANSPOSED_BLOCK = (2, 3, 0, 1), (1, 0, 3, 2), (0, 2, 1, 3)
OTHERS = tuple(range(4, CUES))
# B, G, R of: distance at half size, distance at quarter size, log ratio to the reconstruction.
COLOURS = ((4, 5, 6), (7, 8, 9), (10, 11, 12))
# Cues that are relative to something which another camera has more or less of, and by how much.
DISTANCES, NEW_EDGES, PLAIN_DISTANCE = slice(0, 10), 13, 18
LITTLE, MORE = (0.85, 1.15), (0.8, 1.2)
# One of these groups is missing now and then, so that no single one is relied on.
DISPENSABLE = ((10, 11, 12), (13,), (14,), (15,), (16,), (17,), (18,))
MISSING_SHARE = 0.07


def vary(
    cues: np.ndarray, label: np.ndarray, generator: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Another crop that could as well have been seen. cues: (n, n, CUES) float32. label: (n, n) uint8."""
    if generator.random() < 0.5:
        cues, label = flipped(cues), label[::-1]
    if generator.random() < 0.5:
        cues, label = mirrored(cues), label[:, ::-1]
    if generator.random() < 0.5:
        cues, label = transposed(cues), label.T
    cues = recoloured(cues, generator.permutation(3))
    if generator.random() < 0.5:
        # Bright spots and dark spots alike.
        for colours in COLOURS:
            cues[..., list(colours)] *= -1
    cues[..., DISTANCES] *= generator.uniform(*LITTLE)
    cues[..., NEW_EDGES] *= generator.uniform(*LITTLE)
    cues[..., PLAIN_DISTANCE] *= generator.uniform(*MORE)
    for group in DISPENSABLE:
        if generator.random() < MISSING_SHARE:
            cues[..., list(group)] = 0
    return cues, label


def flipped(cues: np.ndarray) -> np.ndarray:
    """Upside down."""
    return cues[::-1][..., [*FLIPPED_BLOCK, *OTHERS]]


def mirrored(cues: np.ndarray) -> np.ndarray:
    """Left is right."""
    return cues[:, ::-1][..., [*MIRRORED_BLOCK, *OTHERS]]


def transposed(cues: np.ndarray) -> np.ndarray:
    """Rows are columns."""
    return cues.transpose(1, 0, 2)[..., [*TRANSPOSED_BLOCK, *OTHERS]]


def recoloured(cues: np.ndarray, order: Sequence[int]) -> np.ndarray:
    """A copy with the colour channels in another order, the same one wherever there are colours."""
    changed = cues.copy()
    for colours in COLOURS:
        changed[..., list(colours)] = cues[..., [colours[number] for number in order]]
    return changed
