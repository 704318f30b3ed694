"""Spills drawn into pictures of a dry bench. Pure; the same generator gives the same spills.

Real leaks are rare, and those of two rendered benches are few. Random ones of every shape, size and colour
teach the judge what a leak changes, and keep it from learning those few by heart. (Training on synthetic
defects: Zavrtanik et al., DRAEM, ICCV 2021, arXiv 2108.07610.)
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.judge_training.linear_light import to_levels, to_light, to_picture

# Share of the picture that one spill covers: from a few pixels to a flooded bench, all magnitudes alike.
SMALLEST_SHARE, LARGEST_SHARE = 3e-5, 0.4
MOST_SPILLS = 3
# Shapes are drawn at double size and then shrunk, so that their edges fall between pixels as real ones do.
OVERSIZE = 2
# One shape of so many is a splash, the others are puddles and streaks.
SHAPES_PER_SPLASH = 4
SOFT_SHARE, GLINT_SHARE, RIM_SHARE = 0.3, 0.6, 0.4
# Of ten liquids so many are coloured, only wet the surface, or are opaque; the rest mirrors the lamp.
COLOURED, WET, OPAQUE, LIQUIDS = 6, 2, 1, 10
# In grey levels. A drawn area without any noise of its own would give itself away.
NOISE = 0.3
# Even at night something can be seen of an opaque liquid and of a glint.
DARKEST_OPAQUE, DARKEST_GLINT = 0.02, 0.01
VISIBLE = 0.1


@dataclass(frozen=True)
class Spilled:
    """A picture with liquid.

    picture: (H, W, 3) uint8 BGR. coverage: (H, W) float32, share of each pixel that liquid covers, 0 to 1.
    """

    picture: np.ndarray
    coverage: np.ndarray


def with_spills(picture: np.ndarray, generator: np.random.Generator) -> Spilled:
    """One to MOST_SPILLS spills, drawn one over the other. picture: (H, W, 3) uint8 BGR, stays as it is."""
    coverage = np.zeros(picture.shape[:2], np.float32)
    for _ in range(generator.integers(1, MOST_SPILLS + 1)):
        spilled = with_spill(picture, generator)
        picture, coverage = spilled.picture, np.maximum(coverage, spilled.coverage)
    return Spilled(picture, coverage)


def with_spill(picture: np.ndarray, generator: np.random.Generator) -> Spilled:
    """One spill of random shape, size, place and liquid; it may lie partly outside, or just beyond the edge.

    picture: (H, W, 3) uint8 BGR, stays as it is.
    """
    coverage = _somewhere(picture.shape[:2], generator)
    light = to_light(picture)
    liquid = coverage[..., None]
    spilled = light * (1 - liquid) + _body(light, coverage, generator) * liquid
    if generator.random() < GLINT_SHARE:
        spilled = spilled + _glint(light, coverage, generator)[..., None]
    if generator.random() < RIM_SHARE:
        rim = cv2.GaussianBlur(coverage, (0, 0), generator.uniform(1, 4)) * generator.uniform(0.05, 0.2)
        spilled = spilled * (1 - rim[..., None] * (1 - liquid))
    levels = to_levels(spilled)
    return Spilled(to_picture(levels + generator.normal(0, NOISE, levels.shape)), coverage)


def shape_of(area: float, largest_side: int, generator: np.random.Generator) -> np.ndarray:
    """A puddle, streak or splash of `area` pixels in the middle of an (S, S) float32 array, 0 or 1.

    S is at most `largest_side`; a larger area fills the array.
    """
    radius = np.sqrt(area / np.pi)
    splash = generator.integers(SHAPES_PER_SPLASH) == SHAPES_PER_SPLASH - 1
    stretch = np.exp(generator.normal(0, 0.45))
    side = int(np.clip(6 * radius * max(stretch, 1 / stretch) + 9, 11, largest_side))
    if splash:
        side = int(min(side * 1.6, largest_side))
    rough = generator.standard_normal((side, side)).astype(np.float32)
    rough = cv2.GaussianBlur(rough, (0, 0), max(0.7, radius * generator.uniform(0.25, 0.6)))
    rough /= rough.std() + 1e-6
    down, right = np.mgrid[:side, :side].astype(np.float32) - side / 2
    angle = generator.uniform(0, np.pi)
    along = (right * np.cos(angle) + down * np.sin(angle)) / stretch
    across = (-right * np.sin(angle) + down * np.cos(angle)) * stretch
    distance = np.sqrt(along * along + across * across) / max(radius, 0.5)
    height = -distance * 0.45 + rough * 1.3 if splash else -distance + rough * generator.uniform(0, 0.35)
    highest = min(max(1, int(round(area))), height.size - 1)
    return (height >= np.partition(height.ravel(), -highest)[-highest]).astype(np.float32)


def _somewhere(size: tuple[int, int], generator: np.random.Generator) -> np.ndarray:
    """The coverage, (H, W) float32 0 to 1, of one spill at a random place. size: (H, W)."""
    height, width = size
    area = height * width * np.exp(generator.uniform(np.log(SMALLEST_SHARE), np.log(LARGEST_SHARE)))
    shape = shape_of(max(area * OVERSIZE ** 2, 1.0), max(size), generator)
    side = max(3, shape.shape[0] // OVERSIZE)
    shape = cv2.resize(shape, (side, side), interpolation=cv2.INTER_AREA)
    with_border = np.zeros((height + 2 * side, width + 2 * side), np.float32)
    top = generator.integers(side // 2, height + side // 2)
    left = generator.integers(side // 2, width + side // 2)
    with_border[top:top + side, left:left + side] = shape
    coverage = with_border[side:side + height, side:side + width]
    if generator.random() < SOFT_SHARE:
        coverage = cv2.GaussianBlur(coverage, (0, 0), generator.uniform(0.4, 1.2))
    return coverage


def _body(light: np.ndarray, coverage: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """What the whole picture would look like under this liquid, (H, W, 3) light."""
    liquid = generator.integers(LIQUIDS)
    if liquid < COLOURED:
        colour = generator.random(3)
        absorbed = generator.uniform(0.25, 2.6) * np.power(colour / colour.max(), generator.uniform(0.6, 2))
        scattered = generator.random(3).astype(np.float32) * generator.uniform(0, 0.16) * light.mean()
        return light * np.exp(-absorbed) + scattered
    if liquid < COLOURED + WET:
        return light * (generator.uniform(0.45, 0.85) + generator.normal(0, 0.04, 3))
    if liquid < COLOURED + WET + OPAQUE:
        colour = generator.random(3)
        there = float(light[coverage > VISIBLE].mean()) if (coverage > VISIBLE).any() else 0.2
        return np.ones_like(light) * (colour * max(DARKEST_OPAQUE, there) * generator.uniform(0.5, 1.6))
    return light * generator.uniform(0.6, 0.95) + generator.uniform(0.02, 0.25) * float(light.mean())


def _glint(light: np.ndarray, coverage: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Light that one side of the spill's edge mirrors, (H, W)."""
    smooth = cv2.GaussianBlur(coverage, (0, 0), 0.8)
    across = generator.random() < 0.5
    slope = cv2.Sobel(smooth, cv2.CV_32F, int(across), int(not across))
    one_side = np.maximum(slope * generator.choice([-1, 1]), 0)
    return one_side * generator.uniform(0.05, 0.5) * max(float(np.percentile(light, 80)), DARKEST_GLINT)
