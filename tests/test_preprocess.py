"""From a camera picture to the picture that is scored."""

from __future__ import annotations

import numpy as np
import pytest

from src.config import ImageSettings, RoiSettings
from src.errors import UserError
from src.preprocess import crop_roi, resize, roi_box, watched_area


def roi(**changes: object) -> RoiSettings:
    return RoiSettings.model_validate({"enabled": True, **changes})


@pytest.mark.parametrize(("settings", "box"), [
    (roi(enabled=False, x=0.5), (0, 0, 640, 360)),
    (roi(), (0, 0, 640, 360)),
    (roi(x=0.25, y=0.5, width=0.5, height=0.5), (160, 180, 480, 360)),
    (roi(x=0.7, width=0.3), (448, 0, 640, 360)),                        # 0.7 + 0.3 is a little more than 1
    (roi(units="pixels", x=10, y=20, width=100, height=64), (10, 20, 110, 84)),
    (roi(units="pixels", x=540, y=296, width=100, height=64), (540, 296, 640, 360)),
])
def test_the_region_of_interest_in_pixels(settings, box):
    assert roi_box(360, 640, settings) == box


@pytest.mark.parametrize("settings", [
    roi(units="pixels", x=600, width=100, height=64),                   # beyond the right edge
    roi(units="pixels", y=300, width=100, height=64),                   # beyond the lower edge
    roi(width=0.04),                                                    # 26 pixels wide
    roi(height=0.08),                                                   # 29 pixels high
])
def test_a_region_that_does_not_fit_is_refused_with_the_sizes_and_the_way_out(settings):
    with pytest.raises(UserError, match=r"camera picture is 640 x 360 pixels.*Correct the section roi in config"):
        crop_roi(np.zeros((360, 640, 3), np.uint8), settings)


def test_cropping_keeps_the_camera_resolution_and_copies_nothing():
    picture = np.arange(48 * 64 * 3, dtype=np.uint32).astype(np.uint8).reshape(48, 64, 3)
    cropped = crop_roi(picture, roi(x=0.25, y=0.25, width=0.5, height=0.75))
    assert np.array_equal(cropped, picture[12:48, 16:48])
    assert np.shares_memory(cropped, picture)


def test_resizing_averages_so_that_noise_goes_down():
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[::2] = 200
    small = resize(picture, ImageSettings(width=50, height=40))
    assert small.shape == (40, 50, 3) and small.dtype == np.uint8
    assert small.mean() == pytest.approx(100, abs=1)


def drawn(watched: np.ndarray, step: int) -> list[str]:
    return ["".join("#" if pixel else "." for pixel in row[::step]) for row in watched[::step]]


SIZE = ImageSettings(width=80, height=60)


@pytest.mark.parametrize(("settings", "picture"), [
    (roi(ignore=[]), ["########"] * 6),
    (roi(ignore=[{"x": 0.0, "y": 0.0, "width": 0.26, "height": 0.35}]), ["...#####"] * 3 + ["########"] * 3),
    # relative to the whole camera picture, not to the region of interest
    (roi(x=0.5, width=0.5, ignore=[{"x": 0.0, "y": 0.0, "width": 0.74, "height": 1.0}]), ["....####"] * 6),
    (roi(x=0.5, width=0.5, ignore=[{"x": 0.0, "y": 0.0, "width": 0.45, "height": 1.0}]), ["########"] * 6),
    (roi(ignore=[{"polygon": [[0.49, 0.0], [1.0, 0.0], [1.0, 1.0], [0.49, 1.0]]}]), ["####...."] * 6),
    (roi(ignore=[{"x": 0.0, "y": 0.0, "width": 0.2, "height": 1.0}, {"x": 0.8, "y": 0.0, "width": 0.2, "height": 1.0}]),
     ["..#####."] * 6),
])
def test_ignored_areas_are_left_out_of_what_is_watched(settings, picture):
    assert drawn(watched_area(settings, 360, 640, SIZE), 10) == picture


@pytest.mark.parametrize(("height", "width"), [(60, 80), (1080, 1920), (41, 53)])
def test_the_mask_is_the_same_for_any_camera_size(height, width):
    settings = roi(ignore=[{"x": 0.3, "y": 0.3, "width": 0.4, "height": 0.4}])
    differing = watched_area(settings, height, width, SIZE) != watched_area(settings, 360, 640, SIZE)
    assert differing.mean() < 0.04  # a pixel at the border of the area, where rounding differs


def test_a_pixel_that_an_ignored_area_touches_at_all_is_ignored():
    settings = roi(ignore=[{"x": 0.0, "y": 0.0, "width": 0.13, "height": 1.0}])
    watched = watched_area(settings, 600, 800, ImageSettings(width=32, height=32))
    assert not watched[:, :5].any() and watched[:, 5:].all()  # 0.13 * 32 = 4.2


def test_ignoring_everything_is_refused():
    with pytest.raises(UserError, match="nothing would be watched"):
        watched_area(roi(ignore=[{"x": 0, "y": 0, "width": 1, "height": 1}]), 360, 640, SIZE)
