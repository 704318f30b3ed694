"""Measures detection and cost on recorded footage, side by side with other ways. Takes an hour or more."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.run import benchmark
from src.clock import Clock
from src.command_line import parser, read_config, run


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with the footage")
    options.add_argument("--scenes", metavar="NAMES", help="only these folders of it, such as rig_a,rig_b")
    options.add_argument("--only", choices=("detection", "cost", "hardships"),
                         help="one of the first two; or the rigs with fewer pictures, less light, a worse camera")
    options.add_argument("--output_dir", type=Path, metavar="DIR",
                         help="where the report goes (default: reports/benchmark)")
    options.add_argument("--quick", action="store_true",
                         help="a small part of one scene, to see that it runs; the figures mean nothing")
    chosen = options.parse_args(arguments)
    output_dir = chosen.output_dir or read_config(chosen).paths.reports_dir / "benchmark"
    scenes = tuple(chosen.scenes.split(",")) if chosen.scenes else None
    page = benchmark(chosen.data, scenes, chosen.only, chosen.quick, output_dir.resolve(), Clock(), print)
    print(page.read_text(encoding="utf-8"))
    print(f"The report is in {page}")
    return 0


if __name__ == "__main__":
    run(main)
