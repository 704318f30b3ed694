"""The watch as a story in signs, one for each picture, a second apart:

"." dry, "x" a leak, "X" a leak whose evidence cannot be drawn, "b" black, "!" a picture that makes the judgement
explode, "u" one that cannot be used, "-" no picture comes, "~" a reading that takes a minute.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from src.alarm import Alarm
from src.alerting import Alerting
from src.blobs import Spot
from src.camera import CameraEnded, CameraTimeout
from src.camera_health import CameraHealth
from src.clock import VirtualClock
from src.config import RoiSettings, parse_config
from src.dead_man_switch import DeadManSwitch
from src.detection import Judgement, Verdict
from src.errors import UserError
from src.event_log import EventLog, event_time, read_events
from src.evidence import Evidence
from src.frame import Frame
from src.heartbeat_file import HeartbeatFile
from src.incident_file import IncidentFile
from src.messages import MessageText
from src.mode import Mode, ModeFile, write_mode
from src.monitor import Monitor
from src.pace import Pace
from src.status import StatusFile
from src.storage import GIGABYTE
from src.watch import Watch

MARKS = {".": 100, "x": 101, "X": 102, "!": 103, "u": 104}
LEAK = Spot(area_pixels=60, area_percent=0.5, left=0.4, top=0.6, width=0.1, height=0.1)


def view(number: int) -> np.ndarray:
    """A bench with structure and noise, (48, 64, 3) uint8."""
    picture = np.full((48, 64, 3), 90, np.uint8)
    for x in range(4, 60, 12):
        cv2.rectangle(picture, (x, 8 + x // 3), (x + 6, 40), (40, 160, 220), -1)
    return picture + np.random.default_rng(number).integers(0, 3, picture.shape, np.uint8)


class NightClock(VirtualClock):
    """A clock at which something happens at given seconds: the mode is changed, somebody presses Ctrl+C."""

    def __init__(self, start) -> None:
        super().__init__(start)
        self._plans: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._plans, (seconds, len(self._plans), action))

    def advance(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while self._plans and self._plans[0][0] <= until:
            moment, _, action = heapq.heappop(self._plans)
            super().advance(max(0.0, moment - self.monotonic()))
            action()
        super().advance(max(0.0, until - self.monotonic()))


class ScriptedCamera:
    """Plays the signs of a story; what stands behind the last one depends on `live`: Ctrl+C, or the recording ends."""

    def __init__(self, story: str, clock: NightClock, live: bool) -> None:
        self.live = live
        self.is_open = False
        self.reopened = 0
        self.read_at: list[float] = []
        self._story, self._clock = story, clock
        self._position = 0

    def read(self, timeout_seconds: float) -> Frame:
        self.is_open = True
        if self._position >= len(self._story):
            if self.live:
                raise KeyboardInterrupt
            raise CameraEnded(f"The recording night.mp4 is at its end after {self._position} pictures.")
        sign = self._story[self._position]
        self._position += 1
        self.read_at.append(self._clock.monotonic())
        if sign == "-":
            self._clock.advance(timeout_seconds)
            raise CameraTimeout("The camera 0 (DSHOW) has sent no picture for 1 seconds.")
        if sign == "~":
            self._clock.advance(60.0)
        image = np.zeros((48, 64, 3), np.uint8) if sign == "b" else view(self._position)
        image[0, 0] = MARKS.get(sign, MARKS["."])
        return Frame(image, self._position - 1, self._clock.now(), self._clock.monotonic())

    def reopen(self) -> None:
        self.reopened += 1

    def close(self) -> None:
        self.is_open = False


class MarkReader:
    """A detector that reads the verdict from the first pixel."""

    roi = RoiSettings()

    def judge_cropped(self, picture: np.ndarray) -> Judgement:
        mark = int(picture[0, 0, 0])
        if mark == MARKS["!"]:
            raise ZeroDivisionError("of all things")
        if mark == MARKS["u"]:
            raise UserError("The region of interest does not fit.")
        wet = mark in (MARKS["x"], MARKS["X"])
        verdict = Verdict(score=2.0 if wet else 0.5, score_threshold=1.0, largest_blob_area=60 if wet else 0,
                          blob_area_threshold=16, triggers=("score", "blob") if wet else (),
                          spot=LEAK if wet else None, lighting_change=False)
        side = 0 if mark == MARKS["X"] else 48
        return Judgement(verdict, picture, picture, np.zeros((side, 64), np.float32))


class NotingOutbox:
    """Writes down what is queued, and what was on the disk by then."""

    channels = ("slack",)

    def __init__(self, evidence_dir: Path, clock: NightClock) -> None:
        self.messages: list[tuple[float, MessageText, bytes | None]] = []
        self.pictures_then: list[int] = []
        self._evidence_dir, self._clock = evidence_dir, clock

    def queue(self, text: MessageText, picture: bytes | None = None) -> str:
        self.messages.append((self._clock.monotonic(), text, picture))
        self.pictures_then.append(len(list(self._evidence_dir.glob("*.jpg"))))
        return str(len(self.messages))

    @property
    def subjects(self) -> list[str]:
        return [text.subject for _, text, _ in self.messages]


class NotingSwitch(DeadManSwitch):
    """Writes down what the dead man's switch is told."""

    def __init__(self) -> None:
        super().__init__(None, lambda event, **fields: None)
        self.signs: list[str] = []

    def alive(self) -> None:
        self.signs.append("alive")

    def fail(self, reason: str) -> None:
        self.signs.append("fail")


