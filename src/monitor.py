"""The watch: look, judge, decide, tell, again and again, whatever happens."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from datetime import datetime

from src.alerting import Alerting
from src.armed_reminder import ArmedReminder
from src.camera import CameraEnded, CameraError, CameraTimeout
from src.camera_diagnosis import LOST
from src.camera_health import HealthNotice
from src.clock import Clock
from src.clock_watch import ClockWatch
from src.config import MonitorSettings
from src.dead_man_switch import DeadManSwitch
from src.errors import UserError
from src.frame import Frame
from src.heartbeat_file import HeartbeatFile
from src.incident_file import IncidentFile
from src.messages import (
    CAMERA_NO_LONGER_SLOW, LIGHT_WORDS, MODEL_RENEWED, camera_slow, model_kept, monitor_closed, monitor_started,
    not_armed, watch_ended, watch_gap, watching_again,
)
from src.mode import MODE_SECONDS, Mode, ModeFile
from src.newest_model import NewestModel
from src.status import Status, StatusFile, status_line
from src.steady_camera import READ_SECONDS, SteadyCamera
from src.storage import Storage
from src.watch import Look, Watch

MODEL_SECONDS, DISK_SECONDS, CLEAN_SECONDS = 5.0, 60.0, 3600.0
# A turn of the loop that takes this much longer than it should is a gap in the watch.
STALL_SECONDS = 15.0
BY_HAND = "stopped by hand"


class Monitor:
    """Watches while the mode is MONITOR, and always says whether it does.

    show: replaces the status line on the console. say: prints a line that stays. why_stopped: is asked after a
    KeyboardInterrupt, which the closing of the window is, too.
    """

    def __init__(
        self, settings: MonitorSettings, *, clock: Clock, mode_file: ModeFile, camera: SteadyCamera, watch: Watch,
        alerting: Alerting, incidents: IncidentFile, storage: Storage, status_file: StatusFile,
        heartbeat_file: HeartbeatFile, dead_man_switch: DeadManSwitch, newest_model: NewestModel, model_name: str,
        pid: int,
        show: Callable[[str], None], say: Callable[[str], None], why_stopped: Callable[[], str] = lambda: BY_HAND,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._mode_file = mode_file
        self._camera = camera
        self._watch = watch
        self._alerting = alerting
        self._incidents = incidents
        self._storage = storage
        self._status_file = status_file
        self._heartbeat_file = heartbeat_file
        self._dead_man_switch = dead_man_switch
        self._newest_model = newest_model
        self._model_name = model_name
        self._pid = pid
        self._show, self._say, self._why_stopped = show, say, why_stopped
        self._clock_watch = ClockWatch(settings.frame_interval_seconds + READ_SECONDS + STALL_SECONDS,
                                       monotonic_counts_sleep=sys.platform == "win32")
        self._armed_reminder = ArmedReminder(settings.expect_armed_after)
        self._heartbeat = _Every(settings.heartbeat_seconds)
        self._model_check = _Every(MODEL_SECONDS)
        self._disk_check, self._cleaning = _Every(DISK_SECONDS), _Every(CLEAN_SECONDS)
        self._mode: Mode | None = None
        self._mode_problem: str | None = None
        self._end_was_told = False
        self._model_problem: str | None = None
        self._trouble: str | None = None
        self._why_not: str | None = None
        self._since: datetime = clock.now()
        self._last_look: Look | None = None
        self._last_picture_at: datetime | None = None
        self._frames, self._score_max = 0, 0.0

    def run(self) -> str:
        """Watch until Ctrl+C or the end of a recording; why it ended, in words."""
        reason = "a fault in the program"
        try:
            mode = self._mode_file.read().mode
            self._alerting.log("monitor_started", mode=mode.value)
            self._alerting.tell(monitor_started(self._clock.now(), mode.value))
            self._dead_man_switch.start()
            while True:
                self._turn()
        except KeyboardInterrupt:
            reason = self._why_stopped()
        except CameraEnded as end:
            reason = str(end).rstrip(".")
        except UserError as error:
            reason = str(error).rstrip(".")
            raise
        finally:
            self._camera.close()
            if self._frames:  # the page counts what heartbeats tell
                self._log_heartbeat()
            self._alerting.log("monitor_stopped", reason=reason)
            self._alerting.tell(monitor_closed(self._clock.now(), reason))
            self._dead_man_switch.fail(f"The monitor was closed: {reason}.")
            self._dead_man_switch.close()
            self._set_status(f"it was closed: {reason}")
        return reason

    def _turn(self) -> None:
        began = self._clock.monotonic()
        self._heartbeat_file_beats()
        self._notice_gaps()
        mode = self._obey_mode()
        self._renew_model()
        if mode is Mode.MONITOR:
            frame = self._read_camera()
            if frame is not None:
                self._look_at(frame)
            self._set_status(self._blindness())
        else:
            self._camera.close()
            self._set_status(f"the mode is {mode.value}")
        self._remind_if_not_armed(mode)
        self._keep_house(mode)
        interval = self._settings.frame_interval_seconds if mode is Mode.MONITOR else MODE_SECONDS
        self._wait_until(began + interval)

    def _obey_mode(self) -> Mode:
        reading = self._mode_file.read()
        if reading.problem != self._mode_problem:
            self._mode_problem = reading.problem
            if reading.problem is not None:
                self._say(reading.problem)
                self._alerting.log("mode_problem", text=reading.problem)
        if reading.mode is not self._mode:
            if self._mode is Mode.MONITOR and reading.problem is not None:
                self._alerting.tell(watch_ended(self._clock.now(), reading.problem))
                self._end_was_told = True
            elif reading.mode is Mode.MONITOR and self._end_was_told:
                self._alerting.tell(watching_again(self._clock.now()))
                self._end_was_told = False
            self._mode = reading.mode
            self._alerting.log("mode_changed", mode=reading.mode.value)
            self._watch.interrupted()
        return reading.mode

    def _renew_model(self) -> None:
        """Go over to a model that was trained, or given another threshold, meanwhile. One of no use changes nothing."""
        if not self._model_check.due(self._clock.monotonic()):
            return
        try:
            model = self._newest_model.update()
        except (UserError, OSError) as error:
            self._keep_model(str(error))
            return
        except Exception as error:  # a guard, as for a picture: no new model may end the watch
            self._keep_model(f"The new model could not be loaded ({type(error).__name__}: {error}).",
                             traceback.format_exc())
            return
        if model is not None:
            self._model_problem = None
            self._watch.renew(*model)
            self._say(MODEL_RENEWED)
            self._alerting.log("model_renewed")

    def _keep_model(self, problem: str, details: str = "") -> None:
        """The newest model cannot be used; said once."""
        if problem != self._model_problem:
            self._model_problem = problem
            text = model_kept(problem)
            self._say(text)
            self._alerting.log("model_problem", text=details or text)

    def _read_camera(self) -> Frame | None:
        """The next picture; None when there is none, which the camera health has then been told."""
        try:
            return self._camera.read(READ_SECONDS)
        except CameraError as error:
            if not self._camera.live:
                raise
            # What to do now stands in the message itself, once.
            failed = not isinstance(error, CameraTimeout)
            self._tell_health(self._watch.no_picture(self._clock.monotonic(), error.what, failed))
        except UserError as error:
            if isinstance(error, CameraEnded):
                raise
            self._cannot_judge(str(error))
        return None

    def _look_at(self, frame: Frame) -> None:
        try:
            self._take_in(frame, self._watch.look(frame))
        except UserError as error:
            self._cannot_judge(str(error))
        except Exception as error:  # the guard of the loop: one bad picture must not end the watch
            self._cannot_judge(f"A picture could not be judged ({type(error).__name__}: {error}). The details are in "
                               "logs/events.jsonl.", traceback.format_exc())

    def _take_in(self, frame: Frame, look: Look) -> None:
        self._trouble = None
        self._last_look, self._last_picture_at = look, frame.captured_at
        notice = look.decision.notice if look.decision else None
        if notice is None:
            self._alerting.remember(frame)
        elif notice.kind == "resolved":
            self._alerting.resolved(notice)
            self._alerting.remember(frame)
        else:
            self._alerting.leak(notice, frame, look.judgement)
        if notice is not None:
            self._save_incident()
        self._tell_health(look.health)
        self._tell_pace(look)
        if look.lighting is not None:
            self._alerting.log(look.lighting)
            self._say(LIGHT_WORDS[look.lighting])
        if look.blind is None:
            self._frames += 1
            self._score_max = max(self._score_max, look.judgement.verdict.score)

    def _cannot_judge(self, text: str, details: str = "") -> None:
        """A picture could not be used; said once when the same happens to one picture after the other."""
        if text != self._trouble:
            self._trouble = text
            self._say(text)
            self._alerting.log("frame_error", text=details or text)
        self._tell_health(self._watch.no_picture(self._clock.monotonic(), text, failed=True))

    def _tell_health(self, notices: tuple[HealthNotice, ...]) -> None:
        for notice in notices:
            self._alerting.camera(notice)
            if notice.kind == "frozen" and notice.happened == "started":
                self._camera.reopen()

    def _tell_pace(self, look: Look) -> None:
        arrival = look.arrival
        named = any(notice.kind == LOST for notice in look.health)
        if arrival.gap_seconds is not None and self._why_not and not named:
            self._alerting.log("watch_gap", seconds=arrival.gap_seconds, reason="no_picture")
        # Leaks are still found: nobody has to be woken, so this is no message.
        if arrival.change == "slow":
            text = camera_slow(arrival.usual_seconds, self._settings.frame_interval_seconds,
                               self._settings.camera_down_seconds)
            self._say(text)
            self._alerting.log("camera_problem", kind="slow", text=text)
        elif arrival.change == "normal":
            self._say(CAMERA_NO_LONGER_SLOW)
            self._alerting.log("camera_recovered", kind="slow", seconds=arrival.slow_for_seconds)

    def _blindness(self) -> str:
        """Why nobody watches although the mode is MONITOR, "" when somebody does."""
        blind = self._watch.blind
        return f"the camera is {blind}" if blind else ""

    def _notice_gaps(self) -> None:
        gap = self._clock_watch.update(self._clock.monotonic(), self._clock.now())
        if gap is None or self._mode is not Mode.MONITOR:
            return
        self._alerting.log("watch_gap", seconds=gap.seconds, reason=gap.reason)
        if gap.reason in ("asleep", "stalled"):
            self._watch.interrupted()
            self._alerting.tell(watch_gap(gap.seconds, gap.reason))

    def _remind_if_not_armed(self, mode: Mode) -> None:
        if self._armed_reminder.update(mode is Mode.MONITOR, self._clock.now()):
            expected = f"{self._settings.expect_armed_after:%H:%M}"
            self._alerting.tell(not_armed(mode.value, expected))

    def _keep_house(self, mode: Mode) -> None:
        now_seconds = self._clock.monotonic()
        if self._heartbeat.due(now_seconds):
            self._give_heartbeat(mode)
        try:
            if self._disk_check.due(now_seconds):
                self._alerting.disk(self._storage.free_bytes())
            if self._cleaning.due(now_seconds):
                self._storage.clean(self._clock.now())
        except OSError as error:
            self._say(f"The disk could not be checked: {error.strerror}.")

    def _give_heartbeat(self, mode: Mode) -> None:
        self._log_heartbeat()
        if self._watch.incidents.incident_id is not None:
            self._save_incident()  # its places have grown since the last message
        meant_to_watch = mode is Mode.MONITOR or self._mode_problem is not None
        if meant_to_watch and self._why_not:
            self._dead_man_switch.fail(f"NOT WATCHING, because {self._why_not}.")
        else:
            self._dead_man_switch.alive()

    def _log_heartbeat(self) -> None:
        verdict = self._last_look.judgement.verdict if self._last_look else None
        state = self._why_not or "watching"
        self._alerting.log(
            "heartbeat", frames=self._frames, score_max=self._score_max if self._frames else None,
            score_threshold=verdict.score_threshold if verdict else None, state=state,
            incident_id=self._watch.incidents.incident_id,
            largest_area_percent=self._watch.incidents.largest_area_percent)
        self._frames, self._score_max = 0, 0.0

    def _set_status(self, why_not: str) -> None:
        now = self._clock.now()
        if why_not != self._why_not:
            self._why_not, self._since = why_not, now
        verdict = self._last_look.judgement.verdict if self._last_look else None
        status = Status(
            mode=self._mode.value if self._mode else "", not_watching_because=why_not, since=self._since,
            last_picture_at=self._last_picture_at,
            score_ratio=verdict.score / verdict.score_threshold if verdict else None,
            incident_id=self._watch.incidents.incident_id, incident_since=self._watch.incidents.opened_at,
            model=self._model_name, pid=self._pid, mode_problem=self._mode_problem)
        self._show(status_line(status, now))
        try:
            self._status_file.update(status, now, self._clock.monotonic())
        except OSError:
            pass  # the console still says it; a full disk is told of by the disk check

    def _save_incident(self) -> None:
        try:
            self._incidents.save(self._watch.incidents.to_state())
        except OSError as error:
            # Without it a restart would report the same incident anew: a message too many, none too few.
            self._say(f"The state of the incident could not be saved: {error.strerror}.")

    def _heartbeat_file_beats(self) -> None:
        try:
            self._heartbeat_file.beat()
        except OSError as error:
            self._say(f"The sign of life could not be written: {error.strerror}.")

    def _wait_until(self, until_seconds: float) -> None:
        """Wait, but not while the mode changes."""
        while (left := until_seconds - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, MODE_SECONDS))
            if left > MODE_SECONDS:
                self._heartbeat_file_beats()
                self._renew_model()
                if self._mode_file.read().mode is not self._mode:
                    return


class _Every:
    """Tells when something is due again."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._due_seconds: float | None = None

    def due(self, now_seconds: float) -> bool:
        if self._due_seconds is not None and now_seconds < self._due_seconds:
            return False
        self._due_seconds = now_seconds + self._seconds
        return True
