"""Shows the whole job in a few minutes on recorded clips. Your own pictures, model and settings are not touched."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.clock import Clock
from src.command_line import parser, run
from src.config_file import PROJECT
from src.console import say
from src.demo import run_demo
from src.environment import NO_PAUSE


def main(arguments: list[str]) -> int:
    parser(__doc__).parse_args(arguments)
    found = run_demo(PROJECT / "reports" / "demo", Clock(), say)
    if found and sys.platform == "win32" and sys.stdin.isatty() and NO_PAUSE not in os.environ:
        # A window that was opened by a double click closes on success, and with it what was found.
        # Windows takes an input that is not connected for a keyboard, too: it ends at once.
        with contextlib.suppress(EOFError):
            input("Press Enter to close this window.")
    return 0 if found else 1


if __name__ == "__main__":
    run(main)
