"""The evidence picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import cv2
import numpy as np
import pytest

from src.blobs import Spot
from src.messages import percent
from src.panels import OUTLINE, PAPER, Caption, _area, evidence_panel, heatmap, outline

CAPTION = Caption(datetime(2026, 11, 23, 3, 15, 2), 1.43, 1.0)
SPOT = Spot(area_pixels=40, area_percent=0.06, left=0.1, top=0.7, width=0.05, height=0.05)


def picture(width, height):
    rows, columns = np.mgrid[:height, :width]
    return np.dstack([rows % 200, columns % 200, (rows + columns) % 200]).astype(np.uint8)


def panel(width, height, spot=SPOT, errors=None):
    errors = np.zeros((256, 256), np.float32) if errors is None else errors
    return evidence_panel(picture(width, height), picture(256, 256), errors, spot, CAPTION)


@pytest.mark.parametrize(
    ("width", "height"), [(320, 256), (640, 480), (960, 540), (1920, 1080), (300, 1000), (2000, 90), (32, 32)]
)
@pytest.mark.parametrize(
    "spot",
    [
        None,
        SPOT,
        Spot(1, 0.001, 0.0, 0.0, 0.004, 0.004),
        Spot(1, 0.001, 0.996, 0.996, 0.004, 0.004),
        Spot(65536, 100.0, 0.0, 0.0, 1.0, 1.0),
        Spot(300, 0.5, 0.4, 0.0, 0.02, 1.0),
        Spot(300, 0.5, 0.0, 0.5, 1.0, 0.02),
    ],
)
def test_every_picture_size_and_every_spot_gives_a_panel(width, height, spot):
    made = panel(width, height, spot)
    assert made.dtype == np.uint8 and made.ndim == 3 and made.shape[2] == 3
    assert 1000 < made.shape[1] <= 2000


def test_the_panel_says_the_size_that_the_message_says():
    as_seen = _area(CAPTION, SPOT)
    assert as_seen == f"spot {percent(SPOT.area_percent, '%')} of the area" == "spot 0.06 % of the area"
    assert _area(replace(CAPTION, area_percent=0.03), SPOT) == "spot 0.03 % of the area"


def test_a_panel_without_a_spot_says_whether_it_is_normal():
    assert _area(CAPTION, None) == "no single spot"
    assert _area(replace(CAPTION, score=0.2), None) == "normal"


def test_the_words_stay_inside_the_panel():
    for width, height in ((320, 256), (1920, 1080), (100, 1000)):
        made = panel(width, height)
        assert (made[:, -4:] == PAPER).all() and (made[-3:] == PAPER).all()


def test_the_spot_is_outlined_where_it_is():
    plain, marked = picture(960, 540), outline(picture(960, 540), SPOT)
    changed = np.argwhere((plain != marked).any(axis=2))
    top, left = changed.min(axis=0)
    bottom, right = changed.max(axis=0)
    assert left < 0.1 * 960 and right > 0.15 * 960 and top < 0.7 * 540 and bottom > 0.75 * 540
    assert right - left < 0.15 * 960 and bottom - top < 0.2 * 540
    middle = plain[int(0.725 * 540), int(0.125 * 960)]
    assert (marked[int(0.725 * 540), int(0.125 * 960)] == middle).all()  # nothing covers the spot itself


def test_the_outline_finds_the_watched_area_in_the_full_frame():
    marked = outline(np.zeros((1080, 1920, 3), np.uint8), SPOT, roi=(960, 0, 1920, 540))
    rows, columns = np.nonzero((marked == OUTLINE).all(axis=2))
    assert columns.min() > 960 and rows.max() < 540


def test_outlining_leaves_the_picture_itself_alone():
    original = picture(320, 256)
    outline(original, SPOT)
    assert (original == picture(320, 256)).all()


def brightness(error):
    return int(cv2.cvtColor(heatmap(np.full((4, 4), error, np.float32)), cv2.COLOR_BGR2GRAY).max())


def test_a_normal_picture_looks_cold_and_a_leak_hot():
    assert brightness(0.0) < 5
    assert brightness(0.9) < 60
    assert brightness(3.0) > 200


def test_more_error_is_always_brighter_so_that_it_reads_without_colour_vision():
    levels = [brightness(error) for error in np.linspace(0, 3, 30)]
    assert levels == sorted(levels) and len(set(levels)) > 25


def test_the_scale_does_not_depend_on_the_picture():
    errors = np.zeros((8, 8), np.float32)
    errors[0, 0] = 100.0
    errors[1, 1] = 0.5
    assert (heatmap(errors)[1, 1] == heatmap(np.full((8, 8), 0.5, np.float32))[1, 1]).all()


def test_a_small_spot_gets_a_close_up_in_the_opposite_corner():
    small = Spot(2, 0.003, 0.1, 0.8, 0.01, 0.01)
    large = Spot(20000, 30.0, 0.1, 0.3, 0.5, 0.6)
    with_close_up, without = panel(960, 540, small), panel(960, 540, large)
    corner = slice(60, 120), slice(560, 640)  # upper right of the first picture
    assert (with_close_up[corner] != without[corner]).mean() > 0.5
