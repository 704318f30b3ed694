from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from src.clock_watch import ClockWatch, WatchGap

START = datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=2)))


def gaps(*steps: tuple[float, float], counts_sleep: bool = True) -> list[WatchGap | None]:
    """What is said after steps of (monotonic seconds, wall seconds)."""
    watch = ClockWatch(stall_seconds=15, monotonic_counts_sleep=counts_sleep)
    seconds, now = 1000.0, START
    said = [watch.update(seconds, now)]
    for monotonic_step, wall_step in steps:
        seconds, now = seconds + monotonic_step, now + timedelta(seconds=wall_step)
        said.append(watch.update(seconds, now))
    return said[1:]


@pytest.mark.parametrize(
    "step, gap",
    [
        ((1.0, 1.0), None),
        ((14.9, 14.9), None),
        ((15.0, 15.0), WatchGap(15.0, "stalled")),
        ((119.0, 119.0), WatchGap(119.0, "stalled")),
        ((28_800.0, 28_800.0), WatchGap(28_800.0, "asleep")),
        ((1.0, 9.0), None),
        ((1.0, 3601.0), WatchGap(3600.0, "clock_forward")),
        ((1.0, -3599.0), WatchGap(3600.0, "clock_back")),
        ((28_800.0, 28_805.0), WatchGap(28_800.0, "asleep")),
    ],
)
def test_what_one_turn_of_the_loop_means(step, gap):
    assert gaps(step) == [gap]


def test_a_gap_is_said_once():
    assert gaps((600, 600), (1, 1), (1, 1)) == [WatchGap(600, "asleep"), None, None]


def test_where_monotonic_time_stops_in_sleep_a_jump_of_the_clock_counts_as_sleep():
    assert gaps((1.0, 3601.0), counts_sleep=False) == [WatchGap(3601.0, "asleep")]
    assert gaps((1.0, -3599.0), counts_sleep=False) == [WatchGap(3600.0, "clock_back")]


def test_daylight_saving_is_neither_a_gap_nor_a_jump():
    watch = ClockWatch(stall_seconds=15, monotonic_counts_sleep=True)
    summer = datetime(2026, 10, 25, 2, 59, 59, tzinfo=timezone(timedelta(hours=2)))
    winter = datetime(2026, 10, 25, 2, 0, 0, tzinfo=timezone(timedelta(hours=1)))
    watch.update(0.0, summer)
    assert watch.update(1.0, winter) is None
