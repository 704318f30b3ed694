"""The camera check takes a picture, judges it, and leaves a camera alone that somebody else is using."""

from __future__ import annotations

import numpy as np
import pytest
from filelock import FileLock

import cv2
from src import health_camera
from src.camera import CameraError
from src.config import CameraSettings, ImageSettings, RoiSettings
from src.errors import UserError
from src.frame import Frame
from src.health_camera import camera_user, check_camera, list_cameras, silent_cameras, with_roi_outlined
from src.image_files import write_jpg
from src.mode import Mode, write_mode
from src.preprocess import crop_roi, watched_area
from tests.test_registration import bench

BLACK = np.zeros((360, 640, 3), np.uint8)
WHOLE = RoiSettings()


class OneCamera:
    """Opens a camera that always shows the same picture, or none at all."""

    def __init__(self, clock, picture: np.ndarray | None, index: int = 0) -> None:
        self.clock, self.picture, self.index = clock, picture, index
        self.opened: list[FakeCamera] = []

    def __call__(self, settings, backend, clock):
        working = self.picture is not None and settings.index == self.index
        self.opened.append(FakeCamera(self.picture if working else None, self.clock, f"camera 0 ({backend})"))
        return self.opened[-1]


class FakeCamera:
    live = True

    def __init__(self, picture, clock, name: str) -> None:
        self.picture, self.clock, self.name, self.closed = picture, clock, name, False

    def read(self, timeout_seconds: float) -> Frame:
        if self.picture is None:
            raise CameraError(f"The {self.name} cannot be opened.", "Check the cable.")
        return Frame(self.picture, 0, self.clock.now(), self.clock.monotonic())

    def close(self) -> None:
        self.closed = True


def test_a_good_camera_is_described_with_what_it_really_sends(clock):
    opens = OneCamera(clock, bench())
    check = check_camera(CameraSettings(), WHOLE, None, clock, opens)
    assert check.result.ok
    assert "640 x 360 pixels (asked for 1280 x 720)" in check.result.text
    assert "brightness" in check.result.text and "sharpness" in check.result.text
    assert check.picture.shape == (360, 640, 3)
    assert all(camera.closed for camera in opens.opened)


@pytest.mark.parametrize(("picture", "words"), [
    (BLACK, "black"), (cv2.GaussianBlur(bench(), (0, 0), 5), "blurred"), (BLACK + 255, "dazzled"),
])
def test_a_camera_that_sees_nothing_fails_with_advice(clock, picture, words):
    result = check_camera(CameraSettings(), WHOLE, None, clock, OneCamera(clock, picture)).result
    assert not result.ok and words in result.text and result.advice


def test_a_camera_that_cannot_be_opened_fails_in_words(clock):
    check = check_camera(CameraSettings(), WHOLE, None, clock, OneCamera(clock, None))
    assert not check.result.ok and "cannot be opened" in check.result.text and "--list_cameras" in check.result.advice
    assert check.picture is None


def test_advice_is_given_once_however_many_ways_to_the_camera_failed(clock, monkeypatch):
    monkeypatch.setattr(health_camera, "backends_to_try", lambda settings: ("DSHOW", "MSMF"))
    result = check_camera(CameraSettings(), WHOLE, None, clock, OneCamera(clock, None)).result
    assert result.text == "The camera 0 (DSHOW) cannot be opened. The camera 0 (MSMF) cannot be opened."
    assert result.advice.count("Check the cable.") == 1


def test_a_recording_that_cannot_be_opened_is_not_looked_for_among_the_cameras(clock):
    result = check_camera(CameraSettings(source="nowhere.mp4"), WHOLE, None, clock).result
    assert "nowhere.mp4 does not exist" in result.text
    assert "camera.source" in result.advice and "--list_cameras" not in result.advice


def test_a_recording_in_the_place_of_the_camera_is_warned_of(tmp_path, clock):
    write_jpg(tmp_path / "1.jpg", bench())
    result = check_camera(CameraSettings(source=str(tmp_path)), WHOLE, None, clock).result
    assert result.ok and result.line.startswith("WARN - Camera: recording ")
    assert "nobody watches the set-up itself" in result.text and "source: null" in result.advice


