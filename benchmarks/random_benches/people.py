"""People at work: nobody is seen, but they stand in the light."""

from __future__ import annotations

import bpy
from mathutils import Vector

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.shapes import Shapes
from benchmarks.random_benches.surfaces import Surfaces
from benchmarks.random_benches.view import View

PEOPLE = 3
SHOULDER_HEIGHT = 1.5

Things = list[bpy.types.Object]


def place_people(chance: Chance, shapes: Shapes, surfaces: Surfaces, view: View) -> list[Things]:
    """The parts of each of PEOPLE, hidden at first. Some stand beside the bench, others reach over it."""
    cloth = surfaces.plain(chance.colour(0.1, 0.6), 0.8)
    people = []
    for _ in range(PEOPLE):
        stands = chance.happens(0.5)
        person = _standing(chance, shapes, cloth) if stands else _reaching(chance, shapes, cloth, view)
        for part in person:
            part.visible_camera = False
            part.hide_render = part.hide_viewport = True
        people.append(person)
    bpy.context.view_layer.update()
    return people


def _standing(chance: Chance, shapes: Shapes, cloth: bpy.types.Material) -> Things:
    x, y = chance.between(-1.2, 1.2), chance.between(-1.2, -0.35)
    body = shapes.box((x, y, SHOULDER_HEIGHT / 2), (0.4, 0.25, SHOULDER_HEIGHT), cloth, chance.between(-1, 1),
                      spillable=False, bevel=0.08)
    return [body, shapes.cylinder((x, y, SHOULDER_HEIGHT), 0.1, 0.24, cloth, spillable=False)]


def _reaching(chance: Chance, shapes: Shapes, cloth: bpy.types.Material, view: View) -> Things:
    hand = view.visible_place(chance) + Vector((chance.between(-0.3, 0.3), -0.1, chance.between(0.15, 0.5)))
    elbow = hand + Vector((chance.between(-0.5, 0.5), -0.7, chance.between(0, 0.3)))
    return [shapes.tube([hand, (hand + elbow) / 2, elbow], 0.045, cloth)]