class ModelShelf:
    """Has a new model when the test puts one there, or a reason why it cannot be used."""

    def __init__(self) -> None:
        self.new: tuple[MarkReader, None] | None = None
        self.problem: Exception | None = None

    def update(self) -> tuple[MarkReader, None] | None:
        if self.problem is not None:
            raise self.problem
        new, self.new = self.new, None
        return new


class FreeDisk:
    """A disk with as much room as the test says."""

    def __init__(self) -> None:
        self.free = 100 * GIGABYTE

    def free_bytes(self) -> int:
        return self.free

    def clean(self, now) -> None:
        pass


class Night:
    """A monitor in a temporary folder."""

    def __init__(self, folder: Path, clock: VirtualClock, story: str, mode: Mode | None = Mode.MONITOR,
                 live: bool = True, **monitor_settings: object) -> None:
        settings = parse_config(json.dumps({"monitor": monitor_settings}), "test").monitor
        self.folder, self.clock = folder, NightClock(clock.now())
        self.anomalies, self.state = folder / "anomalies", folder / "state"
        self.mode_file = self.state / "mode.txt"
        if mode is not None:
            write_mode(self.mode_file, mode)
        self.camera = ScriptedCamera(story, self.clock, live)
        self.outbox = NotingOutbox(self.anomalies, self.clock)
        self.disk = FreeDisk()
        self.switch = NotingSwitch()
        self.newest_model = ModelShelf()
        self.shown: list[str] = []
        self.said: list[str] = []
        self.statuses: list[tuple[float, str]] = []
        incidents = IncidentFile(self.state)
        self.log = EventLog(folder / "logs", self.clock)
        alarm = Alarm(settings, incidents.restore(settings, self.clock.monotonic(), self.clock.now()))
        health = CameraHealth(lost_seconds=settings.camera_down_seconds, frozen_seconds=30.0, moved_percent=0.2)
        self.watch = Watch(MarkReader(), None, health, alarm, Pace(settings.frame_interval_seconds), 0.2)
        self.monitor = Monitor(
            settings, clock=self.clock, mode_file=ModeFile(self.mode_file), camera=self.camera, watch=self.watch,
            alerting=Alerting(self.outbox, Evidence(self.anomalies, settings), self.log, RoiSettings(), self.clock,
                              self.said.append),
            incidents=incidents, storage=self.disk, status_file=StatusFile(self.state),
            heartbeat_file=HeartbeatFile(self.state), dead_man_switch=self.switch,
            newest_model=self.newest_model, model_name="model", pid=4711, show=self._show, say=self.said.append)

    def _show(self, line: str) -> None:
        self.shown.append(line)
        word = "NOT WATCHING" if line.startswith("NOT WATCHING") else "WATCHING"
        if not self.statuses or self.statuses[-1][1] != word:
            self.statuses.append((self.clock.monotonic(), word))

    def set_mode_at(self, seconds: float, mode: Mode) -> None:
        self.clock.at(seconds, lambda: write_mode(self.mode_file, mode))

    def stop_at(self, seconds: float) -> None:
        def press_ctrl_c() -> None:
            raise KeyboardInterrupt

        self.clock.at(seconds, press_ctrl_c)

    def run(self) -> str:
        return self.monitor.run()

    def events(self, *names: str) -> list[dict]:
        return [event for event in read_events(self.folder / "logs") if not names or event["event"] in names]

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events()]

    @property
    def status(self) -> dict:
        return json.loads((self.state / "status.json").read_text(encoding="utf-8"))


