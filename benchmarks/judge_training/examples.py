"""Cue maps with labels, made from the pictures of a rendered bench.

The scene is learned once from all its normal pictures, and once more without each block of them, so that the
judge also sees what light does that the scene has not been learned in. That is what it must not call a leak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from benchmarks.judge_training.disturbances import nudged, shadowed
from benchmarks.judge_training.footage import RigPictures
from benchmarks.judge_training.labels import DRY, label_of_coverage
from benchmarks.judge_training.spills import with_spills
from src.cues import cue_maps
from src.learning import learn_scene
from src.spread import Comparison, residual
from src.subspace import Subspace

# As training does it by default.
HELD_OUT_SHARE = 0.2
# Neighbouring pictures are twins: every so many-th is enough.
LATER_STEP, HELD_OUT_STEP, LEFT_OUT_STEP = 4, 5, 2
BLOCK_STEP, HELD_OUT_STEP_WITHOUT_BLOCK = 7, 8
# A scene learned without one of its blocks gives half as many examples: there are several such scenes.
THINNING = 2


class Kind(IntEnum):
    """What an example shows: no liquid, a rendered leak, or drawn spills."""

    DRY, LEAK, SPILL = range(3)


@dataclass(frozen=True)
class Example:
    """cues: (h, w, CUES) float16, half precision to save room. label: (h, w) uint8, see labels.py."""

    kind: Kind
    cues: np.ndarray
    label: np.ndarray


@dataclass(frozen=True)
class Amounts:
    """How many examples are made by hand for each scene."""

    nudges: int
    shadows: int
    spills: int


OF_A_RIG = Amounts(nudges=25, shadows=40, spills=260)
# There are many benches; what one of them teaches, the others teach as well.
OF_A_BENCH = Amounts(nudges=10, shadows=10, spills=70)


@dataclass(frozen=True)
class Look:
    """A dry picture, (h, w, 3) uint8 BGR, and a subspace that has not seen it."""

    picture: np.ndarray
    subspace: Subspace


class LearnedScene:
    """A scene as the monitor would know it after training on these pictures."""

    def __init__(self, pictures: np.ndarray, blocks: np.ndarray, watched: np.ndarray) -> None:
        self._watched = watched
        self._pictures = pictures
        self._scene, self._examination = learn_scene(pictures, blocks, watched, HELD_OUT_SHARE)
        self._comparison = Comparison(self._scene.usual, watched)

    def look(self, picture: np.ndarray) -> Look:
        """Look at a picture that was not learned from."""
        return Look(picture, self._scene.subspace)

    def held_out(self, step: int) -> list[Look]:
        """Every `step`-th of the held-out pictures."""
        return [self.look(self._pictures[index]) for index in self._examination.held_out[::step]]

    def left_out(self) -> list[Look]:
        """Pictures as seen by subspaces that were learned without their block."""
        return [Look(self._pictures[one.index], one.subspace) for one in self._examination.left_out[1::LEFT_OUT_STEP]]

    def cues(self, look: Look) -> np.ndarray:
        """(h / 2, w / 2, CUES) float16."""
        code = look.subspace.encode(look.picture)
        difference = residual(look.subspace.decode(code), look.picture, self._watched)
        compared = self._comparison.compare(difference, look.subspace.extrapolation(code))
        return np.moveaxis(cue_maps(difference, compared), 0, -1).astype(np.float16)


def make_examples(
    rig: RigPictures, amounts: Amounts, generator: np.random.Generator,
) -> Iterator[Example]:
    """All examples of a rig: of the scene as a whole, then of the scene without each of its blocks."""
    scene = LearnedScene(rig.normal, rig.blocks, rig.watched)
    looks = [scene.look(picture) for picture in rig.later[generator.integers(LATER_STEP)::LATER_STEP]]
    looks += scene.left_out() + scene.held_out(HELD_OUT_STEP)
    yield from _of_scene(scene, looks, rig, amounts, generator, thinning=1)
    for block in np.unique(rig.blocks):
        known = rig.blocks != block
        scene = LearnedScene(rig.normal[known], rig.blocks[known], rig.watched)
        later = rig.later[generator.integers(LATER_STEP)::LATER_STEP * THINNING]
        looks = [scene.look(picture) for picture in [*later, *rig.normal[~known][::BLOCK_STEP]]]
        looks += scene.held_out(HELD_OUT_STEP_WITHOUT_BLOCK)
        yield from _of_scene(scene, looks, rig, amounts, generator, THINNING)


def _of_scene(
    scene: LearnedScene, looks: list[Look], rig: RigPictures, amounts: Amounts,
    generator: np.random.Generator, thinning: int,
) -> Iterator[Example]:
    size = rig.labels.shape[1:]

    def dry(look: Look) -> Example:
        return Example(Kind.DRY, scene.cues(look), np.full(size, DRY, np.uint8))

    yield from map(dry, looks)
    for picture in rig.unusual_light[::thinning]:
        yield dry(scene.look(picture))
    for number in generator.permutation(len(looks))[:amounts.nudges // thinning]:
        yield dry(Look(nudged(looks[number].picture, generator), looks[number].subspace))
    for number in generator.integers(0, len(looks), amounts.shadows // thinning):
        yield dry(Look(shadowed(looks[number].picture, generator), looks[number].subspace))
    start = generator.integers(thinning)
    for picture, label in zip(rig.leaks[start::thinning], rig.labels[start::thinning]):
        yield Example(Kind.LEAK, scene.cues(scene.look(picture)), label)
    for number in generator.integers(0, len(looks), amounts.spills // thinning):
        spilled = with_spills(looks[number].picture, generator)
        cues = scene.cues(Look(spilled.picture, looks[number].subspace))
        yield Example(Kind.SPILL, cues, label_of_coverage(spilled.coverage, size))
