"""Room on the disk: how much is left, and which evidence has to make room.

To keep an event for ever, put the word "keep" anywhere into the name of one of its pictures.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Iterable, Sequence

from src.config import StorageSettings

LOW_BYTES, FULL_BYTES = 1_000_000_000, 200_000_000
# To count as better again, there must be this much more than the limit, or the messages would flutter.
CLEARLY_MORE = 1.2
GIGABYTE = 1_000_000_000
EVIDENCE = re.compile(
    r"(?:anomaly|panel|reconstruction|heatmap|input|context)_(?P<event>\d{8}_\d{6}_\d{3})(?P<rest>.*)\.jpg",
    re.ASCII,
)
INCIDENT = re.compile(r"incident_(\d{8}_\d{6})", re.ASCII)


@dataclass(frozen=True)
class EvidenceFile:
    """One picture in data/anomalies."""

    name: str
    size_bytes: int


@dataclass(frozen=True)
class CleanUp:
    """What was removed, and by how much pictures and logs are still over their budget (0 = they are not)."""

    removed_events: int
    freed_bytes: int
    over_budget_bytes: int


class DiskWatch:
    """Tells when the disk becomes "low", "full" or "ok". Under 200 MB no more pictures should be written."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As if all had been fine so far."""
        self._state = "ok"

    @property
    def pictures_allowed(self) -> bool:
        """Whether there is room for pictures."""
        return self._state != "full"

    def update(self, free_bytes: int) -> str | None:
        """The new state when it has changed, else None."""
        before = self._state
        low = LOW_BYTES * (CLEARLY_MORE if before != "ok" else 1.0)
        full = FULL_BYTES * (CLEARLY_MORE if before == "full" else 1.0)
        self._state = "full" if free_bytes < full else "low" if free_bytes < low else "ok"
        return self._state if self._state != before else None


class Storage:
    """The budget of evidence, normal pictures and logs. Only evidence is ever deleted."""

    def __init__(self, evidence_dir: Path, other_dirs: Sequence[Path], settings: StorageSettings) -> None:
        """other_dirs: folders that count towards the budget."""
        self._evidence_dir = evidence_dir
        self._other_dirs = tuple(other_dirs)
        self._settings = settings

    def free_bytes(self) -> int:
        """What is left on the disk that holds the evidence. Raises OSError."""
        existing = next(
            folder for folder in (self._evidence_dir, *self._evidence_dir.parents) if folder.exists()
        )
        return shutil.disk_usage(existing).free

    def clean(self, now: datetime) -> CleanUp:
        """Delete what is too old or too much, the oldest first.

        now: aware local wall time. Raises OSError.
        """
        files = [EvidenceFile(path.name, path.stat().st_size) for path in _pictures(self._evidence_dir)]
        other_bytes = sum(
            path.stat().st_size for folder in self._other_dirs for path in _pictures(folder, "*")
        )
        surplus = surplus_events(files, other_bytes, self._settings, now)
        for event in surplus:
            for file in event:
                (self._evidence_dir / file.name).unlink(missing_ok=True)
        freed = sum(_size(event) for event in surplus)
        left = _size(files) + other_bytes - freed
        return CleanUp(len(surplus), freed, max(0, left - _budget_bytes(self._settings)))


def surplus_events(
    files: Iterable[EvidenceFile], other_bytes: int, settings: StorageSettings, now: datetime
) -> list[list[EvidenceFile]]:
    """The events that have to make room, each as its files: too old, or the oldest ones over the budget.

    Never the events of the newest incident, nor one that is marked "keep"; files with other names are not
    touched. other_bytes: what else counts towards the budget. now: aware local wall time.
    """
    files = list(files)
    known = sorted((file for file in files if EVIDENCE.fullmatch(file.name)), key=_event)
    events = [list(group) for _, group in groupby(known, key=_event)]
    newest = max((_incident(file) for file in known), default="")
    too_much = _size(files) + other_bytes - _budget_bytes(settings)
    oldest_to_keep = now.replace(tzinfo=None) - timedelta(days=settings.keep_days)
    surplus = []
    for event in events:
        if any("keep" in file.name.lower() or _incident(file) == newest for file in event):
            continue
        if too_much > 0 or _time(event[0]) < oldest_to_keep:
            surplus.append(event)
            too_much -= _size(event)
    return surplus


def _pictures(folder: Path, pattern: str = "*.jpg") -> list[Path]:
    return [path for path in folder.glob(pattern) if path.is_file()]


def _budget_bytes(settings: StorageSettings) -> int:
    return int(settings.max_gigabytes * GIGABYTE)


def _size(files: Iterable[EvidenceFile]) -> int:
    return sum(file.size_bytes for file in files)


def _event(file: EvidenceFile) -> str:
    return EVIDENCE.fullmatch(file.name)["event"]


def _incident(file: EvidenceFile) -> str:
    """The incident of a picture; one that does not name it is an incident by itself."""
    named = INCIDENT.search(file.name)
    return named[1] if named else _event(file)[:15]


def _time(file: EvidenceFile) -> datetime:
    return datetime.strptime(_event(file) + "000", "%Y%m%d_%H%M%S_%f")
