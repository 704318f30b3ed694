from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given, strategies as st

from src.clock import VirtualClock
from src.event_log import EventLog, event_time, read_events

PROJECT = Path(__file__).resolve().parent.parent
CET = timezone(timedelta(hours=1))
LAST_SECOND_OF_NOVEMBER = datetime(2026, 11, 30, 23, 59, 59, tzinfo=CET)


def names(folder, **limits):
    return [event["event"] for event in read_events(folder, **limits)]


def files(folder):
    return sorted(path.name for path in folder.glob("*.jsonl"))


def test_one_event_is_one_line_of_json_with_its_time(tmp_path, clock):
    EventLog(tmp_path, clock).append("alert", score=np.float32(0.5), triggers=("score",), text="Fläche\n2")
    data = (tmp_path / "events.jsonl").read_bytes()
    assert data.endswith(b"\n") and data.count(b"\n") == 1
    assert json.loads(data) == {
        "time": "2026-11-23T03:15:02.000+01:00", "event": "alert", "score": 0.5, "triggers": ["score"],
        "text": "Fläche\n2",
    }
    assert "Fläche" in data.decode("utf-8")


def test_events_are_read_in_the_order_in_which_they_were_written(tmp_path, clock):
    log = EventLog(tmp_path / "neue Mappe" / "logs", clock)
    for number in range(5):
        log.append(f"event_{number}")
        clock.advance(1)
    assert names(tmp_path / "neue Mappe" / "logs") == [f"event_{number}" for number in range(5)]


def test_since_is_inclusive_and_until_is_exclusive(tmp_path, clock):
    start = clock.now()
    log = EventLog(tmp_path, clock)
    for name in "abcd":
        log.append(name)
        clock.advance(60)
    one, three = start + timedelta(minutes=1), start + timedelta(minutes=3)
    assert names(tmp_path, since=one, until=three) == ["b", "c"]


def test_no_log_yet_means_no_events(tmp_path):
    assert names(tmp_path / "nothing") == []


def test_a_new_month_starts_a_new_file_and_readers_read_across(tmp_path):
    clock = VirtualClock(LAST_SECOND_OF_NOVEMBER)
    log = EventLog(tmp_path, clock)
    log.append("november")
    clock.advance(1)
    log.append("december")
    clock.advance(31 * 86400)
    EventLog(tmp_path, clock).append("january")
    assert files(tmp_path) == ["events.jsonl", "events_2026-11.jsonl", "events_2026-12.jsonl"]
    assert names(tmp_path) == ["november", "december", "january"]


def test_while_the_file_cannot_be_renamed_lines_go_to_the_old_one_and_none_is_lost(tmp_path):
    clock = VirtualClock(LAST_SECOND_OF_NOVEMBER)
    log = EventLog(tmp_path, clock)
    log.append("november")
    clock.advance(1)
    with FileLock(tmp_path / ".events.lock"):
        log.append("december")
        assert files(tmp_path) == ["events.jsonl"]
    log.append("december too")
    assert files(tmp_path) == ["events.jsonl", "events_2026-11.jsonl"]
    assert names(tmp_path) == ["november", "december", "december too"]


def test_a_file_that_windows_refuses_to_rename_is_renamed_later(tmp_path, monkeypatch):
    clock = VirtualClock(LAST_SECOND_OF_NOVEMBER)
    log = EventLog(tmp_path, clock)
    log.append("november")
    clock.advance(1)
    with monkeypatch.context() as windows:
        def refuse(path, target):
            raise PermissionError(13, "in use")
        windows.setattr(Path, "rename", refuse)
        log.append("december")
    log.append("december too")
    assert names(tmp_path) == ["november", "december", "december too"]
    assert files(tmp_path) == ["events.jsonl", "events_2026-11.jsonl"]


def test_a_month_that_is_there_already_is_not_overwritten(tmp_path):
    for _ in range(3):
        clock = VirtualClock(LAST_SECOND_OF_NOVEMBER)
        log = EventLog(tmp_path, clock)
        (tmp_path / "events.jsonl").unlink(missing_ok=True)
        log.append("november")
        clock.advance(1)
        log.append("december")
    assert files(tmp_path) == [
        "events.jsonl", "events_2026-11.jsonl", "events_2026-11_2.jsonl", "events_2026-11_3.jsonl"
    ]
    assert names(tmp_path) == ["november"] * 3 + ["december"]


def test_a_clock_set_back_by_a_month_starts_no_new_file(tmp_path):
    EventLog(tmp_path, VirtualClock(LAST_SECOND_OF_NOVEMBER)).append("november")
    EventLog(tmp_path, VirtualClock(LAST_SECOND_OF_NOVEMBER - timedelta(days=40))).append("october")
    assert names(tmp_path) == ["november", "october"]
    assert files(tmp_path) == ["events.jsonl"]


