"""What was tried, and what held."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Sequence

from src.atomic_file import write_json, write_text


@dataclass(frozen=True)
class Proof:
    """One thing that was tried.

    tried: in words. figures: what was counted, in words. faults: what did not hold, empty = it held.
    skipped: why it could not be tried here, "" = it was tried.
    """

    tried: str
    figures: str
    faults: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def verdict(self) -> str:
        if self.skipped:
            return f"NOT TRIED: {self.skipped}"
        return "held" if not self.faults else "DID NOT HOLD: " + "; ".join(self.faults)


def table(proofs: Sequence[Proof]) -> str:
    """The Markdown table."""
    rows = [(proof.tried, proof.verdict, proof.figures) for proof in proofs]
    lines = ["| What was tried | What held | Figures |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)])


def write(proofs: Sequence[Proof], folder: Path, now: datetime) -> Path:
    """Write soak_<date>.md and .json into `folder`; the page."""
    page = folder / f"soak_{now:%Y-%m-%d}.md"
    machine = f"Python {platform.python_version()}, {platform.platform(terse=True)}, {now:%Y-%m-%d %H:%M}."
    write_text(page, f"# What was tried, and what held\n\n{machine}\n\n{table(proofs)}\n")
    write_json(
        page.with_suffix(".json"),
        {
            "written_at": now.isoformat(timespec="seconds"),
            "machine": machine,
            "proofs": [{**asdict(proof), "verdict": proof.verdict} for proof in proofs],
        },
    )
    return page
