"""data/anomalies: the pictures of an event, for those who want to see for themselves.

All files of one event share its event id: `<what>_<event id>_incident_<incident id>.jpg`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Iterable

import numpy as np

from src.atomic_file import write_bytes
from src.config import MonitorSettings
from src.errors import UserError
from src.image_files import encode_jpg

QUALITY = 92  # of the JPEG files, 1 to 100
# So much of the pictures that may be wanted later is kept as it came: making JPEG of every picture, for events that
# hardly ever follow, would be a tenth of all that watching costs. A hundred of them would not fit into memory.
UNENCODED_BYTES = 24_000_000


class EvidenceError(UserError):
    """Pictures could not be saved. names: those of the event that were saved before."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        super().__init__(text)
        self.names = names


@dataclass(frozen=True)
class EventPictures:
    """What is known of one event.

    frame: the full camera picture; reconstruction, heatmap, scored_input: at the scored size; each (H, W, 3)
    uint8 BGR. panel: the side-by-side picture, already as the bytes of a JPEG file; None when it could not be made.
    """

    frame: np.ndarray
    reconstruction: np.ndarray
    heatmap: np.ndarray
    scored_input: np.ndarray
    panel: bytes | None


@dataclass(frozen=True)
class _Following:
    """An event whose pictures from afterwards are not complete yet."""

    event_id: str
    incident_id: str
    saved: int


def event_id_of(moment: datetime) -> str:
    """The id of an event at `moment`, local wall time: "20261123_031502_123"."""
    return f"{moment:%Y%m%d_%H%M%S}_{moment.microsecond // 1000:03d}"


def pictures_of_incidents(folder: Path, incident_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each incident the names of all its pictures that are there, by name; renamed ones among them.

    Raises OSError when the folder cannot be read; one that does not exist has no pictures.
    """
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return {incident_id: tuple(name for name in names if _incident(incident_id) in name) for incident_id in incident_ids}


class Evidence:
    """Saves the pictures of events, as the settings ask for, with some from before and after.

    Every camera picture goes either to `save` or to `remember`.
    """

    def __init__(self, folder: Path, settings: MonitorSettings) -> None:
        self._folder = folder
        self._settings = settings
        self._context = settings.save_context
        self._before: deque[np.ndarray | bytes] = deque(maxlen=self._context.pre_frames)
        self._following: list[_Following] = []

    def save(self, event_id: str, incident_id: str, pictures: EventPictures) -> tuple[str, ...]:
        """Save the pictures of an event; the names of the files. Those from afterwards come with `remember`.

        Raises EvidenceError (disk full): the alert itself must go on.
        """
        frame = encode_jpg(pictures.frame, QUALITY)
        files = {_name("anomaly", event_id, incident_id): frame}
        if self._settings.save_compare_image and pictures.panel is not None:
            files[_name("panel", event_id, incident_id)] = pictures.panel
        for what, picture in self._wanted(pictures).items():
            files[_name(what, event_id, incident_id)] = encode_jpg(picture, QUALITY)
        if self._context.enabled:
            for number, before in enumerate(self._before, start=1):
                files[_name("context", event_id, incident_id, f"_before_{number}")] = _as_jpg(before)
            files.update(self._pictures_from_after(frame))
            self._keep(pictures.frame)
            self._following.append(_Following(event_id, incident_id, saved=0))
        return self._write(files)

    def remember(self, frame: np.ndarray) -> None:
        """Keep a camera picture for the next event, and save it if it comes just after one.

        frame: (H, W, 3) uint8 BGR. Raises EvidenceError when it could not be saved.
        """
        if self._context.enabled:
            self._keep(frame)
            self._write(self._pictures_from_after(encode_jpg(frame, QUALITY)) if self._following else {})

    def _wanted(self, pictures: EventPictures) -> dict[str, np.ndarray]:
        wanted = {}
        if self._settings.save_reconstruction.enabled:
            wanted["reconstruction"] = pictures.reconstruction
            if self._settings.save_reconstruction.heatmap:
                wanted["heatmap"] = pictures.heatmap
        if self._settings.save_input_resized:
            wanted["input"] = pictures.scored_input
        return wanted

    def _keep(self, frame: np.ndarray) -> None:
        """Keep the picture for the next event: as it came, or as JPEG where there would be too many of them."""
        self._before.append(frame)
        room_bytes = UNENCODED_BYTES
        for number, kept in reversed(list(enumerate(self._before))):
            if isinstance(kept, bytes):
                break
            room_bytes -= kept.nbytes
            if room_bytes < 0:
                self._before[number] = _as_jpg(kept)

    def _pictures_from_after(self, frame: bytes) -> dict[str, bytes]:
        """The files that this picture becomes for the events it follows."""
        self._following = [
            replace(event, saved=event.saved + 1)
            for event in self._following
            if event.saved < self._context.post_frames
        ]
        return {
            _name("context", event.event_id, event.incident_id, f"_after_{event.saved}"): frame
            for event in self._following
        }

    def _write(self, files: dict[str, bytes]) -> tuple[str, ...]:
        saved: list[str] = []
        for name, data in files.items():
            try:
                write_bytes(self._folder / name, data)
            except OSError as error:
                raise EvidenceError(
                    f"The picture {name} could not be saved in {self._folder}: {error.strerror}. "
                    "The monitor goes on watching and sending alerts. "
                    "Free some space, or check that the folder may be written.",
                    tuple(saved),
                ) from error
            saved.append(name)
        return tuple(saved)


def _as_jpg(picture: np.ndarray | bytes) -> bytes:
    return picture if isinstance(picture, bytes) else encode_jpg(picture, QUALITY)


def _name(what: str, event_id: str, incident_id: str, detail: str = "") -> str:
    return f"{what}_{event_id}{detail}{_incident(incident_id)}.jpg"


def _incident(incident_id: str) -> str:
    """The part of a file name that is the same for all pictures of an incident."""
    return f"_incident_{incident_id}"
