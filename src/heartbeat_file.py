"""state/heartbeat: a file whose time of change is the monitor's sign of life for the supervisor."""

from __future__ import annotations

import os
from pathlib import Path

from src.atomic_file import write_bytes


class HeartbeatFile:
    """The heartbeat of one state folder."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "heartbeat"

    def beat(self) -> None:
        """Give a sign of life. Only the first one needs room on the disk. Raises OSError."""
        try:
            os.utime(self._path)
        except FileNotFoundError:
            write_bytes(self._path, b"")

    def stamp(self) -> int | None:
        """A number that changes with every sign of life; None when there has been none."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return None
