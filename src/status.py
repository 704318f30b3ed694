"""state/status.json and the line on the console: is somebody watching, and if not, why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from src.atomic_file import read_json, write_json
from src.errors import UserError

STATUS_FILE = "status.json"
WRITE_EVERY_SECONDS = 5.0
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Status:
    """What the monitor is doing now.

    not_watching_because: in words, for example "the mode is OFF"; "" while it watches. since: when that
        began.
    last_picture_at: the last picture that was judged. score_ratio: its score / threshold, above 1 = unusual.
    incident_id, incident_since: the open incident. pid: of the process that says so.
    mode_problem: what is wrong with the mode file, in words; None = nothing.
    Times are aware wall times, None = none yet.
    """

    mode: str
    not_watching_because: str
    since: datetime
    last_picture_at: datetime | None
    score_ratio: float | None
    incident_id: str | None
    incident_since: datetime | None
    model: str
    pid: int
    mode_problem: str | None = None

    @property
    def state(self) -> str:
        return "NOT WATCHING" if self.not_watching_because else "WATCHING"


def status_line(status: Status, now: datetime) -> str:
    """The one calm line of the console, at most about 110 characters."""
    if status.not_watching_because:
        return f"NOT WATCHING, because {status.not_watching_because} (since {_moment(status.since, now)})"
    # What matters most comes first: a narrow window leaves out the last parts.
    parts = [f"WATCHING since {_moment(status.since, now)}"]
    if status.incident_since is None:
        parts.append("no leak")
    else:
        parts.append(f"POSSIBLE LEAK since {_moment(status.incident_since, now)}")
    if status.last_picture_at is not None and status.score_ratio is not None:
        parts.append(f"picture {status.last_picture_at:%H:%M:%S}")
        parts.append(f"score {100 * status.score_ratio:.0f} % of the threshold")
    return " | ".join(parts)


def _moment(moment: datetime, now: datetime) -> str:
    if now - moment < ONE_DAY:  # the evening before needs no date
        return f"{moment:%H:%M}"
    return f"{moment:%H:%M} on {moment.day} {moment:%b}"


class StatusFile:
    """Writes status.json into the state folder."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / STATUS_FILE
        self._written: tuple[object, ...] | None = None
        self._due_seconds = 0.0

    def update(self, status: Status, now: datetime, now_seconds: float) -> None:
        """Write the status: at once when what it says has changed, else every few seconds. Raises OSError."""
        says = (status.mode, status.mode_problem, status.not_watching_because, status.incident_id, status.model)
        if says == self._written and now_seconds < self._due_seconds:
            return
        self._due_seconds = now_seconds + WRITE_EVERY_SECONDS
        write_json(self._path, _as_json(status, now))
        self._written = says


def last_mode(state_dir: Path) -> tuple[str | None, str | None]:
    """The mode that status.json tells, as its writer knew it last, and what was wrong with the mode file.

    None for what cannot be read or is not there.
    """
    try:
        told = read_json(state_dir / STATUS_FILE)
    except UserError:
        return None, None
    words = (told.get(name) if isinstance(told, dict) else None for name in ("mode", "mode_problem"))
    mode, problem = (word if isinstance(word, str) else None for word in words)
    return mode, problem


def _as_json(status: Status, now: datetime) -> dict[str, object]:
    values = {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in asdict(status).items()
    }
    return {"state": status.state, "written_at": now.isoformat(timespec="seconds"), **values}
