"""What the network sees in one training step: varied crops of leaks, spills and dry scenes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.judge_training.augmentation import vary
from benchmarks.judge_training.example_file import ExampleSet
from benchmarks.judge_training.examples import Kind
from benchmarks.judge_training.labels import LEAK

CROP_SIDE = 64
# A chosen pixel lies at least this far inside its crop.
MARGIN = 4
# Of the crops of wet examples, so many are put where the liquid is.
ON_LIQUID_SHARE = 0.9
LEAKS, SPILLS, DRY_CROPS = 4, 5, 9
# Dry places that look most like leaks: in so many examples, so many places each, so far apart.
EXAMINED, PLACES, PLACE_RADIUS = 140, 2, 12
HARD_SHARE = 0.6
# In log odds: a place that looks this much less like a leak is chosen e times less often.
HARDNESS_SCALE = 1.5
TAKEN = -99.0

LogOdds = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class HardPlace:
    """A dry pixel (row, column) that the network takes for a leak, and how firmly."""

    log_odds: float
    example: int
    pixel: tuple[int, int]


class Crops:
    """Draws training crops from the examples of all rigs, which are numbered through."""

    def __init__(self, sets: Sequence[ExampleSet], generator: np.random.Generator) -> None:
        self._generator = generator
        self._places = [(one, number) for one in sets for number in range(len(one.kinds))]
        kinds = np.concatenate([one.kinds for one in sets])
        # Some spills lie just outside the picture, and some leaks hide behind a pipe.
        wet = np.array([bool((one.labels[number] == LEAK).any()) for one, number in self._places])
        self._dry = np.flatnonzero(kinds == Kind.DRY)
        self._leaks = np.flatnonzero((kinds == Kind.LEAK) & wet)
        self._spills = np.flatnonzero((kinds == Kind.SPILL) & wet)
        self._hard: list[HardPlace] = []

    def batch(self) -> tuple[np.ndarray, np.ndarray]:
        """Cues, (N, CROP_SIDE, CROP_SIDE, CUES) float32, and labels, (N, CROP_SIDE, CROP_SIDE) uint8."""
        generator = self._generator
        crops = [self.crop(number) for number in generator.choice(self._leaks, LEAKS)]
        crops += [self.crop(number) for number in generator.choice(self._spills, SPILLS)]
        for _ in range(DRY_CROPS):
            if self._hard and generator.random() < HARD_SHARE:
                place = self._hard[generator.choice(len(self._hard), p=_weights(self._hard))]
                crops.append(self.crop(place.example, place.pixel))
            else:
                crops.append(self.crop(generator.choice(self._dry)))
        return np.stack([cues for cues, _ in crops]), np.stack([label for _, label in crops])

    def crop(self, number: int, pixel: tuple[int, int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """A varied crop of example `number` that holds `pixel`, or else mostly liquid where there is any."""
        generator = self._generator
        examples, index = self._places[number]
        label = examples.labels[index]
        height, width = label.shape
        if pixel is None and examples.kinds[index] != Kind.DRY and generator.random() < ON_LIQUID_SHARE:
            liquid = np.argwhere(label == LEAK)
            pixel = liquid[generator.integers(len(liquid))]
        row, column = (generator.integers(height), generator.integers(width)) if pixel is None else pixel
        inside = CROP_SIDE - MARGIN
        top = int(np.clip(row - generator.integers(MARGIN, inside), 0, height - CROP_SIDE))
        left = int(np.clip(column - generator.integers(MARGIN, inside), 0, width - CROP_SIDE))
        window = slice(top, top + CROP_SIDE), slice(left, left + CROP_SIDE)
        return vary(np.asarray(examples.cues[index][window]).astype(np.float32), label[window], generator)

    def find_hard_places(self, log_odds: LogOdds) -> None:
        """From now on prefer dry places that look like leaks. log_odds: (h, w, CUES) float32 -> (h, w)."""
        count = min(EXAMINED, len(self._dry))
        self._hard = []
        for number in self._generator.choice(self._dry, count, replace=False):
            examples, index = self._places[number]
            odds = log_odds(np.asarray(examples.cues[index]).astype(np.float32)).copy()
            for _ in range(PLACES):
                row, column = np.unravel_index(odds.argmax(), odds.shape)
                self._hard.append(HardPlace(float(odds[row, column]), int(number), (int(row), int(column))))
                odds[max(0, row - PLACE_RADIUS):row + PLACE_RADIUS,
                     max(0, column - PLACE_RADIUS):column + PLACE_RADIUS] = TAKEN


def _weights(places: Sequence[HardPlace]) -> np.ndarray:
    odds = np.array([place.log_odds for place in places])
    weights = np.exp(np.clip((odds - odds.max()) / HARDNESS_SCALE, -20, 0))
    return weights / weights.sum()
