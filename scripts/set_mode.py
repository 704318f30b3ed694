"""Sets who may use the camera: capture, the monitor, or nobody."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.command_line import FINE, USER_CAN_FIX_IT, parser, run
from src.config_file import load_paths
from src.console import say
from src.mode import Mode, write_mode
from src.mode_now import mode_now

WHAT_HAPPENS = {
    Mode.CAPTURE: "Normal pictures are taken as soon as run_capture.bat runs. Nobody watches for leaks now. "
                  "When there are enough pictures, start run_train.bat.",
    Mode.MONITOR: "Leaks are watched for as soon as run_monitor.bat runs. "
                  "Check that its window says WATCHING.",
    Mode.OFF: "The camera is free, and nobody watches for leaks now. To watch, start set_mode_MONITOR.bat.",
}


def main(arguments: list[str]) -> int:
    options_parser = parser("Set who may use the camera. Without a mode: say which one holds now.")
    options_parser.add_argument(
        "mode", nargs="?", type=str.upper, choices=[mode.value for mode in Mode],
        metavar="CAPTURE|MONITOR|OFF",
    )
    options = options_parser.parse_args(arguments)
    # To disarm, or to arm, has to work although there is a mistake somewhere in the settings.
    paths, mistake = load_paths(options.config, say=lambda line: say(line, sys.stderr))
    path = paths.state_mode_file
    if options.mode is not None:
        write_mode(path, Mode(options.mode))
    reading = mode_now(path)
    say(f"The mode is {reading.mode.value}. {WHAT_HAPPENS[reading.mode]}")
    if reading.problem is not None:
        say(reading.problem)
    if mistake is not None:
        say(f"The mode is kept in {path}. But there is a mistake in the settings:\n{mistake}", sys.stderr)
        return USER_CAN_FIX_IT
    return FINE


if __name__ == "__main__":
    run(main)
