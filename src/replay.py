"""Recorded footage through the very same judgement and alarm logic as the monitor, as fast as it goes, sending nothing."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter

from src.alarm import Alarm
from src.artifacts import load_detector
from src.atomic_file import write_bytes, write_json, write_text
from src.blobs import Spot
from src.camera import Camera, CameraEnded, open_recording
from src.camera_health import CameraHealth, HealthNotice
from src.camera_statistics import TrainedView
from src.clock import VirtualClock
from src.config import Config
from src.detection import LeakJudge, Verdict
from src.errors import UserError
from src.frame import Frame
from src.image_files import ImageFileError
from src.incident import IncidentTracker
from src.lighting import LIGHTING_CHANGE
from src.messages import CAMERA_PROBLEMS, duration
from src.pace import Pace
from src.plots import Shade, replay_timeline
from src.watch import Look, Watch

COLUMNS = ("index", "file", "time_seconds", "score", "threshold", "largest_blob_area", "blob_area_threshold",
           "anomalous", "decision", "note")
FRAMES_FILE, SUMMARY_FILE, TIMELINE_FILE = "frames.csv", "summary.json", "timeline.png"


@dataclass(frozen=True)
class ReplayReport:
    """Where the results are, and the sentences for the user."""

    folder: Path
    summary: dict[str, object]
    sentences: tuple[str, ...]


@dataclass
class Record:
    """What is written down while the footage runs."""

    rows: list[tuple] = field(default_factory=list)
    alerts: list[dict[str, object]] = field(default_factory=list)
    camera_problems: list[dict[str, object]] = field(default_factory=list)
    lighting_changes: list[dict[str, object]] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    shades: list[Shade] = field(default_factory=list)
    new_light_since: float | None = None


def replay(
    config: Config, judge: LeakJudge, source: str, frame_seconds: float, stills: bool, folder: Path, start: datetime,
    progress: Callable[[int], None],
) -> ReplayReport:
    """Run the footage in `source` (a video file or a folder of pictures) and write the results to `folder`.

    frame_seconds: time between two pictures of the footage. stills: judge each picture alone, without memory.
    start: aware wall time of the first picture. Raises UserError when the model or the footage cannot be used.
    """
    clock = VirtualClock(start)
    watch = watch_recording(config, judge, frame_seconds)
    footage = open_recording(source, clock)
    record = Record()
    for frame in _frames(footage, clock, frame_seconds, record):
        began = perf_counter()
        row = _alone(watch, frame, record) if stills else _in_order(watch, frame, record)
        record.milliseconds.append(1000.0 * (perf_counter() - began))
        record.rows.append(row)
        progress(len(record.rows))
    if not record.rows:
        raise UserError("\n  ".join((f"Not one picture of {source} can be read.", *record.unreadable)))
    if record.new_light_since is not None:
        record.shades.append(Shade("lighting", record.new_light_since, clock.monotonic()))
    return _write(record, folder, source)


def watch_recording(config: Config, judge: LeakJudge, frame_seconds: float) -> Watch:
    """The watch as the monitor has it, for footage with so many seconds between two pictures.

    Raises UserError when there is no model that fits the settings and the judge.
    """
    detector, reference = load_detector(config, judge)
    settings = config.monitor.model_copy(update={"frame_interval_seconds": frame_seconds})
    health = CameraHealth(lost_seconds=settings.camera_down_seconds, frozen_seconds=None,
                          moved_percent=config.camera_health.moved_percent)
    return Watch(detector, TrainedView(reference), health, Alarm(settings, IncidentTracker(settings)),
                 Pace(frame_seconds), config.camera_health.moved_percent)


def _frames(footage: Camera, clock: VirtualClock, frame_seconds: float, record: Record) -> Iterator[Frame]:
    while True:
        try:
            yield footage.read(0.0)
        except CameraEnded:
            return
        except ImageFileError as error:
            record.unreadable.append(str(error))
        clock.advance(frame_seconds)


def _in_order(watch: Watch, frame: Frame, record: Record) -> tuple:
    look = watch.look(frame)
    verdict, now = look.judgement.verdict, frame.now_seconds
    for notice in look.health:
        record.camera_problems.append({"index": frame.index, "time_seconds": now, "kind": notice.kind,
                                       "happened": notice.happened, "text": _camera_in_words(notice)})
    if look.lighting is not None:
        _note_light(look, frame, record)
    decision = look.decision.kind if look.decision else "quiet"
    if decision == "alert":
        notice = look.decision.notice
        _note_alert(verdict, frame, notice.kind, notice.spot, record)
    note = look.blind or ("lighting_change" if record.new_light_since is not None else "")
    return _row(frame, verdict, verdict.anomalous and look.blind is None, decision, note)


def _camera_in_words(notice: HealthNotice) -> str:
    if notice.happened == "recovered":
        return f"the camera is fine again after {duration(notice.seconds)}."
    what, _, _ = CAMERA_PROBLEMS[notice.kind]
    return f"the camera {what}. {notice.detail}".strip()


def _note_light(look: Look, frame: Frame, record: Record) -> None:
    record.lighting_changes.append({"index": frame.index, "time_seconds": frame.now_seconds, "event": look.lighting})
    if look.lighting == LIGHTING_CHANGE:
        record.new_light_since = frame.now_seconds
    else:
        record.shades.append(Shade("lighting", record.new_light_since, frame.now_seconds))
        record.new_light_since = None


def _alone(watch: Watch, frame: Frame, record: Record) -> tuple:
    judgement, problem = watch.look_alone(frame)
    verdict = judgement.verdict
    anomalous = verdict.anomalous and problem is None
    if anomalous:
        _note_alert(verdict, frame, "alone", verdict.spot, record)
    note = problem or ("lighting_change" if verdict.lighting_change else "")
    return _row(frame, verdict, anomalous, "alert" if anomalous else "quiet", note)


def _note_alert(verdict: Verdict, frame: Frame, kind: str, spot: Spot | None, record: Record) -> None:
    record.alerts.append({
        "index": frame.index, "file": frame.name, "time_seconds": frame.now_seconds, "kind": kind,
        "score": verdict.score, "triggers": list(verdict.triggers),
        "area_percent": spot.area_percent if spot else 0.0})


def _row(frame: Frame, verdict: Verdict, anomalous: bool, decision: str, note: str) -> tuple:
    return (frame.index, frame.name, round(frame.now_seconds, 3), f"{verdict.score:.6g}",
            f"{verdict.score_threshold:.6g}", verdict.largest_blob_area, verdict.blob_area_threshold,
            int(anomalous), decision, note)


def _write(record: Record, folder: Path, source: str) -> ReplayReport:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(record.rows)
    write_text(folder / FRAMES_FILE, table.getvalue())
    summary = {
        "source": source, "frames": len(record.rows),
        "anomalous_frames": sum(row[COLUMNS.index("anomalous")] for row in record.rows),
        "alerts": record.alerts, "camera_problems": record.camera_problems,
        "lighting_changes": record.lighting_changes, "unreadable": record.unreadable,
        "median_milliseconds_per_frame": statistics.median(record.milliseconds),
    }
    write_json(folder / SUMMARY_FILE, summary)
    sentences = _in_words(summary)
    write_bytes(folder / TIMELINE_FILE, _timeline(record, sentences[0]))
    return ReplayReport(folder, summary, sentences)


def _timeline(record: Record, title: str) -> bytes:
    columns = dict(zip(COLUMNS, zip(*record.rows)))
    scores = [float(score) / float(limit) for score, limit in zip(columns["score"], columns["threshold"])]
    spots = [area / limit for area, limit in zip(columns["largest_blob_area"], columns["blob_area_threshold"])]
    return replay_timeline(columns["time_seconds"], scores, spots, [alert["time_seconds"] for alert in record.alerts],
                           record.shades, title)


def _clock(seconds: float) -> str:
    """A time in the footage as timeline.png has it: "0:03:51"."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _in_words(summary: dict[str, object]) -> tuple[str, ...]:
    alerts, frames = summary["alerts"], summary["frames"]
    first = f", the first at picture {alerts[0]['index']} (after {_clock(alerts[0]['time_seconds'])})" if alerts else ""
    alerted = "1 alert" if len(alerts) == 1 else f"{len(alerts)} alerts"
    sentences = [f"{frames} pictures, {summary['anomalous_frames']} of them unusual, {alerted}{first}."]
    sentences += [f"Camera, picture {problem['index']}: {problem['text']}" for problem in summary["camera_problems"]]
    sentences += [f"Skipped: {reason}" for reason in summary["unreadable"]]
    return tuple(sentences)
