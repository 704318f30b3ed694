"""The one place where a script's errors become words and an exit code."""

from __future__ import annotations

import errno
import os
import platform
import signal
import sys
import traceback
from argparse import ArgumentParser, Namespace
from importlib import metadata
from io import TextIOWrapper
from pathlib import Path
from typing import Callable, NoReturn

from src.clock import Clock
from src.config import Config
from src.config_file import DEFAULT_CONFIG, PROJECT, load_config
from src.console import say
from src.errors import UserError
from src.redact import redact

FINE, USER_CAN_FIX_IT, WRONG_ARGUMENTS, BUG = 0, 1, 2, 3
CRASH_FILE = PROJECT / "logs" / "crash.txt"
CRASH_FILE_LIMIT = 1_000_000
PACKAGES = ("tensorflow", "numpy", "opencv-python", "pydantic")


class Parser(ArgumentParser):
    """An ArgumentParser whose refusals are broken between words, as its help is."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        say(f"{self.prog}: error: {message}", sys.stderr)
        sys.exit(WRONG_ARGUMENTS)


def parser(description: str) -> ArgumentParser:
    """An argument parser that every script starts from: it knows --config."""
    made = Parser(description=description)
    made.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings file (default: {DEFAULT_CONFIG})"
    )
    return made


def read_config(options: Namespace) -> Config:
    """The settings that --config names. Raises ConfigError."""
    return load_config(options.config, say=lambda line: say(line, sys.stderr))


def run(main: Callable[[list[str]], int], crash_file: Path = CRASH_FILE) -> NoReturn:
    """Run a script's `main(arguments) -> exit code` and leave the program.

    Exit codes: 0 fine (also after Ctrl+C), 1 the user can fix it, 2 wrong arguments (argparse), 3 a bug.
    """
    _prepare_console()
    _stop_calmly_when_asked()
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        say("\nStopped.", sys.stderr)
        code = FINE
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain once more while it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FINE
    except UserError as error:
        code = _refuse(str(error))
    except OSError as error:
        words = _in_words(error)
        code = _crashed(crash_file) if words is None else _refuse(words)
    except Exception:  # the guard of the shell: a bug, for which a traceback is kept
        code = _crashed(crash_file)
    sys.exit(code)


def _prepare_console() -> None:
    # A console with code page cp1252 cannot show every character; a "?" is better than the end of the watch.
    # Line by line, so that a launcher or a log file shows each line when it is written.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace", line_buffering=True)


def _stop_calmly_when_asked() -> None:
    """Being ended by another program (kill, Ctrl+Break, a supervisor) is the same as Ctrl+C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.default_int_handler)


def _refuse(text: str) -> int:
    say(redact(text, os.environ), sys.stderr)
    return USER_CAN_FIX_IT


def _in_words(error: OSError) -> str | None:
    """What the user can do about `error`, None when it is not for the user to mend."""
    if error.errno == errno.ENOSPC:
        return "The disk is full. Free some space, then start again."
    # When a file is replaced, the second name is the one that the user knows.
    name = error.filename2 or error.filename
    if name and isinstance(error, (PermissionError, IsADirectoryError, NotADirectoryError)):
        return (
            f"{name} cannot be written or read: {error.strerror}. Close programs that have it open, "
            "check that it is not write-protected, then start again."
        )
    return None


def _crashed(crash_file: Path) -> int:
    report = redact(_crash_report(), os.environ)
    try:
        _keep(crash_file, report)
    except OSError as error:
        print(f"{report}\n{crash_file} cannot be written: {error.strerror}.", file=sys.stderr)
        return BUG
    say(
        f"This is a fault in the program, not yours. Details are in {crash_file}: "
        "send that file to whoever looks after the program, then start again.",
        sys.stderr,
    )
    return BUG


def _crash_report() -> str:
    versions = [f"Python {platform.python_version()}", platform.platform()]
    for name in PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            versions.append(f"{name} missing")
    return "\n".join((
        f"==== {Clock().now().isoformat(timespec='seconds')}",
        f"Command: {' '.join(sys.argv)}",
        f"Versions: {', '.join(versions)}",
        traceback.format_exc(),
    ))


def _keep(crash_file: Path, report: str) -> None:
    crash_file.parent.mkdir(parents=True, exist_ok=True)
    too_long = crash_file.exists() and crash_file.stat().st_size > CRASH_FILE_LIMIT
    with open(crash_file, "w" if too_long else "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(report + "\n")