# ---- A leak -----------------------------------------------------------------------------------------------

def test_a_leak_is_told_at_the_third_picture_with_its_panel_and_nothing_before_it_is(tmp_path, clock):
    night = Night(tmp_path, clock, "..........xxx..")
    night.run()
    alerts = [(moment, text, picture) for moment, text, picture in night.outbox.messages if "LEAK" in text.subject]
    assert len(alerts) == 1
    moment, text, picture = alerts[0]
    assert moment == 12.0 and text.subject.startswith("POSSIBLE LEAK")
    assert picture.startswith(b"\xff\xd8")


def test_the_alert_is_queued_before_its_pictures_are_saved_and_before_the_log(tmp_path, clock):
    night = Night(tmp_path, clock, "...xxx.....")
    night.run()
    alert = night.outbox.subjects.index(next(text for text in night.outbox.subjects if "LEAK" in text))
    assert night.outbox.pictures_then[alert] == 0
    (event,) = night.events("alert")
    saved = {path.name for path in night.anomalies.iterdir()}
    assert set(event["evidence"]) <= saved and len(event["evidence"]) >= 4
    assert {name for name in saved if event["event_id"] in name and event["incident_id"] in name} == saved
    assert night.names.index("alert") < night.names.index("incident_opened")


def test_pictures_from_before_and_after_really_are_from_before_and_after(tmp_path, clock):
    night = Night(tmp_path, clock, "....xxx.....", save_context={"pre_frames": 2, "post_frames": 2})
    night.run()
    context = sorted(path.name.split("_incident")[0].split("_", 4)[4]
                     for path in night.anomalies.glob("context_*"))
    assert context == ["after_1", "after_2", "before_1", "before_2"]


def test_a_leak_that_stays_is_one_incident_and_what_dries_up_is_over(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 3 + "x" * 20 + "." * 20, resolve_seconds=10)
    night.run()
    assert [name for name in night.names if "incident" in name] == ["incident_opened", "incident_resolved"]
    assert len(night.events("alert")) == 1
    assert len([text for text in night.outbox.subjects if text.startswith("Over:")]) == 1


def test_after_a_restart_the_same_leak_is_not_told_anew(tmp_path, clock):
    first = Night(tmp_path, clock, "..xxxxx")
    first.run()
    clock.advance(60)
    second = Night(tmp_path, clock, "xxxxxxxxxx")
    assert second.watch.incidents.incident_id == first.watch.incidents.incident_id is not None
    second.run()
    assert len([text for text in first.outbox.subjects if "LEAK" in text]) == 1
    assert not [text for text in second.outbox.subjects if "LEAK" in text]
    assert [name for name in second.names if name == "incident_opened"] == ["incident_opened"]
    assert second.status["incident_id"] == first.watch.incidents.incident_id


def test_a_damaged_incident_file_costs_a_second_message_and_no_watch(tmp_path, clock):
    Night(tmp_path, clock, "..xxxxx").run()
    (tmp_path / "state" / "incident.json").write_text('{"open": {"incident_', encoding="utf-8")
    second = Night(tmp_path, clock, "xxxxx")
    second.run()
    assert len([text for text in second.outbox.subjects if text.startswith("POSSIBLE LEAK")]) == 1


# ---- The disk ---------------------------------------------------------------------------------------------

