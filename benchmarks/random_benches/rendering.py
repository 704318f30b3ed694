"""Renders a random bench lamp by lamp, with Blender's path tracer Cycles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

from benchmarks.random_benches.bench import RandomBench
from benchmarks.random_benches.light import LAMPS
from benchmarks.random_benches.states import DONE_FILE, State, mask_file, render_file, write_states
from benchmarks.random_benches.surfaces import shining_white
from src.atomic_file import replace

WIDTH, HEIGHT = 384, 216
# Rays for each pixel. With so few the renders are noisy, and are denoised; the masks are not.
SAMPLES, MASK_SAMPLES = 12, 16
BOUNCES = 4
UNFINISHED_FILE = "unfinished.exr"

Say = Callable[[str], None]


def render_bench(seed: int, leaks: int, folder: Path, say: Say) -> None:
    """Render the bench of this seed into `folder`, as states.py names the files.

    What is there already is kept, so that an interrupted run goes on where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scene = _empty_scene()
    bench = RandomBench(scene, seed, leaks)
    write_states(bench.states, folder)
    for name, state in bench.states.items():
        bench.show(state)
        for lamp in LAMPS:
            bench.light(lamp)
            _render(scene, folder / render_file(name, lamp))
        if state.leak is not None:
            _render_mask(scene, bench, state, folder / mask_file(name))
        say(f"{folder.name}: {name} rendered")
    (folder / DONE_FILE).touch()


def _empty_scene() -> bpy.types.Scene:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    render, cycles = scene.render, scene.cycles
    render.engine = "CYCLES"
    cycles.device = "CPU"
    cycles.seed = 7
    cycles.samples, cycles.use_adaptive_sampling = SAMPLES, False
    cycles.use_denoising, cycles.denoiser, cycles.denoising_quality = True, "OPENIMAGEDENOISE", "BALANCED"
    # Light that was mirrored and refracted more often is hardly seen, and takes long.
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = BOUNCES, 2, 2
    cycles.transmission_bounces, cycles.transparent_max_bounces = 4, 12
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 5
    render.resolution_x, render.resolution_y, render.resolution_percentage = WIDTH, HEIGHT, 100
    # Between two lamps or two states most of the scene stays.
    render.use_persistent_data = True
    render.threads_mode, render.threads = "FIXED", 1
    image = render.image_settings
    image.file_format, image.color_mode, image.color_depth = "OPEN_EXR", "RGB", "16"
    # Amounts of light, without the curve of a film.
    scene.view_settings.view_transform = "Raw"
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.0
    scene.world = world
    return scene


def _render(scene: bpy.types.Scene, path: Path) -> None:
    if path.exists():
        return
    unfinished = path.with_name(UNFINISHED_FILE)
    scene.render.filepath = str(unfinished)
    bpy.ops.render.render(write_still=True)
    replace(unfinished, path)


def _render_mask(scene: bpy.types.Scene, bench: RandomBench, state: State, path: Path) -> None:
    """Render the liquid white and everything else black."""
    bench.light(None)
    cycles = scene.cycles
    cycles.samples, cycles.use_denoising, cycles.max_bounces = MASK_SAMPLES, False, 0
    with _shining(bench.parts_of_leak(state.leak)):
        _render(scene, path)
    cycles.samples, cycles.use_denoising, cycles.max_bounces = SAMPLES, True, BOUNCES


@contextmanager
def _shining(parts: list[bpy.types.Object]) -> Iterator[None]:
    """Let them shine white, but not on anything else."""
    white = shining_white()
    materials = [part.data.materials[0] for part in parts]
    for part in parts:
        part.data.materials[0] = white
    _let_seen_by_others(parts, False)
    try:
        yield
    finally:
        for part, material in zip(parts, materials):
            part.data.materials[0] = material
        _let_seen_by_others(parts, True)


def _let_seen_by_others(parts: list[bpy.types.Object], seen: bool) -> None:
    for part in parts:
        part.visible_diffuse = part.visible_glossy = part.visible_transmission = seen
