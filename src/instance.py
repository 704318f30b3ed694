"""One program of a kind for each state folder. The lock is the system's: it ends with the program."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Iterator

from filelock import FileLock, Timeout

from src.atomic_file import read_json, write_json
from src.errors import UserError


@contextmanager
def only_instance(state_dir: Path, name: str, now: datetime, called: str = "") -> Iterator[None]:
    """Hold the lock `name` of the state folder while the block runs.

    name: what the program is called, for example "monitor". now: aware wall time, for whoever comes second.
    called: what people call it, if they have another word.
    Raises UserError when another process has the lock; it names the process and when that was started.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    holder = state_dir / f"{name}.process.json"
    lock = FileLock(state_dir / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"The {called or name} is already running on this PC{_known_about(holder)}. Only one at a time "
            "can use the camera. Use that one, or close its window first, then start again."
        ) from None
    try:
        write_json(holder, {"pid": os.getpid(), "since": now.isoformat(timespec="seconds")})
        yield
    finally:
        lock.release()


def is_running(state_dir: Path, name: str) -> bool:
    """Whether a process holds the lock `name` of the state folder. For that it is taken for a moment."""
    lock = state_dir / f"{name}.lock"
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _known_about(holder: Path) -> str:
    """Which process has it, as far as can be read; "" when the other one is only just starting."""
    try:
        entry = read_json(holder)
        since = datetime.fromisoformat(entry["since"])
        return f" (process {entry['pid']}, started at {since:%H:%M on %Y-%m-%d})"
    except (UserError, KeyError, TypeError, ValueError):
        return ""
