"""A line on the console that is replaced by the next one, and lines that stay."""

from __future__ import annotations

import contextlib
import threading
from typing import TextIO

from src.console import fitted, width_of_window, wrapped

EVERY_NTH = 20


class CounterLine:
    """Writes to a console, or to a file or pipe, where nothing can be replaced and only every 20th line is written.

    A line that cannot be written (a log file on a full disk, a window that is gone) is left out: the watch goes on.
    Several threads may write.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._replaceable = stream.isatty()
        self._open = False
        self._count = 0
        self._lock = threading.Lock()

    def show(self, text: str) -> None:
        """Replace the line shown before."""
        with self._lock:
            self._count += 1
            if self._replaceable:
                # A line that reaches the edge of the window would not be replaced but repeated.
                width = width_of_window()
                self._write("\r" + fitted(text, width).ljust(width))
                self._open = True
            elif self._count % EVERY_NTH == 1:
                self._write(text + "\n")

    def say(self, text: str) -> None:
        """Write a line that stays."""
        text = wrapped(text, width_of_window()) if self._replaceable else text
        with self._lock:
            before, self._open = "\n" if self._open else "", False
            self._write(f"{before}{text}\n")

    def end(self) -> None:
        """Leave the line shown last as it is: what others write goes below it."""
        if self._open:
            self._open = False
            self._write("\n")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
