"""The advice on a set of normal pictures: too few, all in one light, good."""

from __future__ import annotations

import numpy as np
import pytest

from src.variety import Light, Variety, look


def scene(light: float, side: float = 0.0) -> np.ndarray:
    row = np.linspace(1 - side, 1 + side, 64) * 100 * light
    return np.repeat(np.tile(row, (48, 1))[:, :, None], 3, axis=2).clip(0, 255).astype(np.uint8)


def variety(*groups: tuple[float, float, int]) -> Variety:
    made = Variety()
    for light, side, count in groups:
        for _ in range(count):
            made.add(look(scene(light, side)))
    return made


@pytest.mark.parametrize(("groups", "lights"), [
    ([], 0),
    ([(1.0, 0.0, 4)], 0),
    ([(1.0, 0.0, 50)], 1),
    ([(1.0, 0.0, 50), (1.1, 0.0, 50)], 1),
    ([(1.0, 0.0, 50), (0.5, 0.0, 50)], 2),
    ([(1.0, 0.0, 50), (1.0, 0.7, 50), (1.0, -0.7, 50)], 3),
    ([(1.0, 0.0, 50), (0.3, 0.0, 4)], 1),
])
def test_kinds_of_light_are_counted(groups, lights):
    assert variety(*groups).lights == lights


def test_a_lamp_that_goes_off_is_another_light_although_the_camera_makes_up_for_the_brightness():
    made = Variety()
    ceiling, night_lamp = scene(1.0, side=0.1), scene(1.0, side=-0.1)
    warm = (ceiling * np.array([0.8, 1.0, 1.2])).astype(np.uint8)
    for picture in (ceiling, night_lamp, warm):
        assert abs(picture.mean() - ceiling.mean()) < 2
        for _ in range(10):
            made.add(look(picture))
    assert made.lights == 3


@pytest.mark.parametrize(("groups", "advice"), [
    ([(1.0, 0.0, 49)], "Too few"),
    ([(1.0, 0.0, 400)], "same light"),
    ([(1.0, 0.0, 50), (0.5, 0.0, 50)], "Usable"),
    ([(1.0, 0.0, 200), (0.5, 0.0, 200)], "good set"),
])
def test_the_advice_says_what_is_missing(groups, advice):
    assert advice in variety(*groups).advice


def test_thousands_of_different_pictures_do_not_fill_the_memory():
    made = Variety()
    generator = np.random.default_rng(0)
    for _ in range(3000):
        made.add(Light(generator.uniform(2, 8, 12), generator.uniform(0.5, 2, 108)))
    assert made.pictures == 3000 and made.lights <= 50
