"""The model set in use: loaded at the start, and again when another one has taken its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from src.artifacts import finish_exchange, set_stamp
from src.camera_statistics import TrainedView
from src.detection import Detector

Model = tuple[Detector, TrainedView]


class NewestModel:
    """Loads the model set of a folder. load: reads it; raises UserError when it cannot be used."""

    def __init__(self, model_dir: Path, load: Callable[[], Model]) -> None:
        self._model_dir = model_dir
        self._load = load
        self._stamp: object = None
        self._last_stamp: object = None

    def load(self) -> Model:
        """The set as it is now. Raises UserError or OSError when it cannot be used; the one before stays in use."""
        finish_exchange(self._model_dir)  # before the stamp, or its files would look new at the next update
        stamp = set_stamp(self._model_dir)
        model = self._load()
        self._stamp = self._last_stamp = stamp
        return model

    def update(self) -> Model | None:
        """The new set when there is one, else None. Raises as `load` does, again and again until it can be used.

        A set is taken only when its files are as they were at the update before: then nobody is still exchanging them.
        """
        stamp = set_stamp(self._model_dir)
        settled, self._last_stamp = stamp == self._last_stamp, stamp
        return self.load() if settled and stamp != self._stamp else None
