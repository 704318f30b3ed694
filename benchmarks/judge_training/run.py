"""From footage to an ONNX file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.judge_training.example_file import ExampleSet, write_examples
from benchmarks.judge_training.examples import OF_A_BENCH, OF_A_RIG, Amounts, make_examples
from benchmarks.judge_training.export import as_onnx
from benchmarks.judge_training.fitting import fit_judge
from benchmarks.judge_training.footage import read_pictures
from benchmarks.random_benches.run import name_of, written_benches
from benchmarks.scenes import find_scenes, is_rig, read_rig
from src.atomic_file import write_bytes
from src.config import ImageSettings
from src.errors import UserError

# Each rig has its own, so that it gives the same examples whichever is left out; a random bench has its number.
SEEDS = {"rig_a": 1, "rig_b": 2}
# One for each teacher; the judge itself begins with the first.
FITTING_SEEDS = (3, 4, 5)
# Beside benches, an example of a rig is drawn so many times as often as one of them: a rig has all its leaks in five
# lights each.
RIG_SHARE = 3
Say = Callable[[str], None]


def train_judge(
    data: Path, benches: Path | None, leave_out: str | None, steps: int, output: Path, say: Say, *,
    of_a_rig: Amounts = OF_A_RIG, of_a_bench: Amounts = OF_A_BENCH,
) -> None:
    """Train a judge on all rigs of `data` but `leave_out` and on all benches of `benches`; write it to `output`.

    of_a_rig, of_a_bench: how many examples are made by hand for each scene of a rig, and of a bench.
    The examples lie beside `output` meanwhile, about two gigabytes for a rig and half of one for a bench.
    Raises UserError when there is no rig to learn from, or no bench in `benches`.
    """
    rigs = [(data / name, SEEDS[name]) for name in chosen_rigs(data, leave_out)]
    numbered = [] if benches is None else random_benches(benches)
    output.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=output.parent, ignore_cleanup_errors=True) as scratch:
        def examples(sources: Sequence[tuple[Path, int]], amounts: Amounts) -> list[ExampleSet]:
            return [_examples(folder, seed, Path(scratch) / folder.name, amounts, say) for folder, seed in sources]

        sets = examples(rigs, of_a_rig)
        if numbered:
            sets = RIG_SHARE * sets + examples(numbered, of_a_bench)
        network = fit_judge(sets, steps, FITTING_SEEDS, say)
        # Windows removes no file that is still mapped.
        del sets
    write_bytes(output, as_onnx(network))
    say(f"The judge is in {output}")


def chosen_rigs(data: Path, leave_out: str | None) -> Sequence[str]:
    """The rigs of `data` without `leave_out`.

    Raises UserError when none is left, or there is none of that name.
    """
    rigs = [name for name in find_scenes(data) if name in SEEDS and is_rig(data / name)]
    if leave_out is not None and leave_out not in rigs:
        raise UserError(f"{data} holds no rig {leave_out} to leave out. "
                        f"There are: {', '.join(rigs) or 'none'}.")
    chosen = [name for name in rigs if name != leave_out]
    if not chosen:
        raise UserError(f"{data} holds no rig to learn from. Expected folders such as {data / 'rig_a'} with "
                        "labels.csv, masks and sequences/events.json. Give the right folder with --data.")
    return chosen


def random_benches(folder: Path) -> Sequence[tuple[Path, int]]:
    """The benches in a folder that scripts/render_benches.py wrote, and the number of each.

    Raises UserError when there is none.
    """
    benches = written_benches(folder)
    if not benches:
        raise UserError(f"{folder} holds no random bench to learn from. Expected folders such as "
                        f"{folder / name_of(11)} with labels.csv and masks. Make them with "
                        "scripts/render_benches.py, or leave --benches out.")
    return benches


def _examples(folder: Path, seed: int, path: Path, amounts: Amounts, say: Say) -> ExampleSet:
    say(f"{folder.name}: making examples ...")
    pictures = read_pictures(read_rig(folder), ImageSettings())
    examples = write_examples(make_examples(pictures, amounts, np.random.default_rng(seed)), path)
    say(f"{folder.name}: {len(examples.kinds)} examples")
    return examples
