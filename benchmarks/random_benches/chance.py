"""Random draws from which a bench is put together. Pure; the same seed gives the same bench."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
DARKEST, BRIGHTEST, MOST_VIVID = 0.01, 0.95, 0.9


class Chance:
    """A random generator with the words that the builders of a bench use."""

    def __init__(self, seed: int) -> None:
        self.generator = np.random.default_rng(seed)

    def between(self, low: float, high: float) -> float:
        return float(self.generator.uniform(low, high))

    def any_magnitude(self, low: float, high: float) -> float:
        """Between two positive numbers, all magnitudes alike."""
        return math.exp(self.between(math.log(low), math.log(high)))

    def happens(self, probability: float) -> bool:
        return self.generator.random() < probability

    def count(self, fewest: int, most: int) -> int:
        """From `fewest` to `most`, both possible."""
        return int(self.generator.integers(fewest, most + 1))

    def one_of(self, items: Sequence[T]) -> T:
        return items[self.generator.integers(len(items))]

    def colour(self, low: float = 0.05, high: float = 0.8, tint: float = 0.15) -> np.ndarray:
        """(3,) R, G, B shares of light that are given back: a grey from `low` to `high`, tinted a little."""
        level = self.any_magnitude(low, high)
        return np.clip(level * (1 + self.generator.normal(0, tint, 3)), DARKEST, BRIGHTEST)

    def vivid(self) -> np.ndarray:
        """(3,) R, G, B shares of light that are given back: any colour."""
        colour = self.generator.random(3) ** 1.5
        return np.clip(colour / colour.max() * self.between(0.15, 0.8), DARKEST, MOST_VIVID)
