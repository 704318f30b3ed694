from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from src.config import Config, MonitorSettings, PathSettings
from src.reports import daily_summary
from tests.bench import lab as bench_lab
from tests.test_summary import MORNING, PERIOD, alert, line, night

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def lab(tmp_path: Path) -> Config:
    """The settings of a lab whose folder has a name that is awkward in links."""
    folder = tmp_path / "Leak monitor (bench 1) & co"
    return Config(
        paths=PathSettings(
            data_anomalies_dir=folder / "data/anomalies",
            logs_dir=folder / "logs",
            reports_dir=folder / "reports",
        )
    )


def write_log(config: Config, *lines: dict[str, object]) -> None:
    config.paths.logs_dir.mkdir(parents=True)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (config.paths.logs_dir / "events.jsonl").write_text(text + '{"time": "2026-11-23T0', encoding="utf-8")


def test_a_night_becomes_a_page_a_json_file_and_a_plot(lab):
    write_log(lab, *night(alert(9.25)))
    report = daily_summary(lab, PERIOD, MORNING)
    assert report.sentence == (
        "Watched 100 % of the 14 h it was armed, 1 leak alert at 03:15 (still open), "
        "NOBODY WAS TOLD (no way of sending is switched on)."
    )
    assert sorted(path.name for path in report.page.parent.iterdir()) == [
        "scores_2026-11-23_night.png",
        "summary_2026-11-23_night.json",
        "summary_2026-11-23_night.md",
    ]
    assert json.loads(report.data.read_text(encoding="utf-8"))["coverage_percent"] == 100.0
    assert report.picture.read_bytes().startswith(b"\x89PNG")


def save_pictures(config: Config, *names: str) -> None:
    config.paths.data_anomalies_dir.mkdir(parents=True)
    for name in names:
        (config.paths.data_anomalies_dir / name).write_bytes(b"")


def test_the_page_links_all_pictures_of_an_alert_that_are_there_and_no_others(lab):
    write_log(lab, *night(alert(9.25, evidence=["panel_e_incident_i1.jpg", "anomaly_e_incident_i1.jpg"])))
    save_pictures(lab, "panel_e_incident_i1.jpg", "keep_anomaly_e_incident_i1.jpg", "context_e_after_1_incident_i1.jpg",
                  "panel_f_incident_i2.jpg")
    report = daily_summary(lab, PERIOD, MORNING)
    pictures = ["panel_e_incident_i1.jpg", "context_e_after_1_incident_i1.jpg", "keep_anomaly_e_incident_i1.jpg"]
    links = ", ".join(f"[{name}](../../data/anomalies/{name})" for name in pictures)
    page = report.page.read_text(encoding="utf-8")
    assert f"All pictures of the alert of 03:15: {links}\n" in page
    assert "![panel_e_incident_i1.jpg]" in page
    assert json.loads(report.data.read_text(encoding="utf-8"))["incidents"][0]["evidence"] == pictures


def test_the_links_on_the_page_lead_to_the_evidence(lab):
    write_log(lab, *night(alert(9.25, evidence=["panel_e_incident_i1.jpg"])))
    save_pictures(lab, "panel_e_incident_i1.jpg")
    page = daily_summary(lab, PERIOD, MORNING).page.read_text(encoding="utf-8")
    assert "](../../data/anomalies/panel_e_incident_i1.jpg)" in page
    assert "](scores_2026-11-23_night.png)" in page


def test_a_day_that_has_not_come_yet_is_refused_and_no_page_is_written(tmp_path):
    config_file, config = bench_lab(tmp_path)
    tomorrow = datetime.now().date() + timedelta(days=1)
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "daily_summary.py", "--config", config_file, "--date", str(tomorrow)],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2 and f"{tomorrow} has not come yet" in done.stderr
    assert not config.paths.reports_dir.exists()


def test_a_lab_without_any_log_gets_a_page_that_says_so(lab):
    assert daily_summary(lab, PERIOD, MORNING).sentence.startswith(
        "NOBODY WAS WATCHING (no monitor was started)"
    )


def test_the_mode_set_weeks_ago_is_known(lab):
    write_log(lab, line(-20 * 24, "monitor_started", mode="MONITOR"))
    assert daily_summary(lab, PERIOD, MORNING).sentence.startswith("Watched 0.0 %")


def test_a_monitor_that_looks_seldom_has_no_gaps_between_its_looks(lab):
    settings = MonitorSettings(frame_interval_seconds=600, heartbeat_seconds=60)
    beats = [
        line(look / 6, "heartbeat", frames=1, score_max=0.1, score_threshold=0.5, state="watching")
        for look in range(85)
    ]
    write_log(lab, line(0, "monitor_started", mode="MONITOR"), *beats)
    report = daily_summary(lab.model_copy(update={"monitor": settings}), PERIOD, MORNING)
    assert report.sentence.startswith("Watched 100 %")
