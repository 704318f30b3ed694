"""A known movement is found to a fraction of a pixel, whatever the light."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from src.registration import Registration, Shift, align, build_reference, estimate_shift

HEIGHT, WIDTH = 360, 640


def bench(seed: int = 0, light: float = 1.0, slope: float = 0.0, noise: float = 1.0) -> np.ndarray:
    """A bench with some fifty boxes and hoses, (360, 640, 3) uint8; slope: lamp at the left or right."""
    generator = np.random.default_rng(7)
    picture = np.full((HEIGHT, WIDTH), 120.0, np.float32)
    for _ in range(50):
        x, y = int(generator.integers(0, WIDTH)), int(generator.integers(0, HEIGHT))
        size = generator.integers(12, 70, 2)
        cv2.rectangle(picture, (x, y), (x + int(size[0]), y + int(size[1])), float(generator.integers(20, 220)), -1)
        cv2.circle(picture, (y, x % HEIGHT), int(size[0]) // 2, float(generator.integers(20, 220)), 3)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.0) * light * np.linspace(1 - slope, 1 + slope, WIDTH)
    picture = picture + np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.repeat(picture.clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def moved(image: np.ndarray, dx: float, dy: float, degrees: float = 0.0) -> np.ndarray:
    """The scene moved to the right and down and turned clockwise about the middle of the picture."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -degrees, 1.0)
    matrix[:, 2] += (dx, dy)
    return cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


@pytest.fixture(scope="module")
def registration() -> Registration:
    return Registration(build_reference([bench(seed, light) for seed, light in enumerate((1.0, 0.9, 1.1, 0.5))]))


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (0.5, 0), (3, -2), (-20, 11), (70, 35)])
def test_a_shift_is_found_to_a_fraction_of_a_pixel(registration, dx, dy):
    shift = registration.estimate(moved(bench(9), dx, dy))
    assert (shift.dx, shift.dy) == pytest.approx((dx, dy), abs=0.4)
    assert abs(shift.rotation_degrees) < 0.1
    assert shift.confidence > 0.8


@pytest.mark.parametrize("degrees", [-2.0, 0.5, 3.0])
def test_a_rotation_is_found(registration, degrees):
    shift = registration.estimate(moved(bench(9), 4, 0, degrees))
    assert shift.rotation_degrees == pytest.approx(degrees, abs=0.2)
    assert shift.dx == pytest.approx(4, abs=0.6)


@pytest.mark.parametrize("light, slope, noise", [(0.3, 0, 1), (1.0, 0.6, 1), (1.0, -0.6, 1), (0.5, 0.3, 12)])
def test_other_light_and_noise_do_not_look_like_movement(registration, light, slope, noise):
    shift = registration.estimate(bench(9, light, slope, noise))
    assert shift.pixels < 0.5
    assert shift.confidence > 0.6


def test_a_third_of_the_picture_may_change(registration):
    image = moved(bench(9), 5, 0)
    image[:, :WIDTH // 3] = 40
    shift = registration.estimate(image)
    assert shift.dx == pytest.approx(5, abs=0.4)
    assert 0.4 < shift.confidence < 0.9


@pytest.mark.parametrize("image", [
    np.full((HEIGHT, WIDTH, 3), 90, np.uint8),
    np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3)).astype(np.uint8),
    bench()[::-1, ::-1].copy(),
], ids=["nothing", "only noise", "another scene"])
def test_where_the_scene_is_not_visible_there_is_no_confidence(registration, image):
    assert registration.estimate(image).confidence < 0.25


def test_the_camera_may_deliver_another_resolution(registration):
    larger = cv2.resize(moved(bench(9), 6, 0), None, fx=2, fy=2)
    assert registration.estimate(larger).dx == pytest.approx(12, abs=0.8)


def test_aligning_undoes_the_movement(registration):
    image = moved(bench(9), 7, -4, 1.0)
    again = registration.estimate(align(image, registration.estimate(image)))
    assert again.pixels < 0.3
    assert abs(again.rotation_degrees) < 0.1


def test_aligning_by_nothing_changes_nothing():
    image = bench()
    assert np.array_equal(align(image, Shift(0, 0, 0, 1)), image)


@pytest.mark.parametrize("size", [(40, 40), (33, 500), (500, 33)])
def test_small_and_narrow_regions_can_be_compared(size):
    image = cv2.resize(bench(), size)
    shift = estimate_shift(build_reference([image]), image)
    assert shift.pixels < 0.1
    assert shift.confidence > 0.9


def test_the_reference_holds_one_picture_for_each_light():
    images = [bench(seed, 1.0, slope) for slope in (0.0, 0.7, -0.7) for seed in range(3)]
    assert build_reference(images, lights=3).pictures.shape == (3, 180, 320)
    assert build_reference([bench()] * 5).pictures.shape == (1, 180, 320)
    with pytest.raises(ValueError):
        build_reference([])