def test_a_roi_outside_the_picture_is_refused(clock):
    roi = RoiSettings(enabled=True, units="pixels", x=600, y=0, width=200, height=100)
    with pytest.raises(UserError, match="region of interest"):
        check_camera(CameraSettings(), roi, None, clock, OneCamera(clock, bench()))


def test_a_camera_in_use_is_left_alone(clock):
    opens = OneCamera(clock, bench())
    check = check_camera(CameraSettings(), WHOLE, "monitor", clock, opens)
    assert check.result.ok and "in use" in check.result.text
    assert opens.opened == []


@pytest.mark.parametrize(("mode", "locked", "user"), [
    (Mode.MONITOR, "monitor", "monitor"), (Mode.CAPTURE, "capture", "capture"), (Mode.OFF, "monitor", None),
    (Mode.CAPTURE, "monitor", None), (Mode.MONITOR, None, None),
])
def test_who_has_the_camera_follows_from_the_mode_and_from_who_is_running(tmp_path, mode, locked, user):
    path = tmp_path / "mode.txt"
    write_mode(path, mode)
    lock = FileLock(tmp_path / f"{locked or 'nobody'}.lock", is_singleton=False)
    with lock:
        assert camera_user(path) == user
    assert camera_user(path) is None


def test_the_watched_part_is_framed_in_the_picture():
    roi = RoiSettings(enabled=True, x=0.25, y=0.25, width=0.5, height=0.5)
    framed = with_roi_outlined(BLACK, roi)
    assert tuple(framed[90, 300]) == (0, 255, 0) and framed[180, 320].max() == 0
    assert not BLACK.any()
    assert not with_roi_outlined(BLACK, WHOLE).any()


def test_ignored_areas_are_framed_too_so_that_a_wrong_place_is_seen():
    roi = RoiSettings(ignore=({"x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5},
                              {"polygon": [[0.8, 0.0], [1.0, 0.0], [1.0, 0.2]]}))
    framed = with_roi_outlined(BLACK, roi)
    assert tuple(framed[90, 300]) == tuple(framed[0, 600]) == (0, 165, 255)
    assert framed[180, 320].max() == 0


@pytest.mark.parametrize("factor", [1, 3])
def test_the_orange_frame_is_the_edge_of_what_the_model_leaves_out(factor):
    roi = RoiSettings(enabled=True, units="pixels", x=64 * factor, y=36 * factor,
                      width=512 * factor, height=288 * factor,
                      ignore=({"polygon": [[0.25, 0.25], [0.5, 0.3], [0.3, 0.6]]},))
    framed = with_roi_outlined(np.zeros((360 * factor, 640 * factor, 3), np.uint8), roi)
    orange = (crop_roi(framed, roi) == (0, 165, 255)).all(axis=2)
    ignored = ~watched_area(roi, *framed.shape[:2], ImageSettings(width=512 * factor, height=288 * factor))
    inside = cv2.erode(ignored.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert ignored.any() and not orange[inside].any()
    assert not (orange & ~(cv2.dilate(ignored.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)).any()


def test_all_cameras_are_listed_with_a_picture(clock):
    found = list_cameras(CameraSettings(source="somewhere.mp4"), clock, OneCamera(clock, bench(), index=2))
    assert [(index, picture.shape) for index, _, picture in found] == [(2, (360, 640, 3))]


def test_a_camera_is_listed_under_the_name_that_windows_has_for_it(clock):
    found = list_cameras(CameraSettings(), clock, OneCamera(clock, bench(), index=2), lambda backend: {2: "HD Webcam"})
    assert found[0][1].startswith("HD Webcam (")


def test_a_camera_that_windows_knows_and_that_sends_nothing_is_named():
    names = {"DSHOW": {0: "Teams has it", 2: "HD Webcam"}, "MSMF": {1: "Elsewhere"}}
    assert silent_cameras(CameraSettings(), [2], names.get) == ["Teams has it (index 0)"]
    assert silent_cameras(CameraSettings(backend="MSMF"), [2], names.get) == ["Elsewhere (index 1)"]
    assert silent_cameras(CameraSettings(), [], lambda backend: {}) == []
