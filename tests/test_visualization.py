from __future__ import annotations

from datetime import datetime, timedelta, timezone

import cv2
import numpy as np
import pytest

from src.blobs import Spot
from src.camera import PictureFolder
from src.clock import VirtualClock
from src.config import Config, PathSettings, RoiSettings
from src.detection import Judgement, Verdict
from src.errors import UserError
from src.frame import Frame
from src.image_files import read_image, write_jpg
from src.normal_pictures import note_crop
from src.visualization import from_camera, from_folder, show_camera, show_folder, write_panels

NOW = datetime(2026, 11, 23, 3, 15, tzinfo=timezone(timedelta(hours=1)))


def uncut(image: np.ndarray) -> np.ndarray:
    return image


def judge(image: np.ndarray) -> Judgement:
    """Everything brighter than grey is a spot of 10 x 10 percent in the upper left."""
    unusual = bool(image.mean() > 128)
    spot = Spot(40, 1.0, 0.1, 0.1, 0.1, 0.1)
    small = cv2.resize(image, (64, 64))
    errors = np.zeros((64, 64), np.float32)
    errors[6:13, 6:13] = 3.0 * unusual
    verdict = Verdict(
        0.9 if unusual else 0.1, 0.5, 40 * unusual, 20, ("blob",) * unusual, spot if unusual else None, False
    )
    return Judgement(verdict, small, small, errors)


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "normal pictures"
    for number in range(20):
        write_jpg(
            folder / f"normal_20261122_2100{number:02d}_000.jpg", np.full((90, 160, 3), 40 + number, np.uint8)
        )
    return folder


def test_pictures_are_spread_evenly_over_the_folder(pictures):
    names = [shown.name for shown in from_folder(pictures, 4, uncut, print)]
    assert [int(name[-6:-4]) for name in names] == [0, 6, 13, 19]


def test_a_folder_with_fewer_pictures_is_shown_whole(pictures):
    assert len(list(from_folder(pictures, 100, uncut, print))) == 20


def test_the_time_comes_from_the_file_name(pictures):
    assert next(from_folder(pictures, 1, uncut, print)).taken == datetime(2026, 11, 22, 21, 0, 0)


def test_a_damaged_picture_is_named_and_left_out(pictures):
    (pictures / "normal_20261122_210000_000.jpg").write_bytes(b"no picture")
    said: list[str] = []
    assert len(list(from_folder(pictures, 20, uncut, said.append))) == 19
    assert len(said) == 1 and "normal_20261122_210000_000.jpg" in said[0]


@pytest.mark.parametrize("damaged", [0, 13, 19])
def test_the_next_picture_stands_in_for_a_damaged_one(pictures, damaged):
    (pictures / f"normal_20261122_2100{damaged:02d}_000.jpg").write_bytes(b"no picture")
    said: list[str] = []
    names = [int(shown.name[-6:-4]) for shown in from_folder(pictures, 4, uncut, said.append)]
    assert len(set(names)) == 4 and damaged not in names and len(said) == 1


def test_a_damaged_picture_of_a_recording_is_left_out_and_its_end_is_said(pictures):
    (pictures / "normal_20261122_210000_000.jpg").write_bytes(b"no picture")
    said: list[str] = []
    clock = VirtualClock(NOW)
    assert len(list(from_camera(PictureFolder(pictures, clock), 2, clock, uncut, said.append))) == 2
    assert len(said) == 1 and "210000_000.jpg" in said[0]
    assert len(list(from_camera(PictureFolder(pictures, clock), 25, clock, uncut, said.append))) == 19
    assert "at its end" in said[-1]


def test_an_empty_folder_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(UserError, match="run_capture.bat"):
        list(from_folder(tmp_path, 16, uncut, print))


