from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from src.console import fitted
from src.status import Status, StatusFile, status_line

NOW = datetime(2026, 11, 23, 3, 15, 2, tzinfo=timezone(timedelta(hours=1)))
WATCHING = Status(
    mode="MONITOR",
    not_watching_because="",
    since=NOW - timedelta(hours=8),
    last_picture_at=NOW,
    score_ratio=0.314,
    incident_id=None,
    incident_since=None,
    model="20261122_170000",
    pid=4711,
)


def test_the_line_of_a_quiet_watch():
    assert status_line(WATCHING, NOW) == (
        "WATCHING since 19:15 | no leak | picture 03:15:02 | score 31 % of the threshold"
    )


def test_the_line_before_the_first_picture():
    assert status_line(replace(WATCHING, last_picture_at=None, score_ratio=None), NOW) == (
        "WATCHING since 19:15 | no leak"
    )


def test_the_line_during_a_leak():
    leaking = replace(WATCHING, incident_id="i", incident_since=NOW - timedelta(minutes=12), score_ratio=4.2)
    assert status_line(leaking, NOW)== (
        "WATCHING since 19:15 | POSSIBLE LEAK since 03:03 | picture 03:15:02 | score 420 % of the threshold"
    )


def test_what_is_longer_ago_than_a_day_has_a_date():
    longer = replace(WATCHING, since=NOW - timedelta(hours=32))
    assert status_line(longer, NOW).startswith("WATCHING since 19:15 on 21 Nov | no leak")


def test_a_narrow_window_shows_the_leak_and_the_quiet_line_whole():
    leaking = replace(WATCHING, incident_id="i", incident_since=NOW - timedelta(minutes=12), score_ratio=4.2)
    assert "POSSIBLE LEAK since 03:03" in fitted(status_line(leaking, NOW), 79)
    assert fitted(status_line(WATCHING, NOW), 79) == status_line(WATCHING, NOW)


def test_the_line_says_why_nobody_watches():
    off = replace(
        WATCHING, mode="OFF", not_watching_because="the mode is OFF: double-click set_mode_MONITOR.bat"
    )
    assert status_line(off, NOW) == (
        "NOT WATCHING, because the mode is OFF: double-click set_mode_MONITOR.bat (since 19:15)"
    )


def test_lines_are_plain_ascii_for_every_console():
    assert status_line(WATCHING, NOW).isascii()


def read(folder) -> dict[str, object]:
    return json.loads((folder / "status.json").read_text(encoding="utf-8"))


def test_the_file_says_watching_or_why_not(tmp_path):
    file = StatusFile(tmp_path)
    file.update(WATCHING, NOW, now_seconds=0.0)
    assert read(tmp_path)["state"] == "WATCHING"
    assert read(tmp_path)["last_picture_at"] == "2026-11-23T03:15:02+01:00"
    file.update(replace(WATCHING, not_watching_because="the camera is lost"), NOW, now_seconds=0.1)
    assert (read(tmp_path)["state"], read(tmp_path)["not_watching_because"]) == (
        "NOT WATCHING",
        "the camera is lost",
    )


def test_the_same_news_are_written_only_every_few_seconds(tmp_path):
    file = StatusFile(tmp_path)
    written = []
    for second in range(12):
        file.update(replace(WATCHING, score_ratio=float(second)), NOW, now_seconds=float(second))
        written.append(read(tmp_path)["score_ratio"])
    assert written == [0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]
