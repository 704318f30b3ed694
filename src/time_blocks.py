"""Which pictures belong together: taken in one go, in one light.

Pictures seconds apart are twins. To learn on one and be examined on the other proves nothing, so pictures are held out
in whole blocks (a blocked split: Roberts et al., Ecography 40, 2017, 913-929).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Sequence

import cv2
import numpy as np

# A pause this long starts a new block.
PAUSE_SECONDS = 600.0
# The share by which the light has to change (mean over the picture) to start a new block, and how many times larger
# than usual that change has to be: outdoors the light never rests.
LIGHT_STEP = 0.04
UNUSUAL_STEP_FACTOR = 6.0
# The light before and after a step is the median of so many pictures.
STEP_PICTURES = 5
SMALLEST_BLOCK = 12
# With fewer blocks than this, the longest ones are divided, so that there is something to leave out.
FEWEST_BLOCKS = 4
LIGHT_GRID = 6


def light_signature(picture: np.ndarray, watched: np.ndarray) -> np.ndarray:
    """How the light is spread over a picture, without its overall brightness: (LIGHT_GRID**2 * 3,) float32.

    picture: (H, W, 3) uint8 BGR. watched: (H, W) bool; parts of the picture that are mostly ignored count as 1.
    """
    counted = np.ones((LIGHT_GRID, LIGHT_GRID), np.float32)
    if not watched.all():
        counted = cv2.resize(watched.astype(np.float32), (LIGHT_GRID, LIGHT_GRID), interpolation=cv2.INTER_AREA)
        picture = picture * watched[:, :, None]
    cells = cv2.resize(picture, (LIGHT_GRID, LIGHT_GRID), interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = counted > 0.5
    cells = cells / np.maximum(counted, 0.5)[:, :, None] + 1.0
    light = np.ones_like(cells)
    light[seen] = cells[seen] / cells[seen].mean()
    return light.ravel()


def taken_at(name: str) -> datetime | None:
    """The time in a file name such as normal_20261123_031502_250.jpg (naive local), None when there is none."""
    found = re.search(r"(\d{8})_(\d{6})", name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")
    except ValueError:
        return None


def time_blocks(names: Sequence[str], signatures: np.ndarray) -> np.ndarray:
    """The block number of each picture, (N,) int, 0, 1, 2 ... in the order given.

    names: file names in the order taken. signatures: (N, S) float32 from `light_signature`.
    """
    starts = {0} | _after_pauses([taken_at(name) for name in names]) | _light_steps(signatures)
    bounds = _merge_short(sorted(starts), len(names))
    bounds = _divide_long(bounds)
    blocks = np.zeros(len(names), int)
    for number, (start, end) in enumerate(zip(bounds[:-1], bounds[1:])):
        blocks[start:end] = number
    return blocks


def _after_pauses(times: list[datetime | None]) -> set[int]:
    return {
        index for index, (before, after) in enumerate(zip(times[:-1], times[1:]), start=1)
        if before is not None and after is not None and (after - before).total_seconds() > PAUSE_SECONDS
    }


def _light_steps(signatures: np.ndarray) -> set[int]:
    """Where the light changes suddenly and for good."""
    count = len(signatures)
    steps = np.zeros(count)
    for index in range(STEP_PICTURES, count - STEP_PICTURES + 1):
        before = np.median(signatures[index - STEP_PICTURES:index], axis=0)
        after = np.median(signatures[index:index + STEP_PICTURES], axis=0)
        steps[index] = np.abs(after / before - 1.0).mean()
    sudden = max(LIGHT_STEP, UNUSUAL_STEP_FACTOR * float(np.median(steps)))
    return {
        int(index) for index in np.flatnonzero(steps > sudden)
        if steps[index] == steps[max(0, index - STEP_PICTURES):index + STEP_PICTURES + 1].max()
    }


def _merge_short(starts: list[int], count: int) -> list[int]:
    """Block bounds (first index of each, then the count). A block that is too short is one with the block after it,
    at the end with the block before it."""
    kept = [0]
    for start in starts[1:]:
        if start - kept[-1] >= SMALLEST_BLOCK and count - start >= SMALLEST_BLOCK:
            kept.append(start)
    return [*kept, count]


def _divide_long(bounds: list[int]) -> list[int]:
    bounds = list(bounds)
    while len(bounds) - 1 < FEWEST_BLOCKS:
        lengths = np.diff(bounds)
        longest = int(np.argmax(lengths))
        if lengths[longest] < 2:
            break
        bounds.insert(longest + 1, bounds[longest] + int(lengths[longest]) // 2)
    return bounds
