"""Whatever is wrong with what a user gives: one clear text, exit code 1, no traceback, nothing half written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from src.artifacts import SET
from src.image_files import write_jpg
from src.mode import Mode, write_mode
from tests.bench import bench, lab, write_model, write_normal_pictures, write_video

PROJECT = Path(__file__).resolve().parents[1]
SCRIPTS = {
    "capture_images": (), "train_autoencoder": (), "monitor": (), "supervisor": (),
    "replay": ("--source", "night.mp4"), "visualize_reconstruction": (), "threshold_calibration": (),
    "daily_summary": (),
}


def files_in(folder: Path) -> set[str]:
    """All files but what every run leaves in state/ and logs/."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")
            if path.is_file() and path.relative_to(folder).parts[0] not in ("state", "logs")}


def refusal(folder: Path, script: str, *arguments: object) -> str:
    """What the script says on stderr when it refuses, after checking that it refuses in the right way."""
    before = files_in(folder)
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / f"{script}.py", *map(str, arguments)], cwd=folder,
        capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip()
    assert files_in(folder) == before
    return done.stderr


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    write_model(lab(folder)[1])
    return folder / "model"


def lab_with_model(trained: Path, folder: Path, settings: dict | None = None) -> Path:
    config_file, config = lab(folder, settings)
    config.paths.model_dir.mkdir()
    for name in SET:
        (config.paths.model_dir / name).write_bytes((trained / name).read_bytes())
    return config_file


# ---- Settings ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_refuses_broken_settings_and_lists_all_that_is_wrong(tmp_path, script):
    config_file = tmp_path / "lab settings (Böhm & Söhne).yaml"
    config_file.write_text("image:\n  widht: 256\n  height: tall\n", encoding="utf-8")
    text = refusal(tmp_path, script, *SCRIPTS[script], "--config", config_file)
    assert "widht" in text and "width" in text and "tall" in text and "line 2" in text and "line 3" in text


def test_settings_that_do_not_exist_are_named(tmp_path):
    assert "nowhere.yaml does not exist" in refusal(tmp_path, "monitor", "--config", tmp_path / "nowhere.yaml")


# ---- The model --------------------------------------------------------------------------------------------

@pytest.mark.parametrize("script", ["monitor", "replay", "visualize_reconstruction", "threshold_calibration"])
def test_without_a_model_it_says_how_to_get_one(tmp_path, script):
    config_file, _ = lab(tmp_path)
    write_normal_pictures(tmp_path / "data" / "normal", 3)
    text = refusal(tmp_path, script, *SCRIPTS[script], "--config", config_file)
    assert "There is no trained model" in text and "run_train.bat" in text


@pytest.mark.parametrize("script", ["monitor", "threshold_calibration"])
def test_a_model_made_with_other_settings_is_refused_with_both_values(trained, tmp_path, script):
    config_file = lab_with_model(trained, tmp_path, {"heatmap_trigger": {"connectivity": 4}})
    write_normal_pictures(tmp_path / "data" / "normal", 3)
    text = refusal(tmp_path, script, *SCRIPTS[script], "--config", config_file)
    assert "heatmap_trigger.connectivity was 8 and is now 4" in text and "run_train.bat" in text


def test_a_damaged_model_is_refused(trained, tmp_path):
    config_file = lab_with_model(trained, tmp_path)
    (tmp_path / "model" / "threshold.json").write_bytes(b'{"score_thresh')
    assert "threshold.json is damaged" in refusal(tmp_path, "monitor", "--config", config_file)


# ---- Pictures ---------------------------------------------------------------------------------------------

def test_training_without_a_picture_folder_or_with_an_empty_one_is_refused(tmp_path):
    config_file, config = lab(tmp_path)
    assert "does not exist" in refusal(tmp_path, "train_autoencoder", "--config", config_file)
    config.paths.data_normal_dir.mkdir(parents=True)
    text = refusal(tmp_path, "train_autoencoder", "--config", config_file)
    assert "0 usable pictures" in text and "at least 50" in text and "run_capture.bat" in text


