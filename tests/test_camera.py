"""Recordings stand in for the camera, picture by picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from src.camera import CameraEnded, CameraError, backends_to_try, describe, open_recording
from src.config import CameraSettings
from src.image_files import ImageFileError, write_jpg


def video(path: Path, frames: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (64, 48))
    for number in range(frames):
        writer.write(np.full((48, 64, 3), 10 * number, np.uint8))
    writer.release()
    return path


def test_a_video_gives_every_picture_once_and_then_ends(tmp_path, clock):
    camera = open_recording(str(video(tmp_path / "night & day.avi", 5)), clock)
    frames = [camera.read(1.0) for _ in range(5)]
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [round(float(frame.image.mean()), -1) for frame in frames] == [0, 10, 20, 30, 40]
    with pytest.raises(CameraEnded, match="after 5 pictures"):
        camera.read(1.0)
    camera.close()
    assert not camera.live


def test_a_folder_gives_its_pictures_in_natural_order_with_their_names(tmp_path, clock):
    for number in (10, 2, 1):
        write_jpg(tmp_path / f"frame_{number}.jpg", np.full((48, 64, 3), number * 10, np.uint8))
    (tmp_path / "frame_3.jpg").write_bytes(b"no picture")
    camera = open_recording(str(tmp_path), clock)
    assert [camera.read(1.0).name for _ in range(2)] == ["frame_1.jpg", "frame_2.jpg"]
    with pytest.raises(ImageFileError, match="frame_3.jpg"):
        camera.read(1.0)
    last = camera.read(1.0)
    assert (last.name, last.index) == ("frame_10.jpg", 3)
    with pytest.raises(CameraEnded):
        camera.read(1.0)


def test_time_comes_from_the_clock_that_is_passed_in(tmp_path, clock):
    camera = open_recording(str(video(tmp_path / "v.avi", 2)), clock)
    camera.read(1.0)
    clock.advance(1.5)
    frame = camera.read(1.0)
    assert frame.now_seconds == 1.5
    assert frame.captured_at == clock.now()


def test_what_is_no_recording_is_refused_in_words(tmp_path, clock):
    with pytest.raises(CameraError, match="does not exist"):
        open_recording(str(tmp_path / "nothing.mp4"), clock)
    with pytest.raises(CameraError, match="no pictures"):
        open_recording(str(tmp_path), clock)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0" * 1000)
    with pytest.raises(CameraError, match="not a video"):
        open_recording(str(broken), clock)


@pytest.mark.parametrize(("settings", "platform", "expected"), [
    (CameraSettings(), "win32", ("DSHOW", "MSMF")),
    (CameraSettings(backend="MSMF"), "win32", ("MSMF", "DSHOW")),
    (CameraSettings(backend="DEFAULT"), "win32", ("DEFAULT", "DSHOW", "MSMF")),
    (CameraSettings(), "linux", ("DSHOW",)),
    (CameraSettings(source="http://camera/stream"), "win32", ("DSHOW",)),
])
def test_on_windows_the_other_backend_is_tried_as_well(settings, platform, expected):
    assert backends_to_try(settings, platform) == expected


def test_the_password_in_an_address_is_not_shown():
    settings = CameraSettings(source="rtsp://admin:se/cret@10.0.0.7:554/live?token=abc")
    assert describe(settings, "DEFAULT") == "network camera rtsp://10.0.0.7:554/live"
