"""The camera of a bench, and what can be seen through it."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

import bpy
from mathutils import Vector

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.room import BENCH_HEIGHT, Bench

SENSOR_WIDTH_MM = 36
TRIES = 100


@dataclass(frozen=True)
class Seen:
    """A place on a surface. normal: of the surface, towards the camera. spillable: whether liquid may lie there."""

    place: Vector
    normal: Vector
    spillable: bool


class View:
    """What the camera of a scene sees."""

    def __init__(self, scene: bpy.types.Scene, target: Vector, unspillable: Set[str]) -> None:
        self._scene, self._target, self._unspillable = scene, target, unspillable

    @property
    def place(self) -> Vector:
        """Where the camera is."""
        return self._scene.camera.location

    def pixel_size(self, place: Vector) -> float:
        """How large a pixel of the render is at `place`, in metres, across the line of sight."""
        camera = self._scene.camera
        distance = (place - camera.location).length
        return distance * camera.data.sensor_width / camera.data.lens / self._scene.render.resolution_x

    def look(self, right: float, down: float) -> Seen | None:
        """What is seen at a share of the picture's width, from the left, and of its height, from the top."""
        camera = self._scene.camera
        corners = camera.data.view_frame(scene=self._scene)
        top_right, _, bottom_left, top_left = (camera.matrix_world @ corner for corner in corners)
        through = top_left + (top_right - top_left) * right + (bottom_left - top_left) * down
        eye = camera.matrix_world.translation
        graph = bpy.context.evaluated_depsgraph_get()
        hit, place, normal, _, thing, _ = self._scene.ray_cast(graph, eye, (through - eye).normalized())
        if not hit:
            return None
        if normal.dot(eye - place) < 0:
            normal = -normal
        return Seen(place, normal, thing.name not in self._unspillable)

    def visible_place(self, chance: Chance) -> Vector:
        """Some place that is seen and on which liquid may lie, else the middle of the view."""
        bpy.context.view_layer.update()
        for _ in range(TRIES):
            seen = self.look(chance.between(0.2, 0.8), chance.between(0.15, 0.75))
            if seen and seen.spillable:
                return seen.place
        return self._target


def place_camera(scene: bpy.types.Scene, bench: Bench, chance: Chance, unspillable: Set[str]) -> View:
    """Somewhere in front of the bench and above it, as a stand holds it: roughly level, roughly aimed."""
    data = bpy.data.cameras.new("camera")
    camera = bpy.data.objects.new("camera", data)
    scene.collection.objects.link(camera)
    scene.camera = camera
    distance = chance.between(0.7, 1.5)
    up, around = math.radians(chance.between(18, 60)), chance.between(-0.6, 0.6)
    target = Vector((chance.between(-0.15, 0.15), bench.y(chance.between(0.3, 0.6)),
                     BENCH_HEIGHT + chance.between(-0.05, 0.1)))
    direction = Vector((math.sin(around) * math.cos(up), -math.cos(around) * math.cos(up), math.sin(up)))
    camera.location = target + direction * distance
    aim(camera, target)
    camera.rotation_euler.rotate_axis("Z", chance.between(-0.05, 0.05))
    data.sensor_width, data.lens = SENSOR_WIDTH_MM, chance.between(22, 38)
    return View(scene, target, unspillable)


def aim(thing: bpy.types.Object, target: Sequence[float]) -> None:
    """Turn a camera or a lamp towards a place."""
    face(thing, Vector(target) - thing.location)


def face(thing: bpy.types.Object, direction: Vector) -> None:
    """Turn a camera or a lamp in a direction."""
    thing.rotation_euler = direction.to_track_quat("-Z", "Y").to_euler()