def test_training_on_too_few_pictures_is_refused_and_the_unreadable_ones_are_named(tmp_path):
    config_file, config = lab(tmp_path)
    folder = config.paths.data_normal_dir
    write_normal_pictures(folder, 20)
    (folder / "normal_20261124_000000_000.jpg").write_bytes(b"")
    (folder / "normal_20261124_000001_000.jpg").write_bytes(b"not a picture")
    write_jpg(folder / "normal_20261124_000002_000.jpg", bench(0)[:4, :4])
    text = refusal(tmp_path, "train_autoencoder", "--config", config_file)
    assert "20 usable pictures" in text and "at least 50" in text
    for number, why in enumerate(("empty", "damaged", "too small")):
        assert [line for line in text.splitlines() if f"_00000{number}_" in line and why in line]
    assert not config.paths.model_dir.exists()


def test_a_handful_of_pictures_is_too_few_even_when_few_are_allowed(tmp_path):
    config_file, config = lab(tmp_path)
    write_normal_pictures(config.paths.data_normal_dir, 6)
    text = refusal(tmp_path, "train_autoencoder", "--allow_few", "--config", config_file)
    assert "6 usable pictures" in text and "at least 10" in text


@pytest.mark.parametrize("script", ["visualize_reconstruction", "threshold_calibration"])
def test_a_picture_folder_that_does_not_exist_is_named(trained, tmp_path, script):
    config_file = lab_with_model(trained, tmp_path)
    text = refusal(tmp_path, script, "--input_dir", tmp_path / "gone", "--config", config_file)
    assert "gone does not exist" in text


# ---- Footage and camera -----------------------------------------------------------------------------------

def test_footage_that_does_not_exist_is_named_and_no_replay_is_written(trained, tmp_path):
    config_file = lab_with_model(trained, tmp_path)
    text = refusal(tmp_path, "replay", "--config", config_file)
    assert text.startswith("No recording was named.") and 'run_replay.bat --source "D:' in text
    text = refusal(tmp_path, "replay", "--source", tmp_path / "nowhere.mp4", "--config", config_file)
    assert "nowhere.mp4" in text and "does not exist" in text
    text = refusal(tmp_path, "replay", "--source", config_file, "--config", config_file)
    assert "not a video that can be played" in text


def test_a_folder_without_a_readable_picture_is_no_footage(trained, tmp_path):
    config_file = lab_with_model(trained, tmp_path)
    (tmp_path / "night").mkdir()
    text = refusal(tmp_path, "replay", "--source", tmp_path / "night", "--config", config_file)
    assert "holds no pictures" in text
    (tmp_path / "night" / "1.jpg").write_bytes(b"")
    text = refusal(tmp_path, "replay", "--source", tmp_path / "night", "--config", config_file)
    assert "1.jpg" in text and "0 bytes" in text


def test_a_region_that_does_not_fit_the_footage_is_refused(trained, tmp_path):
    region = {"enabled": True, "units": "pixels", "x": 0, "y": 0, "width": 640, "height": 360}
    config_file, config = lab(tmp_path, {"roi": region})
    write_model(config)
    video = write_video(tmp_path / "night.avi", [bench(number) for number in range(3)])
    text = refusal(tmp_path, "replay", "--source", video, "--config", config_file)
    assert "160 x 120" in text and "section roi" in text


@pytest.mark.parametrize(("script", "mode"), [("monitor", Mode.MONITOR), ("capture_images", Mode.CAPTURE)])
def test_a_recording_in_the_place_of_the_camera_that_does_not_exist_is_named(trained, tmp_path, script, mode):
    config_file = lab_with_model(trained, tmp_path, {"camera": {"source": (tmp_path / "gone.mp4").as_posix()}})
    write_mode(tmp_path / "state" / "mode.txt", mode)
    text = refusal(tmp_path, script, "--config", config_file)
    assert "gone.mp4" in text and "does not exist" in text
    if script == "monitor":
        events = [json.loads(line) for line in (tmp_path / "logs" / "events.jsonl").read_text().splitlines()]
        assert "gone.mp4" in events[-1]["reason"]


def test_numbers_that_make_no_sense_on_the_command_line_are_wrong_arguments(tmp_path):
    done = subprocess.run(
        [sys.executable, PROJECT / "scripts" / "replay.py", "--source", "x", "--frame_seconds", "0"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "above 0" in done.stderr
