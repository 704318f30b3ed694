"""Pictures come at given seconds; what does that say about the camera?"""

from __future__ import annotations

import pytest

from src.pace import Arrival, Pace


def arrivals(pace: Pace, *spacings: float) -> list[Arrival]:
    """What pictures so many seconds apart tell, the first one at second 0."""
    now, told = 0.0, [pace.update(0.0)]
    for spacing in spacings:
        now += spacing
        told.append(pace.update(now))
    return told


def breaks(told: list[Arrival]) -> list[int]:
    return [number for number, arrival in enumerate(told) if arrival.gap_seconds is not None]


def changes(told: list[Arrival]) -> list[tuple[int, str]]:
    return [(number, arrival.change) for number, arrival in enumerate(told) if arrival.change is not None]


@pytest.mark.parametrize("spacing", [0.05, 1.0, 1.3, 600.0])
def test_pictures_as_often_as_wanted_are_one_run(spacing):
    told = arrivals(Pace(min(spacing, 1.0) if spacing < 2 else spacing), *[spacing] * 40)
    assert breaks(told) == [] and changes(told) == []


@pytest.mark.parametrize("spacing", [1.6, 2.0, 4.0, 20.0, 60.0])
def test_pictures_of_a_slow_camera_soon_become_one_run_and_the_slowness_is_told_once(spacing):
    told = arrivals(Pace(1.0), *[spacing] * 100)
    assert [number for number in breaks(told) if number > 2] == []
    assert changes(told) == [(10, "slow")]
    assert told[10].usual_seconds == pytest.approx(spacing)


def test_an_unsteady_camera_is_one_run_and_is_told_once():
    told = arrivals(Pace(1.0), *[1.0, 20.0] * 30)
    assert [number for number in breaks(told) if number > 10] == []
    assert [change for _, change in changes(told)] == ["slow"]


def test_one_long_interruption_is_a_break_and_no_slowness():
    told = arrivals(Pace(1.0), *[1.0] * 20, 25.0, *[1.0] * 20, 25.0, *[1.0] * 20)
    assert breaks(told) == [21, 42] and told[21].gap_seconds == 25.0
    assert changes(told) == []


def test_a_hiccup_of_a_camera_that_sends_many_pictures_a_second_is_no_break():
    assert breaks(arrivals(Pace(0.05), *[0.05] * 20, 2.0, *[0.05] * 20)) == []


def test_a_camera_that_is_fast_again_is_told_once_all_its_last_pictures_were():
    told = arrivals(Pace(1.0), *[5.0] * 10, *[1.0] * 9, 5.0, *[1.0] * 30)
    assert changes(told) == [(10, "slow"), (30, "normal")]
    assert told[30].slow_for_seconds == pytest.approx(9 + 5 + 10)


def test_the_next_picture_is_overdue_after_several_times_the_usual_spacing():
    pace = Pace(1.0)
    assert pace.overdue(0.0), "before the first picture nothing is seen"
    arrivals(pace, 1.0, 1.0)
    assert not pace.overdue(6.0) and pace.overdue(6.1)
    slow = Pace(1.0)
    arrivals(slow, *[20.0] * 10)
    assert not slow.overdue(200.0 + 50.0) and slow.overdue(200.0 + 50.1), "half a minute more is enough"


def test_after_an_interruption_nothing_is_seen_until_the_next_picture_and_the_break_is_no_spacing():
    pace = Pace(1.0)
    arrivals(pace, *[5.0] * 10)
    pace.interrupted()
    assert pace.overdue(50.1)
    told = pace.update(5000.0)
    assert told.gap_seconds is None and told.usual_seconds == 5.0, "the break is known of, and the pace remembered"
    assert not pace.overdue(5010.0)


def test_reset_forgets_the_pace():
    pace = Pace(1.0)
    arrivals(pace, *[5.0] * 10)
    pace.reset()
    assert changes(arrivals(pace, *[5.0] * 10)) == [(10, "slow")]
