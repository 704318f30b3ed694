"""The figures by which ways of finding leaks are compared. All shares are from 0 to 1, areas in percent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# A leak kind counts as found at a size when it is found in so many of its (five) lightings.
ENOUGH_LIGHTINGS = 4


@dataclass(frozen=True)
class Sighting:
    """One picture of a leak: the visible area in percent of the picture, and whether it was found."""

    area_percent: float
    found: bool


@dataclass(frozen=True)
class FoundFrom:
    """From which size on a leak kind is found.

    area_percent: the smallest size that is found, as are all larger ones; None when the largest is missed.
    missed_percent: the largest size that is missed; None when every size is found.
    """

    area_percent: float | None
    missed_percent: float | None


def auroc(normal: Sequence[float], leaks: Sequence[float]) -> float:
    """The probability that a leak scores higher than a normal picture; equal scores count half.

    Raises ValueError when either is empty.
    """
    if len(normal) == 0 or len(leaks) == 0:
        raise ValueError("scores of both normal pictures and leaks are needed")
    ordered = np.sort(np.asarray(normal, float))
    below = np.searchsorted(ordered, leaks, side="left")
    not_above = np.searchsorted(ordered, leaks, side="right")
    return float((below + not_above).mean() / (2 * len(ordered)))


def found_without_false(normal: Sequence[float], leaks: Sequence[float]) -> float:
    """The share of leaks above every normal picture: what is found without a single false picture."""
    return share(score > max(normal) for score in leaks)


def found_from(sightings: Iterable[Sighting]) -> FoundFrom:
    """From which size on a leak kind is found in enough lightings. Raises ValueError without sightings."""
    by_area: dict[float, int] = {}
    for sighting in sightings:
        by_area[sighting.area_percent] = by_area.get(sighting.area_percent, 0) + sighting.found
    if not by_area:
        raise ValueError("at least one sighting is needed")
    missed = max((area for area, lightings in by_area.items() if lightings < ENOUGH_LIGHTINGS), default=None)
    larger = [area for area in by_area if missed is None or area > missed]
    return FoundFrom(min(larger, default=None), missed)


def share(hits: Iterable[bool]) -> float:
    """The share of hits. Raises ValueError when there is nothing to take a share of."""
    outcomes = list(hits)
    if not outcomes:
        raise ValueError("at least one outcome is needed")
    return sum(outcomes) / len(outcomes)


def share_by_group(groups: Sequence[str], hits: Sequence[bool]) -> dict[str, float]:
    """The share of hits in every group, in the order in which the groups first appear."""
    return {
        group: share(hit for name, hit in zip(groups, hits) if name == group)
        for group in dict.fromkeys(groups)
    }


def alarms_in_a_row(flagged: Sequence[bool], needed: int) -> list[int]:
    """The indices at which the n-th flagged picture in a row is seen: the plainest debounce there is."""
    alarms, run = [], 0
    for index, hit in enumerate(flagged):
        run = run + 1 if hit else 0
        if run == needed:
            alarms.append(index)
    return alarms
