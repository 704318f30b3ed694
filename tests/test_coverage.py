from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from src.coverage import BLIND, DOUBTFUL, GAP, NOT_ARMED, WATCHED, seconds_of, spans
from src.event_kinds import typed

START = datetime(2026, 11, 22, 20, 0, tzinfo=timezone(timedelta(hours=1)))


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def line(minute: float, event: str, **fields: object) -> dict[str, object]:
    return {"time": at(minute).isoformat(), "event": event, **fields}


def beats(first: int, last: int, frames: int = 60) -> list[dict[str, object]]:
    return [
        line(minute, "heartbeat", frames=frames, score_max=0.1, score_threshold=0.5, state="watching")
        for minute in range(first, last + 1)
    ]


def cut(
    lines: list[dict[str, object]], start: float = 0, end: float = 60
) -> list[tuple[str, float, float, str]]:
    """The spans as (kind, first minute, last minute, reason)."""
    events, unreadable = typed(lines)
    assert unreadable == 0
    parts = spans(events, at(start), at(end), heartbeat_seconds=60)
    return [
        (
            part.kind,
            (part.start - START).total_seconds() / 60,
            (part.end - START).total_seconds() / 60,
            part.reason,
        )
        for part in parts
    ]


MONITOR = line(0, "monitor_started", mode="MONITOR")


def test_an_hour_with_all_heartbeats_was_watched():
    assert cut([MONITOR, *beats(1, 60)]) == [(WATCHED, 0, 60, "")]


def test_an_empty_log_means_nobody_was_watching():
    assert cut([]) == [(NOT_ARMED, 0, 60, "no monitor was started")]


def test_two_missing_heartbeats_are_a_gap_and_one_is_not():
    assert cut([MONITOR, *beats(1, 10), *beats(12, 60)]) == [(WATCHED, 0, 60, "")]
    assert cut([MONITOR, *beats(1, 10), *beats(13, 60)]) == [
        (WATCHED, 0, 10, ""),
        (GAP, 10, 13, "no sign of life from the monitor"),
        (WATCHED, 13, 60, ""),
    ]


def test_a_monitor_that_died_leaves_a_gap_to_the_end():
    assert cut([MONITOR, *beats(1, 20)])[-1] == (GAP, 20, 60, "no sign of life from the monitor")


def test_a_crash_and_a_restart_leave_a_gap_even_when_short():
    lines = [MONITOR, *beats(1, 20), line(20.5, "monitor_started", mode="MONITOR"), *beats(21, 60)]
    assert cut(lines) == [
        (WATCHED, 0, 20, ""),
        (GAP, 20, 20.5, "the monitor was not running (PC off, closed or crashed)"),
        (WATCHED, 20.5, 60, ""),
    ]


def test_a_monitor_stopped_by_hand_is_not_armed_and_one_that_failed_is_a_gap():
    assert cut([MONITOR, *beats(1, 20), line(20, "monitor_stopped", reason="stopped by hand")])[-1] == (
        NOT_ARMED,
        20,
        60,
        "the monitor was closed: stopped by hand",
    )
    failed = [MONITOR, *beats(1, 20), line(20, "monitor_stopped", reason="a fault in the program")]
    assert cut(failed)[-1] == (GAP, 20, 60, "the monitor had stopped: a fault in the program")


def test_the_time_in_another_mode_does_not_count():
    lines = [
        line(0, "monitor_started", mode="OFF"),
        line(10, "mode_changed", mode="MONITOR"),
        *beats(11, 40),
        line(40, "mode_changed", mode="CAPTURE"),
    ]
    assert cut(lines) == [
        (NOT_ARMED, 0, 10, "the mode was OFF"),
        (WATCHED, 10, 40, ""),
        (NOT_ARMED, 40, 60, "the mode was CAPTURE"),
    ]


