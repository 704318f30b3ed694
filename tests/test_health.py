"""The health check tells the truth about this PC, in words and as an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from src.check_result import CheckResult, checked, conclusion
from src.config import parse_config
from src.errors import UserError
from src.health import (
    RUNTIME_LIBRARIES, check_disk, check_mode, check_notifications, check_packages, check_python, check_runtime_library,
    check_trained_model, send_test_messages, write_report,
)
from src.image_files import list_images, read_image, write_jpg
from src.mode import Mode, write_mode
from tests.bench import HEIGHT, WIDTH, lab, write_model
from tests.test_registration import bench

PROJECT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
REQUIREMENTS = '# comment\nnumpy==2.2.6\nmsvc-runtime==14.4; sys_platform == "win32"\n'


@pytest.mark.parametrize(("version", "ok"), [((3, 9), False), ((3, 10), True), ((3, 13), True), ((3, 14), False)])
def test_python_must_be_one_that_works(version, ok):
    assert check_python(version, "python.exe").ok == ok


def test_packages_are_named_when_missing_and_when_they_differ():
    versions = {"numpy": "2.2.6"}

    def installed(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    assert check_packages(REQUIREMENTS, installed, "linux") == CheckResult("Packages", True, "numpy 2.2.6")
    assert "missing: msvc-runtime" in check_packages(REQUIREMENTS, installed, "win32").text
    versions["numpy"] = "1.0"
    other = check_packages(REQUIREMENTS, installed, "linux")
    assert other.ok and "numpy 1.0 instead of 2.2.6" in other.text


def test_a_missing_visual_c_runtime_is_named_on_windows_only():
    def load(library: str) -> None:
        if library == RUNTIME_LIBRARIES[-1]:
            raise OSError("not found")

    assert check_runtime_library(platform="linux").ok
    assert check_runtime_library(lambda library: None, "win32").ok
    result = check_runtime_library(load, "win32")
    assert not result.ok and "msvcp140.dll" in result.text and "Redistributable" in result.advice


@pytest.mark.parametrize(("free_gigabytes", "ok", "advice"), [(0.9, False, True), (5, True, True), (50, True, False)])
def test_little_room_on_the_disk_is_said(tmp_path, free_gigabytes, ok, advice):
    result = check_disk(tmp_path, int(free_gigabytes * 1e9))
    assert (result.ok, bool(result.advice)) == (ok, advice)


def test_the_mode_is_told_and_rubbish_in_its_file_fails(tmp_path):
    path = tmp_path / "mode.txt"
    assert check_mode(path).ok
    write_mode(path, Mode.MONITOR)
    assert "MONITOR" in check_mode(path).text
    path.write_text("banana")
    assert not check_mode(path).ok


def test_what_a_check_refuses_is_a_failure_in_its_own_words():
    def refuse() -> CheckResult:
        raise UserError("The ROI leaves the picture.")

    def not_allowed() -> CheckResult:
        raise PermissionError(13, "Permission denied", "C:/locked")

    assert checked("Camera", refuse) == CheckResult("Camera", False, "The ROI leaves the picture.")
    assert "C:/locked" in checked("Folders", not_allowed).text


IGNORED = {"enabled": True, "units": "pixels", "x": 20, "y": 12, "width": 120, "height": 96,
           "ignore": [{"x": 0.25, "y": 0.25, "width": 0.25, "height": 0.25}]}


@pytest.mark.parametrize(("camera_factor", "settings", "ok"), [
    (None, IGNORED, True),      # the camera was not looked at
    (1, IGNORED, True),
    (2, IGNORED, False),        # the same pixels are another place in a larger picture
    (2, {**IGNORED, "units": "relative", "x": 0.125, "y": 0.1, "width": 0.75, "height": 0.8}, True),
])
def test_a_model_that_does_not_leave_out_what_is_written_fails(tmp_path, camera_factor, settings, ok):
    _, config = lab(tmp_path, {"roi": settings})
    write_model(config, roi=config.roi)
    size = None if camera_factor is None else (camera_factor * HEIGHT, camera_factor * WIDTH, 3)
    result = check_trained_model(config, None if size is None else np.zeros(size, np.uint8))
    assert result.ok == ok and ("run_train.bat" in result.advice) != ok


@pytest.mark.parametrize(("trained", "ok"), [((480, 640), True), (None, True), ((720, 1280), False)])
def test_a_camera_picture_of_another_size_than_in_training_fails(tmp_path, trained, ok):
    _, config = lab(tmp_path)
    write_model(config, camera=trained)
    result = check_trained_model(config, np.zeros((480, 640, 3), np.uint8))
    assert result.ok == ok
    assert ok or "640 x 480 pixels instead of 1280 x 720 pixels" in result.text and "width and height" in result.advice


def test_notifications_that_are_off_or_cannot_work_are_told():
    off = parse_config("", "test").notify
    nobody = check_notifications(off, {})
    assert nobody.ok and nobody.line.startswith("WARN - Notifications: switched off: nobody is told")
    slack = parse_config("notify: {slack: {enabled: true}}", "test").notify
    missing = check_notifications(slack, {})
    assert not missing.ok and "SLACK_WEBHOOK_URL" in missing.text
    ready = check_notifications(slack, {"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/a/b"})
    assert ready.ok and "To send a test message" in ready.text


class Slack(HTTPServer):
    """Answers every post with `status`."""

    def __init__(self, status: int) -> None:
        server = self
        self.posts: list[dict] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"ok" if status == 200 else b"no_service")

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        return {"SLACK_WEBHOOK_URL": f"http://127.0.0.1:{self.server_address[1]}/services/T0/SECRET"}


@pytest.mark.parametrize(("status", "ok"), [(200, True), (404, False), (500, False)])
def test_a_test_message_is_really_sent_and_the_truth_is_told(status, ok):
    slack = Slack(status)
    settings = parse_config("notify: {slack: {enabled: true}}", "test").notify
    [result] = send_test_messages(settings, slack.environment, NOW, None)
    slack.shutdown()
    slack.server_close()
    assert "test of the leak monitor" in slack.posts[0]["text"].lower()
    assert result.ok == ok
    assert "SECRET" not in result.line


def test_a_reason_that_is_a_question_gets_no_full_stop():
    settings = parse_config("notify: {slack: {enabled: true}}", "test").notify
    [result] = send_test_messages(settings, {"SLACK_WEBHOOK_URL": "http://127.0.0.1:9/services/x"}, NOW, None)
    assert result.text.endswith("Is the network up?")


def test_a_test_message_without_any_channel_fails():
    [result] = send_test_messages(parse_config("", "test").notify, {}, NOW, None)
    assert not result.ok and "no channel" in result.text


def test_the_report_holds_every_check(tmp_path):
    path = write_report(tmp_path, [CheckResult("A", True, "fine"), CheckResult("B", False, "bad", "mend it")], NOW)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["ok"] is False
    assert report["checks"][1] == {"name": "B", "ok": False, "text": "bad", "advice": "mend it", "warning": False}


FINE = CheckResult("A", True, "fine")
NOBODY = CheckResult("Notifications", True, "nobody is told.", warning=True)


@pytest.mark.parametrize(("results", "words"), [
    ([FINE, FINE], "All is fine."),
    ([FINE, NOBODY], "It works, but read the line with WARN. Notifications: nobody is told."),
    ([NOBODY, CheckResult("B", True, "odd.", warning=True)],
     "It works, but read the lines with WARN. Notifications: nobody is told. B: odd."),
    ([FINE, NOBODY, CheckResult("B", False, "bad")], "1 of 3 checks failed. What to do stands beside each."),
])
def test_the_last_line_says_all_is_fine_only_when_it_is(results, words):
    assert conclusion(results) == words


def run_script(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, PROJECT / "scripts" / "health_check.py", *arguments], cwd=folder,
                          capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONUTF8": "1"})


def settings_file(folder: Path, source: Path) -> Path:
    path = folder / "my config.yaml"
    paths = {"data_normal_dir": "normal", "data_anomalies_dir": "anomalies", "model_dir": "model", "logs_dir": "logs",
             "reports_dir": "reports", "state_mode_file": "state/mode.txt"}
    path.write_text(json.dumps({"camera": {"source": str(source)},
                                "paths": {name: str(folder / part) for name, part in paths.items()}}))
    return path


def test_the_script_runs_every_check_saves_the_picture_and_fails_without_a_model(tmp_path):
    write_jpg(tmp_path / "camera" / "1.jpg", bench())
    result = run_script(tmp_path, "--config", str(settings_file(tmp_path, tmp_path / "camera")), "--save_snapshot")
    assert result.returncode == 1, result.stderr
    for name in ("Python", "Packages", "Settings", "Folders", "Disk space", "Mode"):
        assert f"OK   - {name}:" in result.stdout
    assert "WARN - Camera: recording " in result.stdout
    assert "WARN - Notifications: switched off" in result.stdout
    assert "FAIL - Model: There is no trained model" in result.stdout
    [picture] = list_images(tmp_path / "reports/health_check")
    assert read_image(picture).shape == (360, 640, 3)
    [report] = (tmp_path / "reports/health_check").glob("health_check_*.json")
    assert json.loads(report.read_text(encoding="utf-8"))["ok"] is False


def test_the_script_tells_of_settings_that_cannot_be_read(tmp_path):
    (tmp_path / "c.yaml").write_text("camera: {indx: 1}")
    result = run_script(tmp_path, "--config", str(tmp_path / "c.yaml"))
    assert result.returncode == 1
    assert "FAIL - Settings:" in result.stdout and "indx" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
