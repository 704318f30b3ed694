from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.metrics import FoundFrom
from benchmarks.rigs import NightResult, Shares, measure_rig, night_result
from benchmarks.scenes import Night, Picture, Rig
from benchmarks.ways import Answer, Replayed

NIGHT = Night("late", Path("late.mp4"), 1.5, range(10), 4, (0.0,) * 4 + (0.01, 0.02, 0.03, 0.04, 0.05, 0.06))


@dataclass
class ScoresByName:
    """A way that knows the score of every picture by its name; above 10 is flagged."""

    scores: dict[str, float]
    replayed: Replayed
    shifted: tuple[str, ...] = ()
    name: str = "fake"
    training: str = "none"
    training_seconds: float = 0.0
    asked: list[Path] = field(default_factory=list)

    def stills(self, paths):
        return [Answer(self.scores[path.name], self.scores[path.name] > 10) for path in paths]

    def moved(self, paths):
        return [path.name in self.shifted for path in paths]

    def in_order(self, source, frame_seconds):
        self.asked.append(source)
        return self.replayed


def drips(area_percent: float, *names: str) -> tuple[Picture, ...]:
    return tuple(Picture(Path("drip") / name, "drip", area_percent) for name in names)


def measured(tmp_path, scores: dict[str, float], nights: tuple[Night, ...] = (NIGHT,)) -> object:
    for name in ("n1.jpg", "n2.jpg"):
        (tmp_path / "normal").mkdir(exist_ok=True)
        (tmp_path / "normal" / name).touch()
    rig = Rig(
        "rig_x", training=(), nights=nights,
        normal=(Picture(tmp_path / "normal" / "n1.jpg", "noon", 0.0),
                Picture(tmp_path / "normal" / "n2.jpg", "night", 0.0)),
        leaks=(*drips(0.02, "s0", "s1", "s2", "s3", "s4"), *drips(0.1, "l0", "l1", "l2", "l3", "l4")),
        benign=(Picture(Path("nudge") / "b1", "nudge", 0.0), Picture(Path("nudge") / "b2", "nudge", 0.0)))
    way = ScoresByName({"n1.jpg": 5, "n2.jpg": 12, "b1": 1, "b2": 11, **scores},
                       Replayed((False,) * 10, (), lighting_changes=2), shifted=("b1",))
    return measure_rig(rig, way, tmp_path / "scratch")


@pytest.fixture
def result(tmp_path):
    small = dict(zip(("s0", "s1", "s2", "s3", "s4"), (1, 2, 11, 11, 13)))
    large = dict.fromkeys(("l0", "l1", "l2", "l3"), 20) | {"l4": 11}
    return measured(tmp_path, {**small, **large})


def test_a_bench_without_recorded_nights_is_measured_as_well(tmp_path):
    scores = dict.fromkeys((f"{size}{light}" for size in "sl" for light in range(5)), 20)
    without = measured(tmp_path, scores, nights=())
    assert without.nights == {}
    assert without.normal_in_order.pictures == 10


def test_false_pictures_are_counted_by_lighting(result):
    assert result.false_share == {"noon": 0.0, "night": 1.0}


def test_leaks_are_found_at_their_own_threshold_and_without_a_false_picture(result):
    assert result.found_own_threshold == Shares(every=0.8, visible=1.0)
    assert result.found_without_false == Shares(every=0.5, visible=0.8)


def test_a_kind_is_found_from_the_size_seen_in_four_of_five_lightings(result):
    assert result.kinds["drip"].own_threshold == FoundFrom(0.1, 0.02)
    assert result.kinds["drip"].without_false == FoundFrom(0.1, 0.02)


def test_dry_scenes_tell_how_often_they_were_flagged_and_called_a_moved_camera(result):
    assert (result.benign["nudge"].flagged, result.benign["nudge"].moved) == (0.5, 0.5)


def test_normal_pictures_in_order_tell_how_often_the_light_was_new(result):
    assert (result.normal_in_order.alerts, result.normal_in_order.lighting_changes) == (0, 2)


def test_alerts_before_the_leak_are_false_and_the_first_one_after_it_counts():
    flagged = (False, True) + (False,) * 4 + (True,) * 4
    assert night_result(NIGHT, Replayed(flagged, (1, 6, 9))) == NightResult(4, 1, 1, False, 0.03, 3.0)


def test_a_night_without_an_alert_has_no_delay():
    assert night_result(NIGHT, Replayed((False,) * 10, ())) == NightResult(4, 0, 0, False, None, None)


def test_an_alarm_that_is_still_on_when_the_leak_begins_is_told():
    assert night_result(NIGHT, Replayed((True,) * 10, (2,))).in_alarm


def test_a_part_of_a_night_is_counted_from_its_own_beginning():
    part = Night("late", Path("late.mp4"), 1.5, range(2, 8), 4, NIGHT.area_percent)
    assert night_result(part, Replayed((False,) * 6, (3,))) == NightResult(2, 0, 0, False, 0.02, 1.5)
