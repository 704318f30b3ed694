"""The normal pictures on disk, ready to learn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from src.atomic_file import read_json, write_json
from src.camera_statistics import same_size
from src.config import ImageSettings, RoiSettings
from src.errors import UserError
from src.image_files import write_jpg
from src.normal_pictures import CROP_NOTE, NormalPictures, cropped_size, load_normal_pictures, note_crop
from src.preprocess import crop_roi, same_area, watched_area
from tests.bench import HEIGHT, SIZE, WIDTH, bench

WHOLE = RoiSettings()


def roi(**changes: object) -> RoiSettings:
    return RoiSettings.model_validate({"enabled": True, **changes})


LEFT_HALF = roi(x=0.0, width=0.5)


def folder_with(folder: Path, count: int, first: int = 0) -> Path:
    for number in range(first, first + count):
        write_jpg(folder / f"normal_{number}.jpg", bench(number))
    return folder


def load(folder: Path, region: RoiSettings = WHOLE, fewest: int = 2) -> NormalPictures:
    return load_normal_pictures(folder, region, SIZE, lambda done, total: None, fewest)


def test_pictures_come_in_the_order_taken_with_everything_that_learning_needs(tmp_path):
    steps = []
    normal = load_normal_pictures(folder_with(tmp_path, 24), WHOLE, SIZE, lambda *step: steps.append(step), 2)
    assert normal.names == tuple(f"normal_{number}.jpg" for number in range(24))
    assert normal.pictures.dtype == np.uint8 and normal.pictures.shape[0] == 24 and normal.pictures.shape[3] == 3
    assert normal.blocks.shape == (24,) and normal.watched.shape == normal.pictures.shape[1:3]
    assert normal.watched.all() and normal.skipped == ()
    assert 1 <= len(normal.views) <= 110 and len({view.shape for view in normal.views}) == 1
    assert steps == [(number, 24) for number in range(1, 25)]


def test_unreadable_and_tiny_pictures_are_named_and_skipped(tmp_path):
    folder_with(tmp_path, 12)
    (tmp_path / "normal_3.jpg").write_bytes(b"")
    (tmp_path / "normal_5.jpg").write_bytes((tmp_path / "normal_5.jpg").read_bytes()[:500])
    write_jpg(tmp_path / "normal_7.jpg", bench(7)[:8, :8])
    normal = load(tmp_path)
    assert len(normal.names) == len(normal.pictures) == len(normal.blocks) == 9
    assert [next(number for number in (3, 5, 7) if f"normal_{number}.jpg" in reason) for reason in normal.skipped] == [
        3, 5, 7]


def test_too_few_are_refused_with_what_to_do_and_what_was_skipped(tmp_path):
    (folder_with(tmp_path, 5) / "normal_1.jpg").write_bytes(b"rubbish")
    with pytest.raises(UserError, match="4 usable pictures(.|\n)*at least 10(.|\n)*run_capture.bat(.|\n)*normal_1.jpg"):
        load(tmp_path, fewest=10)


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(UserError, match="nowhere does not exist"):
        load(tmp_path / "nowhere")


def test_pictures_of_the_whole_view_are_cut_to_the_region(tmp_path):
    cut = load(folder_with(tmp_path, 12), LEFT_HALF)
    expected = bench(4)[:, :WIDTH // 2].mean()
    assert cut.pictures[4].mean() == pytest.approx(expected, abs=2)
    assert abs(bench(4).mean() - expected) > 3


def test_pictures_that_the_capture_has_cut_are_not_cut_again(tmp_path):
    for number in range(12):
        note_crop(tmp_path / "cut", LEFT_HALF, bench(number))
        write_jpg(tmp_path / "cut" / f"normal_{number}.jpg", bench(number)[:, :WIDTH // 2])
    assert cropped_size(tmp_path / "cut", LEFT_HALF) == (HEIGHT, WIDTH // 2)
    folder_with(tmp_path / "whole", 12)
    difference = load(tmp_path / "cut", LEFT_HALF).pictures.astype(int) - load(tmp_path / "whole", LEFT_HALF).pictures
    assert np.abs(difference).mean() < 2


@pytest.mark.parametrize("other", [WHOLE, roi(x=0.25, width=0.5), roi(units="pixels", width=80, height=120)])
def test_pictures_cut_to_another_region_are_refused_with_both(tmp_path, other):
    note_crop(tmp_path, LEFT_HALF, bench(0))
    folder_with(tmp_path, 5)
    for act in (lambda: load(tmp_path, other), lambda: cropped_size(tmp_path, other)):
        with pytest.raises(UserError, match="another region of interest.*0.5.*config.yaml"):
            act()
    with pytest.raises(UserError, match="another region of interest"):
        note_crop(tmp_path, other, bench(0))


@pytest.mark.parametrize("other", [WHOLE, roi(x=0.25, width=0.5)])
def test_once_the_pictures_are_moved_away_their_region_no_longer_counts(tmp_path, other):
    note_crop(tmp_path, LEFT_HALF, bench(0))
    assert cropped_size(tmp_path, other) is None
    note_crop(tmp_path, other, bench(0))
    folder_with(tmp_path, 5)
    assert cropped_size(tmp_path, other) == ((HEIGHT, WIDTH // 2) if other.enabled else None)


def test_without_a_region_nothing_is_noted(tmp_path):
    note_crop(tmp_path, WHOLE, bench(0))
    assert not (tmp_path / CROP_NOTE).exists() and cropped_size(tmp_path, WHOLE) is None


def test_a_damaged_note_is_said_in_words(tmp_path):
    folder_with(tmp_path, 5)
    (tmp_path / CROP_NOTE).write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=CROP_NOTE):
        load(tmp_path, LEFT_HALF)


def test_ignored_areas_are_not_watched(tmp_path):
    region = RoiSettings.model_validate({"ignore": [{"x": 0.0, "y": 0.0, "width": 0.5, "height": 1.0}]})
    watched = load(folder_with(tmp_path, 12), region).watched
    half = watched.shape[1] // 2
    assert not watched[:, :half - 1].any() and watched[:, half + 1:].all()


DISPLAY = [{"x": 0.25, "y": 0.25, "width": 0.25, "height": 0.25}]
REGIONS = {
    "relative": {"x": 0.125, "y": 0.1, "width": 0.75, "height": 0.8},
    "pixels": {"x": 20.0, "y": 12.0, "width": 120.0, "height": 96.0},
}


def region(units: str, factor: float = 1.0) -> RoiSettings:
    """A part of the bench with a display to be ignored, in either unit. factor: pixels are so many times smaller."""
    scale = factor if units == "pixels" else 1.0
    return roi(units=units, ignore=DISPLAY, **{key: scale * value for key, value in REGIONS[units].items()})


def captured(folder: Path, settings: RoiSettings, factor: int = 1, count: int = 12) -> Path:
    """Pictures of the bench as capture saves them: cut, with their note."""
    for number in range(count):
        image = np.ascontiguousarray(bench(number).repeat(factor, axis=0).repeat(factor, axis=1))
        note_crop(folder, settings, image)
        write_jpg(folder / f"cut_{number}.jpg", crop_roi(image, settings))
    return folder


def of_an_older_version(folder: Path) -> Path:
    note = read_json(folder / CROP_NOTE)
    write_json(folder / CROP_NOTE, {key: note[key] for key in ("roi", "width", "height")})
    return folder


def expected_mask(settings: RoiSettings, factor: int, size: tuple[int, int]) -> np.ndarray:
    return watched_area(settings, HEIGHT * factor, WIDTH * factor, ImageSettings(height=size[0], width=size[1]))


@pytest.mark.parametrize("units", ["relative", "pixels"])
@pytest.mark.parametrize("factor", [1, 3, 10])
def test_cut_pictures_are_watched_where_the_user_wrote_whatever_the_units_and_the_size(tmp_path, units, factor):
    settings = region(units, factor)
    normal = load(captured(tmp_path, settings, factor), settings)
    watched = normal.watched
    assert not watched.all() and np.array_equal(watched, expected_mask(settings, factor, watched.shape))
    assert normal.camera == (HEIGHT * factor, WIDTH * factor)


@pytest.mark.parametrize("units", ["relative", "pixels"])
def test_whole_and_cut_pictures_give_the_same_mask_also_together(tmp_path, units):
    settings = region(units)
    cut = load(captured(tmp_path / "cut", settings), settings).watched
    whole = load(folder_with(tmp_path / "whole", 12), settings).watched
    both = load(folder_with(captured(tmp_path / "both", settings), 3), settings)
    assert np.array_equal(cut, whole) and np.array_equal(both.watched, whole) and len(both.names) == 15


@pytest.mark.parametrize("factor", [1, 3])
def test_shares_of_the_picture_need_no_noted_camera_size(tmp_path, factor):
    settings = region("relative")
    folder = of_an_older_version(captured(tmp_path, settings, factor))
    normal = load(folder, settings)
    watched = normal.watched
    assert same_size((HEIGHT * factor, WIDTH * factor), normal.camera)
    assert not watched.all() and same_area(watched, expected_mask(settings, factor, watched.shape))
    note_crop(folder, settings, np.zeros((HEIGHT * factor, WIDTH * factor, 3), np.uint8))
    with pytest.raises(UserError, match="another size of the camera picture"):
        note_crop(folder, settings, np.zeros((HEIGHT * 2, WIDTH * 2, 3), np.uint8))


def test_with_pixels_and_ignored_areas_an_unknown_camera_size_is_refused_and_not_guessed(tmp_path):
    folder = of_an_older_version(captured(tmp_path, region("pixels")))
    with pytest.raises(UserError, match="units: pixels nobody can tell.*move these pictures away and capture new ones"):
        load(folder, region("pixels"))
    nothing_ignored = region("pixels").model_copy(update={"ignore": ()})
    assert load(folder_with(folder, 3), nothing_ignored).watched.all()
    for path in folder.glob("cut_*.jpg"):
        path.unlink()
    assert not load(folder, region("pixels")).watched.all()  # whole pictures are left, so their size is known


def test_pictures_are_not_cut_out_of_two_sizes_of_the_camera_picture(tmp_path):
    captured(tmp_path, region("pixels"))
    with pytest.raises(UserError, match=r"\(160 x 120 pixels; now 320 x 240 pixels\).*section camera"):
        note_crop(tmp_path, region("pixels"), np.zeros((HEIGHT * 2, WIDTH * 2, 3), np.uint8))


@pytest.mark.parametrize(("count", "named"), [
    (1, "1 of the 13 pictures in .* is of another size than the rest .160 x 120 pixels.: "
        "normal_100.jpg .60 x 40 pixels.. All"),
    (5, "5 of the 17 .* are of another size .*: normal_100.jpg .*, normal_101.jpg .*, normal_102.jpg .* and 2 more"),
])
@pytest.mark.parametrize("settings", [WHOLE, LEFT_HALF, roi(units="pixels", x=40, width=100, height=100)])
def test_pictures_of_another_size_are_refused_by_name(tmp_path, count, named, settings):
    folder_with(tmp_path, 12)
    for number in range(count):
        write_jpg(tmp_path / f"normal_{100 + number}.jpg", bench(number)[:40, :60])
    with pytest.raises(UserError, match=named):
        load(tmp_path, settings)


@pytest.mark.parametrize("units", ["relative", "pixels"])
def test_a_whole_picture_of_another_camera_among_cut_ones_is_refused_by_name(tmp_path, units):
    folder = captured(tmp_path, region(units))
    write_jpg(folder / "other.jpg", bench(0).repeat(2, axis=0).repeat(2, axis=1))
    with pytest.raises(UserError, match="1 of the 13 .*other.jpg .320 x 240 pixels."):
        load(folder, region(units))


def test_a_region_that_fits_no_picture_is_said_with_the_sizes(tmp_path):
    with pytest.raises(UserError, match="0 usable pictures(.|\n)*camera picture is 160 x 120 pixels"):
        load(folder_with(tmp_path, 12), roi(units="pixels", x=100, width=100, height=100))
