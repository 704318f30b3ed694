"""The whole product once, as a user runs it: train, watch, leak, alert with pictures, change the mode, stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from src.event_log import read_events
from src.image_files import read_image
from src.mode import Mode, write_mode
from tests.bench import bench, lab, write_model, write_normal_pictures, write_video
from tests.servers import mail_server, web_server

PROJECT = Path(__file__).resolve().parents[1]
DRY, WET = 60, 400
WINDOWS = sys.platform == "win32"


def wait_until(true: Callable[[], object], seconds: float) -> float:
    """Wait for something; how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - began


def status(folder: Path) -> dict:
    path = folder / "state" / "status.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"state": "not there yet"}


def start(script: str, config_file: Path, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, PROJECT / "scripts" / f"{script}.py", "--config", config_file], cwd=config_file.parent,
        env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if WINDOWS else 0)


def press_ctrl_c(program: subprocess.Popen) -> None:
    program.send_signal(signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGINT)


@pytest.mark.tensorflow
def test_from_normal_pictures_to_the_alert_on_the_phone(tmp_path):
    folder = tmp_path / "Labor (Böhm & Söhne)"
    with web_server() as slack, mail_server() as mail:
        config_file, config = lab(folder, {
            "camera": {"source": (folder / "night.avi").as_posix()},
            "monitor": {"frame_interval_seconds": 0.1},
            "notify": {"slack": {"enabled": True},
                       "email": {"enabled": True, "smtp_host": "127.0.0.1", "smtp_port": mail.port, "use_tls": False,
                                 "from_addr": "monitor@lab.example", "to_addrs": ["anna@lab.example"]}},
        })
        write_normal_pictures(config.paths.data_normal_dir)
        (config.paths.data_normal_dir / "normal_20261123_235959_000.jpg").write_bytes(b"")
        write_video(folder / "night.avi", [
            bench(number % 500 + 200, leak_radius=0 if number < DRY else 5) for number in range(DRY + WET)])

        trained = start("train_autoencoder", config_file, {})
        said, complaints = trained.communicate(timeout=120)
        assert trained.returncode == 0, complaints
        assert "normal_20261123_235959_000.jpg is empty" in said and "Learned from 80 normal pictures" in said
        assert {path.name for path in config.paths.model_dir.iterdir()} == {
            "autoencoder.keras", "detector.npz", "threshold.json", "stats.json"}

        monitor = start("monitor", config_file, {"SLACK_WEBHOOK_URL": f"{slack.url}/services/secret"})
        try:
            wait_until(lambda: status(folder)["state"] == "NOT WATCHING", 30)     # the shipped mode is OFF
            write_mode(config.paths.state_mode_file, Mode.MONITOR)
            wait_until(lambda: status(folder)["state"] == "WATCHING", 2.0)

            wait_until(lambda: any("POSSIBLE LEAK" in request.json["text"] for request in slack.requests), 60)
            wait_until(lambda: any("POSSIBLE LEAK" in email["Subject"] for email in mail.emails), 20)
            wait_until(lambda: status(folder)["incident_id"], 20)     # the message goes first

            write_mode(config.paths.state_mode_file, Mode.OFF)
            wait_until(lambda: status(folder)["not_watching_because"] == "the mode is OFF", 2.0)

            press_ctrl_c(monitor)
            said, complaints = monitor.communicate(timeout=30)
        finally:
            monitor.kill()

        assert monitor.returncode == 0, complaints
        assert complaints == "" and "The monitor has ended: stopped by hand." in said
        assert_evidence_is_complete(folder, mail)
        assert_nothing_secret_is_written(folder)


@pytest.mark.parametrize(("script", "pause_seconds"), [("monitor", 0.05), ("supervisor", 0.4)])
def test_an_impatient_second_ctrl_c_does_not_cut_the_good_bye_short(tmp_path, script, pause_seconds):
    with web_server() as slack:
        config_file, config = lab(tmp_path, {
            "camera": {"source": (tmp_path / "night.avi").as_posix()},
            "notify": {"slack": {"enabled": True}},
        })
        write_model(config)
        write_mode(config.paths.state_mode_file, Mode.MONITOR)
        write_video(tmp_path / "night.avi", [bench(200 + number) for number in range(200)])
        program = start(script, config_file, {"SLACK_WEBHOOK_URL": f"{slack.url}/services/secret"})
        try:
            wait_until(lambda: status(tmp_path)["state"] == "WATCHING", 30)
            press_ctrl_c(program)
            time.sleep(pause_seconds)
            press_ctrl_c(program)
            _, complaints = program.communicate(timeout=30)
        finally:
            program.kill()
    assert complaints == ""
    assert status(tmp_path)["not_watching_because"] == "it was closed: stopped by hand"
    assert [event["reason"] for event in read_events(tmp_path / "logs") if event["event"] == "monitor_stopped"]
    assert "Leak monitor closed" in slack.requests[-1].json["text"]


def assert_evidence_is_complete(folder: Path, mail) -> None:
    events = list(read_events(folder / "logs"))
    (alert,) = [event for event in events if event["event"] == "alert"]
    started = next(event for event in events if event["event"] == "mode_changed" and event["mode"] == "MONITOR")
    assert events.index(started) < events.index(alert)
    kinds = {name.split("_")[0] for name in alert["evidence"]}
    assert {"anomaly", "panel", "reconstruction", "heatmap"} <= kinds
    for name in alert["evidence"]:
        assert alert["event_id"] in name
        assert read_image(folder / "data" / "anomalies" / name).size
    (email,) = [email for email in mail.emails if "POSSIBLE LEAK" in email["Subject"]]
    (picture,) = [part for part in email.walk() if part.get_content_type() == "image/jpeg"]
    panel = next(name for name in alert["evidence"] if name.startswith("panel"))
    assert picture.get_payload(decode=True) == (folder / "data" / "anomalies" / panel).read_bytes()
    assert alert["event_id"] in email.get_body(("plain",)).get_content()
    assert not list((folder / "state" / "outbox").glob("*.json"))
    assert events[-1]["event"] == "monitor_stopped" or "notify" in events[-1]["event"]


def assert_nothing_secret_is_written(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert not path.is_file() or b"services/secret" not in path.read_bytes()
