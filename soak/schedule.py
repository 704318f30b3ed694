"""What goes wrong on the rehearsed day, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass

# What the monitor is to call it when it has lasted so long (seconds), None = nothing is to be named.
NAMED: dict[str, tuple[str, float] | None] = {
    "camera gone": ("lost", 30.0),
    "camera silent": ("lost", 30.0),
    "frozen": ("frozen", 30.0),
    "black": ("black", 10.0),
    "dazzled": ("overexposed", 10.0),
    "covered": ("covered", 20.0),
    "nudged": ("moved", 20.0),
    "bad pictures": None,
    "leak": None,
    "mode OFF": None,
    "mode CAPTURE": None,
    "mode rubbish": None,
    "asleep": None,
    "stalled": None,
    "clock forward": None,
    "clock back": None,
    "disk low": None,
    "disk full": None,
}
BLIND = ("camera gone", "camera silent", "frozen", "black", "dazzled", "covered")
NOT_ARMED = ("mode OFF", "mode CAPTURE")
NEEDS_A_DISK = ("disk low", "disk full")
# How long each lasts, in seconds; jumps of time happen in one moment, and that is how far they go.
LENGTHS = {
    "leak": (180, 900),
    "bad pictures": (3, 8),
    "asleep": (600, 1800),
    "stalled": (40, 90),
    "clock forward": (90, 90),
    "clock back": (90, 90),
    "disk low": (150, 300),
    "disk full": (150, 300),
}
USUAL_LENGTH = (60, 480)
PAUSE = (420, 600)  # long enough that a resolved incident and the cooldown are over
JUMPS = ("asleep", "stalled", "clock forward", "clock back")
OUTAGES = ("Slack down", "e-mail down", "both down")


@dataclass(frozen=True)
class Episode:
    """what happens from `start` to `end`, in seconds since the beginning of the day, end exclusive."""

    what: str
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


def troubles(day_seconds: float, dice: random.Random, with_disk: bool) -> list[Episode]:
    """One trouble after the other, every kind about as often, none at the very end. Leaks come in between."""
    kinds = [kind for kind in NAMED if kind != "leak" and (with_disk or kind not in NEEDS_A_DISK)]
    waiting: list[str] = []
    episodes, now = [], 120.0
    while True:
        if not waiting:
            # Each kind once, in a new order each time, and as many leaks among them.
            waiting = [what for kind in dice.sample(kinds, len(kinds)) for what in (kind, "leak")]
        what = waiting.pop(0)
        end = now + dice.randint(*LENGTHS.get(what, USUAL_LENGTH))
        if end + PAUSE[1] > day_seconds:
            return episodes
        episodes.append(Episode(what, now, end))
        now = end + dice.randint(*PAUSE)


def outages(day_seconds: float, dice: random.Random) -> list[Episode]:
    """Hours in which servers are down."""
    hour = day_seconds / 24.0
    episodes = []
    for number in range(5):
        start = (1.5 + 4.3 * number + dice.uniform(0.0, 1.0)) * hour
        episodes.append(Episode(OUTAGES[number % len(OUTAGES)], start, start + dice.uniform(0.5, 3.0) * hour))
    return episodes
