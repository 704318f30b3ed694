"""Thresholds from pictures that the learning has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from src.config import Config
from src.detection import Scored, Scorer, Thresholds
from src.judge import shipped_judge
from src.learning import (
    AREA_MARGIN, FAINT_SHARE, FAINTNESS, KEPT_SHARE, LARGEST_RISE, LOG_ODDS_MARGIN, LOWEST_LIMIT, SMALLEST_NEW_LIGHT,
    STRANGE_TIMES, Calibration, Trial, calibrate, count_alarms, examine, far_out, hold_out, learn_scene, odd_ones,
)
from src.preprocess import resize
from src.scoring import error_at, log_odds_of
from tests.bench import PICTURES, SIZE, bench

SIDE = 100


def scored(log_odds: float, spot_side: int = 1, spot_log_odds: float | None = None, light_novelty: float = 0.0) -> Scored:
    """A picture whose highest pixels form a square spot, at these log odds or others than the score's."""
    errors = np.zeros((SIDE, SIDE), np.float32)
    errors[:spot_side, :spot_side] = error_at(log_odds if spot_log_odds is None else spot_log_odds)
    return Scored(error_at(log_odds), errors, light_novelty, np.zeros((3, SIDE, SIDE), np.float32))


def calibrated(
    held_out: list[Scored], left_out: list[Scored], left_blocks: list[int] | None = None,
) -> Calibration:
    of_left = np.array([0] * len(left_out) if left_blocks is None else left_blocks, int)
    trial = Trial(held_out, np.zeros(len(held_out), int), left_out, of_left)
    return calibrate(trial, Config().threshold, Config().heatmap_trigger)


def score_log_odds(calibration: Calibration) -> float:
    return log_odds_of(calibration.thresholds.score)


def test_the_last_pictures_of_every_block_are_held_out():
    known, held = hold_out(np.repeat([0, 1, 2], [10, 5, 2]), 0.2)
    assert held.tolist() == [8, 9, 14, 16]
    assert sorted([*known, *held]) == list(range(17))


@pytest.mark.parametrize(("held_out", "left_out", "reached"), [
    (3.5, None, 3.5),       # no block could be left out
    (2.0, 4.0, 4.0),        # tomorrow's light may be as new as that which was left out
    (2.0, 9.0, 2.0 + LARGEST_RISE),     # a block like no other says little about tomorrow
    (5.0, 2.0, 5.0),
])
def test_the_score_threshold_lies_above_held_out_pictures_and_above_left_out_blocks(held_out, left_out, reached):
    left = [] if left_out is None else [scored(left_out)] * 3
    assert score_log_odds(calibrated([scored(held_out)] * 3, left)) == pytest.approx(reached + LOG_ODDS_MARGIN, rel=1e-5)


def test_a_training_in_which_little_happened_gives_no_low_score_threshold():
    quiet = [scored(-1.0)] * 3
    assert score_log_odds(calibrated(quiet, quiet)) == pytest.approx(LOWEST_LIMIT, rel=1e-5)


def test_a_score_that_is_the_mean_of_the_picture_has_a_threshold_on_its_own_scale():
    of_the_mean = [scored(-4.0, spot_side=10, spot_log_odds=3.0)] * 3
    assert score_log_odds(calibrated(of_the_mean, [])) == pytest.approx(-4.0 + LOG_ODDS_MARGIN, rel=1e-5)


def test_a_pixel_is_unusual_a_little_below_the_score_threshold():
    thresholds = calibrated([scored(2.0)] * 3, [scored(4.0)] * 3).thresholds
    assert log_odds_of(thresholds.pixel) == pytest.approx(4.0 + LOG_ODDS_MARGIN - FAINTNESS, rel=1e-5)


def test_a_pixel_is_never_unusual_below_what_held_out_pixels_reach_whatever_the_score_is():
    """The score may be the mean of the picture, far below its highest pixels."""
    thresholds = calibrated([scored(-4.0, spot_side=10, spot_log_odds=3.0)] * 3, []).thresholds
    assert log_odds_of(thresholds.pixel) == pytest.approx(3.0, rel=1e-5)


@pytest.mark.parametrize(("side", "area"), [(3, int(np.ceil(FAINT_SHARE * SIDE * SIDE))), (20, 400)])
def test_a_faint_spot_counts_when_it_is_larger_than_those_of_dry_pictures_in_left_out_light(side, area):
    thresholds = calibrated([scored(2.0)] * 3, [scored(4.0, spot_side=side)] * 3).thresholds
    assert thresholds.blob_area == max(Config().heatmap_trigger.min_blob_area, area + 1)


@pytest.mark.parametrize(("below", "counts"), [(AREA_MARGIN - 0.1, True), (AREA_MARGIN + 0.1, False)])
def test_faint_spots_of_dry_pictures_count_from_a_little_below_the_level_of_an_unusual_pixel(below, counts):
    unusual = 4.0 + LOG_ODDS_MARGIN - FAINTNESS
    thresholds = calibrated([scored(4.0, spot_side=20, spot_log_odds=unusual - below)] * 3, []).thresholds
    assert log_odds_of(thresholds.pixel) == pytest.approx(unusual, rel=1e-5)
    assert (thresholds.blob_area > 20 * 20) == counts


def test_a_block_like_no_other_does_not_hide_the_size_of_faint_leaks():
    thresholds = calibrated([scored(2.0)] * 3, [scored(9.0, spot_side=50)] * 3).thresholds
    assert thresholds.blob_area < 50 * 50


