"""Connected spots, in small drawings: "#" is a pixel at the threshold, "." one just below it, "!" one far above."""

from __future__ import annotations

import numpy as np
import pytest

from src.blobs import MOST_SPOTS, Spot, find_spots

THRESHOLD = 0.5


def drawn(*rows: str) -> np.ndarray:
    below = np.nextafter(np.float32(THRESHOLD), np.float32(0))
    errors = {"#": THRESHOLD, ".": below, "!": 9.0}
    return np.array([[errors[sign] for sign in row] for row in rows], np.float32)


def test_nothing_stands_out():
    assert find_spots(drawn("....", "...."), THRESHOLD, 8) is None


def test_the_largest_of_several_spots_with_its_place_as_shares_of_the_picture():
    errors = drawn("#.....##..",
                   "......##..",
                   "......###.",
                   "..........",
                   "##........")
    assert find_spots(errors, THRESHOLD, 8).largest == Spot(
        area_pixels=7, area_percent=pytest.approx(14.0), left=0.6, top=0.0, width=pytest.approx(0.3), height=0.6)


@pytest.mark.parametrize(("connectivity", "area"), [(4, 2), (8, 5)])
def test_pixels_that_touch_at_a_corner_belong_together_only_if_wanted(connectivity, area):
    errors = drawn("##...",
                   "..#..",
                   "...##")
    assert find_spots(errors, THRESHOLD, connectivity).largest.area_pixels == area


def test_a_spot_may_fill_the_picture():
    spots = find_spots(drawn("##", "##"), THRESHOLD, 4)
    assert spots.largest == Spot(area_pixels=4, area_percent=100.0, left=0.0, top=0.0, width=1.0, height=1.0)


def test_the_strongest_spot_may_be_smaller_than_the_largest():
    spots = find_spots(drawn("###....",
                             "###..!#",
                             "###...."), THRESHOLD, 8)
    assert spots.largest.area_pixels == 9
    assert (spots.strongest.area_pixels, spots.strongest.left, spots.strongest.top) == (2, 5 / 7, 1 / 3)


def test_strong_spots_and_large_spots_stand_out_by_themselves_largest_first():
    errors = drawn("!....##..",
                   ".....##..",
                   "..#......",
                   "......##!")
    found = find_spots(errors, THRESHOLD, 8, strong_above=1.0, large_from=4)
    assert [spot.area_pixels for spot in found.standing_out] == [4, 3, 1]
    assert find_spots(errors, THRESHOLD, 8).standing_out == ()


@pytest.mark.parametrize(("limits", "areas"), [
    ({"strong_above": THRESHOLD}, []),                                              # at it is not above it
    ({"strong_above": float(np.nextafter(np.float32(THRESHOLD), np.float32(0)))}, [3]),
    ({"large_from": 3}, [3]),
    ({"large_from": 4}, []),
    ({"strong_above": 0.0}, [3]),                                                   # never the background
])
def test_a_spot_is_strong_above_the_limit_and_large_from_it_on(limits, areas):
    found = find_spots(drawn("###..", "....."), THRESHOLD, 8, **limits)
    assert [spot.area_pixels for spot in found.standing_out] == areas


def test_only_the_largest_of_very_many_spots_are_named():
    errors = np.zeros((60, 60), np.float32)
    errors[::2, ::2] = 9.0
    assert len(find_spots(errors, THRESHOLD, 8, large_from=1).standing_out) == MOST_SPOTS
