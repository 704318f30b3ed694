"""state/incident.json: the open incident, so that a restart of the PC does not report it anew."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from src.atomic_file import read_json, write_json
from src.config import MonitorSettings
from src.errors import UserError
from src.incident import IncidentTracker


class IncidentFile:
    """The saved state of an incident tracker."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "incident.json"

    def save(self, state: dict[str, object]) -> None:
        """Keep what `IncidentTracker.to_state` gave. Raises OSError."""
        write_json(self._path, state)

    def restore(self, settings: MonitorSettings, now_seconds: float, now: datetime) -> IncidentTracker:
        """The tracker as it was saved; a new one when nothing usable was."""
        if not self._path.is_file():
            return IncidentTracker(settings)
        try:
            return IncidentTracker.from_state(settings, read_json(self._path), now_seconds, now)
        except (UserError, ValueError):
            # At worst an incident is reported once more; nothing is lost.
            return IncidentTracker(settings)
