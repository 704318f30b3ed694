"""The room with its walls, and the bench that stands in it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.shapes import Shapes
from benchmarks.random_benches.surfaces import METAL, Surfaces

# In metres. The floor is at height 0, the bench stands in the middle of it.
BENCH_HEIGHT = 0.9
FARTHEST_BACK_EDGE = 0.6
CEILING_HEIGHT, WALL_HEIGHT = 3.1, 3.2
WALL_MIDDLE = 1.5
FLOOR_SIDE = 12
BLIND_WALL_X, FRONT_WALL_Y = 3, -4.5
WHITE_PAINT = (0.7, 0.7, 0.7)


@dataclass(frozen=True)
class Room:
    """back_y: where the wall behind the bench is. side: -1 when the window is on the left, 1 on the right.

    window_x: where the wall with the window is.
    """

    back_y: float
    side: int
    window_x: float


@dataclass(frozen=True)
class Bench:
    """front: y of its front edge. depth: from there to the back edge."""

    front: float
    depth: float

    def y(self, share: float) -> float:
        """A place on the bench. share: 0 at the front edge, 1 at the back edge."""
        return self.front + self.depth * share


def build_room(chance: Chance, shapes: Shapes, surfaces: Surfaces) -> Room:
    """Floor, ceiling and walls but for the one with the window, see lamps.py."""
    wall = surfaces.plain(chance.colour(0.25, 0.8, 0.06), 0.8, contrast=0.15,
                          pattern=chance.one_of((None, None, "tiles", "noise")))
    floor = surfaces.plain(chance.colour(0.1, 0.5, 0.08), chance.between(0.2, 0.7),
                           pattern=chance.one_of(("noise", "tiles", "speckle", None)))
    shapes.box((0, 0, -0.05), (FLOOR_SIDE, FLOOR_SIDE, 0.1), floor, bevel=0)
    back_y = chance.between(0.55, 1.3)
    side = chance.one_of((-1, 1))
    room = Room(back_y, side, side * chance.between(1.5, 2.2))
    # The room ends at the window: nothing may stand between it and the sun.
    middle, width = (room.window_x - side * 4) / 2, abs(room.window_x + side * 4)
    for centre, size, material in (
        ((middle, back_y + 0.05, WALL_MIDDLE), (width, 0.1, WALL_HEIGHT), wall),
        ((middle, 0, CEILING_HEIGHT), (width, FLOOR_SIDE, 0.1), surfaces.plain(WHITE_PAINT, 0.9)),
        ((middle, FRONT_WALL_Y, WALL_MIDDLE), (width, 0.1, WALL_HEIGHT), wall),
        ((-side * BLIND_WALL_X, 0, WALL_MIDDLE), (0.1, FLOOR_SIDE, WALL_HEIGHT), wall),
    ):
        shapes.box(centre, size, material, spillable=False, bevel=0)
    if chance.happens(0.5):
        _hang_poster(back_y, chance, shapes, surfaces)
    if chance.happens(0.4):
        _hang_shelf(back_y, chance, shapes, surfaces)
    return room


def _hang_poster(back_y: float, chance: Chance, shapes: Shapes, surfaces: Surfaces) -> None:
    """Or a board for tools."""
    shapes.box((chance.between(-0.8, 0.8), back_y - 0.01, chance.between(1.3, 1.7)),
               (chance.between(0.3, 1.2), 0.02, chance.between(0.3, 0.7)), surfaces.any(), spillable=False)


def _hang_shelf(back_y: float, chance: Chance, shapes: Shapes, surfaces: Surfaces) -> None:
    height = chance.between(1.4, 1.7)
    shapes.box((chance.between(-0.5, 0.5), back_y - 0.12, height), (chance.between(0.6, 1.6), 0.24, 0.025),
               surfaces.any())
    for _ in range(chance.count(1, 4)):
        shapes.cylinder((chance.between(-0.7, 0.7), back_y - 0.12, height + 0.0125),
                        chance.between(0.03, 0.06), chance.between(0.08, 0.2), surfaces.any())


def build_bench(room: Room, chance: Chance, shapes: Shapes, surfaces: Surfaces) -> Bench:
    """A board on a cupboard or on legs nobody sees."""
    top = _bench_top(chance, surfaces)
    depth = chance.between(0.6, 0.8)
    back = min(room.back_y, FARTHEST_BACK_EDGE)
    middle = back - depth / 2
    shapes.box((0, middle, BENCH_HEIGHT - 0.02), (chance.between(1.6, 3), depth, 0.04), top)
    if chance.happens(0.5):
        shapes.box((0, middle + 0.05, BENCH_HEIGHT / 2 - 0.03), (1.4, depth - 0.1, BENCH_HEIGHT - 0.06), surfaces.any())
    return Bench(back - depth, depth)


def _bench_top(chance: Chance, surfaces: Surfaces) -> bpy.types.Material:
    kind = chance.one_of(("black", "white", "wood", "steel", "stone", "any"))
    if kind == "black":
        return surfaces.plain(chance.colour(0.01, 0.04, 0.05), chance.between(0.15, 0.5),
                              pattern=chance.one_of((None, "speckle")))
    if kind == "white":
        return surfaces.plain(chance.colour(0.5, 0.8, 0.04), chance.between(0.2, 0.6),
                              pattern=chance.one_of((None, "noise")), contrast=0.1)
    if kind == "wood":
        return surfaces.plain(np.array((0.5, 0.3, 0.16)) * chance.between(0.4, 1.3), chance.between(0.3, 0.7),
                              pattern="wood", contrast=0.5)
    if kind == "steel":
        return surfaces.plain(chance.colour(0.4, 0.65, 0.02), chance.between(0.2, 0.45), METAL,
                              pattern="wood", contrast=0.15)
    if kind == "stone":
        return surfaces.plain(chance.colour(0.15, 0.5, 0.05), chance.between(0.15, 0.6),
                              pattern="speckle", contrast=0.6)
    return surfaces.any()
