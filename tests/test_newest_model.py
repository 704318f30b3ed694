"""A model set is exchanged while somebody uses it."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from src.artifacts import SET, THRESHOLD_FILE, check_model
from src.errors import UserError
from src.judge import shipped_judge
from src.newest_model import NewestModel
from tests.bench import EVENING, lab, write_model


class Loads:
    """Checks the set as the real loading does; the "model" is a number that counts the loads."""

    def __init__(self, config) -> None:
        self.config, self.count = config, 0

    def __call__(self) -> int:
        check_model(self.config, shipped_judge().name)
        self.count += 1
        return self.count


@pytest.fixture
def config(tmp_path):
    config = lab(tmp_path)[1]
    write_model(config)
    return config


@pytest.fixture
def newest(config):
    newest = NewestModel(config.paths.model_dir, Loads(config))
    newest.load()
    return newest


def test_as_long_as_nothing_is_exchanged_there_is_no_new_model(newest):
    assert [newest.update() for _ in range(5)] == [None] * 5


def test_a_new_model_is_loaded_once_when_its_files_have_come_to_rest(newest, config):
    write_model(config, EVENING + timedelta(hours=1))
    assert [newest.update() for _ in range(4)] == [None, 2, None, None]


def test_a_new_threshold_is_a_new_model(newest, config):
    path = config.paths.model_dir / THRESHOLD_FILE
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert [newest.update() for _ in range(3)] == [None, 2, None]


def test_a_model_that_cannot_be_used_is_tried_until_it_can(newest, config, tmp_path):
    folder = config.paths.model_dir
    kept = tmp_path / "kept"
    shutil.copytree(folder, kept)
    (folder / SET[1]).write_bytes(b"half of it")
    assert newest.update() is None
    for _ in range(2):
        with pytest.raises(UserError, match="is not the file that the thresholds"):
            newest.update()
    shutil.copy(kept / SET[1], folder / SET[1])
    assert [newest.update() for _ in range(3)] == [None, 2, None]


def test_a_model_folder_that_is_gone_is_a_model_that_cannot_be_used(newest, config):
    shutil.rmtree(config.paths.model_dir)
    assert newest.update() is None
    with pytest.raises(UserError, match="no trained model"):
        newest.update()
