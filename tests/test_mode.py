from __future__ import annotations

import codecs
import os

import pytest
from hypothesis import given, strategies as st

from src.mode import Mode, ModeFile, ModeReading, write_mode


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Zustand (1)" / "mode.txt"


@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_written_is_read_back(path, mode):
    write_mode(path, mode)
    assert ModeFile(path).read() == ModeReading(mode, None)
    assert os.listdir(path.parent) == ["mode.txt"]


@pytest.mark.parametrize("data", [
    b"MONITOR", b"monitor", b" Monitor \t", b"MONITOR \r\n", b"\r\n\r\nMONITOR\r\n",
    codecs.BOM_UTF8 + b"MONITOR\r\n",
    codecs.BOM_UTF16_LE + "MONITOR\r\n".encode("utf-16-le"),
    codecs.BOM_UTF16_BE + "monitor".encode("utf-16-be"),
])
def test_all_the_ways_in_which_windows_writes_a_word_are_read(path, data):
    path.parent.mkdir()
    path.write_bytes(data)
    assert ModeFile(path).read() == ModeReading(Mode.MONITOR, None)


RUBBISH = [
    b"", b"   \r\n", b"MONITORING", b"MONITOR CAPTURE", b"\x00\x01\xff", codecs.BOM_UTF16_LE + b"\x00",
    "ÜBERWACHEN".encode("cp1252"), b"x" * 10_000,
]


@pytest.mark.parametrize("data", RUBBISH)
def test_rubbish_keeps_the_watch_going_and_is_reported(path, data):
    write_mode(path, Mode.MONITOR)
    file = ModeFile(path)
    file.read()
    path.write_bytes(data)
    reading = file.read()
    assert reading.mode is Mode.MONITOR
    assert "The mode stays MONITOR" in reading.problem
    assert str(path) in reading.problem and len(reading.problem) < 500
    write_mode(path, Mode.OFF)
    assert file.read() == ModeReading(Mode.OFF, None)


@pytest.mark.parametrize("data", RUBBISH)
def test_rubbish_from_the_start_means_off_and_is_said_loudly(path, data):
    path.parent.mkdir()
    path.write_bytes(data)
    reading = ModeFile(path).read()
    assert reading.mode is Mode.OFF
    assert "NOBODY IS WATCHING" in reading.problem


def test_a_folder_in_place_of_the_file_keeps_the_watch_going(path):
    write_mode(path, Mode.MONITOR)
    file = ModeFile(path)
    file.read()
    path.unlink()
    path.mkdir()
    reading = file.read()
    assert reading.mode is Mode.MONITOR and "cannot be read" in reading.problem


def test_a_missing_file_means_off(path):
    assert ModeFile(path).read() == ModeReading(Mode.OFF, None)


def test_a_file_that_disappears_while_watching_means_off_and_is_reported_until_it_is_there_again(path):
    write_mode(path, Mode.MONITOR)
    file = ModeFile(path)
    file.read()
    path.unlink()
    reading = file.read()
    assert reading.mode is Mode.OFF and "disappeared" in reading.problem
    assert file.read() == reading, "whoever looks first must not hide it from whoever looks next"
    write_mode(path, Mode.OFF)
    assert file.read() == ModeReading(Mode.OFF, None)
    path.unlink()
    assert file.read() == ModeReading(Mode.OFF, None)


@given(st.binary())
def test_no_bytes_end_the_watch(path, data):
    write_mode(path, Mode.MONITOR)
    file = ModeFile(path)
    file.read()
    path.write_bytes(data)
    reading = file.read()
    assert reading.problem is None or reading.mode is Mode.MONITOR
    assert ModeFile(path).read().mode in (Mode.OFF, reading.mode)
