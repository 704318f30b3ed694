"""Light adds up, so all light of a scene is a combination of a few pictures."""

from __future__ import annotations

import numpy as np
import pytest

from src.subspace import LIGHT_EXPONENT, LightPictures

GENERATOR = np.random.default_rng(5)
LAMPS = GENERATOR.uniform(0.05, 0.45, (2, 24, 32, 3)) ** LIGHT_EXPONENT  # what each of two lamps adds


def lit(first: float, second: float) -> np.ndarray:
    """The scene in the light of two lamps, (24, 32, 3) uint8."""
    display = (first * LAMPS[0] + second * LAMPS[1]) ** (1.0 / LIGHT_EXPONENT)
    return np.round(np.clip(display, 0, 1) * 255).astype(np.uint8)


PICTURES = np.stack([lit(first, second) for first in (0.2, 0.6, 1.0) for second in (0.3, 0.8, 1.1)])


def furthest(subspace, picture: np.ndarray) -> float:
    """The largest difference from the reconstruction, in grey levels."""
    return float(np.abs(subspace.reconstruct(picture) * 255.0 - picture).max())


def test_light_that_was_never_seen_is_reconstructed_from_light_that_was():
    subspace = LightPictures(PICTURES).fit(np.arange(9), 4)
    for unseen in (lit(0.8, 0.5), lit(0.4, 1.0), lit(0.9, 0.9)):
        assert furthest(subspace, unseen) < 2.0


def test_what_is_new_in_the_scene_is_not_reconstructed():
    picture = lit(0.8, 0.5)
    wet = picture.copy()
    wet[10:14, 10:14] = 20
    missing = LightPictures(PICTURES).fit(np.arange(9), 4).reconstruct(wet) * 255.0 - wet
    assert missing[10:14, 10:14].mean() > 0.8 * (picture[10:14, 10:14] - 20.0).mean()


def test_the_reconstruction_is_a_picture_in_display_values():
    expected = LightPictures(PICTURES).fit(np.arange(9), 3).reconstruct(PICTURES[0])
    assert expected.shape == (24, 32, 3) and expected.dtype == np.float32
    assert 0.0 < expected.min() and expected.max() < 1.2


def test_a_subspace_knows_only_the_pictures_that_it_was_fitted_to():
    one_lamp = np.stack([lit(strength, 0.0) for strength in (0.4, 0.7, 1.0)])
    pictures = LightPictures(np.concatenate([one_lamp, PICTURES]))
    assert furthest(pictures.fit(np.arange(3), 4), lit(0.5, 0.0)) < 2.0
    assert furthest(pictures.fit(np.arange(3), 4), lit(0.2, 1.0)) > 20.0
    assert furthest(pictures.fit(np.arange(12), 4), lit(0.2, 1.0)) < 2.0


def test_the_directions_are_orthonormal_and_the_strongest_ones():
    subspace = LightPictures(PICTURES).fit(np.arange(9), 2)
    for channel, basis in enumerate(subspace.basis):
        assert basis @ basis.T == pytest.approx(np.eye(2), abs=1e-3)
        light = ((PICTURES[..., channel] / 255.0) ** LIGHT_EXPONENT).reshape(9, -1)
        _, _, directions = np.linalg.svd(light, full_matrices=False)
        assert np.abs(basis @ directions[:2].T) == pytest.approx(np.eye(2), abs=1e-2)


def test_a_few_pictures_span_fewer_directions_and_equal_ones_only_one():
    subspace = LightPictures(PICTURES[[0, 8]]).fit(np.arange(2), 5)
    assert [int((np.abs(basis).sum(axis=1) > 0).sum()) for basis in subspace.basis] == [2, 2, 2]
    assert furthest(subspace, PICTURES[8]) < 2.0
    same = LightPictures(np.repeat(PICTURES[:1], 6, axis=0)).fit(np.arange(6), 5)
    assert np.isfinite(same.basis).all()
    assert furthest(same, PICTURES[0]) < 2.0
