"""What one picture says about the camera, measured on pictures with a known fault."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from src.camera_diagnosis import diagnose
from src.camera_statistics import TrainedView, measure
from src.registration import build_reference
from tests.test_registration import bench, moved


@pytest.fixture(scope="module")
def view() -> TrainedView:
    return TrainedView(build_reference([bench(seed, light) for seed, light in enumerate((1.0, 0.9, 1.1, 0.5))]))


def noisy(image: np.ndarray, deviation: float) -> np.ndarray:
    values = image + np.random.default_rng(3).normal(0, deviation, image.shape)
    return values.clip(0, 255).astype(np.uint8)


def blurred(sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(bench(9), (0, 0), sigma)


@pytest.mark.parametrize(("image", "expected"), [
    (bench(9), None),
    (bench(9, 0.4, 0.5, 8), None),
    (moved(bench(9), 12, 3), None),
    (noisy(np.full((360, 640, 3), 2), 1.5), "black"),
    (noisy(np.full((360, 640, 3), 20), 15), "black"),
    (noisy(np.full((360, 640, 3), 60), 60), "black"),
    (noisy(np.minimum(bench(9).astype(int) * 8, 255), 1), "overexposed"),
    (noisy(blurred(60) * 0.9, 3), "covered"),
    (blurred(4), "blurred"),
    (blurred(12), "blurred"),
    (bench(9)[::-1, ::-1].copy(), "moved"),
], ids=["good", "dim and noisy", "moved a little", "lens cap", "cap and gain", "only noise", "burnt out", "cloth",
        "out of focus", "far out of focus", "another scene"])
def test_a_picture_with_a_known_fault_is_recognised(view, image, expected):
    assert diagnose(measure(image, view)) == expected


def test_dim_light_and_noise_do_not_look_blurred(view):
    assert measure(bench(9, 0.4, 0.0, 8), view).sharpness > 0.8
    assert measure(blurred(3), view).sharpness < 0.6


def test_a_movement_does_not_look_blurred(view):
    assert measure(moved(bench(9), 7.5, 2.5, 0.5), view).sharpness > 0.8


@pytest.mark.parametrize(("now", "then", "resized"), [
    ((480, 640), (720, 1280), True), ((720, 1280), (720, 1280), False), ((720, 960), (720, 1280), True),
    ((720, 1280), (714, 1268), False),      # rounded, as older versions noted it
    (None, (720, 1280), False), ((720, 1280), None, False),
])
def test_the_size_of_the_camera_picture_is_compared_with_that_of_the_training(now, then, resized):
    view = TrainedView(build_reference([bench(0)], camera=then))
    assert measure(bench(9), view, now).resized == resized


def test_without_training_there_is_still_light_contrast_and_noise():
    statistics = measure(bench(9, noise=10), None)
    assert statistics.shift is None and statistics.sharpness is None and not statistics.recognised
    assert 80 < statistics.brightness < 140
    assert statistics.contrast > 15


def test_without_training_focus_is_judged_by_the_finest_detail():
    assert measure(bench(9), None).fineness > 0.7
    assert measure(blurred(3), None).fineness < 0.45


def test_equal_pictures_have_equal_fingerprints_and_noise_tells_others_apart():
    assert measure(bench(1), None).fingerprint == measure(bench(1), None).fingerprint
    assert measure(bench(1), None).fingerprint != measure(bench(2), None).fingerprint


def test_a_part_cut_out_of_a_larger_picture_can_be_measured(view):
    wide = np.concatenate([bench(9), bench(9)], axis=1)
    assert measure(wide[:, 640:], view).fingerprint == measure(bench(9), view).fingerprint
