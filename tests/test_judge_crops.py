from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.judge_training.augmentation import (
    COLOURS, DISPENSABLE, NEW_EDGES, flipped, mirrored, recoloured, transposed, vary,
)
from benchmarks.judge_training.crops import CROP_SIDE, DRY_CROPS, LEAKS, SPILLS, Crops
from benchmarks.judge_training.example_file import write_examples
from benchmarks.judge_training.examples import Example, Kind
from benchmarks.judge_training.labels import DRY, LEAK, UNSURE
from src.cues import CUES, cue_maps
from src.spread import Compared, Residual

SIDE = 32


def cues_of(distance: np.ndarray, signed: np.ndarray) -> np.ndarray:
    """The cue maps, (n / 2, n / 2, CUES), of a picture that differs by so much. distance: (n, n). signed: (n / 2, n / 2, 3)."""
    quarter = signed.reshape(SIDE // 4, 2, SIDE // 4, 2, 3).mean(axis=(1, 3))
    half = np.ones(signed.shape[:2], np.float32)
    full = np.zeros((3, SIDE, SIDE), np.float32)
    smoothed = full, cv2.split(signed), cv2.split(quarter)
    compared = Compared((distance, half, half[::2, ::2]), smoothed, np.ones(3, np.float32), half, half, half)
    return np.moveaxis(cue_maps(Residual(smoothed, full + 100.0), compared), 0, -1)


@pytest.fixture
def something() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    return (generator.random((SIDE, SIDE), np.float32),
            generator.normal(size=(SIDE // 2, SIDE // 2, 3)).astype(np.float32))


@pytest.mark.parametrize(("change", "turned"), [
    (flipped, lambda values: values[::-1]),
    (mirrored, lambda values: values[:, ::-1]),
    (transposed, lambda values: np.swapaxes(values, 0, 1)),
])
def test_turning_the_cues_is_the_same_as_the_cues_of_the_turned_picture(something, change, turned):
    expected = cues_of(*(np.ascontiguousarray(turned(values)) for values in something))
    # The scale of new edges is a median over every second pixel, which are others in a turned picture.
    ours, expected = (np.delete(cues, NEW_EDGES, axis=2) for cues in (change(cues_of(*something)), expected))
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_other_colours_are_the_same_as_the_cues_of_the_recoloured_picture(something):
    distance, signed = something
    expected = cues_of(distance, np.ascontiguousarray(signed[..., [2, 0, 1]]))
    np.testing.assert_allclose(recoloured(cues_of(distance, signed), [2, 0, 1]), expected, atol=1e-5)


def test_each_cue_is_varied_within_its_own_kind():
    """Every cue holds its number; whatever is done, it may only come from cues of the same kind."""
    kinds = [(0, 1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12), *((number,) for number in range(13, CUES))]
    base = np.tile(np.arange(CUES, dtype=np.float32) + 100.0, (8, 8, 1))
    for seed in range(60):
        changed, _ = vary(base, np.zeros((8, 8), np.uint8), np.random.default_rng(seed))
        for members in kinds:
            # Distances and edges are scaled, by a fifth at most, and colours change their sign.
            limits = min(members) + 100.0, max(members) + 100.0
            values = np.abs(changed[..., list(members)])
            there = values[values > 0]
            assert there.size == 0 or (0.79 * limits[0] <= there.min() and there.max() <= 1.21 * limits[1])


def varied_ones(seed: int) -> np.ndarray:
    cues, label = np.ones((4, 4, CUES), np.float32), np.zeros((4, 4), np.uint8)
    return vary(cues, label, np.random.default_rng(seed))[0]


def test_only_colours_change_their_sign_and_all_of_them_together():
    signs = set()
    for seed in range(40):
        changed = varied_ones(seed)
        coloured = [number for colours in COLOURS for number in colours]
        there = {float(sign) for sign in np.sign(changed[..., coloured]).ravel()} - {0.0}
        assert len(there) == 1
        signs |= there
        assert (np.delete(changed, coloured, axis=2) >= 0).all()
    assert signs == {-1.0, 1.0}


def test_now_and_then_a_whole_group_of_cues_is_missing_but_never_the_distances():
    missing = set()
    for seed in range(300):
        changed = varied_ones(seed)
        gone = {number for number in range(CUES) if not changed[..., number].any()}
        assert all(gone.issuperset(group) or gone.isdisjoint(group) for group in DISPENSABLE)
        missing |= gone
    assert missing == set(range(10, CUES))


def test_the_label_is_turned_together_with_the_cues():
    cues = np.zeros((8, 8, CUES), np.float32)
    label = np.zeros((8, 8), np.uint8)
    cues[1, 2, :4], label[1, 2] = 1.0, LEAK
    for seed in range(30):
        changed, turned = vary(cues, label, np.random.default_rng(seed))
        assert np.array_equal(changed[..., 0] > 0, turned == LEAK)


@pytest.fixture
def crops(tmp_path) -> Crops:
    """Six dry examples; a leak and a spill with one wet pixel each, and a spill beyond the edge."""
    def example(kind: Kind, mark: int) -> Example:
        cues, label = np.zeros((80, 96, CUES), np.float16), np.full((80, 96), DRY, np.uint8)
        label[70, 90], cues[70, 90, 13] = mark, 1.0
        return Example(kind, cues, label)

    wet = [(Kind.LEAK, LEAK), (Kind.SPILL, LEAK), (Kind.SPILL, UNSURE)]
    examples = [example(*one) for one in [(Kind.DRY, DRY)] * 6 + wet]
    return Crops([write_examples(examples, tmp_path / "examples")], np.random.default_rng(0))


def test_a_batch_holds_leaks_spills_and_dry_crops_in_this_order(crops):
    wet = []
    for _ in range(10):
        cues, labels = crops.batch()
        assert cues.shape == (LEAKS + SPILLS + DRY_CROPS, CROP_SIDE, CROP_SIDE, CUES)
        assert (cues.dtype, labels.dtype) == (np.float32, np.uint8)
        assert not (labels == UNSURE).any()
        assert not labels[LEAKS + SPILLS:].any()
        wet.append((labels[:LEAKS + SPILLS] == LEAK).any(axis=(1, 2)).mean())
    assert np.mean(wet) > 0.8


def test_places_that_look_like_leaks_are_shown_again_and_again(crops):
    def wrong_about_one_pixel(cues: np.ndarray) -> np.ndarray:
        odds = np.full(cues.shape[:2], -9.0, np.float32)
        odds[70, 90] = 5.0
        return odds

    def seen() -> float:
        batches = [crops.batch()[0][LEAKS + SPILLS:] for _ in range(30)]
        return float(np.mean([(batch != 0).any(axis=(1, 2, 3)).mean() for batch in batches]))

    before = seen()
    crops.find_hard_places(wrong_about_one_pixel)
    assert seen() > before + 0.1


def test_examples_are_read_from_the_disk_as_they_were_written(tmp_path):
    generator = np.random.default_rng(0)
    cues = generator.normal(size=(len(Kind), 8, 6, CUES)).astype(np.float16)
    examples = [Example(kind, cues[kind], np.full((8, 6), kind, np.uint8)) for kind in Kind]
    read = write_examples(iter(examples), tmp_path / "examples")
    assert read.kinds.tolist() == list(Kind)
    for number, example in enumerate(examples):
        assert np.array_equal(read.cues[number], example.cues)
        assert np.array_equal(read.labels[number], example.label)
