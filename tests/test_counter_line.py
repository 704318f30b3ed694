"""The counter is one line on a console, and a line now and then in a file."""

from __future__ import annotations

import errno
import io

from src.counter_line import CounterLine


class FullDisk(io.StringIO):
    """A log file on a disk without room."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


class Console(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_console_the_line_is_replaced_and_said_lines_stay(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    console = Console()
    line = CounterLine(console)
    line.show("1 saved")
    line.show("2 saved " + "x" * 200)
    line.say("done")
    first, second = console.getvalue().split("\n")[0].split("\r")[1:]
    assert len(first) == len(second) == 79
    assert console.getvalue().endswith("\ndone\n")


def test_after_its_end_others_write_below_it():
    console = Console()
    line = CounterLine(console)
    line.end()
    line.show("1 saved")
    line.end()
    line.end()
    assert console.getvalue().count("\n") == 1 and console.getvalue().endswith("\n")


def test_in_a_file_every_twentieth_line_is_written():
    file = io.StringIO()
    line = CounterLine(file)
    for number in range(41):
        line.show(str(number))
    assert file.getvalue().split() == ["0", "20", "40"]


def test_a_line_that_cannot_be_written_ends_nothing():
    line = CounterLine(FullDisk())
    line.show("1 saved")
    line.say("done")
