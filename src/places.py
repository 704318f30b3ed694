"""Where in the picture an incident is: the places that people have been told of."""

from __future__ import annotations

from typing import Iterable, NamedTuple, Sequence

from src.blobs import Spot

# A puddle runs on, drips down, and is seen in pieces. What is no farther away than these shares of the picture's width
# and height is the same place: whoever looks there sees it. On a bench both are about as far.
SAME_PLACE_ACROSS, SAME_PLACE_DOWN = 0.125, 0.2


class Place(NamedTuple):
    """A box in the picture, as shares of the ROI from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


EVERYWHERE = Place(0.0, 0.0, 1.0, 1.0)


def place_of(spot: Spot | None) -> Place:
    """The box around a spot. An anomaly without a spot is everywhere."""
    if spot is None:
        return EVERYWHERE
    return Place(spot.left, spot.top, spot.left + spot.width, spot.top + spot.height)


def settle(places: Iterable[Place], spots: Iterable[Spot]) -> tuple[tuple[Place, ...], tuple[Spot, ...]]:
    """The places after these spots were seen, and the spots that are somewhere else, in their order.

    A spot at a known place makes it larger, so that it grows with its puddle, piece by piece.
    """
    known, elsewhere = list(places), list(spots)
    while (found := _at_a_place(known, elsewhere)) is not None:
        number, spot = found
        known[number] = _around(known[number], place_of(spot))
        elsewhere.remove(spot)
    return tuple(known), tuple(elsewhere)


def _at_a_place(places: Sequence[Place], spots: Sequence[Spot]) -> tuple[int, Spot] | None:
    """The first of the spots that is at one of the places, and the number of that place."""
    return next(((number, spot) for spot in spots for number, place in enumerate(places)
                 if _same(place, place_of(spot))), None)


def _same(place: Place, seen: Place) -> bool:
    """Whether two boxes overlap, or are at most so far apart across and down."""
    across = max(place.left, seen.left) - min(place.right, seen.right)
    down = max(place.top, seen.top) - min(place.bottom, seen.bottom)
    return across <= SAME_PLACE_ACROSS and down <= SAME_PLACE_DOWN


def _around(place: Place, seen: Place) -> Place:
    return Place(min(place.left, seen.left), min(place.top, seen.top),
                 max(place.right, seen.right), max(place.bottom, seen.bottom))
