"""Other ways of finding leaks, for comparison: as commonly written, trained on the same pictures as ours.

Their threshold is the 99.5 percentile of the scores of held-out normal pictures: the last fifth of every
block of light.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from benchmarks.footage import pictures
from benchmarks.metrics import alarms_in_a_row
from benchmarks.ways import Answer, Replayed
from src.clock import Clock
from src.config import RoiSettings
from src.image_files import list_images, read_image
from src.preprocess import crop_roi
from src.time_blocks import light_signature, time_blocks

PERCENTILE = 99.5
HELD_OUT_SHARE = 0.2
TOP_SHARE = 0.01
# Three flagged pictures in a row are an alarm, as with ours.
PICTURES_FOR_AN_ALARM = 3
# The size that the project began with.
SIDE_PIXELS = 256
BATCH = 16
# Enough to see what it can do; 30 epochs on all pictures take an hour and were no better.
EPOCHS, AT_MOST_PICTURES = 5, 200


class Scorer(Protocol):
    """What a reference makes of pictures (h, w, 3) uint8 BGR. training: in words, what it learns from."""

    training: str

    def learn(self, learned: np.ndarray) -> None:
        """Learn from normal pictures, (N, h, w, 3) uint8 BGR, in the order taken."""

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        """Score pictures, each alone; higher = more leak-like."""

    def scores_in_order(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        """Score pictures in the order taken; the same for a way without memory."""


class MeanPicture:
    """Squared difference to the mean of all training pictures; score = mean of the highest 1 %."""

    training = "mean of all pictures"

    def learn(self, learned: np.ndarray) -> None:
        self._mean = learned.mean(axis=0, dtype=np.float64).astype(np.float32) / 255.0

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        for picture in shown:
            yield top_error(picture.astype(np.float32) / 255.0, self._mean)

    scores_in_order = scores


class BackgroundSubtractor:
    """OpenCV's MOG2; score = share of the largest connected foreground in the picture, percent.

    Pictures alone are compared with the learned background. In order it goes on learning, as it does in use.
    """

    training = "all pictures, in order"

    def learn(self, learned: np.ndarray) -> None:
        self._learned = learned
        self._alone = self._taught()

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        for picture in shown:
            yield largest_foreground(self._alone.apply(picture, learningRate=0))

    def scores_in_order(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        following = self._taught()
        for picture in shown:
            yield largest_foreground(following.apply(picture))

    def _taught(self) -> cv2.BackgroundSubtractorMOG2:
        subtractor = cv2.createBackgroundSubtractorMOG2(history=len(self._learned), detectShadows=True)
        for picture in self._learned:
            subtractor.apply(picture)
        return subtractor


class PlainAutoencoder:
    """A convolutional autoencoder, wide bottleneck (16 x 16 x 512), squared error, through model.predict.

    Score = mean of the highest 1 % of the squared error.
    """

    def __init__(self, epochs: int = EPOCHS, at_most_pictures: int = AT_MOST_PICTURES) -> None:
        self._epochs, self._at_most = epochs, at_most_pictures
        self.training = f"{epochs} epochs on at most {at_most_pictures} pictures"

    def learn(self, learned: np.ndarray) -> None:
        self._model = plain_autoencoder()
        shown = learned[::math.ceil(len(learned) / self._at_most)].astype(np.float32) / 255.0
        self._model.fit(shown, shown, batch_size=BATCH, epochs=self._epochs, verbose=0)

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        waiting = iter(shown)
        while batch := list(islice(waiting, BATCH)):
            values = np.stack(batch).astype(np.float32) / 255.0
            for value, expected in zip(values, self._model.predict(values, verbose=0)):
                yield top_error(value, expected)

    scores_in_order = scores


def plain_autoencoder():
    """An untrained keras.Model for (N, 256, 256, 3) float32, 0 to 1: four convolutions down, four up."""
    import keras

    keras.utils.set_random_seed(42)
    layers = keras.layers
    model = keras.Sequential([keras.Input((SIDE_PIXELS, SIDE_PIXELS, 3))])
    for channels in (64, 128, 256, 512):
        model.add(layers.Conv2D(channels, 3, strides=2, padding="same", activation="relu"))
    for channels in (256, 128, 64, 32):
        model.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2D(3, 3, padding="same", activation="sigmoid"))
    model.compile(optimizer="adam", loss="mse")
    return model


def scaled(image: np.ndarray) -> np.ndarray:
    """A picture as the references look at it, (256, 256, 3) uint8 BGR."""
    return cv2.resize(image, (SIDE_PIXELS, SIDE_PIXELS), interpolation=cv2.INTER_AREA)


def top_error(picture: np.ndarray, expected: np.ndarray) -> float:
    """Mean of the highest 1 % of the squared error; both (h, w, 3) float32, 0 to 1."""
    errors = ((picture - expected) ** 2).mean(axis=2).ravel()
    count = int(errors.size * TOP_SHARE)
    return float(np.partition(errors, -count)[-count:].mean())


def largest_foreground(mask: np.ndarray) -> float:
    """Share of the largest connected foreground, percent. mask: (h, w) uint8, 255 = foreground."""
    foreground = cv2.morphologyEx((mask == 255).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, statistics, _ = cv2.connectedComponentsWithStats(foreground)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    return 100.0 * float(areas.max(initial=0)) / mask.size


class Reference:
    """A reference way, trained and with a threshold."""

    def __init__(self, name: str, scorer: Scorer, folder: Path, roi: RoiSettings, clock: Clock) -> None:
        """Train on the normal pictures in `folder`."""
        self.name, self.training = name, scorer.training
        self._scorer, self._roi = scorer, roi
        started = clock.monotonic()
        paths = list_images(folder)
        normal = np.stack([self._prepared(read_image(path)) for path in paths])
        everything = np.ones(normal[0].shape[:2], bool)
        signatures = np.stack([light_signature(picture, everything) for picture in normal])
        held_out = last_of_every_block(time_blocks([path.name for path in paths], signatures))
        scorer.learn(normal[~held_out])
        self._threshold = float(np.percentile(list(scorer.scores(normal[held_out])), PERCENTILE))
        self.training_seconds = clock.monotonic() - started

    def stills(self, paths: Sequence[Path]) -> list[Answer]:
        shown = (self._prepared(read_image(path)) for path in paths)
        return [Answer(score, score > self._threshold) for score in self._scorer.scores(shown)]

    def moved(self, paths: Sequence[Path]) -> list[bool]:
        return [False] * len(paths)

    def in_order(self, source: Path, frame_seconds: float) -> Replayed:
        shown = (self._prepared(image) for image in pictures(source))
        flagged = tuple(score > self._threshold for score in self._scorer.scores_in_order(shown))
        return Replayed(flagged, tuple(alarms_in_a_row(flagged, PICTURES_FOR_AN_ALARM)))

    def _prepared(self, image: np.ndarray) -> np.ndarray:
        return scaled(crop_roi(image, self._roi))


def last_of_every_block(blocks: np.ndarray) -> np.ndarray:
    """(N,) bool, True for the last fifth of every block (N,) int: what is held out."""
    held_out = np.zeros(len(blocks), bool)
    for block in np.unique(blocks):
        members = np.flatnonzero(blocks == block)
        held_out[members[-max(1, round(len(members) * HELD_OUT_SHARE)):]] = True
    return held_out


def scorers(quick: bool) -> dict[str, Scorer]:
    """All reference ways by name, not yet trained. quick: hardly trained at all."""
    return {
        "conv autoencoder": PlainAutoencoder(1, 4) if quick else PlainAutoencoder(),
        "MOG2": BackgroundSubtractor(),
        "mean picture": MeanPicture(),
    }
