"""Does a program that runs for days hold more and more memory, or more and more open files?"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from pathlib import Path

from soak.report import Proof

GROWTH_LIMIT_BYTES = 5_000_000
WARM_UP_SHARE = 0.25
SAMPLES = 48


@dataclass
class Sample:
    """What the program held at one moment. None where the system does not tell."""

    memory_bytes: int | None
    handles: int | None


class Meter:
    """Reads the memory and the open handles now and then."""

    def __init__(self, seconds: float) -> None:
        self._every = seconds / SAMPLES
        self._due = seconds * WARM_UP_SHARE
        self.samples: list[Sample] = []

    def read(self, now_seconds: float) -> None:
        if now_seconds < self._due:
            return
        self._due += self._every
        gc.collect()
        self.samples.append(Sample(_memory_bytes(), _open_handles()))


def _memory_bytes() -> int | None:
    """The memory that this program really occupies, None when this system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")


def _open_handles() -> int | None:
    """How many files this process has open, None when this system does not tell."""
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None


def memory_flat(meter: Meter) -> Proof:
    tried = f"The same: memory flat after the first {WARM_UP_SHARE:.0%} of the time"
    if not meter.samples or meter.samples[0].memory_bytes is None:
        return Proof(tried, "", skipped="this system does not tell how much memory is used")
    sizes = [sample.memory_bytes for sample in meter.samples]
    growth = sizes[-1] - sizes[0]
    return Proof(
        tried,
        f"{sizes[0] / 1e6:.1f} MB then, {sizes[-1] / 1e6:.1f} MB at the end: growth {growth / 1e6:+.1f} MB "
        f"(at most {(max(sizes) - sizes[0]) / 1e6:+.1f} MB), with the servers of the rehearsal",
        () if growth < GROWTH_LIMIT_BYTES else (f"it grew by {growth / 1e6:.1f} MB",),
    )


def handles_flat(meter: Meter) -> Proof:
    tried = "The same: no file handle leaked"
    if not meter.samples or meter.samples[0].handles is None:
        return Proof(tried, "", skipped="this system does not tell how many files are open")
    counts = [sample.handles for sample in meter.samples]
    leaked = counts[-1] - counts[0]
    return Proof(
        tried,
        f"{counts[0]} open then, {counts[-1]} at the end, at most {max(counts)}",
        () if leaked <= 2 else (f"{leaked} more are open",),
    )
