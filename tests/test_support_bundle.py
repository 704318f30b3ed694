"""The support bundle holds what helps, and not one secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from src.support_bundle import TEXT_LIMIT, Material, clean, newest, write_bundle

PROJECT = Path(__file__).resolve().parent.parent
SECRETS = {
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T000AAAA/B000BBBB/slackhooksecret",
    "SLACK_BOT_TOKEN": "xoxb-1111-bottokensecret",
    "SMTP_PASSWORD": 'sm"tp pass\u00e4secret',
    "ALERT_URLS": "tgram://777:telegramsecret/chat, ntfys://ntfysecret",
    "HEARTBEAT_URL": "https://hc-ping.com/heartbeatsecret",
}
# As they come out of other programs, or were written where they do not belong.
LEAKS = [
    *SECRETS.values(),
    json.dumps({"reason": SECRETS["SMTP_PASSWORD"]}),
    json.dumps({"reason": SECRETS["SMTP_PASSWORD"]}, ensure_ascii=False),
    "POST /services/T000AAAA/B000BBBB/slackhooksecret failed",
    "smtp%3A%2F%2Fsm%22tp%20pass%C3%A4secret",
]
UNKNOWN = [
    'webhook_url: "https://outlook.office.com/webhook/oldsecret"  # from last year',
    "smtp_password: yamlsecret",
    "  smtp_password: 'yaml secret'",
    '{"api_key": "jsonsecret", "x": 1}',
    "source: rtsp://anna:camerasecret@10.0.0.7:554/stream?key=querysecret",
    "ping https://hc-ping.com/0f3c-othersecret failed",
    "discord://idsecret/tokensecret",
    "SLACK_BOT_TOKEN=envsecret",
]


@pytest.mark.parametrize("text", LEAKS + UNKNOWN)
def test_no_secret_survives(text):
    assert "secret" not in clean(text, SECRETS)


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_looks_like_a_secret_goes_although_nobody_knows_it(text):
    assert "secret" not in clean(text, {})


@pytest.mark.parametrize(
    "text",
    [
        '{"time": "2026-11-23T03:15:02.100+01:00", "event": "alert", "score": 1.5}',
        'webhook_url: ""\n  smtp_host: mail.lab.example\n  smtp_port: 587',
        "smtp_password: \"\"   # empty: see SMTP_PASSWORD",
        "C:\\My Lab (v1) & Zellen\\data\\anomalies\\panel_1.jpg",
        "Delivery to https://hooks.slack.com failed: 404",
    ],
)
def test_what_helps_stays_as_it_is(text):
    assert clean(text, SECRETS) == text


def test_a_host_stays_for_the_helper():
    assert clean("https://hc-ping.com/x/y", {}) == "https://hc-ping.com/***"
    assert "10.0.0.7:554" in clean("rtsp://anna:secret@10.0.0.7:554/stream", {})


def test_a_zip_with_a_secret_in_every_file_holds_none(tmp_path):
    planted = "\n".join(LEAKS + UNKNOWN)
    files = [tmp_path / name for name in ("config/config.yaml", "logs/events.jsonl", "logs/crash.txt", "state/status.json")]
    for path in files:
        path.parent.mkdir(exist_ok=True)
        path.write_text(planted, encoding="utf-8")
    material = Material(tmp_path, tuple(files), (), {"versions.txt": planted, "health_check.txt": planted})
    bundle = write_bundle(tmp_path / "reports" / "bundle.zip", material, SECRETS)
    with zipfile.ZipFile(bundle) as archive:
        assert sorted(archive.namelist()) == sorted(
            ["versions.txt", "health_check.txt", *(path.relative_to(tmp_path).as_posix() for path in files)])
        for name in archive.namelist():
            assert b"secret" not in archive.read(name), name


def test_of_a_very_long_log_the_end_goes_in(tmp_path):
    log = tmp_path / "events.jsonl"
    log.write_text("first line\n" * (TEXT_LIMIT // 10) + "last line\n", encoding="utf-8")
    bundle = write_bundle(tmp_path / "bundle.zip", Material(tmp_path, (log,), (), {}), {})
    with zipfile.ZipFile(bundle) as archive:
        text = archive.read("events.jsonl").decode("utf-8")
    assert len(text) <= TEXT_LIMIT
    assert text.startswith("first line\n") and text.endswith("last line\n")


def test_the_newest_files_come_first(tmp_path):
    for age, name in enumerate(["new", "middle", "old"]):
        (tmp_path / f"{name}.txt").touch()
        os.utime(tmp_path / f"{name}.txt", (1000 - age, 1000 - age))
    assert [path.stem for path in newest(tmp_path, "*.txt", 2)] == ["new", "middle"]
    assert newest(tmp_path / "missing", "*.txt") == []


def test_broken_settings_are_no_reason_to_refuse_help(tmp_path):
    project = tmp_path / "project"
    for name in ("src", "scripts"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "requirements.txt", project)
    (project / "config").mkdir()
    (project / "config" / "config.yaml").write_text(
        f"monitor: {{no_such_key: 1}}\nnotify: {{slack: {{webhook_url: {LEAKS[0]}}}}}\n", encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, str(project / "scripts" / "support_bundle.py")],
        capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120)
    assert answer.returncode == 0, answer.stderr
    assert "no alert whose picture" in answer.stdout and "Look at the picture" not in answer.stdout
    (bundle,) = (project / "reports" / "support_bundle").glob("*.zip")
    with zipfile.ZipFile(bundle) as archive:
        assert "no_such_key" in archive.read("health_check.txt").decode("utf-8")
        assert "numpy" in archive.read("versions.txt").decode("utf-8")
        assert all(b"slackhooksecret" not in archive.read(name) for name in archive.namelist())
