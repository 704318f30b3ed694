"""Boxes in the picture: which are the same place."""

from __future__ import annotations

from itertools import permutations

import pytest

from src.blobs import Spot
from src.places import EVERYWHERE, Place, place_of, settle

HERE = Place(0.4, 0.4, 0.5, 0.5)


def spot(left: float, top: float, side: float = 0.05) -> Spot:
    return Spot(area_pixels=60, area_percent=0.1, left=left, top=top, width=side, height=side)


def test_the_place_of_a_spot_is_its_box_and_without_a_spot_it_is_everywhere():
    assert place_of(spot(0.25, 0.5, side=0.25)) == Place(0.25, 0.5, 0.5, 0.75)
    assert place_of(None) == EVERYWHERE


@pytest.mark.parametrize(("seen", "elsewhere"), [
    (spot(0.42, 0.42), False),              # inside
    (spot(0.3, 0.3, side=0.5), False),      # around it
    (spot(0.55, 0.42), False),              # beside it
    (spot(0.55, 0.55), False),              # across the corner
    (spot(0.60, 0.68), False),
    (spot(0.65, 0.42), True),
    (spot(0.20, 0.42), True),
    (spot(0.42, 0.72), True),
    (spot(0.42, 0.13), True),
])
def test_a_spot_is_elsewhere_more_than_an_eighth_of_the_width_or_a_fifth_of_the_height_away(seen, elsewhere):
    assert settle((HERE,), (seen,))[1] == ((seen,) if elsewhere else ())


def test_a_spot_at_a_place_makes_it_larger_and_never_smaller():
    grown, _ = settle((HERE,), (spot(0.375, 0.5, side=0.25),))
    assert grown == (Place(0.375, 0.4, 0.625, 0.75),)
    assert settle(grown, (spot(0.42, 0.42),))[0] == grown


def test_spots_elsewhere_come_back_in_their_order_and_are_no_places_yet():
    far, farther = spot(0.8, 0.8), spot(0.0, 0.0)
    assert settle((HERE,), (far, spot(0.42, 0.42), farther)) == ((HERE,), (far, farther))


def test_the_pieces_of_one_puddle_are_one_place_whichever_is_seen_first():
    pieces = spot(0.875, 0.42), spot(0.75, 0.42), spot(0.625, 0.42)       # each near to the next only
    for order in permutations(pieces):
        assert settle((HERE,), order) == ((Place(0.4, 0.4, 0.925, 0.5),), ())


def test_everywhere_leaves_no_room_for_elsewhere():
    assert settle((EVERYWHERE,), (spot(0.0, 0.0), spot(0.95, 0.95)))[1] == ()
