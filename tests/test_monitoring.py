"""The monitor is put together from the settings of this PC."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from src.artifacts import THRESHOLD_FILE, store_threshold, threshold_document
from src.atomic_file import read_json
from src.camera import CameraTimeout
from src.config import CameraSettings
from src.counter_line import CounterLine
from src.errors import UserError
from src.event_log import read_events
from src.frame import Frame
from src.judge import shipped_judge
from src.messages import MessageText
from src.mode import Mode, write_mode
from src.monitoring import put_together, warning_of_recording
from tests.bench import EVENING, bench, lab, learnt, write_model
from tests.servers import free_port

PROJECT = Path(__file__).resolve().parents[1]


class Story:
    """A camera that shows these pictures, a second apart, and then somebody presses Ctrl+C."""

    live = True
    hanging = False
    name = "story"

    def __init__(self, pictures, clock) -> None:
        self._pictures, self._clock = pictures, clock

    def read(self, timeout_seconds: float) -> Frame:
        if not self._pictures:
            raise KeyboardInterrupt
        return Frame(self._pictures.pop(0), 0, self._clock.now(), self._clock.monotonic())

    def close(self) -> None:
        pass


def test_a_night_with_the_real_parts(tmp_path, clock):
    _, config = lab(tmp_path)
    write_model(config)
    write_mode(config.paths.state_mode_file, Mode.MONITOR)
    pictures = [bench(200 + number, leak_radius=0 if number < 10 else 5) for number in range(16)]
    console = io.StringIO()
    monitor, outbox = put_together(config, clock, {}, CounterLine(console),
                                   lambda settings, backend, clock: Story(pictures, clock))
    assert monitor.run() == "stopped by hand"
    assert outbox.waiting() == {}
    (alert,) = [event for event in read_events(config.paths.logs_dir) if event["event"] == "alert"]
    assert set(alert["evidence"]) <= {path.name for path in config.paths.data_anomalies_dir.iterdir()}
    assert "WARNING: nobody is told of a leak" in console.getvalue()
    assert "POSSIBLE LEAK" in console.getvalue()


@pytest.mark.parametrize(("source", "warned"), [
    (None, False), ("rtsp://192.168.0.5/stream", False), ("D:/videos/night.mp4", True), ("pictures", True),
])
def test_a_recording_that_was_left_in_the_place_of_the_camera_is_warned_of(source, warned):
    warning = warning_of_recording(CameraSettings(source=source))
    assert bool(warning) == warned
    assert not warned or source in warning and "nobody watches" in warning and "source: null" in warning


def test_a_model_trained_while_the_monitor_runs_is_used(tmp_path, clock):
    _, config = lab(tmp_path)
    write_model(config)
    write_mode(config.paths.state_mode_file, Mode.MONITOR)
    thresholds = []

    class Training(Story):
        def read(self, timeout_seconds: float) -> Frame:
            if len(self._pictures) == 20:
                model_dir, former = config.paths.model_dir, learnt().thresholds
                higher = replace(former, score=2 * former.score)
                thresholds.extend((former.score, higher.score))
                files = read_json(model_dir / THRESHOLD_FILE)["files"]
                document = threshold_document(config, shipped_judge().name, higher, files, (), EVENING)
                store_threshold(model_dir, document, EVENING)
            return super().read(timeout_seconds)

    console = io.StringIO()
    monitor, _ = put_together(config, clock, {}, CounterLine(console),
                              lambda *_: Training([bench(200 + number) for number in range(40)], clock))
    monitor.run()
    beats = [event["score_threshold"] for event in read_events(config.paths.logs_dir) if event["event"] == "heartbeat"]
    assert beats == thresholds
    assert "the new one is in use" in console.getvalue()


def test_a_silent_camera_is_opened_again_after_a_third_of_the_time_after_which_it_is_lost(tmp_path, clock):
    _, config = lab(tmp_path, {"monitor": {"camera_down_seconds": 90}})
    write_model(config)
    write_mode(config.paths.state_mode_file, Mode.MONITOR)
    opened = []

    class Silent(Story):
        def read(self, timeout_seconds: float) -> Frame:
            if self._pictures or len(opened) > 1:
                return super().read(timeout_seconds)
            clock.advance(timeout_seconds)
            raise CameraTimeout("The camera sends no picture.")

    def open_one(settings, backend, its_clock) -> Silent:
        opened.append(clock.monotonic())
        return Silent([bench(200)], clock)

    monitor, _ = put_together(config, clock, {}, CounterLine(io.StringIO()), open_one)
    monitor.run()
    assert 30.0 <= opened[1] - opened[0] < 33.0


def test_the_closing_of_the_window_is_named_as_the_reason(tmp_path, clock):
    _, config = lab(tmp_path)
    write_model(config)
    write_mode(config.paths.state_mode_file, Mode.MONITOR)
    monitor, _ = put_together(config, clock, {}, CounterLine(io.StringIO()), lambda *_: Story([], clock),
                              why_stopped=lambda: "its window was closed")
    assert monitor.run() == "its window was closed"
    (end,) = [event for event in read_events(config.paths.logs_dir) if event["event"] == "monitor_stopped"]
    assert end["reason"] == "its window was closed"


def test_what_cannot_be_sent_is_said_at_the_start(tmp_path, clock):
    _, config = lab(tmp_path, {"notify": {"slack": {"enabled": True}}})
    write_model(config)
    console = io.StringIO()
    put_together(config, clock, {}, CounterLine(console))
    assert "WARNING: Slack is switched on, but the environment variable SLACK_WEBHOOK_URL" in console.getvalue()


def test_a_message_that_does_not_get_through_is_said_in_the_window(tmp_path, clock):
    _, config = lab(tmp_path, {"notify": {"email": {
        "enabled": True, "smtp_host": "127.0.0.1", "smtp_port": free_port(), "use_tls": False,
        "from_addr": "monitor@lab.example", "to_addrs": ["anna@lab.example"]}}})
    write_model(config)
    console = io.StringIO()
    _, outbox = put_together(config, clock, {}, CounterLine(console))
    outbox.queue(MessageText("Leak monitor started", "It has started."))
    outbox.deliver()
    assert "WARNING: nothing gets through by e-mail" in console.getvalue()


def test_without_a_model_nothing_is_put_together(tmp_path, clock):
    with pytest.raises(UserError, match="no trained model"):
        put_together(lab(tmp_path)[1], clock, {}, CounterLine(io.StringIO()))
    assert not (tmp_path / "logs").exists() and not (tmp_path / "state").exists()


@pytest.mark.parametrize("module", ["monitoring", "replay", "capture", "visualization", "calibration"])
def test_watching_does_not_load_tensorflow(module):
    code = f"import sys, src.{module}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, timeout=60).returncode == 0
