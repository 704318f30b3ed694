"""Light adds up, so all light of a scene is a combination of a few pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from src.subspace import TABLE_STEPS, TO_DISPLAY, TO_LIGHT, LightPictures, Subspace, component_counts, shrink

HEIGHT, WIDTH = 48, 64
GENERATOR = np.random.default_rng(5)
# What each of two lamps adds, in linear light.
LAMPS = np.stack([cv2.resize(GENERATOR.uniform(0.01, 0.2, (6, 8, 3)), (WIDTH, HEIGHT)) for _ in range(2)])
EVERYTHING = np.ones((HEIGHT, WIDTH), bool)


def lit(first: float, second: float) -> np.ndarray:
    """The scene in the light of two lamps, (48, 64, 3) uint8."""
    light = np.clip(first * LAMPS[0] + second * LAMPS[1], 0, 1)
    return np.round(np.interp(light, np.linspace(0, 1, TABLE_STEPS + 1), TO_DISPLAY)).astype(np.uint8)


PICTURES = np.stack([lit(first, second) for first in np.linspace(0.2, 1.0, 6) for second in np.linspace(0.3, 1.1, 6)])


def fitted(pictures: np.ndarray = PICTURES, watched: np.ndarray = EVERYTHING) -> Subspace:
    return LightPictures(pictures, watched).fit(np.arange(len(pictures)))


def shown(subspace: Subspace, picture: np.ndarray) -> np.ndarray:
    """The picture as the subspace can show it, (48, 64, 3) float32."""
    return np.moveaxis(subspace.decode(subspace.encode(picture)), 0, -1)


def furthest(subspace: Subspace, picture: np.ndarray) -> float:
    """The largest difference from the reconstruction, in grey levels."""
    return float(np.abs(shown(subspace, picture) - picture).max())


def test_the_tone_curve_and_its_inverse_undo_each_other():
    assert (np.diff(TO_LIGHT) > 0).all() and TO_LIGHT[0] == 0.0 and TO_LIGHT[-1] == pytest.approx(1.0)
    back = np.interp(TO_LIGHT, np.linspace(0, 1, TABLE_STEPS + 1), TO_DISPLAY)
    assert np.abs(back - np.arange(256)).max() < 1.0


def test_light_that_was_never_seen_is_reconstructed_from_light_that_was():
    for unseen in (lit(0.75, 0.5), lit(0.45, 1.0), lit(0.95, 0.9)):
        assert furthest(fitted(), unseen) < 3.0


def test_what_is_new_in_the_scene_is_not_reconstructed():
    picture = lit(0.75, 0.5)
    wet = picture.copy()
    wet[20:26, 20:26] = 10
    missing = shown(fitted(), wet) - wet
    assert missing[20:26, 20:26].mean() > 0.7 * (picture[20:26, 20:26] - 10.0).mean()


def test_the_reconstruction_is_a_picture_in_grey_levels():
    expected = fitted().reconstruct(PICTURES[0])
    assert expected.shape == (3, HEIGHT, WIDTH) and expected.dtype == np.float32
    assert 0.0 <= expected.min() and expected.max() <= 255.0


def test_a_subspace_knows_only_the_pictures_that_it_was_fitted_to():
    one_lamp = np.stack([lit(strength, 0.0) for strength in np.linspace(0.3, 1.0, 12)])
    pictures = LightPictures(np.concatenate([one_lamp, PICTURES]), EVERYTHING)
    assert furthest(pictures.fit(np.arange(12)), lit(0.5, 0.0)) < 3.0
    assert furthest(pictures.fit(np.arange(12)), lit(0.2, 1.0)) > 10.0
    assert furthest(pictures.fit(np.arange(48)), lit(0.2, 1.0)) < 3.0


def test_the_reconstruction_is_a_guess_in_light_that_was_never_seen():
    subspace = fitted(np.stack([lit(strength, 0.05 * index) for index, strength in enumerate(np.linspace(0.3, 1, 30))]))
    sure, guess = (subspace.extrapolation(subspace.encode(picture)) for picture in (lit(0.5, 0.4), lit(0.1, 3.0)))
    assert [variance.shape for variance in sure] == [(HEIGHT // 2, WIDTH // 2)] * 3
    assert np.mean(guess) > np.mean(sure) >= 0.0


@pytest.mark.parametrize("count", [2, 4, 16, 60, 300])
def test_there_are_never_more_components_than_pictures_can_tell(count):
    used, fewer, more = component_counts(count)
    assert 1 <= fewer <= used <= more
    repeated = np.concatenate([PICTURES] * 9)[:count]
    assert np.isfinite(fitted(repeated).reconstruct(PICTURES[3])).all()


@pytest.mark.parametrize(("pictures", "components"), [(12, 5), (50, 6), (80, 10), (500, 10)])
def test_even_few_pictures_get_the_components_that_light_needs(pictures, components):
    assert component_counts(pictures)[0] == components


def test_equal_pictures_give_a_subspace_that_shows_them():
    assert furthest(fitted(np.repeat(PICTURES[:1], 12, axis=0)), PICTURES[0]) < 3.0


def test_what_an_ignored_area_shows_changes_nothing_outside_it():
    watched = EVERYTHING.copy()
    watched[:20, 30:] = False
    subspace = fitted(watched=watched)
    changed = PICTURES[7].copy()
    changed[:20, 30:] = 255
    difference = np.abs(shown(subspace, changed) - shown(subspace, PICTURES[7]))
    assert difference.max() < 0.5


@pytest.mark.parametrize(("factor", "expected"), [(1, [[1, 3], [5, 7]]), (2, [[4]])])
def test_shrinking_takes_the_mean(factor, expected):
    values = np.array([[1, 3], [5, 7]], np.float32)
    assert np.array_equal(shrink(values, factor), np.array(expected, np.float32))
