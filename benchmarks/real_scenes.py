"""Measures a way of finding leaks on real footage: for every scene, what can be said of it, and the aim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.footage import as_folder
from benchmarks.metrics import auroc, found_without_false, share
from benchmarks.scenes import FRAME_SECONDS, roi_in_pixels
from benchmarks.ways import Answer, Replayed, Way
from src.image_files import list_images

ROOF_FRAME_SECONDS = 600.0
# The day on which a puddle forms: its first picture there shows standing water.
RAINY_DAY = "snapshot-2017-08-15"


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, the aim in words ("" when there is none), the outcome."""

    scene: str
    what: str
    aim: str
    way: str
    reached: str


@dataclass(frozen=True)
class Measured:
    """One thing that was measured: what, aim in words, reached in words."""

    what: str
    aim: str
    reached: str


def roof(folder: Path, way: Way, scratch: Path) -> list[Measured]:
    """A roof: a dry morning, rain puddles, and night pictures that are nothing but noise."""
    dry = way.in_order(folder / "test" / "normal", ROOF_FRAME_SECONDS)
    puddles = list_images(folder / "test" / "anomaly_puddle")
    rainy = as_folder([path for path in puddles if path.name.startswith(RAINY_DAY)], scratch)
    rain = way.in_order(rainy, ROOF_FRAME_SECONDS)
    night = way.in_order(folder / "test" / "night_noise", ROOF_FRAME_SECONDS)
    wet = way.stills(puddles)
    return [
        Measured("dry morning in order", "no alert", _alerts(dry)),
        Measured("pictures from standing water (10:00) to the alert", "at most 2",
                 str(rain.alerts[0]) if rain.alerts else "no alert"),
        *_told_apart("puddle pictures", way.stills(list_images(folder / "test" / "normal")), wet),
        Measured("puddle pictures flagged, each alone", "", _flagged([answer.flagged for answer in wet])),
        Measured("puddle pictures named as a camera problem, each alone", "",
                 _flagged([answer.camera_problem is not None for answer in wet])),
        Measured("night noise in order", "no alert", _alerts(night)),
        Measured("camera problems named in the night noise", "", ", ".join(night.camera_problems) or "none"),
    ]


def clouds(folder: Path, way: Way, scratch: Path) -> list[Measured]:
    """Clouds over a car park; nothing leaks."""
    passing = way.in_order(folder / "test" / "normal_illumination_change", FRAME_SECONDS)
    return [
        Measured("clouds in order", "no alert", _alerts(passing)),
        Measured("new light reported", "", f"{passing.lighting_changes} times"),
    ]


def wetting_front(folder: Path, way: Way, scratch: Path) -> list[Measured]:
    """A wet front that climbs very slowly, after only ten normal pictures."""
    rising = way.in_order(folder / "test" / "anomaly_wet_front", FRAME_SECONDS)
    if not rising.alerts:
        return [Measured("first alert", "alert", "no alert")]
    first = rising.alerts[0]
    return [
        Measured("first alert", "alert", f"picture {first} of {len(rising.flagged)}"),
        Measured("flagged from there to the end", "all", _flagged(rising.flagged[first:])),
    ]


def office(folder: Path, way: Way, scratch: Path) -> list[Measured]:
    """An office, empty and with a person."""
    persons = way.stills(list_images(folder / "test" / "anomaly_person"))
    empty = way.stills(list_images(folder / "test" / "normal"))
    return [
        *_told_apart("pictures with the person", empty, persons),
        Measured("pictures with the person flagged", "at least 95 %",
                 _flagged([answer.flagged for answer in persons])),
        Measured("empty pictures flagged", "at most 5 %", _flagged([answer.flagged for answer in empty])),
    ]


def dye(folder: Path, way: Way, scratch: Path) -> list[Measured]:
    """Dye that spreads in a sand box."""
    plume = [answer.flagged for answer in way.stills(list_images(folder / "test" / "anomaly_dye_plume"))]
    return [Measured("pictures with the plume flagged", "", _flagged(plume))]


MEASUREMENTS: dict[str, Callable[[Path, Way, Path], list[Measured]]] = {
    "roofcam_aug": roof, "pets2001_clouds": clouds, "wetting_front": wetting_front, "cdnet_office": office,
    "fluidflower_tracer": dye,
}


def measure_scene(folder: Path, way: Way, scratch: Path) -> list[Figure]:
    """All figures of one way on the scene in `folder`, whose name is one of MEASUREMENTS."""
    return [Figure(folder.name, measured.what, measured.aim, way.name, measured.reached)
            for measured in MEASUREMENTS[folder.name](folder, way, scratch)]


def sections_of(folder: Path) -> Mapping[str, object]:
    """The settings that differ from the shipped ones: only the region of interest, where one is given."""
    return {"roi": roi_in_pixels(folder)} if folder.name == "roofcam_aug" else {}


def _told_apart(what: str, normal: list[Answer], other: list[Answer]) -> list[Measured]:
    """How well the scores alone tell pictures from normal ones, whatever the threshold."""
    scores, others = ([answer.score for answer in answers] for answers in (normal, other))
    return [
        Measured(f"AUROC of {what}", "", f"{auroc(scores, others):.3f}"),
        Measured(f"{what} found without a false picture", "",
                 f"{100 * found_without_false(scores, others):.0f} %"),
    ]


def _alerts(replayed: Replayed) -> str:
    return f"{len(replayed.alerts)} alerts, {_flagged(replayed.flagged)} flagged"


def _flagged(flagged: list[bool] | tuple[bool, ...]) -> str:
    return f"{sum(flagged)} of {len(flagged)} ({100 * share(flagged):.0f} %)"
