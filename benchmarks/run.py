"""The whole benchmark: which ways are tried on which footage, and the report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.cost import Cost, measure_cost, this_machine
from benchmarks.footage import as_folder
from benchmarks.ours import FEWEST_PICTURES, Ours
from benchmarks.real_scenes import MEASUREMENTS, Figure, measure_scene, sections_of
from benchmarks.references import Reference, scorers
from benchmarks.rigs import measure_rig
from benchmarks.scenes import Rig, find_scenes, is_rig, quick_part, read_rig
from benchmarks.tables import Report, as_markdown
from benchmarks.ways import OURS, UNSEEN, Way
from src.atomic_file import write_json, write_text
from src.clock import Clock
from src.config import parse_config
from src.errors import UserError
from src.image_files import list_images
from src.judge import Judge, shipped_judge

JUDGES = Path(__file__).with_name("judges")
QUICK_SCENES = ("rig_b",)
Say = Callable[[str], None]


def benchmark(
    data: Path, scenes: Sequence[str] | None, only: str | None, quick: bool, output_dir: Path, clock: Clock,
    say: Say,
) -> Path:
    """Measure, and write benchmark_<date>.md and .json to `output_dir`; the path of the page.

    scenes: folders of `data`, None = all that are known. only: "detection", "cost" or None for both.
    The report is written anew after every scene, so that what is measured is kept whatever happens.
    Raises UserError when the footage is missing.
    """
    names = _chosen_scenes(data, scenes, quick)
    now = clock.now()
    page = output_dir / f"benchmark_{now:%Y%m%d_%H%M%S}.md"
    scratch = output_dir / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    report = Report(now, this_machine(), quick)
    for name in names if only != "cost" else ():
        report = _with_scene(report, data / name, quick, scratch / name, clock, say)
        _write(report, page)
    if only != "detection":
        say("Cost ...")
        report = replace(report, cost=_cost(data / names[0], quick, scratch / "cost", clock))
        _write(report, page)
    shutil.rmtree(scratch)
    return page


def _chosen_scenes(data: Path, scenes: Sequence[str] | None, quick: bool) -> tuple[str, ...]:
    there = tuple(name for name in find_scenes(data) if is_rig(data / name) or name in MEASUREMENTS)
    rigs_first = sorted(there, key=lambda name: not is_rig(data / name))
    chosen = tuple(scenes or (QUICK_SCENES if quick else rigs_first))
    unknown = [name for name in chosen if name not in there]
    if unknown:
        raise UserError(f"{data} holds no scene {', '.join(unknown)} that can be measured. "
                        f"There are: {', '.join(there)}.")
    return chosen


def _with_scene(report: Report, folder: Path, quick: bool, scratch: Path, clock: Clock, say: Say) -> Report:
    if is_rig(folder):
        rig = _rig(folder, quick)
        for way in _ways(folder, rig.training, {}, quick, scratch, clock):
            say(f"{rig.name}: {way.name} was trained in {way.training_seconds:.0f} s; judging ...")
            report = replace(report, rigs=(*report.rigs, measure_rig(rig, way, scratch / way.name)))
        return report
    training = list_images(folder / "normal")
    if len(training) < FEWEST_PICTURES:
        outcome = f"needs {FEWEST_PICTURES} pictures, there is {len(training)}"
        refused = Figure(folder.name, "training", "", OURS, outcome)
        return replace(report, real=(*report.real, refused))
    for way in _ways(folder, training, sections_of(folder), quick, scratch, clock):
        say(f"{folder.name}: {way.name} was trained in {way.training_seconds:.0f} s; judging ...")
        report = replace(report, real=(*report.real, *measure_scene(folder, way, scratch / way.name)))
    return report


def _rig(folder: Path, quick: bool) -> Rig:
    return quick_part(read_rig(folder)) if quick else read_rig(folder)


def _ways(
    folder: Path, training: Sequence[Path], sections: Mapping[str, object], quick: bool, scratch: Path,
    clock: Clock,
) -> Iterator[Way]:
    """Every way, trained on the scene, one after the other."""
    for number, (name, judge) in enumerate(judges_for(folder.name)):
        yield Ours(name, judge, training, sections, scratch / f"ours_{number}", clock)
    normal = as_folder(training, scratch / "normal")
    roi = parse_config(json.dumps(sections), folder.name).roi
    for name, scorer in scorers(quick).items():
        yield Reference(name, scorer, normal, roi, clock)


def judges_for(scene: str, judges: Path = JUDGES) -> list[tuple[str, Judge]]:
    """The judges that a scene is measured with, and what ours is called with each.

    What the shipped judge can do on the rig whose leaks it has learned from says nothing about other benches, so
    that rig is measured first with a judge that was trained without it.
    """
    without = judges / f"without_{scene}.onnx"
    unseen = [(UNSEEN, Judge(without.read_bytes()))] if without.is_file() else []
    return [*unseen, (OURS, shipped_judge())]


def _cost(folder: Path, quick: bool, scratch: Path, clock: Clock) -> Cost:
    training = _rig(folder, quick).training if is_rig(folder) else tuple(list_images(folder / "normal"))
    ours = Ours(OURS, shipped_judge(), training, sections_of(folder), scratch / "ours", clock)
    return measure_cost(ours, training[-1], scratch, clock, quick)


def _write(report: Report, page: Path) -> None:
    write_text(page, as_markdown(report))
    values = asdict(report)
    values["made_at"] = report.made_at.isoformat(timespec="seconds")
    write_json(page.with_suffix(".json"), values)
