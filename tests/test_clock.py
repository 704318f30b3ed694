from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from src.clock import Clock, VirtualClock


def test_wall_time_is_local_and_knows_its_offset():
    now = Clock().now()
    assert now.utcoffset() is not None
    assert abs(now - datetime.now(timezone.utc)) < timedelta(seconds=5)


def test_monotonic_time_never_runs_backwards():
    clock = Clock()
    first = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() >= first + 0.009


def test_a_negative_sleep_does_not_wait():
    Clock().sleep(-5)


def test_a_virtual_clock_moves_only_when_told_to(clock):
    start = clock.now()
    assert (clock.now(), clock.monotonic()) == (start, 0.0)
    clock.advance(1.5)
    clock.sleep(0.5)
    clock.sleep(-1)
    assert clock.now() == start + timedelta(seconds=2)
    assert clock.monotonic() == 2.0


def test_a_virtual_clock_refuses_to_go_back_and_a_start_without_time_zone(clock):
    with pytest.raises(ValueError):
        clock.advance(-1)
    with pytest.raises(ValueError):
        VirtualClock(datetime(2026, 11, 23))
