"""Tries everything that can go wrong, for about an hour, and writes what held to reports/soak."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import warnings
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from soak.report import Proof, table, write
from src.clock import Clock
from src.command_line import FINE, USER_CAN_FIX_IT, run
from src.config_file import PROJECT
from src.errors import UserError


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    parts = _parts(options)
    # The mail server of the trial finds its own settings unsafe.
    warnings.filterwarnings("ignore", module="aiosmtpd")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    scratch = Path(tempfile.mkdtemp(prefix="leak_monitor_soak_"))
    proofs: list[Proof] = []
    for name in options.part or parts:
        print(f"Trying: {name} ...", flush=True)
        found = parts[name](scratch / name)
        print(table(found) + "\n", flush=True)
        proofs += found
    page = write(proofs, PROJECT / "reports" / "soak", Clock().now())
    failed = [proof for proof in proofs if proof.faults]
    print(f"Written: {page}")
    if failed:
        print(f"{len(failed)} of {len(proofs)} did NOT hold. What the monitors left behind is in {scratch}.")
        return USER_CAN_FIX_IT
    print(f"All {len(proofs)} held, or could not be tried here.")
    shutil.rmtree(scratch)
    return FINE


def _parts(options: Namespace) -> dict[str, Callable[[Path], list[Proof]]]:
    """What there is to try. Raises UserError when packages are missing that only tests need."""
    try:
        from soak.parts import parts
    except ModuleNotFoundError as error:
        raise UserError(f"The package {error.name} is missing, which only tests need. Type "
                        "python scripts/launch.py soak: it installs what is missing, and starts.") from error
    return parts(options.rounds, options.inputs, options.hours)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument(
        "--part",
        action="append",
        choices=("instances", "inputs", "disk", "camera", "kills", "day"),
        help="only this part; may be given several times",
    )
    parser.add_argument(
        "--rounds", type=int, default=200, help="how often the monitor is killed (default 200)"
    )
    parser.add_argument("--inputs", type=int, default=10_000, help="how many bad inputs (default 10000)")
    parser.add_argument("--hours", type=float, default=24.0, help="length of the rehearsed day (default 24)")
    return parser


if __name__ == "__main__":
    run(main)
