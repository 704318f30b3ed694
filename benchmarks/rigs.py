"""Measures a way of finding leaks on a labelled rig."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.footage import as_folder, as_source
from benchmarks.metrics import (
    FoundFrom, Sighting, auroc, found_from, share, share_by_group,
)
from benchmarks.scenes import FRAME_SECONDS, Night, Picture, Rig
from benchmarks.ways import Answer, Replayed, Way

# Leaks from this size on, percent of the picture, have a figure of their own.
VISIBLE_PERCENT = 0.05


@dataclass(frozen=True)
class NightResult:
    """What happened in one recorded night.

    normal_pictures: before the leak; false_flagged of them were flagged, false_alerts messages were sent.
    in_alarm: whether an alarm was still going on when the leak began, so that nothing new could be said.
    area_percent, delay_seconds: visible liquid at the first message after the onset, and the time since; None
    when there was none.
    """

    normal_pictures: int
    false_flagged: int
    false_alerts: int
    in_alarm: bool
    area_percent: float | None
    delay_seconds: float | None


@dataclass(frozen=True)
class Shares:
    """A share of all leak pictures, and of those from VISIBLE_PERCENT on. 0 to 1."""

    every: float
    visible: float


@dataclass(frozen=True)
class KindResult:
    """From which size on it is found: at the way's own threshold, and at the best without a false picture."""

    own_threshold: FoundFrom
    without_false: FoundFrom


@dataclass(frozen=True)
class BenignResult:
    """Pictures of a dry but unusual scene: the shares flagged as a leak and named as a moved camera."""

    pictures: int
    flagged: float
    moved: float


@dataclass(frozen=True)
class DryResult:
    """Dry pictures in order, the light jumping between blocks: how many were flagged, what was reported."""

    pictures: int
    flagged: int
    alerts: int
    lighting_changes: int


@dataclass(frozen=True)
class RigResult:
    """All figures of one way on one rig. The names are those of the tables; see README."""

    rig: str
    way: str
    training: str
    training_seconds: float
    normal_pictures: int
    leak_pictures: int
    false_share: dict[str, float]
    auroc: float
    found_without_false: Shares
    found_own_threshold: Shares
    kinds: dict[str, KindResult]
    benign: dict[str, BenignResult]
    nights: dict[str, NightResult]
    normal_in_order: DryResult


def measure_rig(rig: Rig, way: Way, scratch: Path) -> RigResult:
    """Judge all test footage of the rig. scratch: for footage that has to be put together."""
    normal = way.stills([picture.path for picture in rig.normal])
    leaks = way.stills([leak.path for leak in rig.leaks])
    limit = max(answer.score for answer in normal)
    return RigResult(
        rig=rig.name, way=way.name, training=way.training, training_seconds=way.training_seconds,
        normal_pictures=len(normal), leak_pictures=len(leaks),
        false_share=share_by_group(
            [picture.group for picture in rig.normal], [answer.flagged for answer in normal]),
        auroc=auroc(_scores(normal), _scores(leaks)),
        found_without_false=_shares(rig.leaks, [answer.score > limit for answer in leaks]),
        found_own_threshold=_shares(rig.leaks, [answer.flagged for answer in leaks]),
        kinds=_kinds(rig.leaks, leaks, limit),
        benign=_benign(rig.benign, way),
        nights={night.name: _night(night, way, scratch / night.name) for night in rig.nights},
        normal_in_order=_in_order(rig, way, scratch / "normal"),
    )


def _scores(answers: Sequence[Answer]) -> list[float]:
    return [answer.score for answer in answers]


def _shares(leaks: Sequence[Picture], found: Sequence[bool]) -> Shares:
    visible = [hit for leak, hit in zip(leaks, found) if leak.area_percent >= VISIBLE_PERCENT]
    return Shares(share(found), share(visible))


def _kinds(leaks: Sequence[Picture], answers: Sequence[Answer], limit: float) -> dict[str, KindResult]:
    kinds = {}
    for kind in dict.fromkeys(leak.group for leak in leaks):
        members = [(leak.area_percent, answer) for leak, answer in zip(leaks, answers) if leak.group == kind]
        kinds[kind] = KindResult(
            found_from(Sighting(area, answer.flagged) for area, answer in members),
            found_from(Sighting(area, answer.score > limit) for area, answer in members))
    return kinds


def _benign(pictures: Sequence[Picture], way: Way) -> dict[str, BenignResult]:
    results = {}
    for kind in dict.fromkeys(picture.group for picture in pictures):
        paths = [picture.path for picture in pictures if picture.group == kind]
        results[kind] = BenignResult(
            len(paths), share(answer.flagged for answer in way.stills(paths)), share(way.moved(paths)))
    return results


def _in_order(rig: Rig, way: Way, scratch: Path) -> DryResult:
    source = as_folder([picture.path for picture in rig.normal], scratch)
    replayed = way.in_order(source, rig.nights[0].frame_seconds if rig.nights else FRAME_SECONDS)
    return DryResult(
        len(replayed.flagged), sum(replayed.flagged), len(replayed.alerts), replayed.lighting_changes)


def _night(night: Night, way: Way, scratch: Path) -> NightResult:
    return night_result(night, way.in_order(as_source(night, scratch), night.frame_seconds))


def night_result(night: Night, replayed: Replayed) -> NightResult:
    """What the answers to a night mean, knowing when the leak began."""
    onset = night.onset - night.frames.start
    after = [index for index in replayed.alerts if index >= onset]
    first = after[0] if after else None
    return NightResult(
        normal_pictures=onset, false_flagged=sum(replayed.flagged[:onset]),
        false_alerts=sum(index < onset for index in replayed.alerts),
        in_alarm=bool(replayed.alerts) and replayed.alerts[0] < onset and replayed.flagged[onset - 1],
        area_percent=None if first is None else night.area_percent[night.frames.start + first],
        delay_seconds=None if first is None else (first - onset) * night.frame_seconds)
