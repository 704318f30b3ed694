"""All that gives light: lamps at the ceiling and on the bench, the window with sky and sun, and the night."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import bpy
from mathutils import Vector

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.light import LAMPS, SUNS
from benchmarks.random_benches.room import WHITE_PAINT, Room
from benchmarks.random_benches.shapes import Shapes
from benchmarks.random_benches.surfaces import Surfaces
from benchmarks.random_benches.view import View, aim, face

# Watts, but for the sun: watts per square metre. Only their directions count, see renders.py.
CEILING, SUN, WINDOW, WIDE_WINDOW, DESK = 60, 3.0, 40, 60, 5
# The wall with the window goes on for so many metres, so that the sun finds no way around it.
ENDLESS = 15
WALL_THICKNESS, BAR, SLAT_STEP, SLAT_HEIGHT = 0.06, 0.03, 0.06, 0.012


@dataclass(frozen=True)
class Window:
    """An opening in the wall at x. y, z: its middle. side: see Room."""

    x: float
    y: float
    z: float
    width: float
    height: float
    side: int


class Lamps:
    """The lamps of a bench in groups, see light.LAMPS. All are off at first."""

    def __init__(self, chance: Chance, shapes: Shapes) -> None:
        self._chance, self._shapes = chance, shapes
        self._groups: dict[str, list[bpy.types.Object]] = {name: [] for name in LAMPS}

    def switch(self, lit: str | None) -> None:
        """Let one group burn and no other, or none at all."""
        for name, lamps in self._groups.items():
            for lamp in lamps:
                lamp.hide_render = name != lit

    def hang(self, room: Room, view: View, surfaces: Surfaces) -> None:
        """All of them, and the wall with the window."""
        chance = self._chance
        for _ in range(chance.count(1, 2)):
            place = (chance.between(-1.2, 1.2), chance.between(-1.5, 0.3), chance.between(2.4, 3.0))
            lamp = self._lamp("ceiling", "AREA", place, CEILING, shape="RECTANGLE", size=chance.between(0.2, 1.5),
                              size_y=chance.between(0.1, 0.6))
            face(lamp, Vector((0, 0, -1)))
        lit = view.visible_place(chance)
        to_sun = self._direction_of_the_sun(room.side)
        window = self._window_towards(to_sun, lit, room)
        self._wall(window, surfaces)
        self._suns(to_sun)
        self._sky(window, lit)
        place = lit + Vector((chance.between(-0.7, 0.7), chance.between(-0.3, 0.2), chance.between(0.35, 0.8)))
        lamp = self._lamp("desk", "AREA", place, DESK, shape="DISK", size=chance.between(0.03, 0.2))
        aim(lamp, lit + Vector((chance.between(-0.2, 0.2), chance.between(-0.1, 0.1), -0.1)))
        # Light from the corridor or the street, beside the displays.
        place = (-room.side * 2.5, chance.between(-3, 0), chance.between(0.5, 2))
        lamp = self._lamp("night", "AREA", place, chance.between(0.02, 0.6), shape="RECTANGLE", size=0.5, size_y=1.5)
        aim(lamp, (0, 0, 0.9))

    def _direction_of_the_sun(self, side: int) -> Vector:
        elevation, azimuth = math.radians(self._chance.between(12, 45)), self._chance.between(-0.6, 0.6)
        return Vector((side * math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth),
                       math.sin(elevation)))

    def _window_towards(self, to_sun: Vector, lit: Vector, room: Room) -> Window:
        """A window through which the first sun shines on `lit`, where the camera looks."""
        middle = lit + to_sun * ((room.window_x - lit.x) / to_sun.x)
        return Window(room.window_x, middle.y, middle.z, self._chance.between(0.25, 0.8),
                      self._chance.between(0.3, 0.8), room.side)

    def _wall(self, window: Window, surfaces: Surfaces) -> None:
        """The wall around the window, and what may be in front of its panes: bars and a blind."""
        chance, paint = self._chance, surfaces.plain(WHITE_PAINT, 0.9)

        def box(y: float, z: float, size: Sequence[float]) -> None:
            self._shapes.box((window.x, y, z), size, paint, spillable=False, bevel=0)

        left, right = window.y - window.width / 2, window.y + window.width / 2
        bottom, top = window.z - window.height / 2, window.z + window.height / 2
        box(left - ENDLESS / 2, 0, (WALL_THICKNESS, ENDLESS, 2 * ENDLESS))
        box(right + ENDLESS / 2, 0, (WALL_THICKNESS, ENDLESS, 2 * ENDLESS))
        box((left + right) / 2, top + ENDLESS / 2, (WALL_THICKNESS, window.width, ENDLESS))
        box((left + right) / 2, bottom - ENDLESS / 2, (WALL_THICKNESS, window.width, ENDLESS))
        if chance.happens(0.7):
            box(window.y, window.z, (0.05, BAR, window.height))
        if chance.happens(0.5):
            box(window.y, window.z + chance.between(-0.1, 0.1), (0.05, window.width, BAR))
        if chance.happens(0.4):
            for slat in range(int(window.height / SLAT_STEP)):
                box(window.y, bottom + slat * SLAT_STEP, (0.03, window.width, SLAT_HEIGHT))

    def _suns(self, to_sun: Vector) -> None:
        """The sun at two hours between which its spot moves on over the bench."""
        chance = self._chance
        drift = chance.between(0.03, 0.15) * chance.one_of((-1, 1))
        for number, name in enumerate(SUNS):
            aside, lower = drift * 0.7 * number, chance.between(0.0, 0.04) * number
            now = Vector((to_sun.x, to_sun.y + aside, to_sun.z - lower)).normalized()
            sun = self._lamp(name, "SUN", (0, 0, 5), SUN, angle=math.radians(chance.between(0.5, 1.5)))
            face(sun, -now)

    def _sky(self, window: Window, lit: Vector) -> None:
        """Daylight from the window, and often from a second, wide one."""
        chance = self._chance
        inside = window.x - window.side * 0.08
        lamp = self._lamp("sky", "AREA", (inside, window.y, window.z), WINDOW, shape="RECTANGLE",
                          size=window.width, size_y=window.height)
        aim(lamp, lit)
        if chance.happens(0.6):
            place = (window.x - window.side * 0.1, chance.between(-2.5, -0.8), 1.7)
            lamp = self._lamp("sky", "AREA", place, WIDE_WINDOW, shape="RECTANGLE", size=chance.between(0.6, 1.6),
                              size_y=1.2)
            aim(lamp, (0, 0, 1))

    def _lamp(
        self, group: str, kind: str, place: Sequence[float], power: float, **form: float | str,
    ) -> bpy.types.Object:
        data = bpy.data.lights.new(group, kind)
        data.energy = power
        for name, value in form.items():
            setattr(data, name, value)
        lamp = bpy.data.objects.new(group, data)
        lamp.location = place
        lamp.hide_render = True
        self._groups[group].append(lamp)
        return self._shapes.add(lamp)
