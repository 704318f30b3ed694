"""Evening, and the monitor is not armed: remind once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

# From the hour of the evening on, for so long: whoever disarms the monitor in the morning is at work, not
# asleep.
EVENING = timedelta(hours=12)


class ArmedReminder:
    """expected_after: time of day from which the mode should be MONITOR; None = never remind."""

    def __init__(self, expected_after: time | None) -> None:
        self._expected_after = expected_after
        self._reminded: date | None = None

    def update(self, armed: bool, now: datetime) -> bool:
        """Whether a reminder is due now: at most once an evening. now: local wall time."""
        if armed or self._expected_after is None:
            return False
        into_the_day = timedelta(hours=self._expected_after.hour, minutes=self._expected_after.minute)
        since_expected = now.replace(tzinfo=None) - into_the_day
        if since_expected - datetime.combine(since_expected.date(), time()) >= EVENING:
            return False
        due = self._reminded != since_expected.date()
        self._reminded = since_expected.date()
        return due
