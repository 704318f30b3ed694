"""A line on the console that is replaced by the next one, and lines that stay."""

from __future__ import annotations

from typing import TextIO

WIDTH = 79                  # a line that reaches the edge of the window would not be replaced but repeated
EVERY_NTH = 20


class CounterLine:
    """Writes to a console, or to a file or pipe, where nothing can be replaced and only every 20th line is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._replaceable = stream.isatty()
        self._open = False
        self._count = 0

    def show(self, text: str) -> None:
        """Replace the line shown before."""
        self._count += 1
        if self._replaceable:
            self._stream.write("\r" + text[:WIDTH].ljust(WIDTH))
            self._stream.flush()
            self._open = True
        elif self._count % EVERY_NTH == 1:
            print(text, file=self._stream, flush=True)

    def say(self, text: str) -> None:
        """Write a line that stays."""
        if self._open:
            self._stream.write("\n")
            self._open = False
        print(text, file=self._stream, flush=True)
