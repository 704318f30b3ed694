from __future__ import annotations

from datetime import datetime, timedelta, timezone

import cv2
import numpy as np
import pytest

from src.plots import FILLS, Shade, night_scores, replay_timeline, score_histogram

EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=timezone(timedelta(hours=1)))
MORNING = EVENING + timedelta(hours=14)


def decoded(png: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def has_red(image: np.ndarray) -> bool:
    blue, green, red = (image[..., channel].astype(int) for channel in range(3))
    return bool(np.any((red > 150) & (green < 80) & (blue < 80)))


def test_a_night_is_drawn_with_its_alerts_in_red():
    times = [EVENING + timedelta(minutes=minute) for minute in range(840)]
    shades = [Shade(kind, times[10 * number], times[10 * number + 5]) for number, kind in enumerate(FILLS)]
    plain = decoded(night_scores(times, [0.2] * 840, [], shades, EVENING, MORNING, "A night"))
    alarmed = decoded(
        night_scores(times, [0.2] * 840, [times[500], times[501]], shades, EVENING, MORNING, "A night")
    )
    assert plain.shape == (396, 1100, 3)
    assert not has_red(plain) and has_red(alarmed)


def test_a_night_without_a_single_score_is_still_a_picture():
    decoded(night_scores([], [], [], [Shade("not_armed", EVENING, MORNING)], EVENING, MORNING, "Nothing"))


def night(shades: list[Shade], times: list[datetime]) -> np.ndarray:
    return decoded(night_scores(times, [0.2] * len(times), [], shades, EVENING, MORNING, "A night"))


def test_the_legend_names_only_what_can_be_seen():
    middle = EVENING + timedelta(hours=7)
    plain = night([], [middle])
    legend = slice(360, None)
    unseen = night([Shade("not_armed", MORNING - timedelta(milliseconds=10), MORNING)], [middle])
    seen = night([Shade("not_armed", middle, MORNING)], [middle])
    assert np.array_equal(unseen[legend], plain[legend]) and not np.array_equal(seen[legend], plain[legend])


def test_the_first_and_the_last_dot_are_whole():
    def blue(image: np.ndarray) -> int:
        return int((image[:330, :, 0].astype(int) - image[:330, :, 2] > 60).sum())

    middle = EVENING + timedelta(hours=7)
    assert blue(night([], [EVENING, MORNING])) >= 1.6 * blue(night([], [middle]))


@pytest.mark.parametrize("ratios", [[0.0, 0.0], [1e-9, 1e9], [1.0, 1.0]])
def test_any_score_can_be_drawn(ratios):
    decoded(night_scores([EVENING, MORNING], ratios, [], [], EVENING, MORNING, "Odd scores"))
    decoded(replay_timeline([0.0, 1.5], ratios, ratios, [], [], "Odd scores"))


@pytest.mark.parametrize("pictures", [1, 2, 900])
def test_a_replay_of_any_length_is_drawn(pictures):
    seconds = np.arange(pictures) * 1.5
    image = decoded(
        replay_timeline(
            seconds,
            np.full(pictures, 0.3),
            np.linspace(0, 3, pictures),
            [seconds[-1]],
            [Shade("lighting", 0.0, 1.0)],
            "evening.mp4",
        )
    )
    assert has_red(image)


def test_scores_above_the_threshold_are_red():
    scores = np.linspace(0.01, 0.1, 500)
    above_the_legend = slice(0, 330)
    assert has_red(decoded(score_histogram(scores, 0.08, "Scores"))[above_the_legend])
    assert not has_red(decoded(score_histogram(scores, 0.2, "Scores"))[above_the_legend])


@pytest.mark.parametrize("scores", [[0.0], [0.5] * 100, [1e-12, 1e-11]])
def test_scores_that_are_all_alike_can_be_drawn(scores):
    decoded(score_histogram(scores, scores[0], "Scores"))
