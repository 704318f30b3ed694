"""Lets the monitor start by itself when you log on to Windows, or no longer."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.autostart import install, remove
from src.command_line import parser, run
from src.config_file import PROJECT
from src.console import say


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("action", choices=("install", "remove"), help="what to do")
    if options.parse_args(arguments).action == "remove":
        say(remove(PROJECT))
        return 0
    domain = os.environ.get("USERDOMAIN")
    user = f"{domain}\\{getpass.getuser()}" if domain else getpass.getuser()
    say(install(PROJECT / "run_monitor.bat", user))
    return 0


if __name__ == "__main__":
    run(main)
