"""The stretch of time that a summary is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True)
class Period:
    """start (inclusive) to end (exclusive), aware local wall time.

    label: part of the file names, for example "2026-11-23" or "2026-11-23_night". title: for people.
    """

    start: datetime
    end: datetime
    label: str
    title: str


def calendar_day(day: date) -> Period:
    """From midnight to midnight as the clock on the wall shows it; 23 or 25 hours when that is changed."""
    start, end = (
        datetime.combine(midnight, time()).astimezone() for midnight in (day, day + timedelta(days=1))
    )
    return Period(start, end, day.isoformat(), f"The day {day.isoformat()}")


def last_night(now: datetime) -> Period:
    """From noon of yesterday until now: the whole night, as somebody wants to see it in the morning."""
    noon = datetime.combine(now.date() - timedelta(days=1), time(12)).astimezone()
    return Period(noon, now, f"{now:%Y-%m-%d}_night", f"The night from {noon:%Y-%m-%d} to {now:%Y-%m-%d}")
