"""Solid things in a Blender scene. Lengths in metres; x to the right, y away from the camera, z up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import bpy
from mathutils import Vector

SHARPEST_SMOOTH_EDGE = math.radians(40)
UPRIGHT = ((0, 1), (1, 1))


class Shapes:
    """Adds shapes to a scene, and remembers on which of them no liquid may lie.

    unspillable: the names of those.
    """

    def __init__(self, scene: bpy.types.Scene) -> None:
        self._collection = scene.collection
        self.unspillable: set[str] = set()

    def add(self, thing: bpy.types.Object, spillable: bool = True) -> bpy.types.Object:
        self._collection.objects.link(thing)
        if not spillable:
            self.unspillable.add(thing.name)
        return thing

    def mesh(
        self, name: str, vertices: Iterable[Sequence[float]], faces: Sequence[Sequence[int]],
        material: bpy.types.Material, smooth: bool = False, spillable: bool = True,
    ) -> bpy.types.Object:
        """faces: numbers of vertices, anticlockwise as seen from outside."""
        data = bpy.data.meshes.new(name)
        data.from_pydata([tuple(vertex) for vertex in vertices], [], faces, shade_flat=not smooth)
        data.update()
        data.materials.append(material)
        return self.add(bpy.data.objects.new(name, data), spillable)

    def box(
        self, centre: Sequence[float], size: Sequence[float], material: bpy.types.Material, turn: float = 0.0,
        spillable: bool = True, bevel: float = 0.003,
    ) -> bpy.types.Object:
        """turn: about the z axis, radians. bevel: width of its edges, which thin boxes do without."""
        half_width, half_depth, half_height = (side / 2 for side in size)
        cosine, sine = math.cos(turn), math.sin(turn)
        corners = ((-half_width, -half_depth), (half_width, -half_depth),
                   (half_width, half_depth), (-half_width, half_depth))
        vertices = [(centre[0] + x * cosine - y * sine, centre[1] + x * sine + y * cosine, centre[2] + z)
                    for z in (-half_height, half_height) for x, y in corners]
        faces = [(3, 2, 1, 0), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
        made = self.mesh("box", vertices, faces, material, spillable=spillable)
        if bevel and min(size) > 4 * bevel:
            modifier = made.modifiers.new("bevel", "BEVEL")
            modifier.width, modifier.segments = bevel, 2
        return made

    def cylinder(
        self, foot: Sequence[float], radius: float, height: float, material: bpy.types.Material,
        lying: bool = False, sides: int = 40, profile: Sequence[tuple[float, float]] = UPRIGHT,
        spillable: bool = True,
    ) -> bpy.types.Object:
        """A cylinder, or whatever a lathe makes. foot: the middle of its lower end. lying: along y.

        profile: from the foot up, share of the height and share of the radius there.
        """
        vertices = []
        for up, out in profile:
            for side in range(sides):
                angle = 2 * math.pi * side / sides
                x, y, z = radius * out * math.cos(angle), radius * out * math.sin(angle), up * height
                if lying:
                    y, z = z, y
                vertices.append((foot[0] + x, foot[1] + y, foot[2] + z))
        top = (len(profile) - 1) * sides
        faces = [(ring + side, ring + (side + 1) % sides, ring + sides + (side + 1) % sides, ring + sides + side)
                 for ring in range(0, top, sides) for side in range(sides)]
        faces += [tuple(range(sides))[::-1], tuple(range(top, top + sides))]
        made = self.mesh("cylinder", vertices, faces, material, smooth=True, spillable=spillable)
        made.modifiers.new("edge", "EDGE_SPLIT").split_angle = SHARPEST_SMOOTH_EDGE
        return made

    def tube(
        self, points: Sequence[Vector], radius: float, material: bpy.types.Material,
    ) -> bpy.types.Object:
        """A hose that passes smoothly through all points. No liquid lies on it."""
        curve = bpy.data.curves.new("tube", "CURVE")
        curve.dimensions = "3D"
        curve.bevel_depth, curve.bevel_resolution, curve.resolution_u = radius, 4, 16
        spline = curve.splines.new("BEZIER")
        spline.bezier_points.add(len(points) - 1)
        for knot, point in zip(spline.bezier_points, points):
            knot.co = point
            knot.handle_left_type = knot.handle_right_type = "AUTO"
        curve.materials.append(material)
        return self.add(bpy.data.objects.new("tube", curve), spillable=False)
