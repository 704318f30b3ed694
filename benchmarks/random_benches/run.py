"""From seeds to bench folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks.random_benches.pictures import write_bench
from benchmarks.random_benches.renders import Renders, exr_files
from benchmarks.random_benches.states import DONE_FILE, read_states
from benchmarks.scenes import is_rig
from src.errors import UserError

LEAKS = 7
PREFIX = "bench_"

Say = Callable[[str], None]


def make_benches(seeds: Iterable[int], renders: Path, output: Path, say: Say) -> None:
    """Write one bench folder for each seed to `output`, such as bench_011, those that are there excepted.

    renders: where their renders are kept. Raises UserError when there is something to render but no Blender.
    """
    missing = [seed for seed in seeds if not is_rig(output / name_of(seed))]
    to_render = [seed for seed in missing if not (renders / name_of(seed) / DONE_FILE).is_file()]
    if to_render and find_spec("bpy") is None:
        raise UserError(
            f"{name_of(to_render[0])} is not rendered yet, and the package bpy (Blender) is missing. It exists for "
            "Python 3.11 only: make an environment with that one, install the packages there with "
            "python -m pip install -r requirements-benches.txt, and start this script with its Python.")
    for seed in missing:
        name = name_of(seed)
        if seed in to_render:
            # Imported late: what has been rendered can be mixed without Blender.
            from benchmarks.random_benches.rendering import render_bench

            render_bench(seed, LEAKS, renders / name, say)
        generator = np.random.default_rng(seed)
        lit = Renders(read_states(renders / name), exr_files(renders / name), generator)
        write_bench(lit, output / name, generator)
        say(f"{name}: written to {output / name}")


def name_of(seed: int) -> str:
    """The name of the bench of a seed."""
    return f"{PREFIX}{seed:03d}"


def written_benches(output: Path) -> list[tuple[Path, int]]:
    """The folders of all finished benches that `make_benches` wrote to `output`, and the seed of each."""
    return [(folder, int(folder.name.removeprefix(PREFIX)))
            for folder in sorted(output.glob(f"{PREFIX}*")) if is_rig(folder)]
