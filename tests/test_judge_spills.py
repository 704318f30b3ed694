from __future__ import annotations

import numpy as np
import pytest

from benchmarks.judge_training.disturbances import nudged, shadowed
from benchmarks.judge_training.labels import DRY, LEAK, UNSURE, label_of_coverage, label_of_mask
from benchmarks.judge_training.spills import LARGEST_SHARE, SMALLEST_SHARE, shape_of, with_spill, with_spills

HEIGHT, WIDTH = 112, 200


def dry(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 180, (HEIGHT, WIDTH, 3), dtype=np.uint8)


@pytest.mark.parametrize("area", [1.0, 40.0, 900.0])
def test_a_shape_has_the_area_that_was_asked_for(area):
    for seed in range(20):
        shape = shape_of(area, 2 * WIDTH, np.random.default_rng(seed))
        assert shape.sum() == area
        assert set(np.unique(shape)) == {0.0, 1.0}


def test_a_spill_is_a_picture_and_says_how_much_of_each_pixel_it_covers():
    for seed in range(40):
        spilled = with_spill(dry(), np.random.default_rng(seed))
        assert (spilled.picture.shape, spilled.picture.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
        assert (spilled.coverage.shape, spilled.coverage.dtype) == ((HEIGHT, WIDTH), np.float32)
        assert 0.0 <= spilled.coverage.min() and spilled.coverage.max() <= 1.0 + 1e-6


def test_spills_are_of_all_sizes_from_a_few_pixels_to_a_tenth_of_the_picture():
    generators = map(np.random.default_rng, range(150))
    shares = np.array([with_spill(dry(), generator).coverage.mean() for generator in generators])
    inside = shares[shares > SMALLEST_SHARE]
    assert inside.min() < 20 * SMALLEST_SHARE
    # An odd side is shrunk by a little less than half.
    assert 0.2 * LARGEST_SHARE < inside.max() < 1.3 * LARGEST_SHARE


def test_the_picture_hardly_changes_far_from_the_spill():
    for seed in range(40):
        spilled = with_spill(dry(), np.random.default_rng(seed))
        rows, columns = np.nonzero(spilled.coverage)
        far = np.ones((HEIGHT, WIDTH), bool)
        if rows.size:
            far[max(0, rows.min() - 20):rows.max() + 21,
                max(0, columns.min() - 20):columns.max() + 21] = False
        difference = np.abs(spilled.picture.astype(int) - dry())
        assert not far.any() or difference[far].max() <= 2


def test_a_large_spill_can_be_seen():
    seen = []
    for seed in range(60):
        spilled = with_spill(dry(), np.random.default_rng(seed))
        liquid = spilled.coverage > 0.9
        if liquid.sum() > 100:
            seen.append(np.abs(spilled.picture.astype(float) - dry())[liquid].mean())
    assert len(seen) > 5
    assert np.median(seen) > 10


def test_the_same_seed_gives_the_same_spills_and_another_one_gives_others():
    first, again, other = (with_spills(dry(), np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first.picture, again.picture)
    assert np.array_equal(first.coverage, again.coverage)
    assert not np.array_equal(first.coverage, other.coverage)


def test_the_dry_picture_stays_as_it_is():
    picture = dry()
    generator = np.random.default_rng(3)
    for change in (with_spills, nudged, shadowed):
        change(picture, generator)
    assert np.array_equal(picture, dry())


def test_a_nudge_moves_the_picture_by_about_a_pixel():
    ramp = np.repeat(np.arange(WIDTH, dtype=np.uint8)[None, :, None], HEIGHT, axis=0).repeat(3, axis=2)
    for seed in range(10):
        moved = nudged(ramp, np.random.default_rng(seed)).astype(int) - ramp
        assert np.abs(moved[:, 5:-5]).max() <= 2
        assert moved.shape == ramp.shape


def test_a_shadow_only_darkens_and_takes_all_colours_nearly_alike():
    grey = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    for seed in range(10):
        shaded = shadowed(grey, np.random.default_rng(seed)).astype(float)
        assert shaded.max() <= 150
        assert shaded.min() < 148
        assert np.ptp(shaded, axis=2).max() < 20


def test_a_mask_says_liquid_where_most_of_a_pixel_is_covered_and_unsure_at_its_shadow():
    mask = np.zeros((16, 16), np.uint8)
    mask[0:4, 0:4] = 255
    mask[8:12, 8:12] = 64
    label = label_of_mask(mask, (8, 8))
    assert label.dtype == np.uint8
    assert (label[0:2, 0:2] == LEAK).all()
    assert (label[4:6, 4:6] == UNSURE).all()
    assert (label == DRY).sum() == 64 - 8


def test_pixels_that_liquid_only_touches_are_unsure():
    coverage = np.zeros((8, 8), np.float32)
    coverage[0:2, 0:2], coverage[0:2, 2:4], coverage[0:2, 4:6], coverage[0:2, 6:8] = 1.0, 0.39, 0.03, 0.02
    assert label_of_coverage(coverage, (4, 4))[0].tolist() == [LEAK, UNSURE, UNSURE, DRY]


def test_a_spill_smaller_than_a_pixel_is_a_leak_where_it_covers_most():
    coverage = np.zeros((8, 8), np.float32)
    coverage[0:2, 0:2], coverage[0:2, 2:4], coverage[0:2, 4:6] = 0.1, 0.08, 0.06
    assert label_of_coverage(coverage, (4, 4))[0].tolist() == [LEAK, LEAK, UNSURE, DRY]


def test_without_liquid_everything_is_dry():
    assert not label_of_coverage(np.zeros((8, 8), np.float32), (4, 4)).any()
    assert not label_of_mask(np.zeros((8, 8), np.uint8), (4, 4)).any()
