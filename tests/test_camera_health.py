"""Blindness is named in time, once, and its end too; ordinary lab life is not blindness."""

from __future__ import annotations

from dataclasses import replace

import pytest

from src.camera_diagnosis import KINDS, diagnose
from src.camera_health import CameraHealth
from src.camera_statistics import FrameStatistics
from src.messages import CAMERA_PROBLEMS
from src.registration import Shift

SEEN = Shift(0.0, 0.0, 0.0, 0.95)
UNSEEN = Shift(80.0, -40.0, 3.0, 0.08)
GOOD = FrameStatistics(brightness=120, brightest=190, burnt_out_percent=0, contrast=25, contrast_share=1.0, noise=1,
                       fineness=0.9, sharpness=1.0, shift=SEEN, longer_side=1280, fingerprint=0)
NIGHT = replace(GOOD, brightness=57, brightest=160, contrast=17, contrast_share=0.65, noise=2.7, sharpness=0.87)
BLACK = replace(GOOD, brightness=2, brightest=3, contrast=0.1, contrast_share=0.0, shift=UNSEEN, sharpness=3.0)
NOISE = replace(GOOD, brightness=35, brightest=59, contrast=4, contrast_share=0.2, noise=20, shift=UNSEEN, sharpness=4)
CAP = replace(GOOD, brightness=21, brightest=23, contrast=0.5, contrast_share=0.02, noise=4, shift=UNSEEN)
WHITE = replace(GOOD, brightness=245, brightest=255, burnt_out_percent=70, contrast=14, contrast_share=0.6)
COVER = replace(GOOD, brightness=110, brightest=150, contrast=1.8, contrast_share=0.07, shift=UNSEEN)
# Noise in front of a covered lens that happens to look like the scene.
LUCKY_NOISE = replace(COVER, contrast=0.07, contrast_share=0.007, shift=replace(SEEN, confidence=0.33))
BLUR = replace(GOOD, sharpness=0.2, shift=replace(SEEN, confidence=0.5))
STRONG_BLUR = replace(GOOD, contrast_share=0.6, sharpness=0.05, shift=UNSEEN)
ELSEWHERE = replace(GOOD, shift=UNSEEN)
NUDGED = replace(GOOD, shift=Shift(3.0, -0.6, 0.0, 0.97))
TURNED = replace(GOOD, shift=Shift(0.2, 0.1, 0.6, 0.97))
ARM = replace(GOOD, shift=replace(SEEN, confidence=0.6))
SMALLER = replace(GOOD, camera=(480, 640), trained_camera=(720, 1280))
UNTRAINED = replace(GOOD, contrast_share=None, sharpness=None, shift=None)


def health(**changed: object) -> CameraHealth:
    return CameraHealth(**{"lost_seconds": 30.0, "frozen_seconds": 30.0, "moved_percent": 0.2, **changed})


def play(watched: CameraHealth, *parts: tuple[FrameStatistics | None, int], same: bool = False,
         start: int = 0) -> list[tuple[int, str, str]]:
    """Show each picture for so many seconds, one a second; what is told, as (second, kind, happened)."""
    told, second = [], start
    for picture, seconds in parts:
        for _ in range(seconds):
            shown = None if picture is None else replace(picture, fingerprint=0 if same else second + 1)
            told += [(second, notice.kind, notice.happened) for notice in watched.update(shown, float(second))]
            second += 1
    return told


@pytest.mark.parametrize(("picture", "expected"), [
    (GOOD, None), (NIGHT, None), (ARM, None), (NUDGED, None), (UNTRAINED, None),
    (BLACK, "black"), (NOISE, "black"), (CAP, "black"), (WHITE, "overexposed"), (COVER, "covered"),
    (BLUR, "blurred"), (STRONG_BLUR, "blurred"), (ELSEWHERE, "moved"), (LUCKY_NOISE, "covered"),
    (replace(COVER, shift=None, contrast_share=None, sharpness=None), "covered"),
    (replace(NOISE, shift=None, contrast_share=None, sharpness=None), "black"),
])
def test_one_picture_is_diagnosed_by_itself(picture, expected):
    assert diagnose(picture) == expected


@pytest.mark.parametrize(("picture", "kind", "second"), [
    (None, "lost", 30), (BLACK, "black", 10), (NOISE, "black", 10), (WHITE, "overexposed", 10),
    (COVER, "covered", 20), (BLUR, "blurred", 30), (ELSEWHERE, "moved", 20), (NUDGED, "moved", 23),
    (TURNED, "moved", 22),
])
def test_every_problem_is_named_once_in_its_time_and_so_is_its_end(picture, kind, second):
    told = play(health(), (GOOD, 100), (picture, 100), (GOOD, 100))
    assert told[0] == (100 + second, kind, "started")
    assert [notice[1:] for notice in told] == [(kind, "started"), (kind, "recovered")]
    assert told[1][0] <= 212


@pytest.mark.parametrize("picture", [GOOD, NIGHT, ARM, UNTRAINED])
def test_ordinary_life_is_not_named(picture):
    assert play(health(), (picture, 200)) == []


