"""Who may use the camera: the word in state/mode.txt."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from src.atomic_file import read_bytes, write_text

LONGEST_SHOWN = 40
# Whoever obeys the mode looks at it at least so often.
MODE_SECONDS = 0.5


class Mode(str, Enum):
    """CAPTURE: take normal pictures. MONITOR: watch for leaks. OFF: leave the camera alone."""

    CAPTURE = "CAPTURE"
    MONITOR = "MONITOR"
    OFF = "OFF"


@dataclass(frozen=True)
class ModeReading:
    """mode: the mode that holds now. problem: what is wrong with the mode file, in words, else None."""

    mode: Mode
    problem: str | None


def write_mode(path: Path, mode: Mode) -> None:
    """Write the mode file in one go. Raises OSError when the folder cannot be written to."""
    write_text(path, mode.value + "\r\n")


class ModeFile:
    """Reads the mode file again and again, and remembers the last mode it could make sense of.

    A damaged file must not end the watch, so it keeps the mode that held before. A missing file means OFF; where there
    was a mode before, that is a problem for as long as the file is missing.
    """

    def __init__(self, path: Path, known: Mode | None = None) -> None:
        """known: the mode that held before, None = not known."""
        self._path = Path(path)
        self._known = known

    def read(self) -> ModeReading:
        """The mode that holds now. Never raises."""
        try:
            word = _decode(read_bytes(self._path)).strip()
        except FileNotFoundError:
            return self._missing()
        except OSError as error:
            return self._keep(f"{self._path} cannot be read ({error.strerror})")
        except UnicodeDecodeError:
            return self._keep(f"{self._path} holds no readable text")
        if not word:
            return self._keep(f"{self._path} is empty")
        if word.upper() not in Mode.__members__:
            return self._keep(f"{self._path} says {_shortened(word)}")
        self._known = Mode(word.upper())
        return ModeReading(self._known, None)

    def _missing(self) -> ModeReading:
        if self._known not in (None, Mode.OFF):
            return ModeReading(Mode.OFF, f"{self._path} has disappeared. The mode is now OFF. {_WAY_OUT}")
        return ModeReading(Mode.OFF, None)

    def _keep(self, what_happened: str) -> ModeReading:
        expected = "expected CAPTURE, MONITOR or OFF"
        if self._known is None:
            return ModeReading(
                Mode.OFF, f"{what_happened}; {expected}. The mode is OFF: NOBODY IS WATCHING. {_WAY_OUT}"
            )
        return ModeReading(
            self._known, f"{what_happened}; {expected}. The mode stays {self._known.value}. {_WAY_OUT}"
        )


_WAY_OUT = "Set the mode again with set_mode_MONITOR.bat, set_mode_CAPTURE.bat or set_mode_OFF.bat."


def _decode(data: bytes) -> str:
    # Notepad and the Windows console write UTF-16 or UTF-8 with a byte order mark.
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _shortened(word: str) -> str:
    return ascii(word if len(word) <= LONGEST_SHOWN else word[:LONGEST_SHOWN] + "...")
