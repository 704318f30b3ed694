"""Watches the set-up while the mode is MONITOR, and sends an alert with a picture when something wet appears."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.clock import Clock
from src.command_line import parser, read_config, run
from src.instance import only_instance
from src.monitoring import start_watching


def main(arguments: list[str]) -> int:
    config = read_config(parser(__doc__).parse_args(arguments))
    clock = Clock()
    with only_instance(config.paths.state_mode_file.parent, "monitor", clock.now()):
        reason = start_watching(config, clock, os.environ, sys.stdout)
    print(f"The monitor has ended: {reason}.")
    return 0


if __name__ == "__main__":
    run(main)
