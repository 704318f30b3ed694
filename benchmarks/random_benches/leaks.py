"""Leaks of all forms, which lie on whatever is there: puddles, splashes, drops, streaks down a wall."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.shapes import Shapes
from benchmarks.random_benches.surfaces import Surfaces
from benchmarks.random_benches.view import Seen, View

MOST_PARTS, TRIES = 3, 60
# Share of the picture that one leak covers, unless something stands in front of it; all magnitudes alike.
SMALLEST_SHARE, LARGEST_SHARE = 1e-4, 0.03
# A surface seen flatter than this, as the cosine to its normal, counts as if it were this steep.
FLATTEST_VIEW = 0.15
# Where the normal points up by less than this, the surface is a wall, and liquid mostly runs down it.
STEEP, RUNS_DOWN = 0.5, 0.7
PUDDLE, SPLASH, DROP, STREAK = "puddle", "splash", "drop", "streak"
LYING_FORMS = (PUDDLE, PUDDLE, PUDDLE, SPLASH, DROP)
FEWEST_SPOTS, MOST_SPOTS = 6, 49
# A film is made of rings around its middle, each with so many corners.
RINGS, CORNERS = 7, 36
# Its outline: this many waves around it, the first of this height, and how far it may come in and go out.
WAVES, WAVINESS, INNERMOST, OUTERMOST = 6, 0.35, 0.15, 2.2
# A little more than a full turn, in radians.
TURN = 6.3
# Thickness in metres, and in shares of the radius. It tapers to the least.
LEAST_THICKNESS, MOST_THICKNESS, RELATIVE_THICKNESS, DROP_HEIGHT = 0.0004, 0.002, 0.15, 0.8
# The liquid falls on its surface from so high above it, and may fall so much below it.
REACH, RELATIVE_LIFT, RELATIVE_FALL = 0.004, 0.1, 0.25
DOWN = Vector((0, 0, -1))
# A surface is level when its way down is shorter than this, as the sine of its slope.
LEVEL = 0.1

Things = list[bpy.types.Object]


@dataclass(frozen=True)
class Film:
    """Liquid as a mesh, see Shapes.mesh()."""

    vertices: list[Vector]
    faces: list[tuple[int, ...]]


class Leaks:
    """Spills liquid where the camera sees it."""

    def __init__(
        self, scene: bpy.types.Scene, view: View, chance: Chance, shapes: Shapes, surfaces: Surfaces,
    ) -> None:
        self._scene, self._view, self._chance = scene, view, chance
        self._shapes, self._surfaces = shapes, surfaces

    def spill(self) -> Things:
        """The parts of one leak, one to MOST_PARTS of them, hidden at first. None when no place is found."""
        wanted = self._chance.count(1, MOST_PARTS)
        parts: Things = []
        for _ in range(TRIES):
            seen = self._view.look(self._chance.between(0.03, 0.97), self._chance.between(0.05, 0.97))
            part = self._spill_at(seen) if seen and seen.spillable else None
            if part:
                parts.append(part)
            if len(parts) == wanted:
                break
        for part in parts:
            part.hide_render = part.hide_viewport = True
        bpy.context.view_layer.update()
        return parts

    def _spill_at(self, seen: Seen) -> bpy.types.Object | None:
        """None when there is too little room for it."""
        chance = self._chance
        area = self._area(seen)
        material = self._surfaces.leak()
        is_wall = abs(seen.normal.z) < STEEP
        form = STREAK if is_wall and chance.happens(RUNS_DOWN) else chance.one_of(LYING_FORMS)
        if form == SPLASH:
            film = self._splash(seen, area)
        else:
            stretch, turn = chance.between(1, 2), chance.between(0, math.pi)
            if form == STREAK:
                stretch, turn = chance.between(3, 8), 0.0
            film = self._film(seen.place, seen.normal, area, stretch, turn, domed=form == DROP)
        if film is None:
            return None
        return self._shapes.mesh("leak", film.vertices, film.faces, material, smooth=True)

    def _area(self, seen: Seen) -> float:
        """How large a leak is, in square metres, so that it covers a random share of the picture."""
        share = self._chance.any_magnitude(SMALLEST_SHARE, LARGEST_SHARE)
        to_camera = (self._view.place - seen.place).normalized()
        slant = max(FLATTEST_VIEW, abs(seen.normal.dot(to_camera)))
        render = self._scene.render
        pixels = share * render.resolution_x * render.resolution_y
        return pixels * self._view.pixel_size(seen.place) ** 2 / slant

    def _splash(self, seen: Seen, area: float) -> Film | None:
        """Many round spots, a few of them large."""
        chance, generator = self._chance, self._chance.generator
        count = chance.count(FEWEST_SPOTS, MOST_SPOTS)
        areas = generator.exponential(1, count)
        areas *= area / areas.sum()
        spread = math.sqrt(area) * chance.between(0.7, 2.5)
        along, across = _axes(seen.normal)
        vertices, faces = [], []
        for spot_area in areas:
            down, aside = (float(shift) for shift in generator.normal(0, spread, 2))
            spot = self._film(seen.place + (along * down + across * aside), seen.normal, spot_area, 1.0, 0.0)
            if spot:
                faces += [tuple(number + len(vertices) for number in face) for face in spot.faces]
                vertices += spot.vertices
        return Film(vertices, faces) if faces else None

    def _film(
        self, middle: Vector, normal: Vector, area: float, stretch: float, turn: float, domed: bool = False,
    ) -> Film | None:
        """A film that lies on whatever is there, None when most of it would hang in the air.

        area: in square metres. stretch: length by width. turn: of its length from straight down, radians.
        domed: as a drop, not as a puddle.
        """
        along, across = _axes(normal)
        along, across = (along * math.cos(turn) + across * math.sin(turn),
                         across * math.cos(turn) - along * math.sin(turn))
        radius = math.sqrt(area / math.pi)
        angles = np.arange(CORNERS) * 2 * math.pi / CORNERS
        outline = self._outline(angles)
        fallen = [self._fallen(middle, normal, radius, 0, domed)]
        for ring in range(1, RINGS + 1):
            share = ring / RINGS
            for angle, out in zip(angles, outline):
                distance = radius * share * out
                place = (middle + along * (distance * math.cos(angle) * math.sqrt(stretch))
                         + across * (distance * math.sin(angle) / math.sqrt(stretch)))
                fallen.append(self._fallen(place, normal, radius, share, domed))
        faces = [face for face in FACES if all(fallen[number] is not None for number in face)]
        if len(faces) <= CORNERS:
            return None
        # Those that hang in the air are corners of no face.
        return Film([middle if place is None else place for place in fallen], faces)

    def _outline(self, angles: np.ndarray) -> np.ndarray:
        """(N,) how far from the middle the edge lies at these angles, 1 = as far as that of a circle."""
        outline = 1 + sum(
            self._chance.generator.normal(0, WAVINESS / wave) * np.cos(wave * angles + self._chance.between(0, TURN))
            for wave in range(1, WAVES + 1))
        return np.clip(outline, INNERMOST, OUTERMOST)

    def _fallen(self, place: Vector, normal: Vector, radius: float, share: float, domed: bool) -> Vector | None:
        """Where the surface of the liquid is after it fell against `normal`, None when there is nothing to fall on.

        share: how far out `place` lies, 0 in the middle, 1 at the edge.
        """
        graph = bpy.context.evaluated_depsgraph_get()
        lift = REACH + RELATIVE_LIFT * radius
        hit, ground, *_ = self._scene.ray_cast(
            graph, place + normal * lift, -normal, distance=lift + REACH + RELATIVE_FALL * radius)
        if not hit:
            return None
        if domed:
            thickness = radius * DROP_HEIGHT * math.sqrt(max(0, 1 - share * share))
        else:
            thickness = min(MOST_THICKNESS, RELATIVE_THICKNESS * radius) * (1 - share ** 4)
        return ground + normal * (thickness + LEAST_THICKNESS)


def _axes(normal: Vector) -> tuple[Vector, Vector]:
    """Two directions along a surface: down, or any one where it is level, and across."""
    down = DOWN - normal * normal.dot(DOWN)
    along = down.normalized() if down.length > LEVEL else normal.orthogonal().normalized()
    return along, normal.cross(along)


def _faces() -> list[tuple[int, ...]]:
    """Of a film: vertex 0 is its middle, then come the rings from the inside out."""
    following = [*range(1, CORNERS), 0]
    faces = [(0, 1 + corner, 1 + after) for corner, after in enumerate(following)]
    for ring in range(RINGS - 1):
        inner, outer = 1 + ring * CORNERS, 1 + (ring + 1) * CORNERS
        faces += [(inner + corner, outer + corner, outer + after, inner + after)
                  for corner, after in enumerate(following)]
    return faces


FACES = _faces()
