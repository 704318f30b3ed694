"""Footage on disk in the form in which the monitor reads it: a folder of pictures or a video."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.scenes import Night
from src.camera import CameraEnded, open_recording
from src.clock import Clock
from src.image_files import list_images, write_png


def as_folder(paths: Sequence[Path], scratch: Path) -> Path:
    """A folder that holds exactly these pictures: the one they are in, or else copies in `scratch`."""
    parent = paths[0].parent
    if list(paths) == list_images(parent):
        return parent
    scratch.mkdir(parents=True)
    for path in paths:
        shutil.copyfile(path, scratch / path.name)
    return scratch


def as_source(night: Night, scratch: Path) -> Path:
    """The video of a night, or the pictures of the part that is used, written to `scratch`."""
    if len(night.frames) == len(night.area_percent):
        return night.video
    used = islice(pictures(night.video), night.frames.start, night.frames.stop)
    for number, image in zip(night.frames, used):
        write_png(scratch / f"{number:05d}.png", image)
    return scratch


def pictures(source: Path) -> Iterator[np.ndarray]:
    """The pictures of a video or a folder in order, each (H, W, 3) uint8 BGR."""
    recording = open_recording(str(source), Clock())
    try:
        while True:
            yield recording.read(0.0).image
    except CameraEnded:
        return
    finally:
        recording.close()
