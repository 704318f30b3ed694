"""Recorded footage is judged as the monitor would judge it, and nothing is sent."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from src.artifacts import SET
from src.errors import UserError
from src.image_files import write_jpg
from src.judge import shipped_judge
from src.replay import COLUMNS, FRAMES_FILE, SUMMARY_FILE, TIMELINE_FILE, ReplayReport, replay
from tests.bench import EVENING, bench, lab, write_model, write_video

FOOTAGE = [bench(400 + number, leak_radius=0 if number < 30 else 5) for number in range(45)]


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    write_model(lab(folder)[1])
    return folder


def run(trained: Path, folder: Path, source: Path, stills: bool = False, frame_seconds: float = 2.0) -> ReplayReport:
    config = lab(folder)[1]
    config.paths.model_dir.mkdir(exist_ok=True)
    for name in SET:
        (config.paths.model_dir / name).write_bytes((trained / "model" / name).read_bytes())
    return replay(config, shipped_judge(), str(source), frame_seconds, stills, folder / "out", EVENING,
                  lambda done: None)


def rows(report: ReplayReport) -> list[dict[str, str]]:
    with open(report.folder / FRAMES_FILE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def folder_of(folder: Path, pictures: list[np.ndarray]) -> Path:
    for number, picture in enumerate(pictures):
        write_jpg(folder / f"frame_{number}.jpg", picture)
    return folder


def test_a_leak_in_a_video_is_alerted_at_its_third_picture(trained, tmp_path):
    report = run(trained, tmp_path, write_video(tmp_path / "night.avi", FOOTAGE))
    assert [alert["index"] for alert in report.summary["alerts"]] == [32]
    assert report.summary["alerts"][0]["time_seconds"] == 64.0
    assert "".join(row["decision"][0] for row in rows(report)) == "q" * 30 + "ss" + "a" + "c" * 12
    assert report.sentences[0] == "45 pictures, 15 of them unusual, 1 alert, the first at picture 32 (after 0:01:04)."


def test_the_table_has_one_row_for_each_picture_and_the_summary_says_the_same(trained, tmp_path):
    report = run(trained, tmp_path, folder_of(tmp_path / "night", FOOTAGE))
    table = rows(report)
    assert list(table[0]) == list(COLUMNS)
    assert [row["file"] for row in table] == [f"frame_{number}.jpg" for number in range(45)]
    assert [float(row["time_seconds"]) for row in table] == [2.0 * number for number in range(45)]
    assert all((float(row["score"]) > float(row["threshold"])
                or int(row["largest_blob_area"]) >= int(row["blob_area_threshold"])) == (row["anomalous"] == "1")
               for row in table)
    summary = json.loads((report.folder / SUMMARY_FILE).read_text(encoding="utf-8"))
    assert summary == report.summary
    assert summary["frames"] == 45 and summary["anomalous_frames"] == 15
    assert 0 < summary["median_milliseconds_per_frame"] < 1000
    assert (report.folder / TIMELINE_FILE).read_bytes().startswith(b"\x89PNG")


def test_stills_are_judged_each_by_itself(trained, tmp_path):
    wet, dry = bench(310, leak_radius=5), bench(311)
    report = run(trained, tmp_path, folder_of(tmp_path / "night", [dry, wet, dry, wet]), stills=True)
    assert [row["decision"] for row in rows(report)] == ["quiet", "alert", "quiet", "alert"]
    assert [alert["index"] for alert in report.summary["alerts"]] == [1, 3]


@pytest.mark.parametrize("stills", [False, True])
def test_black_pictures_are_a_camera_problem_and_no_leak(trained, tmp_path, stills):
    black = np.zeros_like(FOOTAGE[0])
    pictures = FOOTAGE[:5] + [black] * 12 + FOOTAGE[5:20]
    report = run(trained, tmp_path, folder_of(tmp_path / "night", pictures), stills)
    table = rows(report)
    assert [row["note"] for row in table[5:17]] == ["black"] * 12
    assert report.summary["alerts"] == [] and report.summary["anomalous_frames"] == 0
    if not stills:
        problems = [(problem["kind"], problem["happened"]) for problem in report.summary["camera_problems"]]
        assert problems == [("black", "started"), ("black", "recovered")]
        assert [sentence for sentence in report.sentences if "picture 10: the camera" in sentence]


def test_equal_pictures_are_nothing_unusual_in_a_recording(trained, tmp_path):
    report = run(trained, tmp_path, folder_of(tmp_path / "night", [FOOTAGE[0]] * 60))
    assert report.summary["camera_problems"] == []


def test_unreadable_pictures_are_named_and_skipped_and_keep_their_place_in_time(trained, tmp_path):
    source = folder_of(tmp_path / "night", FOOTAGE[:6])
    (source / "frame_2.jpg").write_bytes(b"")
    report = run(trained, tmp_path, source)
    assert [row["index"] for row in rows(report)] == ["0", "1", "3", "4", "5"]
    assert [float(row["time_seconds"]) for row in rows(report)] == [0.0, 2.0, 6.0, 8.0, 10.0]
    assert [sentence for sentence in report.sentences if "frame_2.jpg" in sentence and "Skipped" in sentence]


def test_footage_without_one_readable_picture_is_refused_and_nothing_is_written(trained, tmp_path):
    source = folder_of(tmp_path / "night", FOOTAGE[:2])
    for path in source.iterdir():
        path.write_bytes(b"rubbish")
    with pytest.raises(UserError, match="Not one picture .*can be read(.|\n)*frame_0.jpg(.|\n)*frame_1.jpg"):
        run(trained, tmp_path, source)
    assert not (tmp_path / "out").exists()


def test_a_replay_leaves_state_log_and_evidence_alone(trained, tmp_path):
    run(trained, tmp_path, folder_of(tmp_path / "night", FOOTAGE))
    assert {path.name for path in tmp_path.iterdir()} == {"config.yaml", "model", "night", "out"}


def test_the_same_footage_gives_the_same_answers_again(trained, tmp_path):
    source = folder_of(tmp_path / "night", FOOTAGE)
    assert rows(run(trained, tmp_path, source)) == rows(run(trained, tmp_path, source))
