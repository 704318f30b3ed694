"""One picture in, one verdict out, on a small drawn bench."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from src.config import HeatmapTriggerSettings, parse_config
from src.detection import VERY_NEW_TIMES, Detector, Judgement, Scored, Thresholds, verdict_of
from src.errors import UserError
from src.scoring import log_odds_of
from tests.bench import HEIGHT, WIDTH, bench, learnt

DRY, WET = bench(203), bench(203, leak_radius=5)
UPPER_RIGHT = (135, 25)
MASKED = parse_config("roi: {ignore: [{x: 0.6, y: 0.0, width: 0.4, height: 0.5}]}", "test")


def judged(image: np.ndarray, **thresholds: float) -> Judgement:
    model = learnt()
    return replace(model, thresholds=replace(model.thresholds, **thresholds)).detector().observe(image)


def test_dry_pictures_in_any_light_of_the_training_are_normal_but_for_a_rare_one():
    detector = learnt().detector()
    verdicts = [detector.observe(bench(number)).verdict for number in range(200, 280, 4)]
    assert sum(verdict.anomalous for verdict in verdicts) <= 1
    assert not any(verdict.lighting_change for verdict in verdicts)


@pytest.mark.parametrize("at", [(80, 90), (20, 30), UPPER_RIGHT])
def test_a_small_puddle_is_found_where_it_is(at):
    verdict = learnt().detector().observe(bench(203, leak_radius=5, at=at)).verdict
    spot = verdict.spot
    assert verdict.triggers == ("score", "blob")
    assert spot.left < at[0] / WIDTH < spot.left + spot.width and spot.top < at[1] / HEIGHT < spot.top + spot.height
    assert 0.2 < spot.area_percent < 3.0  # it covers 0.4 percent


def test_the_score_fires_above_its_threshold_and_not_at_it():
    score = judged(WET).verdict.score
    assert "score" not in judged(WET, score=score).verdict.triggers
    assert "score" in judged(WET, score=np.nextafter(score, 0.0)).verdict.triggers


def test_a_picture_gets_the_same_score_every_time_wherever_it_lies_in_memory():
    # Some of OpenCV's functions, such as cv2.magnitude, round differently there.
    detector, in_the_way = learnt().detector(), []
    scores = set()
    for number in range(30):
        in_the_way.append(np.empty(1 + 4099 * number, np.uint8))
        scores.add(detector.observe(WET).verdict.score)
    assert len(scores) == 1


def test_the_spot_fires_at_its_threshold_and_not_below_it():
    area = judged(WET).verdict.largest_blob_area
    assert judged(WET, blob_area=area, score=1e9).verdict.triggers == ("blob",)
    assert judged(WET, blob_area=area + 1, score=1e9).verdict.triggers == ()


class FaintOnTheLeftStrongOnTheRight:
    """A judge that takes a large area for a faint leak, and a small one for a clear leak."""

    name = "drawn"

    def log_odds(self, cues: np.ndarray) -> np.ndarray:
        odds = np.full(cues.shape[1:], -50.0, np.float32)
        odds[10:30, :20], odds[20:22, -6:-4] = 20.0, 60.0
        return odds


@pytest.mark.parametrize(("score", "triggers", "right"), [(30.0, ("score", "blob"), True), (1e9, ("blob",), False)])
def test_people_are_shown_the_clear_spot_and_the_large_one_only_when_nothing_else_fired(score, triggers, right):
    model = replace(learnt(), judge=FaintOnTheLeftStrongOnTheRight())
    limits = replace(model.thresholds, score=score, pixel=5.0, blob_area=100)
    verdict = replace(model, thresholds=limits).detector().observe(DRY).verdict
    assert verdict.triggers == triggers and verdict.largest_blob_area >= 1000
    assert (verdict.spot.left > 0.5) == right


@pytest.mark.parametrize(("limits", "on_the_right"), [
    ({"score": 30.0, "pixel": 5.0, "blob_area": 100}, [False, True]),   # the large one, then the clear one
    ({"score": 30.0, "pixel": 5.0, "blob_area": 10_000}, [True]),
    ({"score": 1e9, "pixel": 5.0, "blob_area": 100}, [False]),
    ({"score": 1e9, "pixel": 5.0, "blob_area": 10_000}, []),
    ({"score": 4.0, "pixel": 5.0, "blob_area": 100}, [False]),          # this score is no measure of single spots
])
def test_every_spot_is_named_that_would_have_fired_by_itself(limits, on_the_right):
    model = replace(learnt(), judge=FaintOnTheLeftStrongOnTheRight())
    thresholds = replace(model.thresholds, **limits)
    verdict = replace(model, thresholds=thresholds).detector().observe(DRY).verdict
    assert [spot.left > 0.5 for spot in verdict.spots] == on_the_right


def test_the_spot_can_be_switched_off():
    config = parse_config("heatmap_trigger: {enabled: false}", "test")
    verdict = learnt().detector(config).observe(WET).verdict
    assert verdict.triggers == ("score",) and verdict.spot is not None


def test_the_light_is_new_above_its_threshold():
    assert not judged(DRY).verdict.lighting_change
    assert judged(DRY, light_novelty=0.0).verdict.lighting_change


@pytest.mark.parametrize(("times", "triggers", "spots"), [
    (VERY_NEW_TIMES * 1.01, ("score",), 1), (VERY_NEW_TIMES * 0.99, ("score", "blob"), 2),
])
def test_in_very_new_light_a_large_faint_spot_says_nothing_and_a_clear_one_does(times, triggers, spots):
    odds = np.full((HEIGHT, WIDTH), 0.0, np.float32)
    odds[10:60, :40], odds[40:44, -20:-16] = 20.0, 60.0
    limits = Thresholds(score=30.0, pixel=5.0, blob_area=100, light_novelty=0.04)
    verdict = verdict_of(Scored(60.0, odds, times * 0.04, odds), limits, HeatmapTriggerSettings())
    assert verdict.triggers == triggers and len(verdict.spots) == spots
    assert verdict.lighting_change and verdict.largest_blob_area == 50 * 40


RISING = Thresholds(score=6.0, pixel=4.0, blob_area=100, light_novelty=0.04, light_rises=((0.1, 1.0), (0.4, 3.0)))


@pytest.mark.parametrize(("novelty", "rise"), [(0.0, 0.0), (0.05, 0.5), (0.1, 1.0), (0.2, 1.5), (0.4, 3.0), (4.0, 3.0)])
def test_thresholds_rise_with_the_newness_of_the_light_as_far_as_was_measured(novelty, rise):
    raised = RISING.in_light(novelty)
    for now, before in ((raised.score, RISING.score), (raised.pixel, RISING.pixel)):
        assert log_odds_of(now) == pytest.approx(log_odds_of(before) + rise)
    assert (raised.blob_area, raised.light_novelty) == (RISING.blob_area, RISING.light_novelty)


@pytest.mark.parametrize(("novelty", "triggers"), [(0.0, ("score",)), (0.4, ())])
def test_what_is_a_leak_in_trained_light_may_be_none_in_new_light(novelty, triggers):
    odds = np.zeros((HEIGHT, WIDTH), np.float32)
    odds[40:44, 40:44] = 8.0
    verdict = verdict_of(Scored(8.0, odds, novelty, odds), RISING, HeatmapTriggerSettings())
    assert verdict.triggers == triggers
    assert verdict.score_threshold == RISING.in_light(novelty).score


def test_light_that_was_never_there_is_said_to_be_new():
    from_below = np.clip(DRY * np.linspace(0.3, 1.7, HEIGHT)[:, None, None], 0, 255).astype(np.uint8)
    assert learnt().detector().observe(from_below).verdict.lighting_change


def test_a_judgement_shows_what_was_scored_what_was_expected_and_where_they_differ():
    judgement = judged(WET)
    for picture in (judgement.picture, judgement.reconstruction):
        assert picture.ndim == 3 and picture.shape[2] == 3 and picture.dtype == np.uint8
    assert judgement.error_map.shape == judgement.picture.shape[:2] and judgement.error_map.dtype == np.float32
    assert int((judgement.error_map >= 1.0).sum()) >= judgement.verdict.largest_blob_area
    assert np.abs(judgement.reconstruction.astype(float) - judged(DRY).picture).mean() < 4
    assert judged(DRY).error_map.max() < judgement.error_map.max()


def test_the_same_picture_gives_the_same_verdict_whichever_came_before():
    detector = learnt().detector()
    first = detector.observe(DRY).verdict
    detector.observe(WET)
    assert detector.observe(DRY).verdict == first


def test_a_picture_that_is_already_cut_to_the_region_is_judged_alike():
    detector = learnt().detector()
    assert detector.judge_cropped(DRY).verdict == detector.observe(DRY).verdict
    assert detector.judge(detector.observe(DRY).picture).verdict == detector.observe(DRY).verdict


def test_a_region_that_does_not_fit_is_refused():
    config = parse_config("roi: {enabled: true, units: pixels, width: 640, height: 360}", "test")
    with pytest.raises(UserError, match="section roi"):
        learnt().detector(config).observe(DRY)


# ---- Ignored areas ------------------------------------------------------------------------------------------

def masked() -> Detector:
    return learnt(MASKED).detector(MASKED)


def test_a_puddle_in_an_ignored_area_is_no_anomaly_and_no_spot():
    hidden = masked().observe(bench(203, leak_radius=8, at=UPPER_RIGHT))
    plain = masked().observe(DRY)
    assert hidden.verdict.triggers == ()
    assert hidden.verdict.score < 1.2 * plain.verdict.score
    columns, rows = hidden.error_map.shape[1], hidden.error_map.shape[0]
    assert (hidden.error_map[:rows // 2 - 1, int(0.6 * columns) + 1:] < 0.5).all()


def test_a_puddle_beside_an_ignored_area_is_found():
    verdict = masked().observe(bench(203, leak_radius=5, at=(80, 40))).verdict
    assert verdict.triggers == ("score", "blob")
# For tests/test_detection.py, behind test_a_puddle_beside_an_ignored_area_is_found

MOSTLY_MASKED = parse_config("roi: {ignore: [{x: 0.0, y: 0.0, width: 1.0, height: 0.6}]}", "test")


@pytest.mark.parametrize("config", [MASKED, MOSTLY_MASKED], ids=["a corner", "most of the picture"])
@pytest.mark.parametrize("shown", [0, 255])
@pytest.mark.parametrize("leak_radius", [0, 5])
def test_what_a_display_in_an_ignored_area_shows_changes_nothing(config, shown, leak_radius):
    detector = learnt(config).detector(config)
    usual, changed = bench(203, leak_radius), bench(203, leak_radius)
    area = config.roi.ignore[0]
    changed[:int(area.height * HEIGHT) - 1, int(area.x * WIDTH) + 1:] = shown
    before, after = detector.observe(usual).verdict, detector.observe(changed).verdict
    assert after.triggers == before.triggers == (("score", "blob") if leak_radius else ())
    assert after.score == pytest.approx(before.score, rel=0.02)
    assert after.lighting_change == before.lighting_change
