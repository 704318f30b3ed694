"""Training: from normal pictures on disk to a model set that the monitor can use."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib import metadata
from typing import Callable, Sequence

import numpy as np

from src import autoencoder
from src.artifacts import (
    DETECTOR_FILE, KERAS_FILE, STATS_FILE, THRESHOLD_FILE, file_hash, install_set,
    scene_arrays, staging_folder, threshold_document, write_arrays,
)
from src.atomic_file import write_json
from src.clock import Clock
from src.config import Config
from src.detection import LeakJudge, Scorer
from src.event_log import EventLog
from src.false_alarms import in_words
from src.learning import Calibration, calibrate, count_alarms, examine, learn_scene, odd_ones
from src.normal_pictures import NormalPictures, a_few, load_normal_pictures
from src.registration import build_reference

PACKAGES = ("tensorflow", "keras", "numpy", "opencv-python")
Progress = Callable[[str, int, int], None]
# New light makes so many times higher scores than known light: then more kinds of light are worth the trouble.
FAR_APART = 1.3
ADVICE = " More kinds of light in the training would help to find smaller leaks."


@dataclass(frozen=True)
class TrainingReport:
    """What a training gave: the texts for the user, and the numbers of stats.json."""

    skipped: tuple[str, ...]
    sentences: tuple[str, ...]
    stats: dict[str, object]


def train(
    config: Config, judge: LeakJudge, clock: Clock, progress: Progress, fewest_pictures: int,
) -> TrainingReport:
    """Learn the scene from data_normal_dir and put a new model set in the place of the former one.

    judge: what the thresholds are set for; the monitor needs the same one.
    progress: told (what is being done, done, in all). Raises UserError when there are too few usable pictures.
    """
    started = clock.monotonic()
    normal = load_normal_pictures(
        config.paths.data_normal_dir, config.roi, config.image,
        lambda done, total: progress("Reading pictures", done, total), fewest_pictures)
    progress("Learning the scene", 0, 1)
    scene, examination = learn_scene(normal.pictures, normal.blocks, normal.watched, config.training.validation_split)
    model = autoencoder.build_autoencoder(scene.subspace)
    progress("Learning the scene", 1, 1)
    scorer = Scorer(scene, judge, config.scoring)
    trial = examine(
        scorer, scene.subspace, normal.pictures, normal.blocks, examination,
        lambda done, total: progress("Setting the thresholds", done, total))
    calibration = calibrate(trial, config.threshold, config.heatmap_trigger)
    odd = odd_ones(scorer, normal.pictures, normal.blocks, examination, trial,
                   lambda done, total: progress("Looking for odd pictures", done, total))
    alarms = count_alarms(trial, calibration.thresholds, config.heatmap_trigger, config.monitor.consecutive_anomalies)

    staging = staging_folder(config.paths.model_dir)
    autoencoder.save_autoencoder(model, staging / KERAS_FILE)
    reference = build_reference(normal.views, camera=normal.camera)
    write_arrays(staging / DETECTOR_FILE, scene_arrays(scene, reference))
    words = _in_words(config, calibration, alarms, normal)
    files = {name: file_hash(staging / name) for name in (KERAS_FILE, DETECTOR_FILE)}
    numbers = threshold_document(config, judge.name, calibration.thresholds, files, words, clock.now())
    write_json(staging / THRESHOLD_FILE, numbers)
    stats = _stats(numbers["fingerprint"], calibration, normal, clock.monotonic() - started)
    write_json(staging / STATS_FILE, stats)
    install_set(config.paths.model_dir, staging, clock.now())
    EventLog(config.paths.logs_dir, clock).append(
        "training_finished", pictures=len(normal.names), seconds=round(stats["seconds"], 1),
        score_threshold=calibration.thresholds.score)
    return TrainingReport(normal.skipped, (*words, *_look_at([normal.names[index] for index in odd])), stats)


def _in_words(config: Config, calibration: Calibration, alarms: int, normal: NormalPictures) -> tuple[str, ...]:
    """What the thresholds rest on, for people."""
    held, left = calibration.held_out_scores, calibration.left_out_scores
    limit = calibration.thresholds.score
    return (
        f"Learned from {len(normal.names)} normal pictures in {normal.blocks.max() + 1} blocks of time and light.",
        f"The thresholds come from {len(held)} pictures that were held out, the last of every block, and from "
        f"{len(left)} pictures of whole blocks that were left out in turn, with a margin above both.",
        f"Dry pictures score up to {_percent(held, limit)} of the threshold in light that was learned, and up to "
        f"{_percent(left, limit)} in light that was left out for trial.{ADVICE if _far_apart(held, left) else ''}",
        *in_words(int((held > limit).sum()), alarms, len(held), config.monitor.frame_interval_seconds),
    )


def _look_at(odd: Sequence[str]) -> tuple[str, ...]:
    """odd: names of normal pictures that stand out."""
    if not odd:
        return ()
    these, them = ("This picture looks", "it") if len(odd) == 1 else ("These pictures look", "them")
    return (f"{these} unlike all others of the same time and light: {a_few(odd)}. Look at {them}: if something does "
            "not belong there (a drop, a hand, another bench), remove that picture and train again.",)


def _far_apart(held: np.ndarray, left: np.ndarray) -> bool:
    return bool(left.max() > FAR_APART * held.max())


def _percent(scores: np.ndarray, limit: float) -> str:
    return f"{100.0 * scores.max() / limit:.0f} %"


def _stats(name: str, calibration: Calibration, normal: NormalPictures, seconds: float) -> dict[str, object]:
    return {
        "pictures": len(normal.names), "skipped": list(normal.skipped),
        "blocks": [int(count) for count in np.bincount(normal.blocks)],
        "first_picture": normal.names[0], "last_picture": normal.names[-1],
        "seconds": seconds,
        "held_out_scores": _distribution(calibration.held_out_scores),
        "left_out_scores": _distribution(calibration.left_out_scores),
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}},
        "fingerprint": name,
    }


def _distribution(scores: np.ndarray) -> dict[str, float]:
    percentiles = {f"p{share:g}": float(np.percentile(scores, share)) for share in (50, 90, 99, 99.5)}
    return {"mean": float(scores.mean()), "std": float(scores.std()), **percentiles, "max": float(scores.max())}
