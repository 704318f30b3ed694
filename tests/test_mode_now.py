from __future__ import annotations

from contextlib import contextmanager

import pytest

from src.instance import only_instance
from src.mode import Mode, ModeReading, write_mode
from src.mode_now import mode_now


@pytest.fixture
def mode_file(tmp_path):
    return tmp_path / "mode.txt"


@contextmanager
def running_monitor(mode_file, clock, status='{"state": "WATCHING", "mode": "MONITOR"}'):
    with only_instance(mode_file.parent, "monitor", clock.now()):
        (mode_file.parent / "status.json").write_text(status, encoding="utf-8")
        yield


@pytest.mark.parametrize("mode", list(Mode))
def test_a_word_that_makes_sense_holds_whatever_the_monitor_was_doing(mode_file, clock, mode):
    with running_monitor(mode_file, clock):
        write_mode(mode_file, mode)
        assert mode_now(mode_file) == ModeReading(mode, None)


def test_rubbish_leaves_a_running_monitor_in_the_mode_it_had(mode_file, clock):
    with running_monitor(mode_file, clock):
        mode_file.write_text("MONITR")
        reading = mode_now(mode_file)
    assert reading.mode is Mode.MONITOR
    assert "The mode stays MONITOR" in reading.problem and "NOBODY" not in reading.problem


def test_a_file_that_has_disappeared_is_a_problem_while_the_monitor_runs(mode_file, clock):
    with running_monitor(mode_file, clock):
        reading = mode_now(mode_file)
    assert reading.mode is Mode.OFF and "has disappeared" in reading.problem


def test_a_file_whose_loss_the_monitor_has_told_of_is_still_a_problem(mode_file, clock):
    status = '{"state": "NOT WATCHING", "mode": "OFF", "mode_problem": "mode.txt has disappeared."}'
    with running_monitor(mode_file, clock, status):
        assert mode_now(mode_file) == ModeReading(Mode.OFF, "mode.txt has disappeared.")


def test_what_a_monitor_wrote_that_runs_no_more_does_not_count(mode_file, clock):
    with running_monitor(mode_file, clock):
        mode_file.write_text("MONITR")
    reading = mode_now(mode_file)
    assert reading.mode is Mode.OFF and "NOBODY IS WATCHING" in reading.problem


@pytest.mark.parametrize("status", ["", "[]", "{", '{"mode": 5}', '{"mode": ""}', '{"mode": ["MONITOR"]}', "\x00"])
def test_a_damaged_status_of_a_running_monitor_is_as_none(mode_file, clock, status):
    with running_monitor(mode_file, clock, status):
        mode_file.write_text("MONITR")
        assert "NOBODY IS WATCHING" in mode_now(mode_file).problem


def test_nothing_is_written_by_looking(tmp_path):
    assert mode_now(tmp_path / "state" / "mode.txt") == ModeReading(Mode.OFF, None)
    assert list(tmp_path.iterdir()) == []
