"""Compares the thresholds in use with the scores of normal pictures, and replaces them if asked to."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.calibration import calibrate_thresholds
from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.progress_bars import ProgressBars


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--input_dir", type=Path, metavar="DIR",
                         help="other normal pictures (default: those of the training)")
    options.add_argument("--write_threshold", action="store_true",
                         help="use the new thresholds from now on; the former ones are kept as a backup")
    chosen = options.parse_args(arguments)
    config = read_config(chosen)
    with ProgressBars() as bars:
        report = calibrate_thresholds(config, chosen.input_dir, chosen.write_threshold, Clock(), bars.show)
    for sentence in report.sentences:
        say(sentence)
    say(f"The picture is {report.histogram}")
    return 0


if __name__ == "__main__":
    run(main)
