"""The thresholds in use against normal pictures: what is said is true, and what is advised does what is said."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from src.artifacts import check_model
from src.atomic_file import read_json
from src.calibration import CalibrationReport, calibrate_thresholds
from src.config import Config
from src.errors import UserError
from src.image_files import write_jpg
from src.judge import shipped_judge
from tests.bench import bench, lab, write_model, write_normal_pictures

# Square, so that it is scored at the size that the model of the tests has.
SQUARE = {"roi": {"enabled": True, "units": "pixels", "x": 20, "y": 0, "width": 120, "height": 120}}


@pytest.fixture
def config(tmp_path) -> Config:
    _, made = lab(tmp_path, SQUARE)
    write_model(made, roi=made.roi)
    write_normal_pictures(made.paths.data_normal_dir)
    return made


def calibrated(config: Config, clock, input_dir: Path | None, write_threshold: bool = False) -> CalibrationReport:
    return calibrate_thresholds(config, input_dir, write_threshold, clock, lambda what, done, total: None)


def suggested(report: CalibrationReport) -> float:
    return read_json(report.numbers)["suggested_threshold"]


def test_pictures_of_the_training_are_never_called_new_whichever_way_their_folder_is_named(config, clock):
    report = calibrated(config, clock, None)
    for folder in (config.paths.data_normal_dir, config.paths.data_normal_dir / ".." / "normal"):
        again = calibrated(config, clock, folder)
        assert again.sentences == report.sentences and suggested(again) == suggested(report)
    assert "80 normal pictures read" in report.sentences[0] and "80 scored" not in report.sentences[0]
    assert report.sentences[-1].count("--input_dir") == 0


def test_following_the_advice_writes_the_number_that_was_suggested(config, clock, tmp_path):
    other = tmp_path / "other normals"
    for number in range(20):
        write_jpg(other / f"{number}.jpg", bench(300 + 4 * number, leak_radius=number % 4))
    report = calibrated(config, clock, other)
    assert suggested(report) != suggested(calibrated(config, clock, None))
    assert "all of them scored" in report.sentences[0] and "has not learned from" in report.sentences[0]
    words = shlex.split(report.sentences[-1].partition("run_threshold_calibration.bat ")[2])
    assert words[:3] == ["--input_dir", str(other), "--write_threshold"]
    calibrated(config, clock, Path(words[1]), write_threshold=True)
    assert check_model(config, shipped_judge().name)["score_threshold"] == suggested(report)


def test_thresholds_that_are_in_use_already_are_not_advised(config, clock):
    last = calibrated(config, clock, None).sentences[-1]
    assert last == "Nothing was changed, and nothing has to be: the threshold in use is the suggested one."


@pytest.mark.parametrize(("roi", "higher", "wider"), [
    ({**SQUARE["roi"], "ignore": [{"x": 0.3, "y": 0.3, "width": 0.2, "height": 0.2}]}, 2, 2),
    ({"enabled": True, "x": 0.125, "width": 0.75}, 1, 2),      # a square out of 160 x 120 pixels, and none out of these
])
def test_pictures_of_another_size_than_those_of_the_training_are_refused(tmp_path, clock, roi, higher, wider):
    _, config = lab(tmp_path, {"roi": roi})
    write_model(config, roi=config.roi)
    for number in range(12):
        write_jpg(tmp_path / "other" / f"{number}.jpg", bench(number).repeat(higher, axis=0).repeat(wider, axis=1))
    with pytest.raises(UserError, match="other are of another size than those of the training.*run_train.bat"):
        calibrated(config, clock, tmp_path / "other")
