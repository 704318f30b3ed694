"""Pictures as amounts of light, in which liquid absorbs and shadows multiply. Pure."""

from __future__ import annotations

import numpy as np

# What screens and cameras roughly agree on; what is drawn here need not be exact.
GAMMA = 2.2


def to_light(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32 amounts of light, 0 to 1, of a picture, (H, W, 3) uint8 BGR."""
    return (picture.astype(np.float32) / 255) ** GAMMA


def to_levels(light: np.ndarray) -> np.ndarray:
    """Grey levels, 0 to 255, not rounded. light: any shape, cut to 0 to 1."""
    return np.clip(light, 0, 1) ** (1 / GAMMA) * 255


def to_picture(levels: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 of grey levels that may lie beyond 0 to 255."""
    return np.clip(levels, 0, 255).round().astype(np.uint8)
