"""What every way of finding leaks can be asked, whether it is ours or a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# The rigs whose rendered leaks the shipped judge was trained on.
SHIPPED_JUDGE_SAW = ("rig_a", "rig_b")
# What ours is called in the tables.
OURS, UNSEEN = "ours", "ours, judge never saw this rig"


@dataclass(frozen=True)
class Answer:
    """What a way says of one picture alone.

    score: higher = more leak-like. flagged: it is too high, and nothing is wrong with the camera.
    camera_problem: what is wrong with the camera, None when nothing is.
    """

    score: float
    flagged: bool
    camera_problem: str | None = None


@dataclass(frozen=True)
class Replayed:
    """What a way says of footage in order.

    flagged: for every picture. alerts: numbers of the pictures with which a message was sent.
    lighting_changes: how often new light was reported. camera_problems: kinds of problem that were reported.
    """

    flagged: tuple[bool, ...]
    alerts: tuple[int, ...]
    lighting_changes: int = 0
    camera_problems: tuple[str, ...] = ()


class Way(Protocol):
    """A way of finding leaks, trained on the normal pictures of one scene.

    name: for the tables. training: in words, what the training was. training_seconds: how long it took.
    """

    name: str
    training: str
    training_seconds: float

    def stills(self, paths: Sequence[Path]) -> list[Answer]:
        """Judge pictures, each alone."""

    def moved(self, paths: Sequence[Path]) -> list[bool]:
        """For each picture alone: whether it is named as taken by a camera that has moved."""

    def in_order(self, source: Path, frame_seconds: float) -> Replayed:
        """Judge a video or a folder of pictures in the order taken."""
