"""Puts the monitor together from the settings of this PC, and lets it run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TextIO

from src.alarm import Alarm
from src.alerting import Alerting
from src.artifacts import load_detector
from src.camera import is_recording
from src.camera_health import CameraHealth
from src.camera_statistics import TrainedView
from src.clock import Clock
from src.config import CameraSettings, Config
from src.counter_line import CounterLine
from src.dead_man_switch import DeadManSwitch
from src.detection import Detector
from src.event_log import EventLog
from src.evidence import Evidence
from src.heartbeat_file import HeartbeatFile
from src.incident_file import IncidentFile
from src.judge import shipped_judge
from src.messages import CAMERA_AGAIN, NO_CAMERA
from src.mode import ModeFile
from src.monitor import BY_HAND, Monitor
from src.newest_model import NewestModel
from src.notify import channels_from, secret
from src.outbox import Outbox
from src.outbox_folder import OutboxFolder
from src.pace import Pace
from src.reopener import SILENT_SHARE
from src.status import StatusFile
from src.steady_camera import SILENCE_SECONDS, OpenOne, SteadyCamera, open_camera
from src.storage import Storage
from src.watch import Watch


def warning_of_recording(settings: CameraSettings) -> str:
    """What to say of a recording in the place of the camera, which somebody may have left there; else ""."""
    if not is_recording(settings):
        return ""
    return f"WARNING: the pictures come from {settings.source}. {NO_CAMERA} {CAMERA_AGAIN}"


def start_watching(
    config: Config, clock: Clock, environment: Mapping[str, str], console: TextIO,
    why_stopped: Callable[[], str] = lambda: BY_HAND,
) -> str:
    """Watch until it is stopped; why it ended, in words. environment: where the secrets are, os.environ.

    why_stopped: the reason of a KeyboardInterrupt, asked when there was one.
    Raises UserError when there is no model that fits the settings, or no recording to read.
    """
    line = CounterLine(console)
    monitor, outbox = put_together(config, clock, environment, line, why_stopped=why_stopped)
    outbox.start()
    try:
        return monitor.run()
    finally:
        outbox.close()
        line.end()


def put_together(
    config: Config, clock: Clock, environment: Mapping[str, str], line: CounterLine, open_one: OpenOne = open_camera,
    why_stopped: Callable[[], str] = lambda: BY_HAND,
) -> tuple[Monitor, Outbox]:
    """The monitor of these settings and its outbox, which does not deliver yet.

    line: the console. open_one: opens the camera. why_stopped: as for `start_watching`. Raises UserError as `start_watching` does.
    """
    paths, settings = config.paths, config.monitor
    state_dir = paths.state_mode_file.parent
    judge = shipped_judge()

    def load() -> tuple[Detector, TrainedView]:
        detector, reference = load_detector(config, judge)
        return detector, TrainedView(reference)

    newest_model = NewestModel(paths.model_dir, load)
    detector, view = newest_model.load()
    channels = channels_from(config.notify, environment)
    for problem in channels.problems:
        line.say(f"WARNING: {problem}")
    if not channels.channels:
        why = "works" if channels.problems else "is switched on"
        line.say(f"WARNING: nobody is told of a leak, because no way of sending {why}. Alerts are only shown "
                 "here and kept in data/anomalies. See chapter 7 of USER_GUIDE.md.")
    log = EventLog(paths.logs_dir, clock)
    incidents = IncidentFile(state_dir)
    # Whoever allows the camera a long silence must not have it opened anew before that.
    silence_seconds = max(SILENCE_SECONDS, SILENT_SHARE * settings.camera_down_seconds)
    camera = SteadyCamera(config.camera, clock, open_one, silence_seconds)
    health = CameraHealth(
        lost_seconds=settings.camera_down_seconds,
        frozen_seconds=config.camera_health.frozen_seconds if camera.live else None,
        moved_percent=config.camera_health.moved_percent)
    alarm = Alarm(settings, incidents.restore(settings, clock.monotonic(), clock.now()))
    outbox = Outbox(OutboxFolder(state_dir / "outbox"), channels.channels, clock, log.append, say=line.say)
    monitor = Monitor(
        settings, clock=clock, mode_file=ModeFile(paths.state_mode_file), camera=camera,
        watch=Watch(detector, view, health, alarm, Pace(settings.frame_interval_seconds),
                    config.camera_health.moved_percent),
        alerting=Alerting(outbox, Evidence(paths.data_anomalies_dir, settings), log, config.roi, clock, line.say),
        incidents=incidents,
        storage=Storage(paths.data_anomalies_dir, (paths.data_normal_dir, paths.logs_dir), config.storage),
        status_file=StatusFile(state_dir), heartbeat_file=HeartbeatFile(state_dir),
        dead_man_switch=DeadManSwitch(secret("HEARTBEAT_URL", environment), log.append),
        newest_model=newest_model, model_name=str(paths.model_dir), pid=os.getpid(), show=line.show, say=line.say,
        why_stopped=why_stopped)
    return monitor, outbox
