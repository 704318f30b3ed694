"""Times one picture from camera to verdict, in turn with the reference way, on one thread.

Run as a program of its own (python -m benchmarks.frame_cost SETTINGS PICTURE ROUNDS), because the number of
threads must be set before NumPy and TensorFlow are loaded. Prints JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

CAMERA_SIZE = (1280, 720)
WARM_UP = 5
ONE_THREAD = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS",
)


@dataclass(frozen=True)
class FrameCost:
    """Median milliseconds of one 1280 x 720 picture, all ways in turn in the same process.

    verdict: cut, scale, score, compare with the thresholds. look: the same, camera checks and the alarm.
    predict: the reference, scale, Keras model.predict, squared error.
    """

    rounds: int
    verdict_milliseconds: float
    look_milliseconds: float
    predict_milliseconds: float

    @property
    def ratio(self) -> float:
        """Verdict compared with the reference; 0.33 = a third of its time."""
        return self.verdict_milliseconds / self.predict_milliseconds


def in_turn(
    tasks: dict[str, Callable[[], object]], rounds: int, clock: Callable[[], float],
) -> dict[str, float]:
    """Median milliseconds of each task. They take turns, so that other work slows all of them alike."""
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(WARM_UP + rounds):
        for name, task in tasks.items():
            began = clock()
            task()
            if number >= WARM_UP:
                taken[name].append(1000.0 * (clock() - began))
    return {name: statistics.median(times) for name, times in taken.items()}


def measure(settings: Path, picture: Path, rounds: int) -> FrameCost:
    """Time the trained model that the settings name on one picture, scaled to the size of the camera."""
    import cv2
    import numpy as np

    from benchmarks.references import plain_autoencoder, scaled, top_error
    from src.artifacts import load_detector
    from src.clock import Clock
    from src.config_file import load_config
    from src.frame import Frame
    from src.image_files import read_image
    from src.judge import shipped_judge
    from src.replay import watch_recording

    cv2.setNumThreads(1)
    image = cv2.resize(read_image(picture), CAMERA_SIZE)
    config, clock = load_config(settings), Clock()
    detector, _ = load_detector(config, shipped_judge())
    watch = watch_recording(config, shipped_judge(), config.monitor.frame_interval_seconds)
    model = plain_autoencoder()

    def predict() -> float:
        value = scaled(image).astype(np.float32) / 255.0
        return top_error(value, model.predict(value[None], verbose=0)[0])

    medians = in_turn({
        "verdict": lambda: detector.observe(image),
        "look": lambda: watch.look(Frame(image, 0, clock.now(), clock.monotonic())),
        "predict": predict,
    }, rounds, perf_counter)
    return FrameCost(rounds, medians["verdict"], medians["look"], medians["predict"])


if __name__ == "__main__":
    os.environ.update({name: "1" for name in ONE_THREAD}, TF_CPP_MIN_LOG_LEVEL="3")
    print(json.dumps(asdict(measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))))