def test_a_full_disk_does_not_silence_the_alert(tmp_path, clock):
    night = Night(tmp_path, clock, "...xxx....")
    for folder in ("anomalies", "logs"):        # a file in the place of the folder: nothing can be written there
        (tmp_path / folder).write_bytes(b"")
    assert night.run() == "stopped by hand"
    assert [text for text in night.outbox.subjects if text.startswith("POSSIBLE LEAK")]
    assert [line for line in night.said if "could not be saved" in line]
    assert [line for line in night.said if "could not be written to the log" in line]
    assert len(night.camera.read_at) == 10


def test_a_state_folder_that_cannot_be_written_does_not_end_the_watch(tmp_path, clock):
    night = Night(tmp_path, clock, "...xxx....")
    for name in ("heartbeat", "status.json", "incident.json"):
        (tmp_path / "state" / name).mkdir(parents=True)
        (tmp_path / "state" / name / "in the way").write_bytes(b"")
    assert night.run() == "stopped by hand"
    assert [text for text in night.outbox.subjects if text.startswith("POSSIBLE LEAK")]
    assert len(night.camera.read_at) == 10


def test_a_full_disk_is_told_once_no_pictures_are_written_and_it_is_told_when_there_is_room_again(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 70 + "xxx" + "." * 150)
    night.clock.at(30, lambda: setattr(night.disk, "free", GIGABYTE // 10))
    night.clock.at(150, lambda: setattr(night.disk, "free", 50 * GIGABYTE))
    night.run()
    assert [name for name in night.names if name.startswith("disk_")] == ["disk_full", "disk_ok"]
    (alert,) = night.events("alert")
    assert alert["evidence"] == [] and not list(tmp_path.glob("anomalies/*"))
    assert [text for text in night.outbox.subjects if text.startswith("POSSIBLE LEAK")]


# ---- The mode ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("interval", [0.05, 1.0, 7.3, 600.0])
@pytest.mark.parametrize("left_for", [Mode.OFF, Mode.CAPTURE])
def test_leaving_monitor_is_obeyed_within_two_seconds_and_lets_go_of_the_camera(tmp_path, clock, interval, left_for):
    night = Night(tmp_path, clock, "." * 400, frame_interval_seconds=interval)
    night.set_mode_at(10.3, left_for)
    open_then = []
    night.clock.at(12.3, lambda: open_then.append(night.camera.is_open))
    night.stop_at(20)
    night.run()
    assert open_then == [False]
    assert night.statuses[0] == (0.0, "WATCHING")
    moment, word = night.statuses[1]
    assert word == "NOT WATCHING" and 10.3 <= moment <= 12.3
    assert max(night.camera.read_at) <= 12.3
    assert f"because the mode is {left_for.value}" in night.shown[-2]


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.CAPTURE, None])
def test_arming_is_obeyed_within_two_seconds_and_the_camera_is_not_touched_before(tmp_path, clock, mode):
    night = Night(tmp_path, clock, "...", mode=mode, frame_interval_seconds=600.0)
    night.set_mode_at(10.3, Mode.MONITOR)
    night.stop_at(15)
    night.run()
    assert 10.3 <= night.camera.read_at[0] <= 12.3
    assert [event["mode"] for event in night.events("mode_changed")] == [mode.value if mode else "OFF", "MONITOR"]


def test_a_mode_change_is_obeyed_within_two_seconds_while_the_camera_is_silent(tmp_path, clock):
    night = Night(tmp_path, clock, "-" * 60)
    night.set_mode_at(10.3, Mode.OFF)
    night.stop_at(14)
    night.run()
    assert max(night.camera.read_at) <= 12.3 and not night.camera.is_open


def test_rubbish_in_the_mode_file_is_reported_once_and_the_watch_goes_on(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 10 + "xxx" + "." * 10)
    night.clock.at(4.2, lambda: night.mode_file.write_bytes(b"MONITRO"))
    night.run()
    assert len(night.events("mode_problem")) == 1
    assert len([line for line in night.said if "MONITRO" in line]) == 1
    assert [text for text in night.outbox.subjects if text.startswith("POSSIBLE LEAK")]


