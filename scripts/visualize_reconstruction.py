"""Shows what the model has learnt: camera | expected | difference, in reports/reconstruction_viz."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.artifacts import load_detector
from src.clock import Clock
from src.command_line import parser, read_config, run
from src.console import say
from src.instance import only_instance
from src.judge import shipped_judge
from src.steady_camera import SteadyCamera
from src.visualization import show_camera, show_folder


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise ArgumentTypeError(f"expected a number from 1 to 1000, got {text!r}")
    return int(text)


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument(
        "--num", type=_count, default=16, metavar="N", help="how many pictures (default: 16)"
    )
    source = options.add_mutually_exclusive_group()
    source.add_argument(
        "--use_camera", action="store_true", help="take new pictures with the camera, one a second"
    )
    source.add_argument(
        "--input_dir", type=Path, metavar="DIR", help="folder of pictures (default: the normal pictures)"
    )
    chosen = options.parse_args(arguments)
    config = read_config(chosen)
    detector, _ = load_detector(config, shipped_judge())
    if chosen.use_camera:
        clock = Clock()
        with only_instance(config.paths.state_mode_file.parent, "monitor", clock.now()):
            camera = SteadyCamera(config.camera, clock)
            overview = show_camera(config, detector, camera, chosen.num, clock, say)
            camera.close()
    else:
        overview = show_folder(
            config, detector, chosen.input_dir or config.paths.data_normal_dir, chosen.num, say
        )
    say(f"All pictures together are in {overview}")
    return 0


if __name__ == "__main__":
    run(main)
