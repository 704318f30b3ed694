"""The monitor's own way, as shipped: trained and judged by the same code as the monitor."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.footage import as_folder
from benchmarks.ways import Answer, Replayed
from src.artifacts import load_detector
from src.atomic_file import write_text
from src.camera_statistics import TrainedView, measure
from src.clock import Clock
from src.config import Config, parse_config
from src.detection import LeakJudge
from src.frame import Frame
from src.image_files import read_image
from src.preprocess import crop_roi
from src.replay import FRAMES_FILE, replay, watch_recording
from src.training import train

FOLDERS = {
    "data_normal_dir": "normal", "data_anomalies_dir": "anomalies", "model_dir": "model", "logs_dir": "logs",
    "reports_dir": "reports", "state_mode_file": "state/mode.txt",
}
FEWEST_PICTURES = 2


def settings_text(scratch: Path, normal: Path, sections: Mapping[str, object]) -> str:
    """A settings file (JSON is YAML): the shipped defaults, all folders in `scratch`, pictures of `normal`.

    sections: what differs for the scene, such as {"roi": ...}.
    """
    paths = {key: str(scratch / folder) for key, folder in FOLDERS.items()}
    return json.dumps({**sections, "paths": {**paths, "data_normal_dir": str(normal)}})


class Ours:
    """The shipped way on one scene. `settings_file` is what a monitor process can be started with."""

    def __init__(
        self, name: str, judge: LeakJudge, training: Sequence[Path], sections: Mapping[str, object],
        scratch: Path,
        clock: Clock,
    ) -> None:
        """Train on these pictures into `scratch`. Raises UserError when they are too few."""
        self.name = name
        self._judge = judge
        self._scratch = scratch
        self._clock = clock
        normal = as_folder(training, scratch / FOLDERS["data_normal_dir"])
        self.settings_file = scratch / "config.yaml"
        text = settings_text(scratch, normal, sections)
        write_text(self.settings_file, text)
        self.config: Config = parse_config(text, str(self.settings_file))
        report = train(self.config, judge, clock, lambda what, done, total: None, FEWEST_PICTURES)
        self.training_seconds: float = report.stats["seconds"]
        self.training = f"{report.stats['pictures']} pictures, as shipped"
        self._replays = 0

    def stills(self, paths: Sequence[Path]) -> list[Answer]:
        watch = watch_recording(self.config, self._judge, self.config.monitor.frame_interval_seconds)
        answers = []
        for number, path in enumerate(paths):
            frame = Frame(read_image(path), number, self._clock.now(), self._clock.monotonic(), path.name)
            judgement, problem = watch.look_alone(frame)
            flagged = judgement.verdict.anomalous and problem is None
            answers.append(Answer(judgement.verdict.score, flagged, problem))
        return answers

    def moved(self, paths: Sequence[Path]) -> list[bool]:
        view = TrainedView(load_detector(self.config, self._judge)[1])
        return [self._has_moved(path, view) for path in paths]

    def _has_moved(self, path: Path, view: TrainedView) -> bool:
        statistics = measure(crop_roi(read_image(path), self.config.roi), view)
        limit = self.config.camera_health.moved_percent / 100.0 * statistics.longer_side
        return statistics.recognised and statistics.shift.pixels >= limit

    def in_order(self, source: Path, frame_seconds: float) -> Replayed:
        self._replays += 1
        folder = self._scratch / "replay" / f"{self._replays:02d}"
        summary = replay(
            self.config, self._judge, str(source), frame_seconds, False, folder, self._clock.now(),
            lambda done: None).summary
        with open(folder / FRAMES_FILE, encoding="utf-8", newline="") as file:
            flagged = tuple(row["anomalous"] == "1" for row in csv.DictReader(file))
        return Replayed(
            flagged, tuple(alert["index"] for alert in summary["alerts"]),
            sum(change["event"] == "lighting_change" for change in summary["lighting_changes"]),
            tuple(problem["kind"] for problem in summary["camera_problems"]
                  if problem["happened"] == "started"))
