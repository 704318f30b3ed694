"""What stands and lies on the bench: the battery in its tray, bottles, pumps, hoses, and what people leave there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from mathutils import Vector

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.room import BENCH_HEIGHT, Bench
from benchmarks.random_benches.shapes import Shapes
from benchmarks.random_benches.surfaces import METAL, Surfaces

SHEET = 0.004
PAPER = (0.8, 0.8, 0.78)
# A4, in metres.
PAGE = (0.21, 0.297)
BLACK, BLUISH = (0.02, 0.02, 0.02), (0.5, 0.6, 0.8)
# From the foot up: share of the height, share of the radius.
BOTTLE = ((0, 0.95), (0.02, 1), (0.72, 1), (0.85, 0.45), (1, 0.42))


@dataclass(frozen=True)
class Area:
    """Where the batteries stand, in metres. x, y: its middle. z: its height above the floor."""

    x: float
    y: float
    z: float
    width: float
    depth: float


class Furniture:
    """Puts things on a bench."""

    def __init__(self, bench: Bench, chance: Chance, shapes: Shapes, surfaces: Surfaces) -> None:
        self._bench, self._chance, self._shapes, self._surfaces = bench, chance, shapes, surfaces

    def place(self) -> None:
        """All of it."""
        self._connect(self._place_battery())
        self._place_cables()
        self._place_clutter()
        self._place_lights()

    def _place_battery(self) -> list[Vector]:
        """Stacks, bottles and pumps. Returns where hoses can be plugged in."""
        chance, bench = self._chance, self._bench
        if chance.happens(0.75):
            area = self._tray()
        else:
            area = Area(chance.between(-0.2, 0.2), bench.front + bench.depth / 2, BENCH_HEIGHT, 0.6, 0.3)
        ports = []
        for _ in range(chance.count(1, 2)):
            x = area.x + chance.between(-0.35, 0.35) * area.width
            ports.append(self._stack(x, area.y + chance.between(-0.2, 0.3) * area.depth, area.z))
        for _ in range(chance.count(1, 4)):
            x = chance.between(-0.6, 0.6)
            ports.append(self._bottle(x, bench.y(chance.between(0.3, 0.85)), BENCH_HEIGHT))
        for _ in range(chance.count(0, 2)):
            x = chance.between(-0.6, 0.6)
            ports.append(self._pump(x, bench.y(chance.between(0.3, 0.8)), BENCH_HEIGHT))
        return ports

    def _tray(self) -> Area:
        """A tray that is to catch a leak."""
        chance, box = self._chance, self._shapes.box
        width, depth, height = chance.between(0.35, 0.75), chance.between(0.25, 0.4), chance.between(0.02, 0.06)
        x, y = chance.between(-0.25, 0.25), self._bench.y(chance.between(0.4, 0.6))
        if chance.happens(0.5):
            material = self._surfaces.plain(chance.colour(0.4, 0.65, 0.02), chance.between(0.15, 0.4), METAL)
        else:
            material = self._surfaces.any()
        box((x, y, BENCH_HEIGHT + SHEET / 2), (width, depth, SHEET), material, bevel=0)
        for right, back, along_x, along_y in (
            (0, -depth / 2, width, SHEET), (0, depth / 2, width, SHEET),
            (-width / 2, 0, SHEET, depth), (width / 2, 0, SHEET, depth),
        ):
            box((x + right, y + back, BENCH_HEIGHT + height / 2), (along_x, along_y, height), material, bevel=0)
        return Area(x, y, BENCH_HEIGHT + SHEET, width, depth)

    def _stack(self, x: float, y: float, z: float) -> Vector:
        """Cells side by side between two end plates."""
        chance = self._chance
        plates, width, height = chance.count(5, 21), chance.between(0.1, 0.2), chance.between(0.12, 0.24)
        thickness = chance.between(0.008, 0.02)
        cells = [self._surfaces.any() for _ in range(chance.count(2, 3))]
        turn = chance.between(-0.5, 0.5)
        end = self._surfaces.any()
        for number in range(plates):
            along = (number - plates / 2) * thickness
            centre = (x + along * math.cos(turn), y + along * math.sin(turn), z + height / 2)
            if number in (0, plates - 1):
                size, material = (thickness * 1.5, width * 1.15, height * 1.05), end
            else:
                size, material = (thickness, width, height), cells[number % len(cells)]
            self._shapes.box(centre, size, material, turn, bevel=0.001)
        return Vector((x, y, z + height * 0.8))

    def _bottle(self, x: float, y: float, z: float) -> Vector:
        """A bottle of electrolyte with a cap."""
        chance, surfaces, cylinder = self._chance, self._surfaces, self._shapes.cylinder
        radius, height = chance.between(0.03, 0.075), chance.between(0.12, 0.28)
        cylinder((x, y, z + 0.003), radius * 0.94, height * chance.between(0.35, 0.7), surfaces.electrolyte(),
                 spillable=False)
        cylinder((x, y, z), radius, height, surfaces.glass(), profile=BOTTLE, spillable=False)
        cylinder((x, y, z + height), radius * 0.5, height * 0.1, surfaces.plain(chance.vivid(), 0.4), spillable=False)
        return Vector((x, y, z + height * 1.08))

    def _pump(self, x: float, y: float, z: float) -> Vector:
        """A box with a round pump head in front."""
        material, side = self._surfaces.any(), self._chance.between(0.08, 0.14)
        self._shapes.box((x, y, z + side * 0.5), (side, side * 1.4, side), material, self._chance.between(-0.6, 0.6))
        self._shapes.cylinder((x, y - side * 0.7, z + side * 0.5), side * 0.3, side * 0.25, self._surfaces.any(),
                              lying=True)
        return Vector((x, y, z + side))

    def _connect(self, ports: list[Vector]) -> None:
        """Hoses from port to port, full of electrolyte or not transparent."""
        chance = self._chance
        for _ in range(chance.count(1, 5)):
            first, second = chance.generator.choice(len(ports), 2, replace=len(ports) < 2)
            start, end = ports[first], ports[second]
            middle = (start + end) / 2 + Vector(
                (chance.between(-0.1, 0.1), chance.between(-0.15, 0.05), chance.between(-0.05, 0.2)))
            if chance.happens(0.5):
                material = self._surfaces.electrolyte()
            else:
                material = self._surfaces.plain(chance.colour(0.02, 0.7), 0.3)
            above_start = start + Vector((0, -0.02, chance.between(0.02, 0.1)))
            above_end = end + Vector((0, -0.02, chance.between(0.02, 0.1)))
            self._shapes.tube([start, above_start, middle, above_end, end], chance.between(0.003, 0.008), material)

    def _place_cables(self) -> None:
        chance = self._chance
        for _ in range(chance.count(0, 3)):
            points = [Vector((chance.between(-0.7, 0.7), self._bench.y(chance.between(0.1, 0.9)),
                              BENCH_HEIGHT + 0.004)) for _ in range(4)]
            radius = chance.between(0.002, 0.004)
            colour = chance.one_of((chance.vivid(), np.array(BLACK)))
            self._shapes.tube(points, radius, self._surfaces.plain(colour, 0.5))

    def _place_clutter(self) -> None:
        """Instruments, paper, a roll of towels, a stand."""
        chance, bench, surfaces, shapes = self._chance, self._bench, self._surfaces, self._shapes
        for _ in range(chance.count(0, 3)):
            width, depth, height = chance.between(0.06, 0.3), chance.between(0.05, 0.2), chance.between(0.03, 0.2)
            x, y = chance.between(-0.75, 0.75), bench.y(chance.between(0.15, 0.9))
            shapes.box((x, y, BENCH_HEIGHT + height / 2), (width, depth, height), surfaces.any(),
                       chance.between(-0.5, 0.5))
        for _ in range(chance.count(0, 2)):
            x, y = chance.between(-0.7, 0.7), bench.y(chance.between(0.12, 0.6))
            paper = surfaces.plain(PAPER, 0.9, pattern=chance.one_of((None, "wave")), contrast=0.6)
            shapes.box((x, y, BENCH_HEIGHT + 0.001), (*PAGE, 0.001), paper, chance.between(-1, 1), bevel=0)
        if chance.happens(0.4):
            shapes.cylinder((chance.between(-0.7, 0.7), bench.y(0.7), BENCH_HEIGHT), chance.between(0.04, 0.07),
                            chance.between(0.15, 0.25), surfaces.plain(PAPER, 0.95))
        if chance.happens(0.5):
            x, y = chance.between(-0.6, 0.6), bench.y(0.8)
            rod = surfaces.plain(chance.colour(0.4, 0.6, 0.02), 0.3, METAL)
            shapes.cylinder((x, y, BENCH_HEIGHT), 0.006, chance.between(0.4, 0.7), rod, spillable=False)
            foot = surfaces.plain(chance.colour(0.05, 0.3), 0.5)
            shapes.box((x, y, BENCH_HEIGHT + 0.008), (0.14, 0.2, 0.016), foot)

    def _place_lights(self) -> None:
        """A display, and indicator lamps here and there: all that shines at night."""
        chance, bench, surfaces, shapes = self._chance, self._bench, self._surfaces, self._shapes
        if chance.happens(0.6):
            x, y = chance.between(-0.7, 0.7), bench.y(0.85)
            width, height = chance.between(0.15, 0.45), chance.between(0.08, 0.28)
            middle = BENCH_HEIGHT + height / 2 + 0.03
            shapes.box((x, y + 0.015, middle), (width + 0.02, 0.02, height + 0.02), surfaces.plain(BLACK, 0.4),
                       spillable=False)
            colour = chance.one_of((chance.vivid(), np.array(BLUISH)))
            screen = surfaces.plain(colour, 0.3, glow=chance.between(0.5, 2))
            shapes.box((x, y, middle), (width, 0.004, height), screen, spillable=False, bevel=0)
        for _ in range(chance.count(1, 5)):
            place = (chance.between(-0.6, 0.6), bench.y(chance.between(0.4, 0.9)),
                     BENCH_HEIGHT + chance.between(0.05, 0.2))
            lamp = surfaces.plain(chance.vivid(), 0.3, glow=chance.between(3, 20))
            shapes.cylinder(place, 0.004, 0.006, lamp, sides=10, spillable=False)
