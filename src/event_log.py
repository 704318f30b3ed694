"""logs/events.jsonl: what happened, one JSON object a line, readable for ever."""

from __future__ import annotations

import errno
import json
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Iterator

from filelock import FileLock, Timeout

from src.atomic_file import plain_number
from src.clock import Clock

CURRENT = "events.jsonl"
MONTH_FILE = re.compile(r"events_(\d{4}-\d{2})(?:_(\d+))?\.jsonl")
HEAD_BYTES = 65536


class EventLog:
    """Appends events to the file of the present month. Several threads and programs may append at once."""

    def __init__(self, logs_dir: Path, clock: Clock) -> None:
        self._folder = Path(logs_dir)
        self._path = self._folder / CURRENT
        self._clock = clock
        self._lock = threading.Lock()

    def append(self, event: str, **fields: object) -> None:
        """Write one line: {"time": ..., "event": event, ...fields}.

        Raises OSError when the line could not be written whole (disk full, not allowed). The caller decides
        what to do then; the file stays readable. Raises TypeError or ValueError for a field that is not JSON.
        """
        now = self._clock.now()
        record = {"time": now.isoformat(timespec="milliseconds"), "event": event, **fields}
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, default=plain_number)
        # A surrogate (an undecodable file name) cannot be UTF-8; the rest of the line is still worth keeping.
        line = (text + "\n").encode("utf-8", errors="backslashreplace")
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._start_new_month(now)
            with open(self._path, "a+b", buffering=0) as file:
                if _ends_torn(file):
                    line = b"\n" + line
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, "the disk is full", str(self._path))

    def _start_new_month(self, now: datetime) -> None:
        month = _month_of(self._path)
        if month is None or month >= f"{now:%Y-%m}":
            return
        # While another program has the file open, Windows refuses to rename it. The line then goes to the old
        # file, which readers read just the same, and the next line tries again.
        try:
            with FileLock(self._folder / ".events.lock", timeout=0):
                if _month_of(self._path) == month:
                    self._path.rename(_free_name(self._folder, month))
        except (OSError, Timeout):
            pass


def read_events(
    logs_dir: Path, since: datetime | None = None, until: datetime | None = None
) -> Iterator[dict]:
    """The events as they were written, oldest file first, from `since` (inclusive) to `until` (exclusive).

    since, until: aware wall times, None = no limit. Lines that are torn or are no events are skipped.
    Raises OSError when a file exists but cannot be read.
    """
    for path in _files(Path(logs_dir)):
        with open(path, "rb") as file:
            for line in file:
                event = _parse(line)
                if event is None:
                    continue
                time = event_time(event)
                if (since is None or time >= since) and (until is None or time < until):
                    yield event


def event_time(event: dict) -> datetime:
    """The aware wall time at which `event` was written."""
    return datetime.fromisoformat(event["time"])


def _parse(line: bytes) -> dict | None:
    """The event in `line`, None when the line is torn or is no event."""
    try:
        event = json.loads(line.decode("utf-8"))
        if isinstance(event, dict) and isinstance(event["event"], str) and event_time(event).tzinfo:
            return event
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return None


def _files(folder: Path) -> list[Path]:
    """All event files that exist, oldest first."""
    numbered = []
    for path in folder.glob("events_*.jsonl"):
        match = MONTH_FILE.fullmatch(path.name)
        if match:
            numbered.append((match[1], int(match[2] or 1), path))
    current = folder / CURRENT
    return [path for _, _, path in sorted(numbered)] + ([current] if current.is_file() else [])


def _month_of(path: Path) -> str | None:
    """The month, as "2026-11", of the first event in the file; None when there is none."""
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError:
        return None
    for line in head.splitlines():
        event = _parse(line)
        if event is not None:
            return f"{event_time(event):%Y-%m}"
    return None


def _free_name(folder: Path, month: str) -> Path:
    path, number = folder / f"events_{month}.jsonl", 1
    while path.exists():
        number += 1
        path = folder / f"events_{month}_{number}.jsonl"
    return path


def _ends_torn(file) -> bool:
    """Whether the last line was cut off, by a full disk or a power cut."""
    if file.seek(0, 2) == 0:
        return False
    file.seek(-1, 2)
    return file.read(1) != b"\n"