def test_a_standing_picture_is_frozen_after_its_time():
    watched = health()
    assert play(watched, (GOOD, 60), same=True) == [(31, "frozen", "started")]
    assert watched.blind == "frozen"
    assert play(watched, (GOOD, 1), start=60) == [(60, "frozen", "recovered")]
    assert watched.blind is None


def test_a_recording_may_stand_still():
    assert play(health(frozen_seconds=None), (GOOD, 300), same=True) == []


def test_equal_black_pictures_are_dark_and_not_frozen():
    assert play(health(), (BLACK, 100), same=True) == [(10, "black", "started")]


def test_a_moment_of_darkness_is_not_named_but_is_not_counted_as_normal_either():
    watched = health()
    assert play(watched, (GOOD, 10), (BLACK, 5)) == []
    assert watched.blind == "black"
    assert play(watched, (GOOD, 1), start=15) == []
    assert watched.blind is None


@pytest.mark.parametrize(("picture", "blind"), [
    (None, "lost"), (BLACK, "black"), (WHITE, "overexposed"), (COVER, "covered"), (NUDGED, None), (BLUR, None),
])
def test_what_cannot_be_judged_is_blindness(picture, blind):
    watched = health()
    play(watched, (picture, 1))
    assert watched.blind == blind


def test_a_problem_that_stays_is_repeated_every_hour():
    told = play(health(), (None, 2 * 3600 + 60))
    assert told == [(30, "lost", "started"), (3630, "lost", "reminder"), (7230, "lost", "reminder")]


def test_lost_is_not_named_when_a_picture_comes_now_and_then():
    assert play(health(), *[(None, 20), (GOOD, 1)] * 10) == []


def test_pictures_of_another_size_than_in_training_are_named_and_still_watched():
    watched = health()
    assert play(watched, (GOOD, 20), (SMALLER, 100)) == [(25, "resized", "started")]
    assert watched.blind is None
    assert play(watched, (GOOD, 20), start=120) == [(125, "resized", "recovered")]


def test_that_another_size_shows_something_else_comes_after_its_cause():
    elsewhere = replace(SMALLER, shift=UNSEEN)
    assert play(health(), (elsewhere, 100)) == [(5, "resized", "started"), (20, "moved", "started")]


@pytest.mark.parametrize("trained", [None, (720, 1280), (711, 1272)])
def test_a_size_that_is_the_same_or_not_known_for_sure_is_no_problem(trained):
    assert play(health(), (replace(GOOD, camera=(720, 1280), trained_camera=trained), 100)) == []


def test_a_shaking_camera_has_not_moved():
    left, right = replace(GOOD, shift=Shift(-9, 2, 0, 0.9)), replace(GOOD, shift=Shift(8, -3, 0, 0.9))
    assert play(health(), *[(left, 1), (right, 1)] * 100) == []


def test_a_slow_drift_is_named_where_it_passes_the_limit():
    told = play(health(), *[(replace(GOOD, shift=Shift(second / 100, 0, 0, 0.9)), 1) for second in range(400)])
    [(second, kind, happened)] = told
    assert (kind, happened) == ("moved", "started")
    assert 256 <= second <= 290          # 2.56 pixels are 0.2 percent of 1280


def test_a_few_pixels_count_only_in_proportion_to_the_picture():
    assert play(health(), (replace(NUDGED, longer_side=1920), 100)) == []
    assert play(health(), (replace(NUDGED, longer_side=640), 100)) == [(24, "moved", "started")]


def test_one_problem_does_not_end_another_that_it_hides():
    watched = health()
    told = play(watched, (COVER, 60), (BLACK, 60), (COVER, 60))
    assert told == [(20, "covered", "started"), (70, "black", "started")]
    assert watched.problems == ("black", "covered")


def test_a_picture_in_a_minute_is_enough():
    watched = health()
    told = [notice.kind for minute in range(10)
            for notice in watched.update(replace(COVER, fingerprint=minute), minute * 60.0)]
    assert told == ["covered"]


def test_the_notice_of_a_lost_camera_says_why_and_its_end_how_long():
    watched = health()
    [lost] = [notice for second in range(40) for notice in watched.update(None, second, "The cable is out.")]
    assert lost.detail == "The cable is out."
    [back] = watched.update(GOOD, 7200.0)
    assert (back.happened, back.seconds) == ("recovered", 7200.0)


@pytest.mark.parametrize(("picture", "figure"), [
    (BLACK, "brightness 2 of 255"), (WHITE, "70 percent"), (COVER, "brightness 110"), (BLUR, "20 percent"),
    (NUDGED, "shifted by 3.1 pixels"), (ELSEWHERE, "Something else"),
    (SMALLER, "640 x 480 pixels instead of 1280 x 720 pixels"),
])
def test_the_notice_holds_a_figure(picture, figure):
    watched = health()
    [notice] = [notice for second in range(60)
                for notice in watched.update(replace(picture, fingerprint=second), float(second))]
    assert figure in notice.detail


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_for_people(kind):
    assert kind in CAMERA_PROBLEMS
