"""Renders random benches with known leaks, to measure on and to train the judge with. For developers.

Takes about six minutes a bench on one core, and needs a Python 3.11 of its own with requirements-benches.txt.
Several may run at once, each with other seeds. An interrupted run goes on where it stopped.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.random_benches.run import make_benches
from src.command_line import parser, run

# Those that the figures in README.md are of.
FIRST, LAST = 11, 22


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--first", type=int, default=FIRST, metavar="SEED",
                         help=f"the seed of the first bench (default: {FIRST})")
    options.add_argument("--last", type=int, default=LAST, metavar="SEED",
                         help=f"the seed of the last bench (default: {LAST})")
    options.add_argument("--renders", type=Path, required=True, metavar="DIR",
                         help="folder in which the renders are kept, 25 MB a bench")
    options.add_argument("--output", type=Path, required=True, metavar="DIR",
                         help="folder that gets one folder for each bench, such as bench_011")
    chosen = options.parse_args(arguments)
    if not 0 <= chosen.first <= chosen.last:
        options.error("--first must be at least 0, and --last at least --first")
    seeds = range(chosen.first, chosen.last + 1)
    make_benches(seeds, chosen.renders.resolve(), chosen.output.resolve(), print)
    return 0


if __name__ == "__main__":
    run(main)
