"""Every kind of file that somebody or something may damage, and how the program uses it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Callable

import cv2
import numpy as np

from soak.lab import Lab
from src.artifacts import DETECTOR_FILE, THRESHOLD_FILE, load_detector, load_scene
from src.clock import Clock, VirtualClock
from src.config import MonitorSettings
from src.config_file import DEFAULT_CONFIG, load_config
from src.delivery import Message
from src.event_log import EventLog, read_events
from src.image_files import read_image
from src.incident_file import IncidentFile
from src.judge import shipped_judge
from src.messages import MessageText
from src.mode import Mode, ModeFile, write_mode
from src.outbox import Outbox
from src.outbox_folder import OutboxFolder
from src.period import Period
from src.summary import summarize
from src.summary_json import as_json
from src.summary_page import markdown
from tests.bench import EVENING, bench

# Uses one bad input. May raise UserError; AssertionError = something was lost.
Try = Callable[[bytes], None]


def _config(lab: Lab) -> tuple[list[bytes], Try]:
    path = lab.folder / "bad.yaml"

    def attempt(bad: bytes) -> None:
        path.write_bytes(bad)
        load_config(path)

    return [DEFAULT_CONFIG.read_bytes(), lab.config_file.read_bytes()], attempt


def _mode(lab: Lab) -> tuple[list[bytes], Try]:
    path = lab.config.paths.state_mode_file

    def attempt(bad: bytes) -> None:
        write_mode(path, Mode.MONITOR)
        file = ModeFile(path)
        file.read()
        path.write_bytes(bad)
        reading = file.read()
        assert reading.mode is Mode.MONITOR or reading.problem is None, "rubbish ended the watch"

    return [b"MONITOR\r\n", b"OFF", b"capture\n", "MONITOR".encode("utf-16")], attempt


def _threshold(lab: Lab) -> tuple[list[bytes], Try]:
    return _model_file(lab, THRESHOLD_FILE, lambda: load_detector(lab.config, shipped_judge()))


def _detector(lab: Lab) -> tuple[list[bytes], Try]:
    def load() -> None:
        try:
            load_detector(lab.config, shipped_judge())
        finally:
            load_scene(lab.config.paths.model_dir)

    return _model_file(lab, DETECTOR_FILE, load)


def _model_file(lab: Lab, name: str, load: Callable[[], object]) -> tuple[list[bytes], Try]:
    path = lab.config.paths.model_dir / name
    good = path.read_bytes()

    def attempt(bad: bytes) -> None:
        path.write_bytes(bad)
        try:
            load()
        finally:
            path.write_bytes(good)

    return [good], attempt


def _events(lab: Lab) -> tuple[list[bytes], Try]:
    folder = lab.folder / "bad logs"
    period = Period(EVENING - timedelta(days=1), EVENING + timedelta(days=1), "a day", "A day")
    kinds = [
        {"event": "heartbeat", "frames": 60, "score_max": 0.5, "score_threshold": 1.0, "state": "watching"},
        {
            "event": "alert",
            "event_id": "20261123_180000_000",
            "incident_id": "20261123_180000",
            "score": 2.0,
            "score_threshold": 1.0,
            "largest_blob_area": 9,
            "blob_area_threshold": 5,
            "triggers": ["blob"],
            "area_percent": 1.0,
            "growing": False,
            "evidence": ["panel_x.jpg"],
        },
        {"event": "camera_problem", "kind": "lost", "text": "x"},
        {"event": "camera_recovered", "kind": "lost", "seconds": 5.0},
        {"event": "watch_gap", "seconds": 60.0, "reason": "asleep"},
        {"event": "mode_changed", "mode": "MONITOR"},
        {"event": "notify_queued", "message_id": "m", "channel": "slack", "subject": "s"},
        {"event": "notify_error", "message_id": "m", "channel": "slack", "reason": "r", "permanent": True},
        {"event": "incident_resolved", "incident_id": "20261123_180000", "minutes": 3.0},
    ]
    originals = [json.dumps({"time": EVENING.isoformat(), **kind}).encode() for kind in kinds]

    def attempt(bad: bytes) -> None:
        (folder / "events.jsonl").unlink(missing_ok=True)
        log = EventLog(folder, VirtualClock(EVENING))
        log.append("monitor_started", mode="MONITOR")
        with open(folder / "events.jsonl", "ab") as file:
            file.write(bad)
        log.append("monitor_stopped", reason="stopped by hand")
        events = list(read_events(folder))
        assert [events[0]["event"], events[-1]["event"]] == [
            "monitor_started",
            "monitor_stopped",
        ], "an event was lost"
        summary = summarize(events, period, period.end, 60.0)
        json.dumps(as_json(summary), allow_nan=False)
        markdown(summary, "scores.png", lambda name: name)

    return originals, attempt


def _pictures(lab: Lab) -> tuple[list[bytes], Try]:
    path = lab.folder / "bad picture.jpg"
    image = bench(0)
    pictures = [
        image,
        image[:1, :1],
        image.astype(np.uint16) * 257,
        image[..., 0],
        np.dstack([image, image[..., 0]]),
    ]
    originals = [
        cv2.imencode(suffix, picture)[1].tobytes()
        for suffix in (".png", ".tif", ".jpg", ".bmp")
        for picture in pictures
        if suffix in (".png", ".tif")
        or (picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3)
    ]
    originals.append(_cmyk(image))
    detector, _ = load_detector(lab.config, shipped_judge())

    def attempt(bad: bytes) -> None:
        path.write_bytes(bad)
        read = read_image(path)
        assert (
            read.ndim == 3 and read.shape[2] == 3 and read.dtype == np.uint8
        ), "a picture of another kind got through"
        if read.size < 10**6:
            detector.observe(read)

    return originals, attempt


def _cmyk(image: np.ndarray) -> bytes:
    """A JPEG with four channels, made by hand: OpenCV does not write them."""
    jpeg = bytearray(cv2.imencode(".jpg", image)[1].tobytes())
    start = jpeg.index(b"\xff\xc0")
    jpeg[start + 9] = 4
    return bytes(jpeg)


def _incident(lab: Lab) -> tuple[list[bytes], Try]:
    state_dir = lab.folder / "bad state"
    state_dir.mkdir()
    moment = EVENING.isoformat()
    good = {
        "open": {
            "incident_id": "20261123_180000",
            "opened_at": moment,
            "opening_area_percent": 1.0,
            "largest_area_percent": 2.0,
            "places": [[0.1, 0.2, 0.3, 0.4]],
            "alerts_elsewhere": 0,
        },
        "last_alert_at": moment,
        "last_alert_area_percent": 1.5,
        "past": {"places": [[0.5, 0.6, 0.7, 0.8]], "alerts_elsewhere": 1},
    }

    def attempt(bad: bytes) -> None:
        (state_dir / "incident.json").write_bytes(bad)
        tracker = IncidentFile(state_dir).restore(MonitorSettings(), 100.0, EVENING + timedelta(minutes=1))
        tracker.update(False, False, None, (), 101.0, EVENING + timedelta(minutes=2))
        tracker.to_state()

    return [json.dumps(good, indent=2).encode()], attempt


class _Listener:
    """A channel that takes everything."""

    name, label = "listener", "the listener"

    def __init__(self) -> None:
        self.taken: list[str] = []

    def send(self, message: Message) -> None:
        self.taken.append(message.message_id)


def _outbox(lab: Lab) -> tuple[list[bytes], Try]:
    folder = lab.folder / "bad outbox"
    listener = _Listener()
    outbox = Outbox(OutboxFolder(folder), [listener], Clock(), lambda event, **fields: None)
    good = Message(
        message_id="a", subject="s", text="t", created_at=EVENING, picture=b"\xff\xd8"
    ).model_dump_json()

    def attempt(bad: bytes) -> None:
        first = outbox.queue(MessageText("first", "first"))
        (folder / "20000101-000000-000000-bad.listener.json").write_bytes(bad)
        second = outbox.queue(MessageText("second", "second"))
        for _ in range(4):
            outbox.deliver()
        assert {first, second} <= set(listener.taken), "a message behind a damaged one was lost"
        listener.taken.clear()

    return [good.encode()], attempt


KINDS: dict[str, Callable[[Lab], tuple[list[bytes], Try]]] = {
    "config.yaml": _config,
    "mode.txt": _mode,
    "threshold.json": _threshold,
    "detector.npz": _detector,
    "events.jsonl": _events,
    "pictures": _pictures,
    "incident.json": _incident,
    "outbox": _outbox,
}
