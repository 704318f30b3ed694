from __future__ import annotations

import pytest

from src.false_alarms import alarms_in_words, alarms_per_day, frames_in_words, frames_per_day, share_at_most


@pytest.mark.parametrize(
    "hits, of, expected", [(0, 60, 0.04870), (1, 60, 0.07661), (0, 1, 0.95), (5, 5, 1.0), (3, 20, 0.34366)]
)
def test_the_share_bound_is_the_published_clopper_pearson_one(hits, of, expected):
    assert share_at_most(hits, of) == pytest.approx(expected, abs=1e-4)


def test_nothing_in_three_hours_excludes_only_more_than_24_a_day():
    rate = alarms_per_day(0, hours=3.0)
    assert rate.expected == 0.0
    assert rate.at_most == pytest.approx(24.0, rel=0.002)
    assert alarms_in_words(rate) == (
        "No false alarm in 3 h of normal pictures: expect about 0 a day. "
        "So short a time cannot say more than at most 24 a day (95 % sure); that is no forecast. "
        "A quiet night of 10 h will say at most 7.2 a day."
    )


def test_a_quiet_night_is_not_told_to_wait_for_a_quiet_night():
    assert alarms_in_words(alarms_per_day(0, hours=10.0)) == (
        "No false alarm in 10 h of normal pictures: expect about 0 a day, at most 7.2 (95 % sure)."
    )


def test_false_alarms_that_came_are_counted_and_expected():
    assert alarms_in_words(alarms_per_day(1, hours=12.0)) == (
        "1 false alarm in 12 h of normal pictures: expect about 2 a day, at most 9.5 (95 % sure)."
    )
    assert alarms_in_words(alarms_per_day(2, hours=0.5)).startswith("2 false alarms in 30 min of normal pictures: ")


@pytest.mark.parametrize("alarms, expected", [(0, 2.9957), (1, 4.7439), (2, 6.2958), (10, 16.9622)])
def test_the_count_bound_is_the_published_garwood_one(alarms, expected):
    assert alarms_per_day(alarms, hours=24.0).at_most == pytest.approx(expected, abs=1e-3)


def test_a_percentile_of_99_5_at_one_picture_a_second_means_432_pictures_a_day():
    rate = frames_per_day(hits=5, of=1000, frame_interval_seconds=1.0)
    assert rate.expected == pytest.approx(432.0)
    assert rate.at_most > rate.expected
    assert frames_in_words(rate) == (
        "5 of the normal pictures it was tried on, 17 min of watching, were over the threshold: "
        "expect about 430 such pictures a day, at most 910 (95 % sure). "
        "A single one is no alarm: an alarm needs several in the same place."
    )


def test_few_pictures_prove_little_and_that_is_said_plainly():
    rate = frames_per_day(0, 80, 1.0)
    assert rate.at_most > 3000
    assert frames_in_words(rate) == (
        "None of the normal pictures it was tried on, 1 min of watching, was over the threshold: "
        "expect about 0 such pictures a day. So few pictures cannot say more than at most 3200 a day (95 % sure). "
        "A single one is no alarm: an alarm needs several in the same place."
    )


def test_one_picture_over_the_threshold_is_singular():
    assert frames_in_words(frames_per_day(1, 80, 1.0)).startswith(
        "1 of the normal pictures it was tried on, 1 min of watching, was over the threshold: expect about 1100 such"
    )


@pytest.mark.parametrize("hits, of", [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(hits, of):
    with pytest.raises(ValueError, match="expected 0 <= hits <= of"):
        share_at_most(hits, of)


def test_no_footage_is_refused():
    with pytest.raises(ValueError, match="hours > 0"):
        alarms_per_day(0, hours=0.0)


def test_large_numbers_are_said_without_exponents():
    assert "at most 9800 a day (95 % sure)" in frames_in_words(frames_per_day(0, 25, 1.0))
