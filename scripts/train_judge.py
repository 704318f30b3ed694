"""Trains the network that tells leaks from light, on rendered benches with labels. For developers.

Takes about half an hour, and needs requirements-judge.txt. The shipped network, src/judge.onnx, has
learned from both rigs and from no random bench; it is replaced only when --output names it.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from src.command_line import parser, run
from src.errors import UserError

# As many as the shipped judge was trained with.
STEPS = 900


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, metavar="DIR",
                         help="folder with rig_a and rig_b")
    options.add_argument("--benches", type=Path, metavar="DIR",
                         help="folder with random benches of render_benches, learned from as well")
    options.add_argument("--leave_out", choices=("rig_a", "rig_b"),
                         help="learn nothing from this one, to measure the judge on it")
    options.add_argument("--steps", type=int, default=STEPS, metavar="N",
                         help=f"how long each teacher learns (default: {STEPS})")
    options.add_argument("--output", type=Path, required=True, metavar="FILE", help="the ONNX file to write")
    chosen = options.parse_args(arguments)
    if chosen.steps < 1:
        options.error("--steps must be at least 1")
    if find_spec("onnx") is None:
        raise UserError("The package onnx is missing. Install it with: "
                        f"{Path(sys.executable).name} -m pip install -r requirements-judge.txt")
    # Imported late: TensorFlow takes seconds, and --help should not.
    from benchmarks.judge_training.run import train_judge

    train_judge(chosen.data, chosen.benches, chosen.leave_out, chosen.steps, chosen.output.resolve(), print)
    return 0


if __name__ == "__main__":
    run(main)
