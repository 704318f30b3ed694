"""Other ways of finding leaks, for comparison: each as it is commonly written, trained on the same pictures as ours.

All of them look at the picture scaled as ours is, and take their threshold as the 99.5 percentile of the scores of
held-out normal pictures: the last fifth of every block of light.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from benchmarks.footage import pictures
from benchmarks.metrics import alarms_in_a_row
from benchmarks.ways import Answer, Replayed
from src.clock import Clock
from src.config import ImageSettings
from src.image_files import read_image
from src.preprocess import resize

PERCENTILE = 99.5
HELD_OUT_SHARE = 0.2
TOP_SHARE = 0.01
# Three flagged pictures in a row are an alarm, as with ours.
PICTURES_FOR_AN_ALARM = 3
SIZE = ImageSettings()
BATCH = 16
# The reference of the project's earlier measurements had 30 epochs; so few are enough to see what it can do.
EPOCHS, EVERY = 5, 2


class Scorer:
    """What a reference has learned. `score` judges one picture alone; `follow` one picture after the other."""

    training = ""

    def learn(self, learned: np.ndarray) -> None:
        """learned: (N, h, w, 3) uint8 BGR."""
        raise NotImplementedError

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        """Scores of pictures (h, w, 3) uint8 BGR, each alone."""
        raise NotImplementedError

    def scores_in_order(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        """Scores of pictures in the order taken. Most ways have no memory."""
        return self.scores(shown)


class MeanPicture(Scorer):
    """Squared difference to the mean of all training pictures; score = mean of the highest 1 %."""

    training = "mean of all pictures"

    def learn(self, learned: np.ndarray) -> None:
        self._mean = learned.mean(axis=0, dtype=np.float64).astype(np.float32) / 255.0

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        for picture in shown:
            yield top_error(picture.astype(np.float32) / 255.0, self._mean)


class BackgroundSubtractor(Scorer):
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


class PlainAutoencoder(Scorer):
    """A convolutional autoencoder with a wide bottleneck (16 x 16 x 512), squared error, through model.predict.

    Score = mean of the highest 1 % of the squared error.
    """

    def __init__(self, epochs: int = EPOCHS, every: int = EVERY) -> None:
        self._epochs, self._every = epochs, every
        self.training = f"{epochs} epochs on every {every}. picture"

    def learn(self, learned: np.ndarray) -> None:
        self._model = plain_autoencoder()
        shown = learned[::self._every].astype(np.float32) / 255.0
        self._model.fit(shown, shown, batch_size=BATCH, epochs=self._epochs, verbose=0)

    def scores(self, shown: Iterable[np.ndarray]) -> Iterator[float]:
        waiting = iter(shown)
        while batch := list(islice(waiting, BATCH)):
            values = np.stack(batch).astype(np.float32) / 255.0
            for value, expected in zip(values, self._model.predict(values, verbose=0)):
                yield top_error(value, expected)


def plain_autoencoder():
    """An untrained keras.Model for (N, 256, 256, 3) float32, 0 to 1: four convolutions down, four up."""
    import keras

    keras.utils.set_random_seed(42)
    layers = keras.layers
    model = keras.Sequential([keras.Input((SIZE.height, SIZE.width, 3))])
    for channels in (64, 128, 256, 512):
        model.add(layers.Conv2D(channels, 3, strides=2, padding="same", activation="relu"))
    for channels in (256, 128, 64, 32):
        model.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2D(3, 3, padding="same", activation="sigmoid"))
    model.compile(optimizer="adam", loss="mse")
    return model


def top_error(picture: np.ndarray, expected: np.ndarray) -> float:
    """Mean of the highest 1 % of the squared error; both (h, w, 3) float32, 0 to 1."""
    errors = ((picture - expected) ** 2).mean(axis=2).ravel()
    count = int(errors.size * TOP_SHARE)
    return float(np.partition(errors, -count)[-count:].mean())


def largest_foreground(mask: np.ndarray) -> float:
    """Share of the largest connected foreground, percent. mask: (h, w) uint8, 255 = foreground, 127 = shadow."""
    foreground = cv2.morphologyEx((mask == 255).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, _, statistics, _ = cv2.connectedComponentsWithStats(foreground)
    areas = statistics[1:, cv2.CC_STAT_AREA]
    return 100.0 * float(areas.max(initial=0)) / mask.size


class Reference:
    """A reference way, trained and with a threshold."""

    def __init__(
        self, name: str, scorer: Scorer, normal: np.ndarray, held_out: np.ndarray, clock: Clock,
    ) -> None:
        """normal: (N, h, w, 3) uint8 BGR, prepared. held_out: (N,) bool, pictures for the threshold only."""
        self.name, self.training = name, scorer.training
        self._scorer = scorer
        started = clock.monotonic()
        scorer.learn(normal[~held_out])
        self._threshold = float(np.percentile(list(scorer.scores(normal[held_out])), PERCENTILE))
        self.training_seconds = clock.monotonic() - started

    def stills(self, paths: Sequence[Path]) -> list[Answer]:
        shown = (resize(read_image(path), SIZE) for path in paths)
        return [Answer(score, score > self._threshold) for score in self._scorer.scores(shown)]

    def moved(self, paths: Sequence[Path]) -> list[bool]:
        return [False] * len(paths)

    def in_order(self, source: Path, frame_seconds: float) -> Replayed:
        shown = (resize(image, SIZE) for image in pictures(source))
        flagged = tuple(score > self._threshold for score in self._scorer.scores_in_order(shown))
        return Replayed(flagged, tuple(alarms_in_a_row(flagged, PICTURES_FOR_AN_ALARM)))


def last_of_every_block(blocks: np.ndarray) -> np.ndarray:
    """(N,) bool, True for the last fifth of every block (N,) int: what is held out."""
    held_out = np.zeros(len(blocks), bool)
    for block in np.unique(blocks):
        members = np.flatnonzero(blocks == block)
        held_out[members[-max(1, round(len(members) * HELD_OUT_SHARE)):]] = True
    return held_out


# A way that takes long is built only when its turn comes.
SCORERS: dict[str, Callable[[], Scorer]] = {
    "plain conv autoencoder, squared error": PlainAutoencoder,
    "OpenCV MOG2": BackgroundSubtractor,
    "mean picture": MeanPicture,
}