def test_what_happened_before_tells_whether_it_was_armed():
    assert cut([line(-600, "monitor_started", mode="MONITOR"), *beats(-599, 60)]) == [(WATCHED, 0, 60, "")]
    assert cut([line(-600, "monitor_started", mode="MONITOR"), *beats(-599, -300), *beats(30, 60)]) == [
        (GAP, 0, 30, "no sign of life from the monitor"),
        (WATCHED, 30, 60, ""),
    ]


def test_heartbeats_alone_prove_watching_when_the_start_is_no_longer_in_the_log():
    assert cut(beats(-1, 60)) == [(WATCHED, 0, 60, "")]


def test_a_camera_problem_is_blind_from_when_it_really_began():
    lines = [
        MONITOR,
        *beats(1, 60),
        line(10.5, "camera_problem", kind="lost", text="Camera lost."),
        line(15, "camera_recovered", kind="lost", seconds=300),
    ]
    assert cut(lines) == [(WATCHED, 0, 10, ""), (BLIND, 10, 15, "camera lost"), (WATCHED, 15, 60, "")]


def test_reminders_of_one_problem_do_not_end_it():
    lines = [
        MONITOR,
        *beats(1, 60),
        line(10, "camera_problem", kind="frozen", text="t"),
        line(40, "camera_problem", kind="frozen", text="t"),
    ]
    assert cut(lines) == [(WATCHED, 0, 10, ""), (BLIND, 10, 60, "camera frozen")]


def test_two_problems_at_once_count_once():
    lines = [
        MONITOR,
        *beats(1, 60),
        line(10, "camera_problem", kind="frozen", text="t"),
        line(20, "camera_problem", kind="black", text="t"),
        line(30, "camera_recovered", kind="black", seconds=600),
        line(40, "camera_recovered", kind="frozen", seconds=1800),
    ]
    events, _ = typed(lines)
    assert seconds_of(spans(events, at(0), at(60), 60), BLIND) == 1800


def test_a_moved_camera_still_watches_but_less_well():
    lines = [
        MONITOR,
        *beats(1, 60),
        line(10, "camera_problem", kind="moved", text="t"),
        line(20, "camera_problem", kind="black", text="t"),
        line(30, "camera_recovered", kind="black", seconds=600),
    ]
    assert cut(lines) == [
        (WATCHED, 0, 10, ""), (DOUBTFUL, 10, 20, "camera moved"), (BLIND, 20, 30, "camera black"),
        (DOUBTFUL, 30, 60, "camera moved"),
    ]


def test_a_restart_ends_what_the_monitor_before_knew_of_the_camera():
    lines = [
        MONITOR,
        *beats(1, 10),
        line(10, "camera_problem", kind="lost", text="t"),
        line(12, "monitor_started", mode="MONITOR"),
        *beats(13, 60),
    ]
    assert cut(lines)[-1] == (WATCHED, 12, 60, "")


def test_heartbeats_without_a_judged_picture_are_not_watching():
    lines = [MONITOR, *beats(1, 10), *beats(11, 20, frames=0), *beats(21, 60)]
    assert cut(lines) == [
        (WATCHED, 0, 10, ""),
        (BLIND, 10, 20, "no picture was judged"),
        (WATCHED, 20, 60, ""),
    ]


def test_until_the_first_heartbeat_with_a_judged_picture_nothing_was_watched():
    assert cut([MONITOR], end=0.5) == [(BLIND, 0, 0.5, "no picture was judged")]
    assert cut([MONITOR, *beats(0, 0, frames=0)], end=0.5) == [(BLIND, 0, 0.5, "no picture was judged")]
    assert cut([MONITOR, *beats(0, 0, frames=1)], end=0.5) == [(WATCHED, 0, 0.5, "")]


def test_after_a_heartbeat_without_a_judged_picture_nothing_is_watched_until_one_comes():
    assert cut([MONITOR, *beats(1, 10), *beats(11, 12, frames=0)], end=12.5) == [
        (WATCHED, 0, 10, ""), (BLIND, 10, 12.5, "no picture was judged")]