@pytest.mark.parametrize("seconds", [4.2, 4.7])
@pytest.mark.parametrize("interval", [0.3, 1.0, 7.0])
def test_a_mode_file_that_disappears_is_said_logged_and_sent_once(tmp_path, clock, interval, seconds):
    night = Night(tmp_path, clock, "." * 100, frame_interval_seconds=interval)
    night.clock.at(seconds, night.mode_file.unlink)
    night.stop_at(30)
    night.run()
    assert len(night.events("mode_problem")) == 1
    assert len([line for line in night.said if "has disappeared" in line]) == 1
    (message,) = [text for _, text, _ in night.outbox.messages if "stopped watching" in text.subject]
    assert "has disappeared" in message.text and "set_mode_MONITOR.bat" in message.text
    assert night.shown[-2].startswith("NOT WATCHING, because the mode is OFF")


def test_who_was_told_that_the_watch_has_ended_is_told_when_it_goes_on(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 100)
    night.clock.at(5.2, night.mode_file.unlink)
    night.set_mode_at(5.9, Mode.MONITOR)
    night.set_mode_at(20, Mode.OFF)     # by hand: nobody is told of this, nor of what follows
    night.set_mode_at(25, Mode.MONITOR)
    night.stop_at(40)
    night.run()
    told = [subject for subject in night.outbox.subjects if "watching" in subject]
    assert told == ["The leak monitor has stopped watching", "The leak monitor is watching again"]


def test_the_dead_mans_switch_is_told_that_the_watch_ended_by_accident_until_a_mode_is_set(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 100, heartbeat_seconds=10)
    night.clock.at(4.2, night.mode_file.unlink)
    night.set_mode_at(25, Mode.OFF)
    night.stop_at(45)
    night.run()
    assert night.switch.signs[:5] == ["alive", "fail", "fail", "alive", "alive"]


def test_suspicions_from_before_a_pause_do_not_count_afterwards(tmp_path, clock):
    night = Night(tmp_path, clock, "...xx" + "xx...")
    night.set_mode_at(4.5, Mode.OFF)
    night.set_mode_at(30, Mode.MONITOR)
    night.run()
    assert night.events("alert") == []


# ---- The model ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("mode", [Mode.OFF, Mode.MONITOR])
def test_a_new_model_is_used_and_said_in_every_mode(tmp_path, clock, mode):
    class AlwaysWet(MarkReader):
        def judge_cropped(self, picture: np.ndarray) -> Judgement:
            picture[0, 0] = MARKS["x"]
            return super().judge_cropped(picture)

    night = Night(tmp_path, clock, "." * 60, mode=mode)
    night.clock.at(10.5, lambda: setattr(night.newest_model, "new", (AlwaysWet(), None)))
    night.set_mode_at(20, Mode.MONITOR)
    night.run()
    assert len(night.events("model_renewed")) == 1
    assert [line for line in night.said if "the new one is in use" in line]
    (alert,) = night.events("alert")
    assert event_time(alert) - clock.now() >= timedelta(seconds=17)


def test_pictures_that_two_models_have_judged_are_not_one_run(tmp_path, clock):
    night = Night(tmp_path, clock, "...xx" + "xx...")
    night.newest_model.new = (MarkReader(), None)
    night.monitor._model_check.due(0.0)     # the next look at the model is between the second and the third leak
    night.run()
    assert night.events("model_renewed") and night.events("alert") == []


def test_a_new_model_for_which_the_memory_does_not_suffice_does_not_end_the_watch(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 30 + "xxx" + "." * 30)
    night.clock.at(7.5, lambda: setattr(night.newest_model, "problem", MemoryError()))
    night.run()
    (event,) = night.events("model_problem")
    assert "MemoryError" in event["text"] and "Traceback" in event["text"]
    assert [line for line in night.said if "goes on with the one that it has" in line]
    assert night.events("alert")


def test_a_new_model_is_not_kept_waiting_by_rare_pictures(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 3, frame_interval_seconds=600.0)
    night.clock.at(10.5, lambda: setattr(night.newest_model, "new", (MarkReader(), None)))
    night.stop_at(60)
    night.run()
    assert night.events("model_renewed")


def test_what_an_incident_remembers_is_saved_between_its_messages_too(tmp_path, clock):
    night = Night(tmp_path, clock, "..xxx" + "x" * 40, heartbeat_seconds=10)
    saved = []
    file = tmp_path / "state" / "incident.json"
    night.clock.at(8.5, file.unlink)
    night.clock.at(25.5, lambda: saved.append(file.is_file()))
    night.run()
    assert saved == [True]


