"""From the judge's map to one number a picture."""

from __future__ import annotations

import math

import numpy as np
import pytest

from src.config import ScoringSettings
from src.scoring import error_at, errors_of, frame_score, log_odds_of

ALL = np.ones((4, 5), bool)


def settings(**changes: object) -> ScoringSettings:
    return ScoringSettings.model_validate(changes)


@pytest.mark.parametrize(("log_odds", "error"), [(0.0, math.log(2)), (20.0, 20.0), (-20.0, math.exp(-20)), (200.0, 200.0)])
def test_the_error_is_the_log_odds_of_a_leak_or_nearly_nothing(log_odds, error):
    errors = errors_of(np.full((4, 5), log_odds, np.float32), ALL)
    assert errors.dtype == np.float32
    assert errors == pytest.approx(error, rel=1e-5)


def test_the_error_is_zero_where_nothing_is_watched():
    watched = ALL.copy()
    watched[1, 2] = False
    errors = errors_of(np.full((4, 5), 3.0, np.float32), watched)
    assert errors[1, 2] == 0.0 and (errors[watched] > 3.0).all()


ERRORS = np.arange(20, dtype=np.float32).reshape(4, 5)


@pytest.mark.parametrize(("changes", "expected"), [
    ({"method": "mean"}, 9.5),
    ({"topk_percent": 100, "topk_min_pixels": 1}, 9.5),
    ({"topk_percent": 10, "topk_min_pixels": 1}, 18.5),      # the 2 highest
    ({"topk_percent": 10, "topk_min_pixels": 4}, 17.5),      # at least 4
    ({"topk_percent": 1, "topk_min_pixels": 1}, 19.0),       # never fewer than 1
    ({"topk_percent": 1, "topk_min_pixels": 1000}, 9.5),     # no more than there are
])
def test_the_score_is_the_mean_of_all_or_of_the_highest_pixels(changes, expected):
    assert frame_score(ERRORS, ALL, settings(**changes)) == pytest.approx(expected)


@pytest.mark.parametrize("method", ["mean", "topk"])
def test_pixels_that_are_not_watched_have_no_part_in_the_score(method):
    watched = ERRORS < 10
    score = frame_score(ERRORS, watched, settings(method=method, topk_percent=20, topk_min_pixels=1))
    assert score == pytest.approx({"mean": 4.5, "topk": 8.5}[method])


@pytest.mark.parametrize("log_odds", [-30.0, -4.0, 0.0, 3.0, 900.0])
def test_errors_and_log_odds_are_the_same_thing_on_two_scales(log_odds):
    assert error_at(log_odds) == pytest.approx(errors_of(np.full((1, 1), log_odds), np.ones((1, 1), bool))[0, 0])
    assert log_odds_of(error_at(log_odds)) == pytest.approx(log_odds)
