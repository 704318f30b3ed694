from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from src.armed_reminder import ArmedReminder

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))


def reminders(armed_until_hours: float, hours: float, after: time | None = time(19)) -> list[float]:
    """Hours after noon at which it reminds; the mode is MONITOR until armed_until_hours, then OFF."""
    reminder = ArmedReminder(after)
    quarters = [quarter / 4 for quarter in range(int(4 * hours))]
    return [
        hour for hour in quarters if reminder.update(hour < armed_until_hours, NOON + timedelta(hours=hour))
    ]


def test_it_reminds_once_an_evening():
    assert reminders(armed_until_hours=0, hours=48) == [7.0, 31.0]


def test_an_armed_monitor_needs_no_reminder():
    assert reminders(armed_until_hours=48, hours=48) == []


def test_a_monitor_disarmed_at_night_is_reminded_of_then():
    assert reminders(armed_until_hours=13.5, hours=24) == [13.5]


def test_a_monitor_disarmed_in_the_morning_is_reminded_of_in_the_evening():
    assert reminders(armed_until_hours=20, hours=36) == [31.0]


def test_without_a_time_of_day_it_never_reminds():
    assert reminders(armed_until_hours=0, hours=48, after=None) == []


def test_an_hour_just_before_midnight_works_across_it():
    assert reminders(armed_until_hours=12.5, hours=24, after=time(23, 30)) == [12.5]
