"""A random bench in Blender: built once, then shown in all its states."""

from __future__ import annotations

import bpy
import numpy as np

from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.furniture import Furniture
from benchmarks.random_benches.lamps import Lamps
from benchmarks.random_benches.leaks import Leaks
from benchmarks.random_benches.people import place_people
from benchmarks.random_benches.room import build_bench, build_room
from benchmarks.random_benches.shapes import Shapes
from benchmarks.random_benches.states import CHARGES, State, dry
from benchmarks.random_benches.surfaces import Surfaces
from benchmarks.random_benches.view import place_camera

NIGHT = "night"


class RandomBench:
    """Everything in one scene. The same seed and number of leaks give the same bench.

    scene: an empty one whose picture size is set. states: what it can be shown as, by name.
    """

    def __init__(self, scene: bpy.types.Scene, seed: int, leaks: int) -> None:
        chance, shapes = Chance(seed), Shapes(scene)
        self._surfaces = Surfaces(chance)
        room = build_room(chance, shapes, self._surfaces)
        bench = build_bench(room, chance, shapes, self._surfaces)
        Furniture(bench, chance, shapes, self._surfaces).place()
        view = place_camera(scene, bench, chance, shapes.unspillable)
        self._lamps = Lamps(chance, shapes)
        self._lamps.hang(room, view, self._surfaces)
        self._people = place_people(chance, shapes, self._surfaces, view)
        spiller = Leaks(scene, view, chance, shapes, self._surfaces)
        self._leaks = [spiller.spill() for _ in range(leaks)]
        self.states = {dry(charge): State(charge) for charge in range(CHARGES)}
        self.states |= {f"person{number}": State(number % CHARGES, people=number)
                        for number in range(len(self._people))}
        self.states |= {f"leak{number}": State(chance.count(0, CHARGES - 1), leak=number)
                        for number in range(leaks)}

    def show(self, state: State) -> None:
        """Put the bench into one of its states."""
        for electrolyte in self._surfaces.electrolytes:
            electrolyte.colour.default_value = (*np.clip(electrolyte.charged[state.colours], 0, 1), 1)
        for groups, shown in ((self._people, state.people), (self._leaks, state.leak)):
            for number, parts in enumerate(groups):
                for part in parts:
                    part.hide_render = number != shown

    def light(self, lamp: str | None) -> None:
        """Let one of light.LAMPS burn alone, None: nothing. What shines by itself belongs to the night."""
        self._lamps.switch(lamp)
        for glow in self._surfaces.glows:
            glow.strength.default_value = glow.value if lamp == NIGHT else 0.0

    def parts_of_leak(self, number: int) -> list[bpy.types.Object]:
        return self._leaks[number]
