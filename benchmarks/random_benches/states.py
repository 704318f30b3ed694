"""What a bench is rendered as: dry, with a person near it, with a leak; and the files that hold the renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from src.atomic_file import read_json, write_json

STATES_FILE, DONE_FILE = "states.json", "done"
# The electrolytes change colour while a battery is charged: at its start, half way, at its end.
CHARGES = 3


@dataclass(frozen=True)
class State:
    """colours: which of the CHARGES the electrolytes show. people, leak: which of them is there, if any."""

    colours: int
    people: int | None = None
    leak: int | None = None


def dry(charge: int) -> str:
    """The name of the state in which nobody is there and nothing has leaked."""
    return f"dry{charge}"


def render_file(state: str, lamp: str) -> str:
    """The file of a state in the light of one lamp alone."""
    return f"{state}_{lamp}.exr"


def mask_file(state: str) -> str:
    """The file that says which share of each pixel the liquid of a state covers."""
    return f"{state}_mask.exr"


def write_states(states: Mapping[str, State], folder: Path) -> None:
    told = {name: {key: value for key, value in asdict(state).items() if value is not None}
            for name, state in states.items()}
    write_json(folder / STATES_FILE, told)


def read_states(folder: Path) -> dict[str, State]:
    """Raises UserError when the file is missing or damaged."""
    told = read_json(folder / STATES_FILE)
    return {name: State(**state) for name, state in told.items()}