def test_after_a_torn_line_the_next_event_starts_on_a_line_of_its_own(tmp_path, clock):
    log = EventLog(tmp_path, clock)
    log.append("whole")
    with open(tmp_path / "events.jsonl", "ab") as file:
        file.write(b'{"time": "2026-11-23T03:15:02.000+01:00", "eve')
    log.append("after the power cut")
    assert names(tmp_path) == ["whole", "after the power cut"]


def test_the_file_cut_off_anywhere_loses_at_most_the_last_event(tmp_path, clock):
    log = EventLog(tmp_path / "whole", clock)
    for name in ("a", "Fläche", "c"):
        log.append(name)
    whole = (tmp_path / "whole" / "events.jsonl").read_bytes()
    ends = [position + 1 for position, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        (tmp_path / "events.jsonl").write_bytes(whole[:length])
        EventLog(tmp_path, clock).append("next")
        read = names(tmp_path)
        untouched = sum(end <= length for end in ends)
        assert read[-1] == "next" and len(read) - 1 in (untouched, untouched + 1)


@pytest.mark.parametrize("line", [
    b"", b"null", b"[]", b"5", b"{}", b'{"event": "a"}', b'{"time": 5, "event": "a"}',
    b"\xff\xfe", b"[" * 100_000,
    b'{"time": "yesterday", "event": "a"}', b'{"time": "2026-11-23T03:15:02", "event": "a"}',
    b'{"time": "2026-11-23T03:15:02+01:00"}', b'{"time": "2026-11-23T03:15:02+01:00", "event": 5}',
])
def test_a_line_that_is_no_event_is_skipped(tmp_path, clock, line):
    (tmp_path / "events.jsonl").write_bytes(line + b"\n")
    EventLog(tmp_path, clock).append("good")
    assert names(tmp_path) == ["good"]


def test_the_time_of_an_event_is_aware(tmp_path, clock):
    EventLog(tmp_path, clock).append("a")
    assert event_time(next(read_events(tmp_path))) == clock.now()


def test_a_field_that_is_not_json_is_refused_before_anything_is_written(tmp_path, clock):
    log = EventLog(tmp_path, clock)
    for value, error in ((float("nan"), ValueError), (object(), TypeError)):
        with pytest.raises(error):
            log.append("alert", score=value)
    assert files(tmp_path) == []


def test_a_name_that_is_no_text_does_not_cost_the_event(tmp_path, clock):
    EventLog(tmp_path, clock).append("frame_error", file="bild\udcff.jpg")
    assert names(tmp_path) == ["frame_error"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for file sizes")
def test_a_full_disk_is_raised_and_later_events_are_readable(tmp_path, clock):
    import resource

    log = EventLog(tmp_path, clock)
    log.append("before")
    size = (tmp_path / "events.jsonl").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, limits[1]))
    try:
        for _ in range(2):
            with pytest.raises(OSError):
                log.append("lost", filling="x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    log.append("after")
    assert names(tmp_path) == ["before", "after"]


def test_threads_and_programs_write_at_once_across_a_new_month_and_nothing_is_lost(tmp_path):
    clock = VirtualClock(LAST_SECOND_OF_NOVEMBER)
    log = EventLog(tmp_path, clock)
    log.append("start")
    clock.advance(1)
    other = (
        "import sys; from datetime import datetime; from pathlib import Path\n"
        "from src.clock import VirtualClock; from src.event_log import EventLog\n"
        "log = EventLog(Path(sys.argv[1]), VirtualClock(datetime.fromisoformat(sys.argv[2])))\n"
        "for n in range(300): log.append('other', n=n, filling='x' * 200)"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", other, str(tmp_path), clock.now().isoformat()], cwd=PROJECT
    )

    def write_many(name):
        for number in range(300):
            log.append(name, n=number, filling="y" * 200)

    threads = [threading.Thread(target=write_many, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert program.wait(60) == 0
    read = list(read_events(tmp_path))
    for name in ("a", "b", "other"):
        assert [event["n"] for event in read if event["event"] == name] == list(range(300))


@given(st.binary(max_size=300))
def test_no_bytes_in_the_file_stop_the_log(tmp_path, data):
    clock = VirtualClock(LAST_SECOND_OF_NOVEMBER)
    for path in tmp_path.glob("events*"):
        path.unlink()
    (tmp_path / "events.jsonl").write_bytes(data)
    EventLog(tmp_path, clock).append("good")
    assert names(tmp_path)[-1] == "good"
