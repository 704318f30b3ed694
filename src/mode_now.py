"""The mode that holds at this moment, as a monitor that is running sees it."""

from __future__ import annotations

from pathlib import Path

from src.instance import is_running
from src.mode import Mode, ModeFile, ModeReading
from src.status import last_mode


def mode_now(mode_file: Path) -> ModeReading:
    """The mode that holds now. When the file makes no sense, a running monitor keeps the mode that it had.

    When the file has disappeared, the monitor has noticed it and knows what it was before; afterwards nobody else does.
    """
    reading = ModeFile(mode_file).read()
    if reading.problem is None and mode_file.is_file():
        return reading
    state_dir = mode_file.parent
    if not is_running(state_dir, "monitor"):
        return reading
    word, problem = last_mode(state_dir)
    seen = ModeFile(mode_file, Mode(word) if word in Mode.__members__ else None).read()
    return seen if seen.problem is not None else ModeReading(seen.mode, problem)