def test_a_new_model_that_cannot_be_used_does_not_end_the_watch_and_is_said_once(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 30 + "xxx" + "." * 30)
    night.clock.at(7.5, lambda: setattr(night.newest_model, "problem", UserError("detector.npz is missing.")))
    night.clock.at(50.5, lambda: setattr(night.newest_model, "problem", None))
    night.run()
    (event,) = night.events("model_problem")
    assert "detector.npz is missing." in event["text"] and "goes on with the one that it has" in event["text"]
    assert night.said.count(event["text"]) == 1
    assert len(night.events("alert")) == 1 and len(night.camera.read_at) == 63


# ---- The camera -------------------------------------------------------------------------------------------

def test_a_lost_camera_is_told_after_thirty_seconds_and_again_when_it_is_back(tmp_path, clock):
    night = Night(tmp_path, clock, "....." + "-" * 60 + ".....")
    night.run()
    problem, recovered = night.events("camera_problem", "camera_recovered")
    assert (problem["event"], problem["kind"]) == ("camera_problem", "lost")
    assert timedelta(seconds=35) <= event_time(problem) - clock.now() <= timedelta(seconds=37)
    assert problem["text"].startswith("CAMERA PROBLEM: the camera sends no pictures. ")
    window = night.said.index(next(line for line in night.said if "CAMERA PROBLEM" in line))
    reason = problem["text"].partition(". ")[2]
    assert reason and night.said[window + 1].startswith(f"{reason} What to do now: check that the PC is awake")
    assert (recovered["event"], recovered["kind"]) == ("camera_recovered", "lost")
    assert len(night.outbox.subjects) == 4      # started, lost, back, closed


@pytest.mark.parametrize("blind", ["-", "b", "!", "u"])
def test_while_nobody_can_see_it_says_so_and_nothing_is_counted_as_normal(tmp_path, clock, blind):
    night = Night(tmp_path, clock, "....." + blind * 90 + ".", heartbeat_seconds=30)
    night.run()
    in_between = [line for line in night.shown[8:90]]
    assert in_between and all(line.startswith("NOT WATCHING, because the camera is") for line in in_between)
    assert sum(event["frames"] for event in night.events("heartbeat")) <= 6, "five before and one after"
    assert [event for event in night.events("heartbeat") if "camera" in event["state"]]
    assert len(night.events("camera_problem")) == 1


def test_what_is_seen_before_and_after_blindness_is_not_one_run(tmp_path, clock):
    night = Night(tmp_path, clock, "..xx" + "-" * 5 + "xx..")
    night.run()
    assert night.events("alert") == []


@pytest.mark.parametrize("spacing_seconds", [2, 4, 9, 20])
def test_a_camera_that_is_slow_alerts_says_so_once_and_is_watching_all_the_time(tmp_path, clock, spacing_seconds):
    wait = "-" * (spacing_seconds - 1)
    night = Night(tmp_path, clock, (wait + ".") * 15 + (wait + "x") * 4 + wait + ".")
    night.run()
    (alert,) = night.events("alert")
    assert event_time(alert) - clock.now() <= timedelta(seconds=18 * spacing_seconds)
    (problem,) = night.events("camera_problem")
    assert problem["kind"] == "slow" and f"only one every {spacing_seconds} s" in problem["text"]
    assert [line for line in night.said if "come slowly" in line] == [problem["text"]]
    assert not [text for text in night.outbox.subjects if "CAMERA" in text]
    learning = 3 * spacing_seconds
    assert {word for moment, word in night.statuses[:-1] if moment > learning} <= {"WATCHING"}


def test_a_camera_that_is_fast_again_is_said_and_logged_once(tmp_path, clock):
    night = Night(tmp_path, clock, "---." * 15 + "." * 30)
    night.run()
    problem, recovered = night.events("camera_problem", "camera_recovered")
    assert (problem["kind"], recovered["kind"], recovered["event"]) == ("slow", "slow", "camera_recovered")
    assert event_time(recovered) - event_time(problem) == timedelta(seconds=recovered["seconds"])


