"""What happens to a dry bench and is no leak, done to pictures by hand. Pure."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.judge_training.linear_light import to_levels, to_light, to_picture

# A heavy step or a warm stand moves the picture by so much, in pixels of the scored picture.
SMALLEST_NUDGE, LARGEST_NUDGE = 0.1, 1.2
# From a hand to a person, seen from a metre away, in pixels of the scored picture.
SHARPEST_SHADOW, SOFTEST_SHADOW = 10, 45
# Shadows take all colours nearly alike. That tells them from liquids.
SHADOW_TINT = 0.03


def nudged(picture: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The picture as a camera sees it that was pushed a little. (H, W, 3) uint8 BGR."""
    angle = generator.uniform(0, 2 * np.pi)
    length = generator.uniform(SMALLEST_NUDGE, LARGEST_NUDGE)
    move = np.float32([[1, 0, length * np.cos(angle)], [0, 1, length * np.sin(angle)]])
    return cv2.warpAffine(picture, move, picture.shape[1::-1], flags=cv2.INTER_CUBIC,
                          borderMode=cv2.BORDER_REPLICATE)


def shadowed(picture: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The picture with a soft shadow of random shape, place and depth. (H, W, 3) uint8 BGR."""
    noise = generator.standard_normal(picture.shape[:2]).astype(np.float32)
    shade = cv2.GaussianBlur(noise, (0, 0), generator.uniform(SHARPEST_SHADOW, SOFTEST_SHADOW))
    shade = (shade - shade.min()) / (shade.max() - shade.min())
    shade = np.clip((shade - generator.uniform(0.3, 0.6)) * generator.uniform(2, 6), 0, 1)
    depth = generator.uniform(0.1, 0.6)
    tint = 1 + generator.normal(0, SHADOW_TINT, 3)
    return to_picture(to_levels(to_light(picture) * (1 - depth * shade[..., None] * tint)))
