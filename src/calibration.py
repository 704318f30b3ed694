"""Are the thresholds right? The scores of normal pictures, and new thresholds from them if wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from src.artifacts import check_model, load_scene, store_threshold, threshold_document, thresholds_of
from src.atomic_file import write_bytes, write_json
from src.clock import Clock
from src.config import Config
from src.detection import Scorer, Thresholds
from src.errors import UserError
from src.false_alarms import alarms_per_day, frames_per_day, in_words
from src.judge import shipped_judge
from src.learning import Trial, calibrate, count_alarms, examine, learn_scene
from src.normal_pictures import NormalPictures, load_normal_pictures
from src.plots import score_histogram
from src.preprocess import same_area

Progress = Callable[[str, int, int], None]
FEWEST_PICTURES = 10
SAME = 1e-3     # thresholds that differ by a smaller share are the same; another PC computes a little differently


@dataclass(frozen=True)
class CalibrationReport:
    """Where the histogram and the numbers are, and the sentences for the user."""

    histogram: Path
    numbers: Path
    sentences: tuple[str, ...]


def calibrate_thresholds(
    config: Config, input_dir: Path | None, write_threshold: bool, clock: Clock, progress: Progress,
) -> CalibrationReport:
    """Score normal pictures, compare them with the thresholds in use, and replace these if asked to.

    input_dir: other normal pictures than those of the training; all of them then count as new to the model.
    progress: told (what is being done, done, in all). Raises UserError when there is no model that fits, when the
    pictures are too few or not of the size of those of the training.
    """
    if input_dir is not None and input_dir.resolve() == config.paths.data_normal_dir.resolve():
        input_dir = None
    judge = shipped_judge()
    in_use = check_model(config, judge.name)
    scene, _ = load_scene(config.paths.model_dir)
    normal = load_normal_pictures(
        input_dir or config.paths.data_normal_dir, config.roi, config.image,
        lambda done, total: progress("Reading pictures", done, total), FEWEST_PICTURES)
    if normal.watched.shape != scene.watched.shape or not same_area(normal.watched, scene.watched):
        raise UserError(f"The pictures in {input_dir or config.paths.data_normal_dir} are of another size than those "
                        "of the training, so that the model cannot judge them. Use pictures of the same camera with the "
                        "same settings, or double-click run_train.bat first.")
    scorer = Scorer(scene, judge, config.scoring)
    report_score = lambda done, total: progress("Scoring", done, total)  # noqa: E731
    if input_dir is None:
        _, examination = learn_scene(
            normal.pictures, normal.blocks, normal.watched, config.training.validation_split)
        trial = examine(scorer, scene.subspace, normal.pictures, normal.blocks, examination, report_score)
    else:
        scored = []
        for picture in normal.pictures:
            scored.append(scorer.score(scene.subspace, picture))
            report_score(len(scored), len(normal.pictures))
        trial = Trial(scored, normal.blocks, (), np.empty(0, int))
    return _report(config, in_use, trial, normal, input_dir, write_threshold, judge.name, clock)


def _report(
    config: Config, in_use: dict[str, object], trial: Trial, normal: NormalPictures, input_dir: Path | None,
    write_threshold: bool, judge_name: str, clock: Clock,
) -> CalibrationReport:
    now = clock.now()
    calibration = calibrate(trial, config.threshold, config.heatmap_trigger)
    scores = np.concatenate([calibration.held_out_scores, calibration.left_out_scores])
    limits = thresholds_of(in_use)
    pictures, interval = len(calibration.held_out_scores), config.monitor.frame_interval_seconds
    over = int((calibration.held_out_scores > limits.score).sum())
    alarms = count_alarms(trial, limits, config.heatmap_trigger, config.monitor.consecutive_anomalies)
    frame_rate = frames_per_day(over, pictures, interval)
    alarm_rate = alarms_per_day(alarms, frame_rate.hours)
    folder = config.paths.reports_dir / "threshold_calibration"
    histogram = folder / f"scores_{now:%Y%m%d_%H%M%S}.png"
    numbers = histogram.with_name(f"stats_{now:%Y%m%d_%H%M%S}.json")
    title = f"{len(scores)} normal pictures, {int((scores > in_use['score_threshold']).sum())} over the threshold"
    write_bytes(histogram, score_histogram(scores, limits.score, title))
    words = (
        f"{len(normal.names)} normal pictures read, " + (
            f"{len(scores)} scored that the model has not learned from." if input_dir is None else
            f"all of them scored. That holds for pictures from {input_dir} that the model has not learned from."),
        f"Threshold in use {in_use['score_threshold']:.4g}; these pictures suggest {calibration.thresholds.score:.4g} "
        f"({100 * calibration.thresholds.score / in_use['score_threshold']:.0f} % of it).",
        *in_words(over, alarms, pictures, interval),
    )
    write_json(numbers, {
        "pictures": len(normal.names), "skipped": list(normal.skipped), "scored": len(scores),
        "threshold_in_use": limits.score, "suggested_threshold": calibration.thresholds.score,
        "suggested_blob_area_threshold": calibration.thresholds.blob_area,
        "blob_area_threshold_in_use": in_use["blob_area_threshold"],
        "score_percentiles": {f"p{share:g}": float(np.percentile(scores, share)) for share in (50, 90, 95, 99, 99.5, 100)},
        "frames_over_threshold_per_day": frame_rate.expected,
        "frames_over_threshold_per_day_at_most": frame_rate.at_most,
        "false_alarms_per_day": alarm_rate.expected, "false_alarms_per_day_at_most": alarm_rate.at_most,
        "written": write_threshold, "in_words": list(words),
    })
    if write_threshold:
        document = threshold_document(config, judge_name, calibration.thresholds, in_use["files"], words, now)
        backup = store_threshold(config.paths.model_dir, document, now)
        words = (*words, f"The new threshold is in use. The former one is kept in {backup}.")
    elif _alike(calibration.thresholds, limits):
        words = (*words, "Nothing was changed, and nothing has to be: the threshold in use is the suggested one.")
    else:
        same_pictures = "" if input_dir is None else f'--input_dir "{input_dir}" '
        words = (*words, "Nothing was changed. To use the suggested threshold, type run_threshold_calibration.bat "
                 f"{same_pictures}--write_threshold (chapter 15 of USER_GUIDE.md says where).")
    return CalibrationReport(histogram, numbers, words)


def _alike(one: Thresholds, other: Thresholds) -> bool:
    first, second = (np.hstack([limits.score, limits.pixel, limits.blob_area, limits.light_novelty, *limits.light_rises])
                     for limits in (one, other))
    return first.shape == second.shape and np.allclose(first, second, rtol=SAME)
