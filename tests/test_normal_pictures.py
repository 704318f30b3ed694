"""The normal pictures on disk, ready to learn from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from src.config import RoiSettings
from src.errors import UserError
from src.image_files import write_jpg
from src.normal_pictures import CROP_NOTE, NormalPictures, cropped_size, load_normal_pictures, note_crop
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
        cropped = bench(number)[:, :WIDTH // 2]
        note_crop(tmp_path / "cut", LEFT_HALF, cropped)
        write_jpg(tmp_path / "cut" / f"normal_{number}.jpg", cropped)
    assert cropped_size(tmp_path / "cut", LEFT_HALF) == (HEIGHT, WIDTH // 2)
    folder_with(tmp_path / "whole", 12)
    difference = load(tmp_path / "cut", LEFT_HALF).pictures.astype(int) - load(tmp_path / "whole", LEFT_HALF).pictures
    assert np.abs(difference).mean() < 2


@pytest.mark.parametrize("other", [WHOLE, roi(x=0.25, width=0.5), roi(units="pixels", width=80, height=120)])
def test_pictures_cut_to_another_region_are_refused_with_both(tmp_path, other):
    note_crop(tmp_path, LEFT_HALF, bench(0)[:, :WIDTH // 2])
    folder_with(tmp_path, 5)
    for act in (lambda: load(tmp_path, other), lambda: cropped_size(tmp_path, other)):
        with pytest.raises(UserError, match="another region of interest.*0.5.*config.yaml"):
            act()
    with pytest.raises(UserError, match="another region of interest"):
        note_crop(tmp_path, other, bench(0))


@pytest.mark.parametrize("other", [WHOLE, roi(x=0.25, width=0.5)])
def test_once_the_pictures_are_moved_away_their_region_no_longer_counts(tmp_path, other):
    note_crop(tmp_path, LEFT_HALF, bench(0)[:, :WIDTH // 2])
    assert cropped_size(tmp_path, other) is None
    note_crop(tmp_path, other, bench(0))
    folder_with(tmp_path, 5)
    assert cropped_size(tmp_path, other) == ((HEIGHT, WIDTH) if other.enabled else None)


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
def test_a_picture_that_the_region_does_not_fit_is_named_and_skipped(tmp_path):
    folder_with(tmp_path, 12)
    write_jpg(tmp_path / "normal_4.jpg", bench(4)[:60, :60])
    normal = load(tmp_path, roi(units="pixels", x=40, width=100, height=100))
    assert len(normal.names) == 11
    assert "normal_4.jpg" in normal.skipped[0] and "60 x 60" in normal.skipped[0]


