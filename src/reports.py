"""Pages and pictures for people: the summary of a night."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from src.atomic_file import write_bytes, write_json, write_text
from src.config import Config, MonitorSettings
from src.coverage import WATCHED
from src.event_log import read_events
from src.evidence import pictures_of_incidents
from src.period import Period
from src.plots import Shade, night_scores
from src.summary import DaySummary, summarize
from src.summary_json import as_json
from src.summary_page import markdown, sentence

# The mode at the beginning of a night may have been set long before it.
LOOK_BACK = timedelta(days=31)


@dataclass(frozen=True)
class SummaryReport:
    """What `daily_summary` has written. sentence: the night in one line."""

    sentence: str
    page: Path
    data: Path
    picture: Path


def daily_summary(config: Config, period: Period, now: datetime) -> SummaryReport:
    """Write the page, the JSON file and the score plot of `period` to reports/daily_summary.

    now: aware local wall time; what comes after it has not happened yet. Raises OSError (disk full, log
        unreadable).
    """
    lines = read_events(config.paths.logs_dir, since=period.start - LOOK_BACK)
    summary = summarize(lines, period, now, _heartbeat_seconds(config.monitor))
    summary = _with_all_pictures(summary, config.paths.data_anomalies_dir)
    folder = config.paths.reports_dir / "daily_summary"
    report = SummaryReport(
        sentence=sentence(summary),
        page=folder / f"summary_{period.label}.md",
        data=folder / f"summary_{period.label}.json",
        picture=folder / f"scores_{period.label}.png",
    )
    write_bytes(report.picture, _score_plot(summary))
    write_json(report.data, as_json(summary))
    write_text(
        report.page,
        markdown(
            summary, report.picture.name, lambda name: _link(config.paths.data_anomalies_dir / name, folder)
        ),
    )
    return report


def _with_all_pictures(summary: DaySummary, folder: Path) -> DaySummary:
    """The pictures that are in the folder now: those from after an alert were not there when it was logged, and the
    user may have renamed or deleted some. Those that the log names come first."""
    there = pictures_of_incidents(folder, [line.incident_id for line in summary.incidents])
    return replace(summary, incidents=tuple(
        replace(line, evidence=tuple(sorted(there[line.incident_id], key=lambda name: _position(name, line.evidence))))
        for line in summary.incidents
    ))


def _position(name: str, logged: tuple[str, ...]) -> int:
    return logged.index(name) if name in logged else len(logged)


def _heartbeat_seconds(settings: MonitorSettings) -> float:
    """How far apart heartbeats are: a monitor that looks every ten minutes cannot give one each minute."""
    return max(settings.heartbeat_seconds, settings.frame_interval_seconds)


def _score_plot(summary: DaySummary) -> bytes:
    known = [
        beat for beat in summary.heartbeats if beat.score_max is not None and beat.score_threshold is not None
    ]
    missed = [part for part in summary.spans if part.kind != WATCHED]
    return night_scores(
        times=[beat.time for beat in known],
        ratios=[beat.score_max / beat.score_threshold for beat in known],
        alerts=[alert.time for alert in summary.alerts],
        shades=[Shade(part.kind, part.start, part.end) for part in (*missed, *summary.lighting_changes)],
        start=summary.period.start,
        end=summary.period.end,
        title=sentence(summary),
    )


def _link(target: Path, folder: Path) -> str:
    """A link from a page in `folder` to `target`: relative, so that the project can be moved or zipped."""
    try:
        return quote(Path(os.path.relpath(target, folder)).as_posix())
    except ValueError:  # another drive on Windows
        return target.as_uri()