@pytest.mark.parametrize(("novelty", "limit"), [(0.001, SMALLEST_NEW_LIGHT), (0.1, 0.15)])
def test_light_is_new_when_it_differs_clearly_more_than_that_of_any_held_out_picture(novelty, limit):
    assert calibrated([scored(2.0, light_novelty=novelty), scored(2.0)], []).thresholds.light_novelty == pytest.approx(limit)


NEW, NEWER = 1.1 * STRANGE_TIMES * SMALLEST_NEW_LIGHT, 5 * SMALLEST_NEW_LIGHT


@pytest.mark.parametrize(("left_out", "rises"), [
    ([(9.0, NEW)], [(NEW, KEPT_SHARE * (9.0 - 2.0 - LARGEST_RISE))]),   # half of what was cut off from the threshold
    ([(9.0, 0.9 * STRANGE_TIMES * SMALLEST_NEW_LIGHT)], []),            # its light is not that different
    ([(4.0, NEW)], []),                                                 # the threshold is high enough
    ([(6.0, NEW), (9.0, NEWER)],
     [(NEW, KEPT_SHARE * (6.0 - 2.0 - LARGEST_RISE)), (NEWER, KEPT_SHARE * (9.0 - 2.0 - LARGEST_RISE))]),
])
def test_a_block_like_no_other_raises_the_threshold_in_light_that_is_as_new(left_out, rises):
    left = [scored(log_odds, light_novelty=novelty) for log_odds, novelty in left_out for _ in range(3)]
    thresholds = calibrated([scored(2.0)] * 3, left, np.repeat(np.arange(len(left_out)), 3)).thresholds
    assert np.array(thresholds.light_rises) == pytest.approx(np.array(rises), rel=1e-5)


def test_the_light_of_a_left_out_block_is_compared_with_that_of_the_others():
    """Each block of this scene has a light of its own."""
    generator = np.random.default_rng(0)
    from_left, from_right = np.linspace(0.4, 1.6, 32), np.linspace(1.6, 0.4, 32)
    pictures = np.stack([
        np.clip(100 * light[None, :, None] + generator.normal(0, 2, (32, 32, 3)), 0, 255).astype(np.uint8)
        for light in (from_left, from_right) for _ in range(20)])
    blocks, watched = np.repeat([0, 1], 20), np.ones((32, 32), bool)
    scene, examination = learn_scene(pictures, blocks, watched, 0.2)
    scorer = Scorer(scene, shipped_judge(), Config().scoring)
    trial = examine(scorer, scene.subspace, pictures, blocks, examination, lambda done, total: None)
    assert max(one.light_novelty for one in trial.held_out) < SMALLEST_NEW_LIGHT
    assert min(one.light_novelty for one in trial.left_out) > 0.3
    assert trial.left_blocks.tolist() == [0] * 20 + [1] * 20


@pytest.mark.parametrize(("stream", "alarms"), [
    ("......|......", 0), (".xx...|......", 0), ("xxx...|......", 1), ("...xxx|xxx...", 2),
    ("xxxxxx|......", 1),      # one alarm that lasts
    ("xxx.........xxx|...", 2),
    ("....xx|x.....", 0),      # pictures of two blocks are not one run
])
def test_false_alarms_are_counted_as_the_monitor_would_raise_them(stream, alarms):
    pictures = [scored(9.0 if sign == "x" else 0.0) for sign in stream if sign != "|"]
    blocks = np.repeat([0, 1], [len(part) for part in stream.split("|")])
    limits = Thresholds(score=5.0, pixel=5.0, blob_area=1000, light_novelty=1.0)
    assert count_alarms(Trial(pictures, blocks, (), np.empty(0, int)), limits, Config().heatmap_trigger, 3) == alarms


@pytest.mark.parametrize(("log_odds", "found"), [
    ([0.0, 0.1, -0.1, 0.2] * 5, []),
    ([0.0, 0.1, -0.1, 5.0] + [0.0, 0.1, -0.1, 0.2] * 4, [3]),
    ([0.0, 0.1, -0.1, 4.0] + [0.0, 0.1, -0.1, 0.2] * 4, []),
    ([0.0, 1.0, -1.0, 7.0] + [0.0, 1.0, -1.0, 2.0] * 4, []),              # the others are far apart, too
    ([0.0, 0.1, 6.0, 9.0] + [0.0, 0.1, -0.1, 0.2] * 4, [3, 2]),           # the farthest first
    ([0.0, 0.1, -0.1, 0.2] * 3 + [6.0, 6.1, 5.9, 6.2, 6.0, 6.1, 5.9, 6.2], []),   # a block in a light of its own
])
def test_a_picture_far_above_the_others_of_its_block_stands_out(log_odds, found):
    blocks = np.repeat([0, 1], [12, 8])
    assert far_out(np.array(log_odds), blocks).tolist() == found


@pytest.mark.parametrize("foreign", [
    {}, {31: bench(31, leak_radius=8)}, {7: bench(7, leak_radius=12), 50: bench(50)[::-1]},
])
def test_a_picture_that_does_not_belong_there_is_found_whether_it_was_learnt_from_or_not(foreign):
    pictures = np.stack([resize(foreign.get(number, bench(number)), SIZE) for number in range(PICTURES)])
    blocks, watched = np.repeat([0, 1, 2, 3], PICTURES // 4), np.ones(pictures.shape[1:3], bool)
    scene, examination = learn_scene(pictures, blocks, watched, 0.2)
    scorer = Scorer(scene, shipped_judge(), Config().scoring)
    trial = examine(scorer, scene.subspace, pictures, blocks, examination, lambda done, total: None)
    steps = []
    odd = odd_ones(scorer, pictures, blocks, examination, trial, lambda *step: steps.append(step))
    assert sorted(odd.tolist()) == sorted(foreign) and steps[-1] == (PICTURES, PICTURES)
