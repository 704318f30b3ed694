from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from src.clock import Clock
from src.config import NotifySettings, SlackSettings
from src.supervisor import GAVE_UP, Supervisor, SupervisorSettings, announce_failure
from tests.test_instance import HOLDER

PROJECT = Path(__file__).resolve().parents[1]
QUICK = SupervisorSettings(
    first_seconds=20.0, hung_seconds=1.5, settled_seconds=0.0, poll_seconds=0.02, goodbye_seconds=5.0
)
# Every fake monitor counts its starts in a file and knows how to give a sign of life.
FAKE = textwrap.dedent("""
    import os, signal, sys, time
    from pathlib import Path
    state = Path(sys.argv[1])
    starts = state / "starts"
    run = len(starts.read_text()) + 1 if starts.exists() else 1
    starts.write_text("x" * run)
    def beat():
        (state / "heartbeat").touch()
""")


class HurriedClock(Clock):
    """Does not wait between restarts, but remembers how long it should have."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Stage:
    """A supervisor with a fake monitor, and what it said, logged and announced."""

    def __init__(
        self,
        state_dir: Path,
        monitor: str,
        program: str = sys.executable,
        log_error: OSError | None = None,
        settings: SupervisorSettings = QUICK,
    ) -> None:
        self.state_dir = state_dir
        self.clock = HurriedClock()
        self.said: list[str] = []
        self.logged: list[str] = []
        self.announced: list[tuple[int, int, str]] = []
        self.supervisor = Supervisor(
            [program, "-c", FAKE + textwrap.dedent(monitor), str(state_dir)],
            state_dir,
            self.clock,
            self.said.append,
            self._log,
            lambda *news: self.announced.append(news),
            settings,
        )
        self._log_error = log_error

    def _log(self, event: str, **fields: object) -> None:
        if self._log_error is not None:
            raise self._log_error
        self.logged.append(event)

    @property
    def starts(self) -> int:
        return len((self.state_dir / "starts").read_text())


@pytest.mark.parametrize("exit_code", [0, 1, 2])
def test_a_monitor_that_ends_as_it_should_is_left_alone(tmp_path, exit_code):
    stage = Stage(tmp_path, f"sys.exit({exit_code})")
    assert stage.supervisor.run() == exit_code
    assert (stage.starts, stage.logged, stage.announced) == (1, [], [])


def test_a_crashed_monitor_is_started_again(tmp_path):
    stage = Stage(tmp_path, "beat(); sys.exit(3 if run < 3 else 0)")
    assert stage.supervisor.run() == 0
    assert stage.starts == 3
    assert stage.clock.slept == [2, 6]
    assert stage.logged == ["monitor_restarted", "monitor_restarted"]
    assert "a fault in the program" in stage.said[0]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a thing of POSIX systems")
def test_a_killed_monitor_is_started_again(tmp_path):
    stage = Stage(tmp_path, "beat(); os.kill(os.getpid(), signal.SIGKILL) if run == 1 else sys.exit(0)")
    assert stage.supervisor.run() == 0
    assert stage.starts == 2


def test_a_hung_monitor_is_killed_and_started_again(tmp_path):
    stage = Stage(
        tmp_path,
        """
        beat()
        if run == 1:
            time.sleep(60)
    """,
    )
    began = time.monotonic()
    assert stage.supervisor.run() == 0
    assert stage.starts == 2
    assert time.monotonic() - began < 20
    assert "it gave no sign of life" in stage.said[0]


def test_a_monitor_that_is_slow_to_load_is_not_taken_for_hung(tmp_path):
    stage = Stage(tmp_path, "time.sleep(1.0); beat(); sys.exit(0)")
    assert stage.supervisor.run() == 0
    assert stage.starts == 1


def test_a_sign_of_life_from_an_earlier_run_does_not_count(tmp_path):
    (tmp_path / "heartbeat").touch()
    stage = Stage(tmp_path, "time.sleep(1.0); sys.exit(1)")
    assert stage.supervisor.run() == 1
    assert stage.logged == []


def test_a_monitor_that_crashes_again_and_again_is_given_up_aloud(tmp_path):
    stage = Stage(tmp_path, "beat(); sys.exit(3)")
    assert stage.supervisor.run() == GAVE_UP
    assert stage.starts == 6
    assert stage.announced == [(6, 15, "a fault in the program, details in logs/crash.txt")]
    assert stage.said[-1].startswith("THE MONITOR HAS FAILED AND NOBODY IS WATCHING")
    assert stage.logged[-1] == "monitor_given_up"
    status = json.loads((tmp_path / "status.json").read_text(encoding="utf-8"))
    assert status["state"] == "NOT WATCHING"
    assert status["not_watching_because"].startswith("the monitor has failed: a fault in the program")


def test_a_setting_broken_during_the_night_is_said_aloud(tmp_path):
    stage = Stage(tmp_path, "beat() if run == 1 else None; sys.exit(3 if run == 1 else 1)")
    assert stage.supervisor.run() == GAVE_UP
    ((times, _, reason),) = stage.announced
    assert times == 2
    assert "something has to be put right first" in reason


def test_signs_of_life_of_another_monitor_do_not_count(tmp_path):
    stage = Stage(tmp_path, "beat(); sys.exit(1)", settings=SupervisorSettings(poll_seconds=0.02))
    assert stage.supervisor.run() == 1
    assert (stage.starts, stage.announced) == (1, [])


def test_a_program_that_cannot_be_started_is_given_up(tmp_path):
    stage = Stage(tmp_path, "", program=str(tmp_path / "no such program"))
    assert stage.supervisor.run() == GAVE_UP
    assert len(stage.announced) == 1


def test_a_log_on_a_full_disk_does_not_end_the_watch(tmp_path):
    stage = Stage(
        tmp_path, "beat(); sys.exit(3 if run == 1 else 0)", log_error=OSError(28, "No space left on device")
    )
    assert stage.supervisor.run() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows the console passes Ctrl+C on")
def test_ctrl_c_is_passed_on_once_and_the_monitor_may_finish(tmp_path):
    stage = Stage(
        tmp_path,
        """
        stops = 0
        beat()
        while stops == 0:
            try:
                time.sleep(0.05); beat()
            except KeyboardInterrupt:
                stops += 1
        time.sleep(0.3)
        (state / "finished").write_text(str(stops))
    """,
    )

    def press_when_running() -> None:
        while not (tmp_path / "heartbeat").exists():
            time.sleep(0.01)
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_when_running, daemon=True).start()
    assert stage.supervisor.run() == 0
    assert (tmp_path / "finished").read_text() == "1"
    assert stage.starts == 1


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows the console passes Ctrl+C on")
def test_a_monitor_that_had_to_be_ended_by_force_is_not_left_as_watching(tmp_path):
    (tmp_path / "status.json").write_text('{"state": "WATCHING"}', encoding="utf-8")
    stage = Stage(
        tmp_path,
        "signal.signal(signal.SIGINT, signal.SIG_IGN); beat(); time.sleep(60)",
        settings=replace(QUICK, hung_seconds=60.0, goodbye_seconds=0.5),
    )

    def press_when_running() -> None:
        while not (tmp_path / "heartbeat").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_when_running, daemon=True).start()
    assert stage.supervisor.run() == 0
    status = json.loads((tmp_path / "status.json").read_text(encoding="utf-8"))
    assert (status["state"], stage.starts) == ("NOT WATCHING", 1)
    assert "closed by force" in status["not_watching_because"]


def test_the_supervisor_is_small():
    code = (
        "import sys; import src.supervisor; "
        "print([name for name in ('tensorflow', 'cv2', 'numpy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture
def server():
    """A local web server; its `seen` holds (path, body) of every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            self.server.seen.append((self.path, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def do_GET(self) -> None:
            self.server.seen.append((self.path, ""))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.seen = []
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield web
    web.shutdown()
    web.server_close()


def test_a_given_up_monitor_is_told_of_by_every_channel_and_by_the_dead_man_switch(tmp_path, server):
    address = f"http://127.0.0.1:{server.server_port}"
    events: list[str] = []
    announce_failure(
        NotifySettings(slack=SlackSettings(enabled=True)),
        {"SLACK_WEBHOOK_URL": f"{address}/services/T/B/x", "HEARTBEAT_URL": f"{address}/ping"},
        tmp_path,
        Clock(),
        lambda event, **fields: events.append(event),
        times=6,
        minutes=15,
        reason="a fault",
    )
    said = dict(server.seen)
    assert "it ended 6 times in 15 minutes" in said["/services/T/B/x"]
    assert "FAILED" in said["/ping/fail"]
    assert "notify_sent" in events
    assert list((tmp_path / "outbox").glob("*.json")) == []


def test_a_monitor_started_by_hand_is_named_instead_of_started_a_second_time(tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text(
        json.dumps(
            {"paths": {"state_mode_file": str(tmp_path / "mode.txt"), "logs_dir": str(tmp_path / "logs")}}
        )
    )
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        done = subprocess.run(
            [sys.executable, "scripts/supervisor.py", "--config", str(settings)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
        )
        other.kill()
    assert done.returncode == 1
    assert f"The monitor is already running on this PC (process {other.pid}" in done.stderr
