"""The normal pictures on disk, ready to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

from src.atomic_file import read_json, write_json
from src.config import ImageSettings, RoiSettings
from src.errors import UserError
from src.image_files import ImageFileError, list_images, read_image
from src.preprocess import crop_roi, resize, scored_size, watched_area
from src.registration import small_grey
from src.time_blocks import light_signature, time_blocks

FEWEST_PICTURES = 50
# Capture saves only the ROI; this note beside the pictures tells it from pictures of the whole view.
CROP_NOTE = "cropped_to.json"
VIEW_PICTURES = 100
REASONS_SHOWN = 5


@dataclass(frozen=True)
class NormalPictures:
    """Normal pictures in the order taken.

    names: N file names. pictures: (N, h, w, 3) uint8 BGR, prepared. blocks: (N,) int block numbers.
    watched: (h, w) bool, False where roi.ignore says not to look.
    views: about a hundred small grey pictures (rows, columns) uint8, spread over the set, to recognise the view by.
    skipped: a sentence for every file that could not be used.
    """

    names: tuple[str, ...]
    pictures: np.ndarray
    blocks: np.ndarray
    watched: np.ndarray
    views: tuple[np.ndarray, ...]
    skipped: tuple[str, ...]


def note_crop(folder: Path, roi: RoiSettings, cropped: np.ndarray) -> None:
    """Write down that the pictures in `folder` are already cut to `roi`. cropped: one of them, (H, W, 3).

    Raises UserError when the folder holds pictures cut to another ROI.
    """
    if _check_same_crop(folder, roi) is None:
        (folder / CROP_NOTE).unlink(missing_ok=True)  # left behind by pictures that were moved away
    if not roi.enabled:
        return
    write_json(folder / CROP_NOTE, {"roi": _rectangle(roi), "width": cropped.shape[1], "height": cropped.shape[0]})


def load_normal_pictures(
    folder: Path, roi: RoiSettings, size: ImageSettings, progress: Callable[[int, int], None], fewest: int,
) -> NormalPictures:
    """Read, crop and resize all pictures of `folder`. progress: told (done, in all) after every file.

    Raises UserError when fewer than `fewest` pictures can be used.
    """
    paths = list_images(folder)
    already_cut = cropped_size(folder, roi)
    names, pictures, views, skipped, shapes = [], [], [], [], {}
    scored: ImageSettings | None = None
    for number, path in enumerate(paths):
        try:
            image = read_image(path)
            if image.shape[:2] != already_cut:
                cut = crop_roi(image, roi)
                shapes[image.shape[:2]] = shapes.get(image.shape[:2], 0) + 1
                image = cut
        except ImageFileError as error:
            skipped.append(str(error))
        except UserError as error:
            skipped.append(f"{path}: {error}")
        else:
            names.append(path.name)
            scored = scored or scored_size(image, size)
            pictures.append(resize(image, scored))
            if number % max(1, len(paths) // VIEW_PICTURES) == 0:
                views.append(small_grey(image).astype(np.uint8))
        progress(number + 1, len(paths))
    if len(pictures) < fewest:
        raise UserError(
            f"There are {len(pictures)} usable pictures in {folder}, but at least {fewest} are needed; 300 to 500, in "
            "all the light there will be, are better. Double-click set_mode_CAPTURE.bat and run_capture.bat to take "
            "more." + _some(skipped))
    watched = _watched(roi, scored, shapes)
    blocks = time_blocks(names, np.stack([light_signature(picture, watched) for picture in pictures]))
    return NormalPictures(tuple(names), np.stack(pictures), blocks, watched,
                          tuple(view for view in views if view.shape == views[0].shape), tuple(skipped))


def _watched(roi: RoiSettings, size: ImageSettings, shapes: dict[tuple[int, int], int]) -> np.ndarray:
    if not roi.ignore:
        return np.ones((size.height, size.width), bool)
    # Ignored areas are shares of the whole view, so any size of that view gives the same mask.
    height, width = max(shapes, key=shapes.get, default=(720, 1280))
    return watched_area(roi, height, width, size)


def _some(reasons: list[str]) -> str:
    more = [f"and {len(reasons) - REASONS_SHOWN} more"] if len(reasons) > REASONS_SHOWN else []
    return "".join(f"\n  {reason}" for reason in [*reasons[:REASONS_SHOWN], *more])


def _rectangle(roi: RoiSettings) -> dict[str, object]:
    return {key: getattr(roi, key) for key in ("units", "x", "y", "width", "height")}


def _in_words(region: dict[str, object] | str) -> str:
    return region if isinstance(region, str) else ", ".join(f"{key} {value}" for key, value in region.items())


def cropped_size(folder: Path, roi: RoiSettings) -> tuple[int, int] | None:
    """(rows, columns) of pictures that are already cut to the ROI, None when all show the whole view."""
    note = _check_same_crop(folder, roi)
    return None if note is None else (note["height"], note["width"])


def _check_same_crop(folder: Path, roi: RoiSettings) -> dict[str, object] | None:
    """The note of the folder, None when no picture in it is cut. Raises UserError for another ROI."""
    if not (folder / CROP_NOTE).is_file() or not list_images(folder):
        return None
    note = read_json(folder / CROP_NOTE)
    now = _rectangle(roi) if roi.enabled else "the whole picture"
    if note["roi"] != now:
        raise UserError(f"The pictures in {folder} were cut to another region of interest ({_in_words(note['roi'])}; now "
                        f"{_in_words(now)}). "
                        "Set the section roi in config/config.yaml back, or move these pictures away and capture new "
                        "ones.")
    return note
