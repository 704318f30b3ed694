from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest

from src.period import calendar_day, last_night


@pytest.fixture
def berlin(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("this system cannot change its time zone for a test")
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "day, hours", [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 23), 24)]
)
def test_a_day_lasts_as_long_as_the_clock_on_the_wall_says(berlin, day, hours):
    period = calendar_day(day)
    assert period.end - period.start == timedelta(hours=hours)
    assert (period.start.hour, period.end.hour) == (0, 0)
    assert period.label == day.isoformat()


def test_the_last_night_begins_at_noon_of_yesterday(berlin):
    now = datetime(2026, 10, 25, 8, 0).astimezone()
    period = last_night(now)
    assert period.start.isoformat() == "2026-10-24T12:00:00+02:00"
    assert period.end - period.start == timedelta(hours=21)
    assert period.label == "2026-10-25_night"
