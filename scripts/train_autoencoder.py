"""Learns what the dry set-up looks like, from the pictures in data/normal, and writes the model."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.judge import shipped_judge
from src.normal_pictures import FEWEST_PICTURES
from src.progress_bars import ProgressBars
from src.training import train

# With fewer, not one picture of every block of time would be left to learn from.
FEWEST_AT_ALL = 10


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--allow_few", action="store_true",
                         help=f"train with fewer than {FEWEST_PICTURES} pictures, at least {FEWEST_AT_ALL}; the thresholds "
                         "are then a guess")
    chosen = options.parse_args(arguments)
    config = read_config(chosen)
    fewest = FEWEST_AT_ALL if chosen.allow_few else FEWEST_PICTURES
    with ProgressBars() as bars:
        report = train(config, shipped_judge(), Clock(), bars.show, fewest)
    for reason in report.skipped:
        say(f"Skipped: {reason}")
    if report.stats["pictures"] < FEWEST_PICTURES:
        say(f"Only {report.stats['pictures']} pictures: the thresholds are a guess. With {FEWEST_PICTURES} or more, train "
            "again.")
    for sentence in report.sentences:
        say(sentence)
    say(f"The model is in {config.paths.model_dir} (took {report.stats['seconds']:.0f} s). "
          "Next: double-click set_mode_MONITOR.bat, then run_monitor.bat.")
    return 0


if __name__ == "__main__":
    run(main)
