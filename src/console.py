"""Lines for people in a console window: broken between two words, never inside one.

Only the standard library: the first start speaks before anything is installed.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TextIO

SEPARATOR = " | "


def say(text: str, stream: TextIO | None = None, hang: int = 0) -> None:
    """Print a text that stays. hang: blanks before the rest of a line that does not begin with blanks itself.

    Files and pipes get the text as it is: whoever reads them has an editor that breaks lines.
    """
    stream = stream or sys.stdout
    if stream.isatty():
        text = wrapped(text, width_of_window(), hang)
    print(text, file=stream, flush=True)


def width_of_window() -> int:
    """How many characters fit. One less than there are columns: a full line would move on by itself."""
    return shutil.get_terminal_size().columns - 1


def wrapped(text: str, width: int, hang: int = 0) -> str:
    """The text with its lines broken between words. A path longer than a line is left in one piece."""
    return "\n".join(_broken(line, width, hang) for line in text.split("\n"))


def _broken(line: str, width: int, hang: int) -> str:
    if len(line) <= width:
        return line
    indent = " " * (len(line) - len(line.lstrip()) or hang)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False,
        expand_tabs=False, replace_whitespace=False)


def fitted(line: str, width: int) -> str:
    """The line, without those of its last parts ("first | second") that do not fit; cut when there are none."""
    if len(line) <= width:
        return line
    end = line.rfind(SEPARATOR, 0, width + len(SEPARATOR))
    return line[:end] if end > 0 else line[:width]