def test_a_break_that_is_too_short_to_name_the_camera_lost_is_a_gap_in_the_log(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 20 + "-" * 10 + "." * 20)
    night.run()
    (gap,) = night.events("watch_gap")
    assert (gap["reason"], gap["seconds"]) == ("no_picture", 11.0)
    assert night.events("camera_problem") == []


def test_a_break_in_which_the_camera_was_named_lost_is_no_further_gap(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 20 + "-" * 40 + "." * 20)
    night.run()
    assert night.events("watch_gap") == []


def test_blindness_does_not_end_an_incident(tmp_path, clock):
    night = Night(tmp_path, clock, "xxx" + "b" * 100 + "xxx", resolve_seconds=10)
    night.run()
    assert night.events("incident_resolved") == []
    assert len(night.events("incident_opened")) == 1


def test_a_camera_that_stands_still_is_told_and_opened_again(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 60)
    still = view(0)
    still[0, 0] = MARKS["."]
    night.camera.read = lambda timeout_seconds, read=night.camera.read: Frame(
        still, 0, night.clock.now(), read(timeout_seconds).now_seconds)
    night.run()
    assert [event["kind"] for event in night.events("camera_problem")] == ["frozen"]
    assert night.camera.reopened == 1
    assert night.shown[-2].startswith("NOT WATCHING, because the camera is frozen")


# ---- Bad pictures and stalls ------------------------------------------------------------------------------

@pytest.mark.parametrize("bad", ["!", "u"])
def test_one_bad_picture_does_not_end_the_watch(tmp_path, clock, bad):
    night = Night(tmp_path, clock, "...." + bad + "....xxx..")
    assert night.run() == "stopped by hand"
    assert len(night.events("alert")) == 1
    assert len(night.events("frame_error")) == 1


def test_the_log_says_where_a_picture_exploded_and_the_console_that_it_did(tmp_path, clock):
    night = Night(tmp_path, clock, "....!....")
    night.run()
    (event,) = night.events("frame_error")
    assert "ZeroDivisionError: of all things" in event["text"] and "judge_cropped" in event["text"]
    assert [line for line in night.said if "of all things" in line and "logs/events.jsonl" in line]


@pytest.mark.parametrize("bad", ["!", "u"])
def test_trouble_that_repeats_with_every_picture_is_written_down_once(tmp_path, clock, bad):
    night = Night(tmp_path, clock, ".." + bad * 50 + ".." + bad * 5)
    night.run()
    assert len(night.events("frame_error")) == 2
    said = [line for line in night.said if "could not be judged" in line or "does not fit" in line]
    assert len([line for line in said if "What to do now" not in line]) == 2 and len(said) == 3


def test_a_stall_is_a_gap_in_the_watch_that_is_told(tmp_path, clock):
    night = Night(tmp_path, clock, "..xx~x....")
    night.run()
    (gap,) = night.events("watch_gap")
    assert gap["reason"] == "stalled" and 60 <= gap["seconds"] <= 62
    assert len([text for text in night.outbox.subjects if "watch" in text.lower() and "1 min" in text]) == 1
    assert night.events("alert") == []          # three leaks in a row, but with a minute in between


def test_standing_still_while_nobody_was_to_watch_is_no_gap(tmp_path, clock):
    night = Night(tmp_path, clock, "", mode=Mode.OFF)
    night.clock.at(5, lambda: VirtualClock.advance(night.clock, 300.0))
    night.stop_at(400)
    night.run()
    assert night.events("watch_gap") == []


def test_an_alert_goes_out_and_the_watch_goes_on_although_its_pictures_cannot_be_drawn(tmp_path, clock):
    night = Night(tmp_path, clock, "...XXX" + "." * 140 + "xxx..", alert_cooldown_seconds=10)
    assert night.run() == "stopped by hand"
    alerts = [picture for _, text, picture in night.outbox.messages if text.subject.startswith("POSSIBLE LEAK")]
    assert alerts[0] is None and alerts[1].startswith(b"\xff\xd8")


# ---- The beginning and the end ----------------------------------------------------------------------------

