"""Which pictures belong together, from their names and from made-up light."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from src.time_blocks import FEWEST_BLOCKS, SMALLEST_BLOCK, light_signature, taken_at, time_blocks

STEADY = np.ones(108, np.float32)
# The same overall brightness, but the left half is brighter.
SUNSET = np.where(np.arange(108) % 18 < 9, 1.1, 0.9).astype(np.float32)


def names(*counts: int, pause_seconds: float = 3600.0) -> list[str]:
    """Names of pictures taken every 1.5 seconds, with a pause after each of `counts`."""
    moment, result = datetime(2026, 11, 23, 18, 0), []
    for count in counts:
        for _ in range(count):
            result.append(f"normal_{moment:%Y%m%d_%H%M%S}_{moment.microsecond // 1000:03d}.jpg")
            moment += timedelta(seconds=1.5)
        moment += timedelta(seconds=pause_seconds)
    return result


def light(*runs: tuple[np.ndarray, int], noise: float = 0.002) -> np.ndarray:
    """Light signatures: each of `runs` is a kind of light and for how many pictures it lasts."""
    signatures = np.concatenate([np.tile(kind, (count, 1)) for kind, count in runs])
    return signatures * (1 + np.random.default_rng(3).normal(0, noise, signatures.shape).astype(np.float32))


def lengths(blocks: np.ndarray) -> list[int]:
    assert (np.diff(blocks) >= 0).all() and set(np.diff(blocks)) <= {0, 1} and blocks[0] == 0
    return [int(count) for count in np.bincount(blocks)]


def test_a_pause_of_more_than_ten_minutes_starts_a_new_block():
    assert lengths(time_blocks(names(30, 20, 40, 25), light((STEADY, 115)))) == [30, 20, 40, 25]


def test_a_shorter_pause_does_not():
    blocks = time_blocks(names(60, 60, pause_seconds=500), light((STEADY, 120)))
    assert lengths(blocks) == [30, 30, 30, 30]  # divided, because there is nothing to tell them apart by


def test_a_sudden_change_of_the_light_starts_a_new_block():
    signatures = light((STEADY, 40), (SUNSET, 30), (STEADY, 50), (SUNSET, 25))
    assert lengths(time_blocks([f"{number}.png" for number in range(145)], signatures)) == [40, 30, 50, 25]


def test_light_that_comes_and_goes_within_a_few_pictures_is_no_block():
    signatures = light((STEADY, 50), (SUNSET, 2), (STEADY, 48))
    assert lengths(time_blocks(names(100), signatures)) == [25, 25, 25, 25]


def test_light_that_never_rests_is_not_cut_at_every_change():
    wavering = [(STEADY, 7), (SUNSET, 7)] * 10
    blocks = time_blocks(names(140), light(*wavering))
    assert len(lengths(blocks)) <= 2 * FEWEST_BLOCKS


def test_a_block_that_is_too_short_is_one_with_its_neighbour():
    short = SMALLEST_BLOCK - 1
    assert lengths(time_blocks(names(40, short, 40, 40, 40), light((STEADY, 160 + short)))) == [40, short + 40, 40, 40]
    assert lengths(time_blocks(names(40, 40, 40, 40, short), light((STEADY, 160 + short)))) == [40, 40, 40, 40 + short]


@pytest.mark.parametrize(("count", "expected"), [
    (200, [50, 50, 50, 50]), (50, [12, 13, 12, 13]), (5, [1, 1, 1, 2]), (3, [1, 1, 1]), (2, [1, 1]), (1, [1]),
])
def test_one_long_run_is_divided_so_that_there_is_something_to_leave_out(count, expected):
    assert sorted(lengths(time_blocks(names(count), light((STEADY, count))))) == sorted(expected)


def test_the_light_signature_ignores_brightness_but_not_where_the_light_comes_from():
    picture = np.random.default_rng(1).integers(60, 120, (48, 64, 3), np.uint8)
    dimmed = (picture * 0.5).astype(np.uint8)
    from_the_left = np.clip(picture * np.linspace(1.5, 0.5, 64)[None, :, None], 0, 255).astype(np.uint8)
    watched = np.ones((48, 64), bool)
    signature = light_signature(picture, watched)
    assert signature.shape == (108,) and signature.mean() == pytest.approx(1.0)
    assert np.abs(light_signature(dimmed, watched) / signature - 1).mean() < 0.01
    assert np.abs(light_signature(from_the_left, watched) / signature - 1).mean() > 0.1


def test_the_light_signature_leaves_out_what_is_ignored():
    picture = np.full((48, 48, 3), 100, np.uint8)
    watched = np.ones((48, 48), bool)
    watched[:, 24:] = False
    shown = picture.copy()
    shown[:, 24:] = 255
    assert np.array_equal(light_signature(picture, watched), light_signature(shown, watched))


@pytest.mark.parametrize(("name", "moment"), [
    ("normal_20261123_031502_250.jpg", datetime(2026, 11, 23, 3, 15, 2)),
    ("20261123_031502.png", datetime(2026, 11, 23, 3, 15, 2)),
    ("normal_20261323_031502.jpg", None),   # there is no 13th month
    ("frame_000123.jpg", None),
    ("", None),
])
def test_the_time_is_read_from_the_name(name, moment):
    assert taken_at(name) == moment
