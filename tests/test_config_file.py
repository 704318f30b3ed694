from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from src.config import Config
from src.config_file import DEFAULT_CONFIG, PROJECT, load_config, load_paths
from src.errors import ConfigError, UserError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Labor (1) & Süd.yaml"


def test_without_a_name_the_shipped_file_is_read():
    config = load_config(None)
    assert config.camera == Config().camera
    assert config.paths.state_mode_file == PROJECT / "state" / "mode.txt"
    assert DEFAULT_CONFIG == PROJECT / "config" / "config.yaml"


def test_all_paths_come_out_absolute_seen_from_the_project_folder(path, tmp_path, monkeypatch):
    path.write_text("paths: {model_dir: my model}\ncamera: {source: data/demo/a.mp4}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    config = load_config(path)
    assert config.paths.model_dir == PROJECT / "my model"
    assert config.camera.source == str(PROJECT / "data" / "demo" / "a.mp4")
    assert all(folder.is_absolute() for _, folder in config.paths)


def test_absolute_paths_and_addresses_stay_as_they_are(path, tmp_path):
    text = f"paths: {{model_dir: '{tmp_path}'}}\ncamera: {{source: 'rtsp://camera:554/1'}}"
    path.write_text(text, encoding="utf-8")
    config = load_config(path)
    assert config.paths.model_dir == tmp_path
    assert config.camera.source == "rtsp://camera:554/1"


@pytest.mark.parametrize("data", [
    b"camera: {index: 3}", b"\xef\xbb\xbfcamera: {index: 3}", b"camera:\r\n  index: 3\r\n",
    b"camera:\r  index: 3\r",
])
def test_the_ways_in_which_notepad_saves_are_read(path, data):
    path.write_bytes(data)
    assert load_config(path).camera.index == 3


@pytest.mark.parametrize("data, reason", [
    ("a: 1\n# Prüfstand".encode("cp1252"), "line 2: a character is not stored as UTF-8"),
    ("camera: {}".encode("utf-16"), "not stored as UTF-8"),
])
def test_a_file_that_is_not_utf8_is_refused_with_the_way_out(path, data, reason):
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=reason):
        load_config(path)


def test_a_missing_file_and_a_folder_are_named(path):
    with pytest.raises(ConfigError, match="does not exist"):
        load_config(path)
    path.mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        load_config(path)


def test_settings_that_are_missing_are_made_as_delivered_also_when_they_are_named(tmp_path, monkeypatch):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "as_delivered.yaml").write_text("camera: {index: 3}")
    monkeypatch.setattr("src.config_file.DEFAULT_CONFIG", tmp_path / "config" / "config.yaml")
    monkeypatch.setattr("src.config_file.AS_DELIVERED", tmp_path / "config" / "as_delivered.yaml")
    monkeypatch.chdir(tmp_path)
    assert load_config(Path("config/config.yaml")).camera.index == 3


@pytest.mark.parametrize(("text", "model_dir"), [
    ("paths: {model_dir: my model}\ncamera: 5", "my model"),
    ("paths: {model_dirr: my model}", "model"),
    ("camera: 'open", "model"), ("5", "model"), ("", "model"), (None, "model"),
])
def test_the_paths_of_broken_settings_are_known_as_far_as_they_can_be_read(path, text, model_dir):
    if text is not None:
        path.write_text(text, encoding="utf-8")
    paths, mistake = load_paths(path)
    assert paths.model_dir == PROJECT / model_dir
    assert (mistake is None) == (text == "") and (text is None or mistake is None or str(path) in mistake)


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_a_name_that_no_file_can_have_is_refused_in_words(name):
    with pytest.raises(ConfigError, match="settings file"):
        load_config(Path(name))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(path):
    path.write_text("")
    path.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(path)


def test_the_refusal_names_the_file(path):
    path.write_text("camera: 5")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert str(path) in str(caught.value)


def test_a_file_of_an_older_version_is_brought_up_to_date_and_kept_beside(path):
    before = "# of our pr\u00fcfstand\r\ncamera_health:\r\n  moved_pixels: 2.56\r\n".encode("utf-8-sig")
    path.write_bytes(before)
    said = []
    assert load_config(path, said.append).camera_health.moved_percent == 0.2
    (backup,) = path.parent.glob("*_backup_*.yaml")
    assert backup.read_bytes() == before
    assert path.read_bytes() == before.removeprefix(b"\xef\xbb\xbf").replace(b"moved_pixels: 2.56", b"moved_percent: 0.2")
    assert "moved_percent" in said[0] and backup.name in said[0]
    assert load_config(path, said.append).camera_health.moved_percent == 0.2
    assert len(said) == 1 and len(list(path.parent.iterdir())) == 2


def test_a_file_that_cannot_be_brought_up_to_date_is_used_all_the_same(path, monkeypatch):
    def no_room(*_: object) -> None:
        raise OSError(28, "no space left")

    path.write_text("camera_health: {moved_pixels: 2.56}")
    monkeypatch.setattr("src.config_file.write_bytes", no_room)
    said = []
    assert load_config(path, said.append).camera_health.moved_percent == 0.2
    assert "could not be changed (no space left)" in said[0]
    assert path.read_text() == "camera_health: {moved_pixels: 2.56}"


def test_a_file_with_a_mistake_is_not_touched(path):
    path.write_text("camera_health: {moved_pixels: 2.56}\nmonitor: {no_such_key: 1}")
    with pytest.raises(ConfigError, match="no_such_key"):
        load_config(path)
    assert list(path.parent.iterdir()) == [path]


@given(st.binary())
def test_no_bytes_fail_without_words(path, data):
    path.write_bytes(data)
    try:
        load_config(path)
    except UserError:
        pass