def test_ctrl_c_says_goodbye_and_leaves_everything_tidy(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 100)
    night.stop_at(5.2)
    assert night.run() == "stopped by hand"
    assert night.names[0] == "monitor_started" and night.names[-1] == "monitor_stopped"
    assert night.events("monitor_stopped")[0]["reason"] == "stopped by hand"
    assert len(night.outbox.subjects) == 2
    assert night.status["state"] == "NOT WATCHING"
    assert night.status["not_watching_because"] == "it was closed: stopped by hand"
    assert not night.camera.is_open


def test_a_recording_at_its_end_stops_cleanly_and_says_so(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 5, live=False)
    assert night.run() == "The recording night.mp4 is at its end after 5 pictures"
    assert "at its end" in night.events("monitor_stopped")[0]["reason"]
    assert night.status["state"] == "NOT WATCHING" and not night.camera.is_open


def test_a_recording_that_cannot_be_opened_is_the_reason_that_is_told(tmp_path, clock):
    night = Night(tmp_path, clock, "-", live=False)
    with pytest.raises(CameraTimeout, match="has sent no picture"):
        night.run()
    assert "has sent no picture" in night.events("monitor_stopped")[0]["reason"]
    assert "has sent no picture" in night.outbox.messages[-1][1].text


def test_a_picture_of_a_recording_that_cannot_be_read_is_named_and_skipped(tmp_path, clock):
    night = Night(tmp_path, clock, "...", live=False)

    def read(timeout_seconds: float, good=night.camera.read) -> Frame:
        frame = good(timeout_seconds)
        if frame.index == 1:
            raise UserError("frame_2.png is empty (0 bytes).")
        return frame

    night.camera.read = read
    night.run()
    assert [event["text"] for event in night.events("frame_error")] == ["frame_2.png is empty (0 bytes)."]


def test_the_status_file_says_watching_or_why_not(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 60, mode=Mode.OFF)
    seen = {}
    for seconds in (3, 12, 23):
        night.clock.at(seconds, lambda seconds=seconds: seen.update({seconds: night.status}))
    night.set_mode_at(5, Mode.MONITOR)
    night.set_mode_at(15, Mode.CAPTURE)
    night.stop_at(25)
    night.run()
    assert (seen[3]["state"], seen[3]["not_watching_because"]) == ("NOT WATCHING", "the mode is OFF")
    assert (seen[12]["state"], seen[12]["not_watching_because"]) == ("WATCHING", "")
    assert seen[12]["score_ratio"] == 0.5 and seen[12]["last_picture_at"]
    assert (seen[23]["state"], seen[23]["not_watching_because"]) == ("NOT WATCHING", "the mode is CAPTURE")


def test_the_heartbeat_tells_how_many_pictures_were_judged_and_how_high_the_score_was(tmp_path, clock):
    night = Night(tmp_path, clock, "." * 20 + "x" + "." * 40, heartbeat_seconds=10)
    night.run()
    beats = night.events("heartbeat")
    assert [beat["frames"] for beat in beats[1:-1]] == [10] * (len(beats) - 2)
    assert sum(beat["frames"] for beat in beats) == 61, "those of the last heartbeat count, too"
    assert [beat["score_max"] for beat in beats[1:4]] == [0.5, 2.0, 0.5]
    assert {beat["state"] for beat in beats} == {"watching"} and {beat["score_threshold"] for beat in beats} == {1.0}
    assert (tmp_path / "state" / "heartbeat").exists()


def test_an_evening_without_arming_is_reminded_of_once(tmp_path, clock):
    night = Night(tmp_path, clock, "", mode=Mode.OFF, expect_armed_after="19:00")
    night.stop_at(600)
    night.run()
    assert len([text for text in night.outbox.subjects if "OFF" in text or "not watching" in text.lower()]) >= 1
    assert len(night.outbox.subjects) == 3      # started, the reminder, closed


def test_a_heartbeat_tells_how_large_an_open_incident_has_become(tmp_path, clock):
    night = Night(tmp_path, clock, "..." + "x" * 8 + "." * 14, heartbeat_seconds=8, resolve_seconds=6)
    night.run()
    (opened,) = night.events("incident_opened")
    beats = {(beat["incident_id"], beat["largest_area_percent"]) for beat in night.events("heartbeat")}
    assert beats == {(None, None), (opened["incident_id"], LEAK.area_percent)}
    assert night.events("incident_resolved")[0]["largest_area_percent"] == LEAK.area_percent
