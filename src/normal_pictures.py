"""The normal pictures on disk, ready to learn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Sequence

import numpy as np

from src.atomic_file import read_json, write_json
from src.config import ImageSettings, RoiSettings
from src.errors import UserError
from src.image_files import ImageFileError, list_images, read_image
from src.preprocess import crop_roi, resize, roi_box, scored_size, watched_area
from src.registration import small_grey
from src.time_blocks import light_signature, time_blocks

FEWEST_PICTURES = 50
# Capture saves only the ROI; this note beside the pictures tells it from pictures of the whole view.
CROP_NOTE = "cropped_to.json"
VIEW_PICTURES = 100
REASONS_SHOWN = 5
NAMES_SHOWN = 3
NEW_PICTURES = "or move these pictures away and capture new ones."


@dataclass(frozen=True)
class NormalPictures:
    """Normal pictures in the order taken.

    names: N file names. pictures: (N, h, w, 3) uint8 BGR, prepared. blocks: (N,) int block numbers.
    watched: (h, w) bool, False where roi.ignore says not to look.
    views: about a hundred small grey pictures (rows, columns) uint8, spread over the set, to recognise the view by.
    camera: (rows, columns) of the camera pictures that they are or were cut out of, None when that is not known.
    skipped: a sentence for every file that could not be used.
    """

    names: tuple[str, ...]
    pictures: np.ndarray
    blocks: np.ndarray
    watched: np.ndarray
    views: tuple[np.ndarray, ...]
    camera: tuple[int, int] | None
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class _Cut:
    """How the pictures of a folder were cut, in (rows, columns).

    size: of the cut pictures. camera: of the whole camera picture, None when an older version did not note it and it
    does not follow from the size (with relative units it does, up to rounding).
    """

    size: tuple[int, int]
    camera: tuple[int, int] | None


def note_crop(folder: Path, roi: RoiSettings, image: np.ndarray) -> None:
    """Write down how the pictures in `folder` are cut to `roi`. image: the whole of the first one, (H, W, 3).

    Raises UserError when the folder holds pictures cut to another ROI or out of a camera picture of another size.
    """
    before = _noted(folder, roi)
    if before is None:
        (folder / CROP_NOTE).unlink(missing_ok=True)  # left behind by pictures that were moved away
    if not roi.enabled:
        return
    left, top, right, bottom = roi_box(*image.shape[:2], roi)
    now = _Cut((bottom - top, right - left), image.shape[:2])
    if before is None:
        write_json(folder / CROP_NOTE, {
            "roi": _rectangle(roi), "width": now.size[1], "height": now.size[0],
            "camera_width": now.camera[1], "camera_height": now.camera[0]})
    elif before.size != now.size or (roi.units == "pixels" and before.camera not in (None, now.camera)):
        raise UserError(f"The pictures in {folder} were taken with another size of the camera picture "
                        f"({_pixels(before.camera)}; now {_pixels(now.camera)}). Set width and height in the section "
                        f"camera of config/config.yaml back, {NEW_PICTURES}")


def load_normal_pictures(
    folder: Path, roi: RoiSettings, size: ImageSettings, progress: Callable[[int, int], None], fewest: int,
) -> NormalPictures:
    """Read, crop and resize all pictures of `folder`. progress: told (done, in all) after every file.

    Raises UserError when fewer than `fewest` pictures can be used, when some are of another size than the rest, or when
    it is not known where in them the areas under roi.ignore are.
    """
    paths = list_images(folder)
    cut = _noted(folder, roi)
    names, pictures, views, skipped, sizes = [], [], [], [], {}
    scored: ImageSettings | None = None
    for number, path in enumerate(paths):
        try:
            image = read_image(path)
            sizes[path.name] = image.shape[:2]
            if cut is None or image.shape[:2] != cut.size:
                image = crop_roi(image, roi)
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
    camera = _one_camera_size(folder, sizes, cut, roi)
    if len(pictures) < fewest:
        raise UserError(
            f"There are {len(pictures)} usable pictures in {folder}, but at least {fewest} are needed; 300 to 500, in "
            "all the light there will be, are better. Double-click set_mode_CAPTURE.bat and run_capture.bat to take "
            "more." + _some(skipped))
    watched = _watched(folder, roi, camera, scored)
    blocks = time_blocks(names, np.stack([light_signature(picture, watched) for picture in pictures]))
    return NormalPictures(tuple(names), np.stack(pictures), blocks, watched, tuple(views), camera, tuple(skipped))


def _one_camera_size(
    folder: Path, sizes: dict[str, tuple[int, int]], cut: _Cut | None, roi: RoiSettings,
) -> tuple[int, int] | None:
    """(rows, columns) of the camera pictures that the pictures in `folder` are or were cut out of, None when unknown.

    sizes: (rows, columns) of each picture. Raises UserError that names pictures of another size than the rest.
    """
    if cut is not None and cut.size not in sizes.values():
        cut = None  # a note left behind by pictures that were moved away
    cameras = {name: _camera_size(size, cut, roi) for name, size in sizes.items()}
    if not cameras:
        return None
    usual = Counter(cameras.values()).most_common(1)[0][0]
    other = [name for name, camera in cameras.items() if camera != usual]
    if other:
        expected = sizes[next(name for name, camera in cameras.items() if camera == usual)]
        named = a_few([f"{name} ({_pixels(sizes[name])})" for name in other])
        raise UserError(
            f"{len(other)} of the {len(sizes)} pictures in {folder} {'is' if len(other) == 1 else 'are'} of another "
            f"size than the rest ({_pixels(expected)}): {named}. All have to come from the same camera with the same "
            "settings. Move these away, then start again.")
    return usual


def a_few(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _camera_size(size: tuple[int, int], cut: _Cut | None, roi: RoiSettings) -> tuple[int, int] | None:
    """(rows, columns) of the camera picture that a picture of this size is or was cut out of, None when unknown."""
    if cut is None:
        return size
    if size == cut.size:
        return cut.camera
    # A size that is not known, or only up to rounding, cannot be compared; that of the ROI can.
    rough = cut.camera is None or roi.units == "relative"
    return cut.camera if rough and _box_size(size, roi) == cut.size else size


def _box_size(camera: tuple[int, int], roi: RoiSettings) -> tuple[int, int] | None:
    """(rows, columns) of the ROI in a camera picture of this size, None when it does not fit."""
    try:
        left, top, right, bottom = roi_box(*camera, roi)
    except UserError:
        return None
    return bottom - top, right - left


def _watched(folder: Path, roi: RoiSettings, camera: tuple[int, int] | None, size: ImageSettings) -> np.ndarray:
    if not roi.ignore:
        return np.ones((size.height, size.width), bool)
    if camera is None:
        raise UserError(f"The pictures in {folder} were taken by an older version, which did not note the size of the "
                        "whole camera picture: with units: pixels nobody can tell where in them the areas under "
                        "roi.ignore are. Remove these areas from config/config.yaml, " + NEW_PICTURES)
    return watched_area(roi, *camera, size)


def _some(reasons: list[str]) -> str:
    more = [f"and {len(reasons) - REASONS_SHOWN} more"] if len(reasons) > REASONS_SHOWN else []
    return "".join(f"\n  {reason}" for reason in [*reasons[:REASONS_SHOWN], *more])


def _rectangle(roi: RoiSettings) -> dict[str, object]:
    return {key: getattr(roi, key) for key in ("units", "x", "y", "width", "height")}


def _in_words(region: dict[str, object] | str) -> str:
    return region if isinstance(region, str) else ", ".join(f"{key} {value}" for key, value in region.items())


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[1]} x {size[0]} pixels"


def cropped_size(folder: Path, roi: RoiSettings) -> tuple[int, int] | None:
    """(rows, columns) of pictures that are already cut to the ROI, None when all show the whole view."""
    cut = _noted(folder, roi)
    return None if cut is None else cut.size


def _noted(folder: Path, roi: RoiSettings) -> _Cut | None:
    """How the pictures of the folder were cut, None when no picture in it is cut. Raises UserError for another ROI."""
    if not (folder / CROP_NOTE).is_file() or not list_images(folder):
        return None
    note = read_json(folder / CROP_NOTE)
    now = _rectangle(roi) if roi.enabled else "the whole picture"
    if note["roi"] != now:
        raise UserError(f"The pictures in {folder} were cut to another region of interest ({_in_words(note['roi'])}; "
                        f"now {_in_words(now)}). Set the section roi in config/config.yaml back, {NEW_PICTURES}")
    return _Cut((note["height"], note["width"]), _noted_camera(note, roi))


def _noted_camera(note: dict[str, object], roi: RoiSettings) -> tuple[int, int] | None:
    if "camera_width" in note:
        return note["camera_height"], note["camera_width"]
    if roi.units == "relative":
        # Up to rounding, which makes no difference to areas that are shares of the picture, too.
        return round(note["height"] / roi.height), round(note["width"] / roi.width)
    return None
