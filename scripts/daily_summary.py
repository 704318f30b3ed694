"""What was last night like? Writes one page, and the proof, to reports/daily_summary."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.period import calendar_day, last_night
from src.reports import daily_summary


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a date such as 2026-11-23, got {text!r}") from None
    today = Clock().now().date()
    if day > today:
        raise ArgumentTypeError(f"{day} has not come yet; expected today, {today}, or a day before")
    return day


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument(
        "--date",
        type=_date,
        metavar="YYYY-MM-DD",
        help="that calendar day, midnight to midnight (default: last night, yesterday 12:00 to now)",
    )
    chosen = options.parse_args(arguments)
    config = read_config(chosen)
    now = Clock().now()
    report = daily_summary(config, calendar_day(chosen.date) if chosen.date else last_night(now), now)
    say(report.sentence)
    say(f"The page is {report.page}")
    return 0


if __name__ == "__main__":
    run(main)
