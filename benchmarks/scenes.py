"""What the folders of recorded footage hold, read from their label files. Decides nothing about detection."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

from src.errors import UserError
from src.image_files import list_images

PERCENT = 100.0
# As src.replay has it, for footage whose own rhythm does not matter or is not known.
FRAME_SECONDS = 1.5
# What is kept of a rig for a quick look: every so many-th picture, and so many around the onset of one night.
QUICK_TRAINING, QUICK_NORMAL, QUICK_STAGES, QUICK_BENIGN = 20, 40, 8, 20
QUICK_BEFORE_ONSET, QUICK_AFTER_ONSET = 6, 20


@dataclass(frozen=True)
class Picture:
    """One picture that is judged alone.

    group: the lighting block of a normal picture, the kind of a leak, or the kind of a dry but unusual scene.
    area_percent: share of the picture in which liquid can be seen, percent.
    """

    path: Path
    group: str
    area_percent: float


@dataclass(frozen=True)
class Night:
    """A recorded night: dry at first, then a leak grows.

    frames: which pictures of the video are used. onset: number of the first picture with liquid.
    area_percent: visible liquid in every picture of the video, percent of the picture.
    """

    name: str
    video: Path
    frame_seconds: float
    frames: range
    onset: int
    area_percent: tuple[float, ...]


@dataclass(frozen=True)
class Rig:
    """A rendered bench with labels. training: normal pictures to learn from; all others are for the test.

    nights: none for a random bench.
    """

    name: str
    training: tuple[Path, ...]
    normal: tuple[Picture, ...]
    leaks: tuple[Picture, ...]
    benign: tuple[Picture, ...]
    nights: tuple[Night, ...]


def find_scenes(data: Path) -> tuple[str, ...]:
    """The names of all folders of `data` that hold normal pictures. Raises UserError when there are none."""
    names = tuple(sorted(folder.parent.name for folder in data.glob("*/normal") if folder.is_dir()))
    if not names:
        raise UserError(f"{data} holds no footage. Expected folders such as {data / 'rig_a' / 'normal'}. "
                        "Give the right folder with --data.")
    return names


def is_rig(folder: Path) -> bool:
    """Whether the folder holds a bench with labelled leaks and recorded nights."""
    return (folder / "sequences" / "events.json").is_file()


def read_rig(folder: Path) -> Rig:
    """The bench in `folder`, from its labels.csv and sequences/events.json."""
    with open(folder / "labels.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    normal, leaks, benign = [], [], []
    for row in rows:
        path, kind = folder / row["file"], Path(row["file"]).parent.name
        area = PERCENT * float(row["area"])
        if row["file"].startswith("test/normal/"):
            normal.append(Picture(path, row["block"], area))
        elif row["leak"]:
            leaks.append(Picture(path, row["leak"], area))
        elif kind.startswith("benign_"):
            benign.append(Picture(path, kind.removeprefix("benign_"), area))
    return Rig(folder.name, tuple(list_images(folder / "normal")), tuple(normal), tuple(leaks), tuple(benign),
               _read_nights(folder / "sequences"))


def _read_nights(folder: Path) -> tuple[Night, ...]:
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    return tuple(
        Night(name, folder / night["file"], night["dt_s"], range(night["frames"]), night["onset_frame"],
              tuple(PERCENT * share for share in night["area_fraction"]))
        for name, night in events.items())


def quick_part(rig: Rig) -> Rig:
    """A small part of the rig, to see that everything runs: its figures mean nothing."""
    areas = sorted({(leak.group, leak.area_percent) for leak in rig.leaks})[::QUICK_STAGES]
    nights = tuple(
        replace(night, frames=range(night.onset - QUICK_BEFORE_ONSET, night.onset + QUICK_AFTER_ONSET))
        for night in rig.nights[:1])
    return replace(
        rig, training=rig.training[::QUICK_TRAINING], normal=rig.normal[::QUICK_NORMAL],
        leaks=tuple(leak for leak in rig.leaks if (leak.group, leak.area_percent) in areas),
        benign=rig.benign[::QUICK_BENIGN], nights=nights)


def roi_in_pixels(folder: Path) -> dict[str, object]:
    """The section `roi` of the settings, from the rectangle (left, top, right, bottom) in events.json."""
    events = json.loads((folder / "events.json").read_text(encoding="utf-8"))
    left, top, right, bottom = events["roi_rect_xyxy"]
    return {"enabled": True, "units": "pixels", "x": left, "y": top, "width": right - left,
            "height": bottom - top}
