"""Tries the present model and settings on recorded footage, exactly as the monitor would judge it. Sends nothing."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.errors import UserError
from src.judge import shipped_judge
from src.replay import replay

NOTHING_TO_REPLAY = """No recording was named.
Open the folder of the program, click into the address line of the Explorer window, type cmd, press Enter, then type
    run_replay.bat --source "D:\\videos\\night.mp4"
with the name of a video or of a folder of pictures (chapter 15 of USER_GUIDE.md)."""


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= 86400.0:
        raise ArgumentTypeError(f"expected a number of seconds above 0, such as 1.5, got {text!r}")
    return seconds


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--source", metavar="VIDEO_OR_FOLDER", help="recorded footage")
    options.add_argument("--frame_seconds", type=_seconds, default=1.5, metavar="SECONDS",
                         help="time between two pictures of the footage (default: 1.5)")
    options.add_argument("--stills", action="store_true", help="judge each picture alone, with no memory")
    options.add_argument("--output_dir", type=Path, metavar="DIR",
                         help="where the results go (default: reports/replay/<date and time>)")
    chosen = options.parse_args(arguments)
    if chosen.source is None:
        raise UserError(NOTHING_TO_REPLAY)
    config = read_config(chosen)
    now = Clock().now()
    folder = chosen.output_dir or config.paths.reports_dir / "replay" / f"{now:%Y%m%d_%H%M%S}"
    with tqdm(desc="Replaying", unit=" pictures", ascii=True, disable=None) as bar:
        report = replay(config, shipped_judge(), chosen.source, chosen.frame_seconds, chosen.stills, folder, now,
                        lambda done: bar.update(done - bar.n))
    for sentence in report.sentences:
        say(sentence)
    say(f"The details are in {report.folder}")
    return 0


if __name__ == "__main__":
    run(main)
