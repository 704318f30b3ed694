"""The files of the outbox: `<message id>.<channel>.json`, sorted by time because the id begins with it."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timedelta
from pathlib import Path

from src.atomic_file import read_bytes, write_text
from src.delivery import Message

# What can become of a file: removed because it was delivered, or moved to the folder of this name.
DELIVERED, FAILED, UNREADABLE = "delivered", "failed", "unreadable"
# What was refused in the last day is tried once more at the next start: the settings may have been mended.
TRY_AGAIN_WITHIN = timedelta(days=1)
FORGET_AFTER = timedelta(days=30)
# A half-written file this old belongs to a program that was killed.
ABANDONED_AFTER = timedelta(hours=1)


class OutboxFolder:
    """Messages on disk. Every method raises OSError when the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, message: Message, channel: str) -> None:
        """Keep `message` for `channel`; when this returns, it survives a power cut."""
        self._write(f"{message.message_id}.{channel}.json", message)

    def names(self, channel: str = "*") -> list[str]:
        """The files that wait for `channel`, oldest first."""
        return sorted(path.name for path in self._folder.glob(f"*.{channel}.json"))

    def read(self, name: str) -> Message:
        """Raises FileNotFoundError when it is gone, ValueError when it is damaged."""
        return Message.model_validate_json(read_bytes(self._folder / name))

    def refuse(self, name: str, message: Message, reason: str) -> None:
        """Note in the file why the channel will not take it."""
        self._write(name, message.model_copy(update={"refused_because": reason}))

    def put_away(self, name: str, where: str) -> None:
        """Take the file out of the queue. where: DELIVERED, FAILED or UNREADABLE."""
        if where == DELIVERED:
            (self._folder / name).unlink(missing_ok=True)
            return
        aside = self._folder / where / Path(name).name
        aside.parent.mkdir(exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.replace(self._folder / name, aside)

    def bring_back_failed(self, now: datetime) -> None:
        """Queue the recently refused messages again, and forget the very old ones. now: aware."""
        for path in (self._folder / FAILED).glob("*.json"):
            try:
                age = now - self.read(f"{FAILED}/{path.name}").created_at
            except ValueError:
                self.put_away(f"{FAILED}/{path.name}", UNREADABLE)
                continue
            if age <= TRY_AGAIN_WITHIN:
                os.replace(path, self._folder / path.name)
            elif age > FORGET_AFTER:
                path.unlink()

    def sweep(self, now: datetime) -> None:
        """Remove what a killed program left half written. now: aware."""
        for path in self._folder.glob(".*.tmp"):
            if path.stat().st_mtime < (now - ABANDONED_AFTER).timestamp():
                path.unlink()

    def _write(self, name: str, message: Message) -> None:
        write_text(self._folder / name, message.model_dump_json(indent=1))