def test_panels_and_an_overview_are_written(pictures, tmp_path):
    said: list[str] = []
    paths = write_panels(from_folder(pictures, 3, uncut, print), judge, tmp_path / "viz", said.append)
    assert [path.name for path in paths] == [
        "panel_001_normal_20261122_210000_000.jpg",
        "panel_002_normal_20261122_210010_000.jpg",
        "panel_003_normal_20261122_210019_000.jpg",
    ]
    assert said[0] == "normal_20261122_210000_000: score 20 % of the threshold, normal"
    panel, overview = read_image(paths[0]), read_image(tmp_path / "viz" / "overview.jpg")
    assert panel.shape[1] > 3 * panel.shape[0] * 0.8
    assert overview.shape[1] == 1200


def test_panels_of_an_earlier_run_are_removed(pictures, tmp_path):
    write_panels(from_folder(pictures, 5, uncut, print), judge, tmp_path / "viz", print)
    write_panels(from_folder(pictures, 2, uncut, print), judge, tmp_path / "viz", print)
    assert len(list((tmp_path / "viz").glob("panel_*.jpg"))) == 2


def test_an_unusual_picture_is_called_so(tmp_path):
    write_jpg(tmp_path / "leak.jpg", np.full((90, 160, 3), 200, np.uint8))
    said: list[str] = []
    write_panels(from_folder(tmp_path, 1, uncut, print), judge, tmp_path / "viz", said.append)
    assert said == ["leak: score 180 % of the threshold, UNUSUAL"]


def test_pictures_of_any_size_can_be_mixed(tmp_path):
    for number, shape in enumerate(((90, 160, 3), (200, 60, 3), (720, 1280, 3))):
        write_jpg(tmp_path / f"{number}.jpg", np.full(shape, 50, np.uint8))
    assert len(write_panels(from_folder(tmp_path, 3, uncut, print), judge, tmp_path / "viz", print)) == 3


def test_nothing_but_damaged_pictures_is_an_error_in_words(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(UserError, match="nothing to show"):
        write_panels(from_folder(tmp_path, 1, uncut, print), judge, tmp_path / "viz", print)


class FakeCamera:
    live, name = True, "fake"

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def read(self, timeout_seconds: float) -> Frame:
        return Frame(np.zeros((90, 160, 3), np.uint8), 0, self._clock.now(), self._clock.monotonic())

    def close(self) -> None:
        pass


def test_pictures_from_the_camera_are_a_second_apart_and_cut():
    clock = VirtualClock(NOW)
    shown = list(from_camera(FakeCamera(clock), 3, clock, lambda image: image[:50], print))
    assert [picture.name for picture in shown] == ["camera_001", "camera_002", "camera_003"]
    assert shown[2].taken - shown[0].taken == timedelta(seconds=2)
    assert shown[0].image.shape == (50, 160, 3)


class FakeDetector:
    """Remembers the sizes of the pictures it judged."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, ...]] = []

    def judge_cropped(self, picture: np.ndarray) -> Judgement:
        self.sizes.append(picture.shape)
        return judge(picture)


@pytest.fixture
def config(tmp_path):
    return Config(
        roi=RoiSettings(enabled=True, x=0.5, y=0.0, width=0.5, height=1.0),
        paths=PathSettings(reports_dir=tmp_path / "reports"),
    )


def test_the_camera_is_cut_to_the_roi(config):
    clock, detector = VirtualClock(NOW), FakeDetector()
    overview = show_camera(config, detector, FakeCamera(clock), 2, clock, print)
    assert overview == config.paths.reports_dir / "reconstruction_viz" / "overview.jpg" and overview.exists()
    assert detector.sizes == [(90, 80, 3)] * 2


def test_captured_pictures_are_not_cut_a_second_time(config, tmp_path):
    left, right = np.zeros((90, 80, 3), np.uint8), np.full((90, 80, 3), 200, np.uint8)
    captured, whole = tmp_path / "captured", tmp_path / "whole"
    write_jpg(captured / "a.jpg", right)
    note_crop(captured, config.roi, np.hstack([left, right]))
    write_jpg(whole / "a.jpg", np.hstack([left, right]))
    for folder in (captured, whole):
        said: list[str] = []
        show_folder(config, FakeDetector(), folder, 1, said.append)
        assert said == ["a: score 180 % of the threshold, UNUSUAL"]
