from __future__ import annotations

import numpy as np
import pytest

from benchmarks.references import (
    BackgroundSubtractor, MeanPicture, Reference, largest_foreground, last_of_every_block, top_error,
)
from src.clock import VirtualClock
from src.config import RoiSettings
from src.image_files import write_png


def dry(number: int) -> np.ndarray:
    """A grey bench with a little noise, another one for every number."""
    noise = np.random.default_rng(number).integers(-4, 5, (256, 256, 3))
    return (128 + noise).astype(np.uint8)


def wet(number: int) -> np.ndarray:
    picture = dry(number)
    picture[100:130, 60:100] = (200, 60, 20)
    return picture


def test_the_score_is_the_mean_of_the_highest_hundredth():
    picture, expected = np.zeros((20, 20, 3), np.float32), np.zeros((20, 20, 3), np.float32)
    picture[3, 4], picture[9, 9] = 1.0, 0.5
    picture[0, :2] = 0.1
    assert top_error(picture, expected) == pytest.approx((1.0 + 0.25 + 2 * 0.01) / 4)


def test_only_the_largest_foreground_counts_and_shadows_do_not():
    mask = np.zeros((100, 100), np.uint8)
    mask[10:20, 10:20] = 255
    mask[50:60, 50:70] = 255
    mask[80:90, :] = 127
    assert largest_foreground(mask) == pytest.approx(2.0)


def test_a_mask_without_foreground_scores_nothing():
    assert largest_foreground(np.zeros((100, 100), np.uint8)) == 0.0


def test_the_last_fifth_of_every_block_is_held_out():
    blocks = np.array([0] * 10 + [1] * 5)
    assert np.flatnonzero(last_of_every_block(blocks)).tolist() == [8, 9, 14]


@pytest.mark.parametrize("scorer", [MeanPicture, BackgroundSubtractor])
def test_a_leak_scores_higher_than_a_dry_picture(scorer):
    way = scorer()
    way.learn(np.stack([dry(number) for number in range(12)]))
    dry_score, wet_score = way.scores([dry(50), wet(51)])
    assert wet_score > 2 * dry_score


def test_mog2_learns_what_stays_when_it_follows_but_not_when_pictures_are_judged_alone():
    way = BackgroundSubtractor()
    way.learn(np.stack([dry(number) for number in range(12)]))
    shown = [wet(number) for number in range(60)]
    followed, alone = list(way.scores_in_order(shown)), list(way.scores(shown))
    assert followed[-1] < 0.5 * followed[0]
    assert alone[-1] > 0.9 * alone[0]


@pytest.fixture
def reference(tmp_path, clock: VirtualClock) -> Reference:
    for number in range(20):
        write_png(tmp_path / "normal" / f"{number:02d}.png", dry(number))
    return Reference("mean picture", MeanPicture(), tmp_path / "normal", RoiSettings(), clock)


def test_a_reference_flags_a_leak_and_not_a_dry_picture(reference, tmp_path):
    write_png(tmp_path / "wet.png", wet(90))
    write_png(tmp_path / "dry.png", np.full((256, 256, 3), 128, np.uint8))
    answers = reference.stills([tmp_path / "wet.png", tmp_path / "dry.png"])
    assert [answer.flagged for answer in answers] == [True, False]


def test_a_reference_reports_the_third_flagged_picture_in_a_row(reference, tmp_path):
    for number, made in enumerate((dry, wet, wet, wet, wet)):
        write_png(tmp_path / "night" / f"{number}.png", made(0))
    replayed = reference.in_order(tmp_path / "night", 1.5)
    assert replayed.flagged == (False, True, True, True, True)
    assert replayed.alerts == (3,)
