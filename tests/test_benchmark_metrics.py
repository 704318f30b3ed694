from __future__ import annotations

import pytest

from benchmarks.metrics import (
    FoundFrom, Sighting, alarms_in_a_row, auroc, found_from, found_without_false, share, share_by_group,
)


def sightings(**found_lightings: int) -> list[Sighting]:
    """Five lightings of every size: size_0_05=4 means that 0.05 % is found in four of them."""
    return [Sighting(float(name.removeprefix("size_").replace("_", ".")), lighting < count)
            for name, count in found_lightings.items() for lighting in range(5)]


def test_leaks_above_all_normal_pictures_have_the_best_auroc():
    assert auroc([1, 2, 3], [4, 5]) == 1.0


def test_leaks_below_all_normal_pictures_have_the_worst_auroc():
    assert auroc([4, 5], [1, 2, 3]) == 0.0


def test_equal_scores_say_nothing():
    assert auroc([1, 1], [1, 1, 1]) == 0.5


def test_auroc_counts_pairs():
    assert auroc([1, 3], [2, 4]) == 3 / 4


def test_auroc_needs_both_sides():
    with pytest.raises(ValueError):
        auroc([], [1.0])


def test_a_leak_as_high_as_the_highest_normal_picture_is_not_found_without_false_ones():
    assert found_without_false([1, 5], [4, 5, 6, 7]) == 0.5


def test_a_kind_is_found_from_the_smallest_size_above_every_missed_one():
    assert found_from(sightings(size_0_02=5, size_0_05=3, size_0_1=4, size_0_3=5)) == FoundFrom(0.1, 0.05)


def test_a_kind_that_is_always_found_has_no_missed_size():
    assert found_from(sightings(size_0_02=4, size_0_05=5)) == FoundFrom(0.02, None)


def test_a_kind_whose_largest_size_is_missed_is_not_found():
    assert found_from(sightings(size_0_02=5, size_0_05=3)) == FoundFrom(None, 0.05)


def test_the_share_of_nothing_is_refused():
    with pytest.raises(ValueError):
        share([])


def test_shares_come_in_the_order_of_the_groups():
    shares = share_by_group(["noon", "night", "noon", "night"], [True, False, False, False])
    assert shares == {"noon": 0.5, "night": 0.0}
    assert list(shares) == ["noon", "night"]


@pytest.mark.parametrize("stream, alarms", [
    ("...", []), ("xxx", [2]), ("xx.xx.", []), ("xxxxxxx", [2]), ("xxx.xxxx", [2, 6]),
])
def test_an_alarm_is_the_third_flagged_picture_in_a_row(stream, alarms):
    assert alarms_in_a_row([mark == "x" for mark in stream], 3) == alarms
