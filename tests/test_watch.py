"""The chain of judgement for one camera, on a small drawn bench."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from src.alarm import Alarm
from src.camera_health import CameraHealth
from src.camera_statistics import TrainedView
from src.config import Config, parse_config
from src.errors import UserError
from src.frame import Frame
from src.incident import IncidentTracker
from src.pace import Pace
from src.watch import Look, Watch
from tests.bench import EVENING, HEIGHT, WIDTH, bench, learnt

VIEW = TrainedView(replace(learnt().reference, camera=(HEIGHT, WIDTH)))


class Night:
    """A watch that is shown pictures a second apart."""

    def __init__(self, config: Config = Config()) -> None:
        health = CameraHealth(lost_seconds=30.0, frozen_seconds=30.0, moved_percent=1.0)
        alarm = Alarm(config.monitor, IncidentTracker(config.monitor))
        self.watch = Watch(learnt().detector(config), VIEW, health, alarm, Pace(1.0), moved_percent=1.0)
        self.seconds = 0

    def frame(self, image: np.ndarray) -> Frame:
        self.seconds += 1
        return Frame(image, self.seconds, EVENING + timedelta(seconds=self.seconds), float(self.seconds))

    def see(self, *images: np.ndarray) -> list[Look]:
        return [self.watch.look(self.frame(image)) for image in images]


def wet(number: int, radius: int = 5) -> np.ndarray:
    return bench(number, leak_radius=radius)


def kinds(looks: list[Look]) -> list[str | None]:
    return [look.decision.kind if look.decision else None for look in looks]


def test_a_dry_bench_in_changing_light_is_quiet():
    looks = Night().see(*(bench(200 + 3 * number) for number in range(25)))
    assert set(kinds(looks)) == {"quiet"}
    assert all(look.blind is None and look.health == () for look in looks)


def test_a_puddle_is_suspected_twice_and_then_alerted_with_its_place():
    looks = Night().see(bench(200), wet(201), wet(202), wet(203), wet(204))
    assert kinds(looks) == ["quiet", "suspect", "suspect", "alert", "cooling"]
    spot = looks[3].decision.notice.spot
    assert spot.left < 80 / WIDTH < spot.left + spot.width
    assert spot.top < 90 / HEIGHT < spot.top + spot.height


def test_a_puddle_beside_an_older_and_stronger_thing_is_alerted_by_itself():
    def with_a_thing(number: int, radius: int) -> np.ndarray:
        picture = bench(number, leak_radius=9, at=(25, 25))
        picture[:, WIDTH // 2:] = bench(number, leak_radius=radius, at=(125, 90))[:, WIDTH // 2:]
        return picture

    radii = [0] * 6 + [4, 5, 5, 6, 6, 7]
    looks = Night().see(*(with_a_thing(200 + number, radius) for number, radius in enumerate(radii)))
    told = [(number, look.decision.notice) for number, look in enumerate(looks) if look.decision.notice]
    assert [(number, notice.kind) for number, notice in told] == [(2, "opened"), (8, "elsewhere")]
    spot = told[1][1].spot
    assert spot.left < 125 / WIDTH < spot.left + spot.width and spot.top < 90 / HEIGHT < spot.top + spot.height
    assert told[1][1].area_percent == spot.area_percent


def test_a_black_picture_is_no_decision_and_breaks_the_run():
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    looks = Night().see(wet(200), wet(201), black, wet(202), wet(203), wet(204))
    assert kinds(looks) == ["suspect", "suspect", None, "suspect", "suspect", "alert"]
    assert [look.blind for look in looks] == [None, None, "black", None, None, None]


def test_no_picture_for_much_longer_than_usual_is_blindness_until_the_next_one_and_breaks_the_run():
    night = Night()
    night.see(wet(200), wet(201))
    blind = []
    for night.seconds in range(3, 9):
        night.watch.no_picture(float(night.seconds), "The cable is out.", failed=False)
        blind.append(night.watch.blind)
    assert blind == [None] * 4 + ["lost"] * 2
    (look,) = night.see(wet(202))
    assert kinds([look]) == ["suspect"] and look.arrival.gap_seconds == 7.0
    assert night.watch.blind is None


def test_before_the_first_picture_nobody_can_see():
    night = Night()
    night.watch.no_picture(1.0, "It is still being opened.", failed=False)
    assert night.watch.blind == "lost"


def test_waiting_for_a_slow_camera_keeps_the_run():
    night = Night()
    night.see(wet(200), wet(201))
    night.watch.no_picture(3.0, "It is slow.", failed=False)
    night.seconds = 3
    assert night.watch.blind is None
    assert kinds(night.see(wet(202))) == ["alert"]


def test_a_camera_that_says_that_it_failed_is_not_waited_for():
    night = Night()
    night.see(wet(200), wet(201))
    night.watch.no_picture(3.0, "The cable is out.", failed=True)
    assert night.watch.blind == "lost"
    assert kinds(night.see(wet(202))) == ["suspect"]


def test_a_standstill_of_a_busy_pc_keeps_the_run_and_a_longer_one_does_not():
    night = Night()
    night.see(wet(200), wet(201))
    night.seconds += 10
    assert kinds(night.see(wet(202))) == ["alert"]
    night = Night()
    night.see(wet(200), wet(201))
    night.seconds += 20
    assert kinds(night.see(wet(202))) == ["suspect"]


def test_a_camera_that_was_named_lost_breaks_the_run_however_slow_it_is():
    night = Night()
    for _ in range(12):
        night.see(bench(200))
        night.seconds += 9
    night.see(wet(200), wet(201))
    for night.seconds in range(night.seconds + 1, night.seconds + 33):
        health = night.watch.no_picture(float(night.seconds), "The cable is out.", failed=False)
        if health:
            break
    assert [notice.kind for notice in health] == ["lost"] and night.watch.blind == "lost"
    assert kinds(night.see(wet(202))) == ["suspect"]


def test_a_black_picture_stays_black_while_the_next_one_is_waited_for():
    night = Night()
    night.see(wet(200), np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    night.watch.no_picture(3.0, "It is slow.", failed=False)
    assert night.watch.blind == "black"


def test_a_picture_that_cannot_be_judged_is_blindness_at_once():
    night = Night()
    night.see(wet(200), wet(201))
    night.watch.no_picture(3.0, "The region of interest does not fit.", failed=True)
    assert night.watch.blind == "lost"


def test_an_interruption_breaks_the_run_but_not_the_incident():
    night = Night()
    night.see(wet(200), wet(201))
    night.watch.interrupted()
    assert kinds(night.see(wet(202))) == ["suspect"]
    night.see(wet(203), wet(204))
    opened = night.watch.incidents.incident_id
    night.watch.interrupted()
    assert night.watch.incidents.incident_id == opened is not None


def shifted(image: np.ndarray, dx: float, dy: float) -> np.ndarray:
    return cv2.warpAffine(image, np.float32([[1, 0, dx], [0, 1, dy]]), (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC,
                          borderMode=cv2.BORDER_REPLICATE)


def test_a_nudged_camera_is_no_leak_but_is_told_and_a_puddle_is_still_found():
    night = Night()
    looks = night.see(*(shifted(bench(200 + number), 2.0, 1.0) for number in range(30)))
    assert "alert" not in kinds(looks)
    assert [notice.kind for look in looks for notice in look.health] == ["moved"]
    assert "alert" in kinds(night.see(*(shifted(wet(230 + number, 6), 2.0, 1.0) for number in range(4))))


def test_a_picture_by_itself_has_no_memory():
    night = Night()
    for _ in range(4):
        judgement, problem = night.watch.look_alone(night.frame(wet(200)))
        assert judgement.verdict.anomalous and problem is None
    assert night.watch.incidents.incident_id is None
    assert night.watch.look_alone(night.frame(np.zeros((HEIGHT, WIDTH, 3), np.uint8)))[1] == "black"


def test_a_region_that_does_not_fit_is_said_in_words():
    config = parse_config("roi: {enabled: true, units: pixels, width: 640, height: 360}", "test")
    with pytest.raises(UserError, match="camera picture is 160 x 120 pixels"):
        Night(config).see(bench(200))


def test_a_camera_that_sends_another_size_is_named_and_a_leak_is_still_found():
    def smaller(image: np.ndarray) -> np.ndarray:
        return cv2.resize(image, (WIDTH * 3 // 4, HEIGHT * 3 // 4), interpolation=cv2.INTER_AREA)

    looks = Night().see(*(smaller(bench(200 + number)) for number in range(10)),
                        *(smaller(wet(210 + number, radius=7)) for number in range(4)))
    told = [(number, notice.kind, notice.detail) for number, look in enumerate(looks) for notice in look.health]
    assert told == [(5, "resized", f"They are {WIDTH * 3 // 4} x {HEIGHT * 3 // 4} pixels instead of {WIDTH} x {HEIGHT} pixels.")]
    assert "alert" in kinds(looks[10:]) and "alert" not in kinds(looks[:10])
