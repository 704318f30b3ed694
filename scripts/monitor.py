"""Watches the set-up while the mode is MONITOR, and sends an alert with a picture when something wet appears."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# Threads that wait for work by spinning cost several times as much as one picture a second itself.
for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ.setdefault(library, "1")

from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.instance import only_instance
from src.interruption import one_interruption
from src.monitor import BY_HAND
from src.monitoring import start_watching, warning_of_recording
from src.windows import calm_closing, keep_awake, no_quick_edit


def main(arguments: list[str]) -> int:
    config = read_config(parser(__doc__).parse_args(arguments))
    clock = Clock()
    if warning := warning_of_recording(config.camera):
        say(warning)
    endings: list[str] = []

    def ending(why: str) -> None:
        endings.append(why)
        say(f"\nThe monitor is ending, because {why} ...")

    with (
        only_instance(config.paths.state_mode_file.parent, "monitor", clock.now()),
        no_quick_edit(), keep_awake(), one_interruption(clock), calm_closing(ending),
    ):
        reason = start_watching(config, clock, os.environ, sys.stdout,
                                why_stopped=lambda: endings[0] if endings else BY_HAND)
    say(f"The monitor has ended: {reason}.")
    return 0


if __name__ == "__main__":
    run(main)
