from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from src.atomic_file import read_bytes, read_json, write_bytes, write_json, write_text
from src.errors import UserError

PROJECT = Path(__file__).resolve().parent.parent


def test_what_is_written_is_read_back_and_nothing_else_is_left_behind(tmp_path):
    path = tmp_path / "Labor (1) & Süd" / "wert ä.bin"
    write_bytes(path, b"one")
    write_bytes(path, b"two")
    assert read_bytes(path) == b"two"
    assert os.listdir(path.parent) == [path.name]


def test_text_is_utf8_with_plain_line_feeds(tmp_path):
    write_text(tmp_path / "a.txt", "Fläche\nzwei\n")
    assert (tmp_path / "a.txt").read_bytes() == "Fläche\nzwei\n".encode("utf-8")


def test_json_takes_numpy_numbers_and_arrays(tmp_path):
    write_json(tmp_path / "a.json", {"n": np.int64(3), "x": np.float32(0.5), "list": np.arange(3), "ä": True})
    assert read_json(tmp_path / "a.json") == {"n": 3, "x": 0.5, "list": [0, 1, 2], "ä": True}
    assert '"ä"' in (tmp_path / "a.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("value, error", [
    (float("nan"), ValueError), (np.float32("inf"), ValueError), (object(), TypeError)
])
def test_what_json_cannot_hold_is_refused_and_the_old_file_stays(tmp_path, value, error):
    path = tmp_path / "a.json"
    write_json(path, 1)
    with pytest.raises(error):
        write_json(path, {"value": value})
    assert read_json(path) == 1


def test_a_file_that_another_program_holds_for_a_moment_is_replaced_all_the_same(tmp_path, monkeypatch):
    attempts = []

    def busy_twice(source, target):
        attempts.append(target)
        if len(attempts) < 3:
            raise PermissionError(13, "in use")
        return replace(source, target)

    replace = os.replace
    monkeypatch.setattr(os, "replace", busy_twice)
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"
    assert len(attempts) == 3


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_text(tmp_path / "folder", "a folder cannot be replaced by a file")
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for file sizes")
def test_a_full_disk_leaves_the_old_file_and_no_litter(tmp_path):
    import resource

    write_text(tmp_path / "a.txt", "old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError):
            write_bytes(tmp_path / "a.txt", bytes(1000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_reader_never_sees_half_a_file_even_when_the_writer_is_killed(tmp_path):
    path = tmp_path / "state.json"
    code = (
        "from pathlib import Path; from src.atomic_file import write_json; import sys\n"
        "for n in range(10**9): write_json(Path(sys.argv[1]), {'n': n, 'filling': [n] * 5000})"
    )
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=PROJECT)
        try:
            until = time.monotonic() + 10
            seen = set()
            while len(seen) < 5 and time.monotonic() < until:
                if path.exists():
                    value = read_json(path)
                    assert value["filling"] == [value["n"]] * 5000
                    seen.add(value["n"])
        finally:
            writer.kill()
            writer.wait()
        assert len(seen) == 5
        assert len(read_json(path)["filling"]) == 5000


def test_threads_do_not_get_in_each_others_way(tmp_path):
    path = tmp_path / "a.json"

    def write_many(name):
        for number in range(20):
            write_json(path, [name] * number)

    threads = [threading.Thread(target=write_many, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_json(path)) == 19
    assert os.listdir(tmp_path) == ["a.json"]


def test_a_byte_order_mark_does_not_matter(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf{}")
    assert read_json(tmp_path / "a.json") == {}


@pytest.mark.parametrize("data", [
    b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[1e999]", b"[" * 100_000, b"9" * 10_000
])
def test_damaged_json_is_named_in_words(tmp_path, data):
    path = tmp_path / "threshold.json"
    path.write_bytes(data)
    with pytest.raises(UserError, match="threshold.json is damaged"):
        read_json(path)


def test_missing_json_and_a_folder_are_named_in_words(tmp_path):
    with pytest.raises(UserError, match="nothing.json is missing"):
        read_json(tmp_path / "nothing.json")
    with pytest.raises(UserError, match="cannot be read"):
        read_json(tmp_path)


@given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_make_reading_json_fail_without_words(tmp_path, data):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    try:
        read_json(path)
    except UserError:
        pass


def test_json_cut_off_anywhere_is_read_whole_or_refused(tmp_path):
    value = {"score": 0.25, "text": "Fläche", "list": [1, None, True, {}], "deep": [[["a"]]]}
    path = tmp_path / "a.json"
    write_json(path, value)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        try:
            assert read_json(path) == value
        except UserError:
            pass
