"""The whole job on recorded clips: take normal pictures, train, watch, find the leak, and show the proof."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from src.capture import CaptureTask
from src.clock import Clock, VirtualClock
from src.config import Config, parse_config
from src.config_file import PROJECT
from src.counter_line import CounterLine
from src.errors import UserError
from src.event_log import event_time, read_events
from src.judge import shipped_judge
from src.mode import Mode, write_mode
from src.monitoring import start_watching
from src.period import Period
from src.progress_bars import ProgressBars
from src.reports import daily_summary
from src.steady_camera import SteadyCamera
from src.training import train

CLIPS = PROJECT / "data" / "demo"
NORMAL_CLIP, LEAK_CLIP = "normal_evening.mp4", "tonight_leak.mp4"
FRAME_SECONDS = 1.5
FEWEST_PICTURES = 50
# The first picture of the second clip in which liquid can be seen.
ONSET_PICTURE = 150


def run_demo(scratch: Path, clock: Clock, say: Callable[[str], None]) -> bool:
    """Run the demo in the folder `scratch`, which is emptied first; whether the leak was found.

    Nothing outside `scratch` is written. Raises UserError when the clips are missing.
    """
    for clip in (NORMAL_CLIP, LEAK_CLIP):
        if not (CLIPS / clip).is_file():
            raise UserError(f"The demo clip {CLIPS / clip} is missing. Download the project again.")
    shutil.rmtree(scratch, ignore_errors=True)

    say("1 of 4  Taking normal pictures of a dry set-up (a recorded evening stands in for the camera) ...")
    config = _settings(scratch, NORMAL_CLIP)
    write_mode(config.paths.state_mode_file, Mode.CAPTURE)
    _capture(config, VirtualClock(clock.now()))

    say("2 of 4  Training on them ...")
    with ProgressBars() as bars:
        report = train(config, shipped_judge(), clock, bars.show, FEWEST_PICTURES)
    for sentence in report.sentences:
        say(f"        {sentence}")

    say("3 of 4  Watching another evening, in which something leaks after 3 minutes and 45 seconds ...")
    night = VirtualClock(clock.now())
    config = _settings(scratch, LEAK_CLIP)
    write_mode(config.paths.state_mode_file, Mode.MONITOR)
    # The log knows milliseconds: with more digits its first line would lie before the beginning.
    began = night.now().replace(microsecond=night.now().microsecond // 1000 * 1000)
    start_watching(config, night, {}, sys.stdout)

    say("4 of 4  Writing the page for the morning ...")
    evening = Period(began, night.now(), f"{began:%Y-%m-%d}_demo", "The evening of the demo")
    summary = daily_summary(config, evening, night.now() + timedelta(seconds=1))
    alerts = [event for event in read_events(config.paths.logs_dir, since=began) if event["event"] == "alert"]
    onset = began + timedelta(seconds=ONSET_PICTURE * FRAME_SECONDS)
    say("")
    if not alerts or event_time(alerts[0]) < onset:
        what = "An alert came before the leak" if alerts else "The leak was NOT found"
        say(f"{what}. Something is wrong with this installation: double-click run_tests.bat.")
        return False
    first = alerts[0]
    delay = (event_time(first) - onset).total_seconds()
    panel = next(name for name in first["evidence"] if name.startswith("panel_"))
    say(f"The leak was found {delay:.0f} s after its first drop ({first['time'][11:19]} of the demo clock), when the spot "
        f"covered {first['area_percent']:.2f} % of the picture.")
    say(f"The picture of the alert:  {config.paths.data_anomalies_dir / panel}")
    say(f"All pictures of it:        {config.paths.data_anomalies_dir}")
    say(f"What happened, as events:  {config.paths.logs_dir / 'events.jsonl'}")
    say(f"The page for the morning:  {summary.page}")
    say(f'It says: "{summary.sentence}"')
    return True


def _settings(scratch: Path, clip: str) -> Config:
    """The shipped defaults, with a clip as the camera and all folders inside `scratch`."""
    folders = {
        "data_normal_dir": "normal", "data_anomalies_dir": "anomalies", "model_dir": "model", "logs_dir": "logs",
        "reports_dir": "reports", "state_mode_file": "state/mode.txt",
    }
    settings = {
        "camera": {"source": str(CLIPS / clip)},
        "capture": {"interval_seconds": FRAME_SECONDS},
        "monitor": {"frame_interval_seconds": FRAME_SECONDS},
        "paths": {key: str(scratch / folder) for key, folder in folders.items()},
    }
    return parse_config(json.dumps(settings), "the settings of the demo")


def _capture(config: Config, clock: Clock) -> None:
    line = CounterLine(sys.stdout)
    camera = SteadyCamera(config.camera, clock)
    CaptureTask(config, clock, camera, lambda folder: shutil.disk_usage(folder).free, line.say, line.show).run()
