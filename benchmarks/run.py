"""The whole benchmark: which ways are tried on which footage, and the report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.cost import Cost, measure_cost, this_machine
from benchmarks.footage import as_folder
from benchmarks.hardships import HARDSHIPS, HardResult, made_harder
from benchmarks.ours import FEWEST_PICTURES, Ours
from benchmarks.real_scenes import MEASUREMENTS, measure_scene, sections_of
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


@dataclass(frozen=True)
class Run:
    """What stays the same throughout. quick: only a small part. scratch: where files may be left."""

    data: Path
    scenes: tuple[str, ...]
    quick: bool
    scratch: Path
    clock: Clock
    say: Callable[[str], None]


def benchmark(
    data: Path, scenes: Sequence[str] | None, only: str | None, quick: bool, output_dir: Path, clock: Clock,
    say: Callable[[str], None],
) -> Path:
    """Measure, and write benchmark_<date>.md and .json to `output_dir`; the path of the page.

    scenes: folders of `data`, None = all that are known. only: "detection", "cost" or None for both, or "hardships".
    Ours comes first, the slow references last. The report is written anew after every step, so that what has
    been measured is kept whatever happens. Raises UserError when the footage is missing, or when nothing of it can be
    measured.
    """
    now = clock.now()
    page = output_dir / f"benchmark_{now:%Y%m%d_%H%M%S}.md"
    scratch = output_dir / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    run = Run(data, _chosen_scenes(data, scenes, quick), quick, scratch, clock, say)
    report = Report(now, this_machine(), quick)
    for report in _steps(run, report, only):
        _write(report, page)
    shutil.rmtree(scratch, ignore_errors=True)
    if not page.is_file():
        raise UserError(f"None of the scenes {', '.join(run.scenes)} could be measured. Choose others with --scenes.")
    return page


def _steps(run: Run, report: Report, only: str | None) -> Iterator[Report]:
    """The report after every step."""
    if only == "hardships":
        yield from _hardships(run, report)
        return
    if only != "cost":
        for name in run.scenes:
            for report in _scene(run, report, name, _our_ways):
                yield report
    if only != "detection":
        run.say("Cost ...")
        report = replace(report, cost=_cost(run, run.scenes[0]))
        yield report
    if only != "cost":
        for name in run.scenes:
            for report in _scene(run, report, name, _reference_ways):
                yield report


def _hardships(run: Run, report: Report) -> Iterator[Report]:
    """The report after every hardship of every rig: ours, as a bench meets it that its judge never saw."""
    for name in (name for name in run.scenes if is_rig(run.data / name)):
        rig, (way, judge) = _rig(run.data / name, run.quick), judges_for(name)[0]
        for number, (hardship, what) in enumerate(HARDSHIPS.items()):
            if run.quick and what.change is None:
                continue  # nothing can be learned from a part of a part
            run.say(f"{name}, {hardship} ...")
            scratch = run.scratch / name / f"{number:02d}"
            harder = made_harder(rig, what, scratch / "pictures")
            ours = Ours(way, judge, harder.training, {}, scratch / "ours", run.clock)
            result = HardResult(hardship, measure_rig(harder, ours, scratch / "footage"))
            report = replace(report, hardships=(*report.hardships, result))
            yield report
            shutil.rmtree(scratch)


def _chosen_scenes(data: Path, scenes: Sequence[str] | None, quick: bool) -> tuple[str, ...]:
    there = tuple(name for name in find_scenes(data) if is_rig(data / name) or name in MEASUREMENTS)
    rigs_first = sorted(there, key=lambda name: not is_rig(data / name))
    chosen = tuple(scenes or (QUICK_SCENES if quick else rigs_first))
    unknown = [name for name in chosen if name not in there]
    if unknown:
        raise UserError(f"{data} holds no scene {', '.join(unknown)} that can be measured. "
                        f"There are: {', '.join(there)}.")
    return chosen


def _scene(
    run: Run, report: Report, name: str, ways: Callable[[Run, str, Sequence[Path]], Iterator[Way]],
) -> Iterator[Report]:
    """The report after every one of these ways on a scene."""
    folder = run.data / name
    rig = _rig(folder, run.quick) if is_rig(folder) else None
    training = _training(run, name)
    if len(training) < FEWEST_PICTURES:
        run.say(f"{name} is left out: training needs {FEWEST_PICTURES} normal pictures, not {len(training)}.")
        return
    for way in ways(run, name, training):
        run.say(f"{name}: {way.name} was trained in {way.training_seconds:.0f} s; judging ...")
        scratch = run.scratch / name / way.name
        if rig is not None:
            report = replace(report, rigs=(*report.rigs, measure_rig(rig, way, scratch)))
        else:
            report = replace(report, real=(*report.real, *measure_scene(folder, way, scratch)))
        yield report


def _rig(folder: Path, quick: bool) -> Rig:
    return quick_part(read_rig(folder)) if quick else read_rig(folder)


def _training(run: Run, name: str) -> Sequence[Path]:
    folder = run.data / name
    return _rig(folder, run.quick).training if is_rig(folder) else list_images(folder / "normal")


def _our_ways(run: Run, name: str, training: Sequence[Path]) -> Iterator[Way]:
    for number, (way, judge) in enumerate(judges_for(name)):
        scratch = run.scratch / name / f"ours_{number}"
        yield Ours(way, judge, training, sections_of(run.data / name), scratch, run.clock)


def _reference_ways(run: Run, name: str, training: Sequence[Path]) -> Iterator[Way]:
    normal = as_folder(training, run.scratch / name / "normal")
    roi = parse_config(json.dumps(sections_of(run.data / name)), name).roi
    for way, scorer in scorers(run.quick).items():
        yield Reference(way, scorer, normal, roi, run.clock)


def judges_for(scene: str, judges: Path = JUDGES) -> list[tuple[str, Judge]]:
    """The judges that a scene is measured with, and what ours is called with each.

    What the shipped judge can do on the rig whose leaks it has learned from says nothing about other benches:
    that rig is measured first with a judge that was trained without it.
    """
    without = judges / f"without_{scene}.onnx"
    unseen = [(UNSEEN, Judge(without.read_bytes()))] if without.is_file() else []
    return [*unseen, (OURS, shipped_judge())]


def _cost(run: Run, name: str) -> Cost:
    scratch = run.scratch / "cost"
    training = _training(run, name)
    ours = Ours(OURS, shipped_judge(), training, sections_of(run.data / name), scratch / "ours", run.clock)
    return measure_cost(ours, training[-1], scratch, run.clock, run.quick)


def _write(report: Report, page: Path) -> None:
    write_text(page, as_markdown(report))
    values = asdict(report)
    values["made_at"] = report.made_at.isoformat(timespec="seconds")
    write_json(page.with_suffix(".json"), values)
