"""The parts of the trial, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from soak.bad_inputs import bad_inputs
from soak.camera_faults import FAULTS, camera_faults
from soak.full_disk import full_disk
from soak.kill_rounds import kill_rounds
from soak.long_day import long_day
from soak.one_at_a_time import no_secret_leaves, second_monitor
from soak.report import Proof

HURRIED = 10.0  # so many seconds of the monitor in a real one


def parts(rounds: int, inputs: int, hours: float) -> dict[str, Callable[[Path], list[Proof]]]:
    """Each part is given an empty folder. rounds: kills. inputs: bad inputs. hours: of the rehearsed day."""
    return {
        "instances": lambda folder: [second_monitor(folder / "two"), no_secret_leaves(folder / "secrets")],
        "inputs": lambda folder: bad_inputs(folder, inputs),
        "disk": lambda folder: full_disk(folder, HURRIED),
        "camera": lambda folder: camera_faults(folder, FAULTS, speed=1),
        "kills": lambda folder: kill_rounds(folder, rounds),
        "day": lambda folder: long_day(folder, 3600.0 * hours),
    }
