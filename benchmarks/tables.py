"""The results as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from benchmarks import aims
from benchmarks.cost import Cost, Machine
from benchmarks.hardships import HardResult
from benchmarks.metrics import FoundFrom
from benchmarks.real_scenes import Figure
from benchmarks.rigs import BenignResult, DryResult, KindResult, NightResult, RigResult, Shares
from benchmarks.ways import SHIPPED_JUDGE_SAW, UNSEEN

NONE = "-"


@dataclass(frozen=True)
class Report:
    """Everything that one run has measured so far. made_at: aware wall time of its start."""

    made_at: datetime
    machine: Machine
    quick: bool
    rigs: tuple[RigResult, ...] = ()
    real: tuple[Figure, ...] = ()
    cost: Cost | None = None
    hardships: tuple[HardResult, ...] = ()


def as_markdown(report: Report) -> str:
    """The whole report."""
    parts = [f"# Benchmark of {report.made_at:%Y-%m-%d %H:%M}", _foreword(report)]
    for rig in dict.fromkeys(result.rig for result in report.rigs):
        parts += _rig([result for result in report.rigs if result.rig == rig])
    if report.real:
        parts += ["## Real scenes", _real(report.real)]
    if report.cost is not None:
        parts += ["## Cost", _cost(report.cost)]
    if report.hardships:
        parts += ["## Hardships", _hardships(report.hardships)]
    return "\n\n".join(parts) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. All rows have as many cells as the header."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _foreword(report: Report) -> str:
    load = report.machine.load
    busy = "" if load is None else f", {load:.1f} programs wanting to run at the start"
    seen = " and ".join(SHIPPED_JUDGE_SAW)
    words = (
        "Every way is trained on the scene's own `normal/` pictures.\n\n"
        "- *ours*: the shipped settings everywhere; only the region of interest is given. The shipped judge "
        f"has learned from the rendered leaks of {seen}; it has never seen any other scene.\n"
        f"- *{UNSEEN}*: the same with a judge trained without this rig. This is what to expect elsewhere.\n"
        "- *conv autoencoder*: plain, wide bottleneck (16 x 16 x 512), squared error, `model.predict`.\n"
        "- *MOG2*: OpenCV's background subtractor. *mean picture*: squared difference to it.\n\n"
        f"Measured on {report.machine.cores} cores ({report.machine.processor}) that other work shared{busy}"
        ": ratios hold better than times.")
    if report.quick:
        return f"**A quick look at a small part of the footage: the figures mean nothing.** {words}"
    return words


def _rig(results: Sequence[RigResult]) -> list[str]:
    first = results[0]
    return [
        f"## {first.rig}",
        f"Each picture alone ({first.normal_pictures} normal pictures, {first.leak_pictures} of leaks):",
        _stills(results),
        "Smallest size, in percent of the picture, from which on a leak is found in 4 of 5 lightings, at the "
        "way's own threshold (in brackets: the largest that is missed):",
        _kinds(results, lambda kind: kind.own_threshold),
        "The same at the highest threshold without a false picture:",
        _kinds(results, lambda kind: kind.without_false),
        "Dry but unusual pictures, flagged as a leak / named as a moved camera:", _benign(results),
        "In order, as the monitor sees it; nights: alerts while all is dry, first alert once it leaks:",
        _nights(results),
    ]


def _stills(results: Sequence[RigResult]) -> str:
    blocks = list(results[0].false_share)
    header = ["way", "training", *(f"false, {block}" for block in blocks), "AUROC",
              "found without a false picture, all / from 0.05 %",
              "found at its own threshold, all / from 0.05 %"]
    aim = ["*aim*", "", *(aims.BLOCKS.get(block, "") for block in blocks), aims.AUROC.get(results[0].rig, ""),
           aims.FOUND_WITHOUT_FALSE, ""]
    rows = [[result.way, f"{result.training}, {result.training_seconds:.0f} s",
             *(_percent(result.false_share[block]) for block in blocks), f"{result.auroc:.3f}",
             _shares(result.found_without_false), _shares(result.found_own_threshold)] for result in results]
    return table(header, [aim, *rows])


def _kinds(results: Sequence[RigResult], chosen: Callable[[KindResult], FoundFrom]) -> str:
    rows = [[kind, aims.KINDS.get(kind, ""), *(_found_from(chosen(result.kinds[kind])) for result in results)]
            for kind in results[0].kinds]
    return table(["leak", "aim", *(result.way for result in results)], rows)


def _benign(results: Sequence[RigResult]) -> str:
    rows = [[kind, aims.BENIGN.get(kind, ""), *(_benign_cell(result.benign[kind]) for result in results)]
            for kind in results[0].benign]
    return table(["scene", "aim", *(result.way for result in results)], rows)


def _nights(results: Sequence[RigResult]) -> str:
    rig = results[0].rig
    aim = {night: f"no false alert, below {aims.NIGHTS[rig, night]} %" for night in results[0].nights
           if (rig, night) in aims.NIGHTS}
    rows = [[night, aim.get(night, ""),
             *(_night_cell(result.nights[night]) for result in results)] for night in results[0].nights]
    normal = ["test/normal", aims.NORMAL_IN_ORDER,
              *(_in_order_cell(result.normal_in_order) for result in results)]
    return table(["footage", "aim", *(result.way for result in results)], [*rows, normal])


def _real(figures: Sequence[Figure]) -> str:
    ways = list(dict.fromkeys(figure.way for figure in figures))
    reached = {(figure.scene, figure.what, figure.way): figure.reached for figure in figures}
    wanted = {(figure.scene, figure.what): figure.aim for figure in figures}
    rows = [[scene, what, aim, *(reached.get((scene, what, way), NONE) for way in ways)]
            for (scene, what), aim in wanted.items()]
    return table(["scene", "what", "aim", *ways], rows)


def _hardships(results: Sequence[HardResult]) -> str:
    rows = []
    for hard in results:
        result, nights = hard.result, hard.result.nights.values()
        areas = ("not reported" if night.area_percent is None else f"{night.area_percent:.3f}" for night in nights)
        rows.append([
            hard.hardship, result.rig, result.training, f"{result.auroc:.3f}",
            _shares(result.found_without_false), _shares(result.found_own_threshold),
            f"{result.normal_in_order.flagged} of {result.normal_in_order.pictures}",
            f"{sum(night.false_alerts for night in nights)} ({sum(night.false_flagged for night in nights)})",
            " / ".join(areas)])
    return table(["hardship", "rig", "training", "AUROC", "found without a false picture, all / from 0.05 %",
                  "found at its own threshold, all / from 0.05 %", "normal pictures flagged",
                  "nights: false alerts (pictures flagged)", "area at the alert, percent"], rows)


def _cost(cost: Cost) -> str:
    frame, monitor = cost.frame, cost.monitor
    rows = [
        [f"one 1280 x 720 picture to verdict, one thread, median of {frame.rounds}", aims.VERDICT,
         f"{frame.verdict_milliseconds:.1f} ms"],
        ["the same with camera checks and alarm", "", f"{frame.look_milliseconds:.1f} ms"],
        ["plain conv autoencoder through model.predict, same process, in turn", "",
         f"{frame.predict_milliseconds:.1f} ms"],
        ["verdict compared with that", aims.RATIO, f"{frame.ratio:.2f}"],
        [f"training, calibration included ({cost.training})", aims.TRAINING,
         f"{cost.training_seconds:.0f} s"],
        ["monitor process: most memory", aims.MEMORY, _unless_unknown(monitor.peak_megabytes, "{:.0f} MB")],
        ["monitor process: start to first verdict", aims.FIRST_VERDICT,
         f"{monitor.seconds_to_verdict:.1f} s"],
        [f"monitor process: share of one core at one picture a second, over {monitor.watched_seconds:.0f} s",
         aims.CORE_SHARE,
         _unless_unknown(None if monitor.core_share is None else 100 * monitor.core_share, "{:.1f} %")],
    ]
    return table(["what", "aim", "reached"], rows)


def _unless_unknown(value: float | None, words: str) -> str:
    return "not measured on this system" if value is None else words.format(value)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _shares(shares: Shares) -> str:
    return f"{100 * shares.every:.1f} / {100 * shares.visible:.1f} %"


def _found_from(found: FoundFrom) -> str:
    if found.area_percent is None:
        return "not found"
    missed = "" if found.missed_percent is None else f" ({found.missed_percent:.3f})"
    return f"{found.area_percent:.3f}{missed}"


def _benign_cell(result: BenignResult) -> str:
    return f"{100 * result.flagged:.0f} / {100 * result.moved:.0f} %"


def _night_cell(night: NightResult) -> str:
    false = f"{night.false_alerts} false ({night.false_flagged} of {night.normal_pictures} flagged)"
    if night.in_alarm:
        false += ", alarm still on when the leak began"
    if night.area_percent is None:
        return f"{false}; leak not reported"
    return f"{false}; at {night.area_percent:.3f} %, after {night.delay_seconds:.0f} s"


def _in_order_cell(dry: DryResult) -> str:
    return f"{dry.alerts} alerts, {dry.lighting_changes} times new light"
