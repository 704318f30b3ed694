"""Runs the monitor, and starts it again when it crashes or hangs."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.event_log import EventLog
from src.instance import only_instance
from src.interruption import one_interruption
from src.supervisor import Supervisor, announce_failure

MONITOR = Path(__file__).resolve().with_name("monitor.py")


def _say(text: str) -> None:
    say(f"\n{text}")  # the monitor may have left its status line unfinished


def main(arguments: list[str]) -> int:
    options = parser(f"{__doc__} Everything else on the command line is passed on to scripts/monitor.py.")
    chosen, _ = options.parse_known_args(arguments)
    config = read_config(chosen)
    clock = Clock()
    log = EventLog(config.paths.logs_dir, clock)
    state_dir = config.paths.state_mode_file.parent
    announce = partial(announce_failure, config.notify, os.environ, state_dir, clock, log.append)
    command = [sys.executable, str(MONITOR), *arguments]
    with only_instance(state_dir, "supervisor", clock.now(), called="monitor"):
        with only_instance(state_dir, "monitor", clock.now()):
            pass  # nobody watches yet; a monitor that was started by hand is named here
        with one_interruption(clock):
            return Supervisor(command, state_dir, clock, say=_say, on_event=log.append, announce=announce).run()


if __name__ == "__main__":
    run(main)