def test_sleep_is_a_gap_of_its_real_length():
    lines = [
        MONITOR,
        *beats(1, 10),
        line(40, "watch_gap", seconds=29.5 * 60, reason="asleep"),
        *beats(40, 60),
    ]
    assert cut(lines) == [(WATCHED, 0, 10.5, ""), (GAP, 10.5, 40, "the PC was asleep"), (WATCHED, 40, 60, "")]


def test_a_stall_too_short_to_miss_a_heartbeat_is_still_a_gap():
    lines = [MONITOR, *beats(1, 60), line(10.5, "watch_gap", seconds=15, reason="stalled")]
    assert (GAP, 10.25, 10.5, "the monitor stood still (the PC was too busy)") in cut(lines)


def test_a_break_between_pictures_was_not_watched_and_a_slow_camera_watches_less_well():
    lines = [
        MONITOR,
        *beats(1, 60),
        line(10.5, "watch_gap", seconds=15, reason="no_picture"),
        line(20, "camera_problem", kind="slow", text="t"),
        line(30, "camera_recovered", kind="slow", seconds=600),
    ]
    assert cut(lines) == [
        (WATCHED, 0, 10.25, ""), (BLIND, 10.25, 10.5, "no picture was judged"), (WATCHED, 10.5, 20, ""),
        (DOUBTFUL, 20, 30, "camera slow"), (WATCHED, 30, 60, ""),
    ]


def test_a_clock_set_forward_costs_no_coverage():
    lines = [
        MONITOR,
        *beats(1, 10),
        line(40.5, "watch_gap", seconds=1800, reason="clock_forward"),
        *beats(41, 60),
    ]
    assert cut(lines) == [
        (WATCHED, 0, 10.5, ""),
        (NOT_ARMED, 10.5, 40.5, "the clock of the PC was set forward, no time was lost"),
        (WATCHED, 40.5, 60, ""),
    ]


def test_a_clock_set_back_counts_the_repeated_time_once():
    lines = [
        MONITOR,
        *beats(1, 30),
        line(10.5, "watch_gap", seconds=1200, reason="clock_back"),
        *beats(11, 60),
    ]
    assert cut(lines) == [(WATCHED, 0, 60, "")]


def test_daylight_saving_leaves_no_gap():
    summer, winter = timezone(timedelta(hours=2)), timezone(timedelta(hours=1))
    first = datetime(2026, 10, 25, 2, 0, tzinfo=summer)
    times = [first + timedelta(minutes=minute) for minute in range(121)]
    lines = [
        {
            "time": (time if time < first + timedelta(hours=1) else time.astimezone(winter)).isoformat(),
            "event": "heartbeat",
            "frames": 60,
            "score_max": 0.1,
            "state": "watching",
        }
        for time in times
    ]
    events, _ = typed(lines)
    parts = spans(events, times[0], times[-1], 60)
    assert [(part.kind, part.seconds) for part in parts] == [(WATCHED, 7200)]


@pytest.mark.parametrize("start, end", [(0, 60), (7.3, 44.1), (-30, 5)])
def test_spans_leave_no_hole_and_no_overlap(start, end):
    lines = [
        MONITOR,
        *beats(1, 10),
        *beats(14, 30, frames=0),
        line(22, "camera_problem", kind="lost", text="t"),
        line(25, "watch_gap", seconds=90, reason="stalled"),
        line(33, "mode_changed", mode="OFF"),
        line(41, "mode_changed", mode="MONITOR"),
        line(42, "monitor_stopped", reason="stopped by hand"),
    ]
    parts = cut(lines, start, end)
    assert parts[0][1] == pytest.approx(start) and parts[-1][2] == pytest.approx(end)
    assert all(left[2] == right[1] for left, right in zip(parts, parts[1:]))
