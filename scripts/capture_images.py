"""Takes normal pictures of the dry set-up while the mode is CAPTURE, into data/normal. Ctrl+C ends it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.capture import CaptureTask
from src.clock import Clock
from src.command_line import parser, read_config, run
from src.counter_line import CounterLine
from src.instance import only_instance
from src.steady_camera import SteadyCamera
from src.windows import keep_awake, no_quick_edit


def main(arguments: list[str]) -> int:
    config = read_config(parser(__doc__).parse_args(arguments))
    clock = Clock()
    # It may go on from the afternoon until late in the evening.
    with only_instance(config.paths.state_mode_file.parent, "capture", clock.now()), no_quick_edit(), keep_awake():
        camera = SteadyCamera(config.camera, clock)
        line = CounterLine(sys.stdout)
        CaptureTask(config, clock, camera, lambda folder: shutil.disk_usage(folder).free, line.say, line.show).run()
    return 0


if __name__ == "__main__":
    run(main)
