"""Learning a scene from normal pictures, and thresholds from those that the learning has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np

from src.alarm import Debounce
from src.blobs import find_spots
from src.config import HeatmapTriggerSettings, ThresholdSettings
from src.detection import Scene, Scored, Scorer, Thresholds, verdict_of
from src.scoring import error_at, log_odds_of
from src.spread import residual, usual_spread
from src.subspace import LightPictures, Subspace
from src.time_blocks import light_signature

# So many pictures of every block are enough to learn how it behaves when it is left out.
LEFT_OUT_PICTURES = 24
SPREAD_PICTURES = 60
# The light is new when it differs this much more from the trained lights than that of any held-out picture, and by at
# least this share. On two rigs trained light stays below 0.02, daylight without lamps differs by 0.04 to 0.07.
LIGHT_MARGIN, SMALLEST_NEW_LIGHT = 1.5, 0.03
LIGHT_PICTURES = 150
# The score threshold lies this much above what held-out pictures and those of left-out blocks reach, in log odds:
# tomorrow's light will be neither. Chosen so that in the noisiest dark night of two rigs one picture in a hundred is
# over it, and nowhere three in the same place.
LOG_ODDS_MARGIN = 1.5
# ... and is never lower than this, in log odds: where training saw little change, a low threshold says little about the
# nights to come. With a rig out of focus, in coarse pixels or learned in three kinds of light instead of four, lower
# ones let most pictures of a dark night stand out; on the rigs as they are no threshold is lower.
LOWEST_LIMIT = 4.5
# A light that no other block resembles looks strange when it is left out. It does not raise the threshold by more than
# this, in log odds, or the one dark block of a training would hide the leaks in every other light.
LARGEST_RISE = 2.5
# If its light was so many times as new to the others as "new" is, this share of the rest is kept for light that is as
# new as that; a part only, because by then the block has been learned as well.
STRANGE_TIMES, KEPT_SHARE = 2.0, 0.5
# A pixel is unusual from this much below the score threshold, in log odds: large leaks are often faint.
FAINTNESS = 2.5
# A normal picture stands out when it is so many times farther above the others than they are apart, and by at least
# this much in log odds. Good pictures of four scenes, whole and in parts, were above by 3.7 at most where the others
# are close together, and up to 5.3 times as far where they are not; pictures of another bench, and of leaks that cover
# a thousandth of the picture, are above by 5.3 to 17 and 9 to 45 times as far.
FAR_OUT_TIMES, FAR_OUT = 8.0, 4.5
# Such a faint spot counts when it is at least this large (share of the scored picture), and larger than any dry one.
FAINT_SHARE = 0.0015
# ... even if dry pictures looked so much more like leaks, in log odds, than those that were held out.
AREA_MARGIN = 0.5


@dataclass(frozen=True)
class LeftOut:
    """A normal picture, and what is known without its whole block.

    index: of the picture. block: its number. subspace: fitted without that block. lights: (N, S) float32, light
    signatures of the other blocks.
    """

    index: int
    block: int
    subspace: Subspace
    lights: np.ndarray


@dataclass(frozen=True)
class Examination:
    """Normal pictures that are scored against a subspace which has not seen them.

    held_out: indices of the last pictures of every block; the subspace knows their light.
    """

    held_out: np.ndarray
    left_out: tuple[LeftOut, ...]


def hold_out(blocks: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Indices to learn from, and indices held out: the last `share` of every block, at least one picture of each.

    blocks: (N,) int block numbers, in the order taken.
    """
    held = np.zeros(len(blocks), bool)
    for block in np.unique(blocks):
        members = np.flatnonzero(blocks == block)
        held[members[-max(1, round(len(members) * share)):]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)


def learn_scene(
    pictures: np.ndarray, blocks: np.ndarray, watched: np.ndarray, held_out_share: float,
) -> tuple[Scene, Examination]:
    """Learn what the scene looks like and how far normal pictures usually are from that.

    pictures: (N, h, w, 3) uint8 BGR, prepared. blocks: (N,) int. watched: (h, w) bool.
    """
    light = LightPictures(pictures, watched)
    known, held = hold_out(blocks, held_out_share)
    fitted, unseen = known[::2], known[1::2]
    subspace = light.fit(fitted)
    lit = _spread_out(fitted, LIGHT_PICTURES)
    lights = np.stack([light_signature(pictures[index], watched) for index in lit])
    left_out = []
    for block in np.unique(blocks):
        without, others = light.fit(fitted[blocks[fitted] != block]), lights[blocks[lit] != block]
        left_out += [LeftOut(int(index), int(block), without, others)
                     for index in _spread_out(np.flatnonzero(blocks == block), LEFT_OUT_PICTURES)]
    seen = np.concatenate([_spread_out(unseen, SPREAD_PICTURES), _spread_out(held, SPREAD_PICTURES)])
    usual = usual_spread(
        (residual(subspace.reconstruct(pictures[index]), pictures[index], watched) for index in seen),
        (residual(one.subspace.reconstruct(pictures[one.index]), pictures[one.index], watched) for one in left_out),
        watched)
    return Scene(subspace, usual, watched, lights), Examination(held, tuple(left_out))


def _spread_out(indices: np.ndarray, count: int) -> np.ndarray:
    return indices[::max(1, len(indices) // count)]


@dataclass(frozen=True)
class Trial:
    """Scored normal pictures that the subspace had not seen.

    held_out: in light that it knew, in the order taken. blocks: (N,) int, the block of each of these.
    left_out: of whole blocks that it did not know. left_blocks: (M,) int, the block of each of these.
    """

    held_out: Sequence[Scored]
    blocks: np.ndarray
    left_out: Sequence[Scored]
    left_blocks: np.ndarray


def examine(
    scorer: Scorer, subspace: Subspace, pictures: np.ndarray, blocks: np.ndarray, examination: Examination,
    progress: Callable[[int, int], None],
) -> Trial:
    """Score the pictures of an examination.

    pictures, blocks: as in `learn_scene`. progress: told (done, in all) after every picture.
    """
    held_out, left_out = examination.held_out, examination.left_out
    tasks = [*((index, subspace, None) for index in held_out),
             *((one.index, one.subspace, one.lights) for one in left_out)]
    scored = []
    for index, against, lights in tasks:
        scored.append(scorer.score(against, pictures[index], lights))
        progress(len(scored), len(tasks))
    held = len(held_out)
    return Trial(scored[:held], blocks[held_out], scored[held:], np.array([one.block for one in left_out], int))


def odd_ones(
    scorer: Scorer, pictures: np.ndarray, blocks: np.ndarray, examination: Examination, trial: Trial,
    progress: Callable[[int, int], None],
) -> np.ndarray:
    """Indices of the pictures that stand far out of the others of their block, the farthest first.

    Every picture is scored against the subspace that does not know its block: one that was learnt from would hide
    what does not belong there. pictures, blocks: as in `learn_scene`. trial: what `examine` made of the examination.
    progress: told (done, in all) after every picture.
    """
    without = {one.block: one.subspace for one in examination.left_out}
    known = {one.index: scored.score for one, scored in zip(examination.left_out, trial.left_out)}
    scores = []
    for index, picture in enumerate(pictures):
        scores.append(known[index] if index in known else scorer.score(without[blocks[index]], picture).score)
        progress(len(scores), len(pictures))
    return far_out(np.array([log_odds_of(score) for score in scores]), blocks)


def far_out(log_odds: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Indices of the pictures far above the middle one of their block, the farthest first.

    log_odds: (N,) of the frame scores. blocks: (N,) int.
    """
    above = log_odds.copy()
    for block in np.unique(blocks):
        above[blocks == block] -= np.median(log_odds[blocks == block])
    limit = max(FAR_OUT, FAR_OUT_TIMES * float(np.median(np.abs(above))))
    farthest = np.argsort(-above)
    return farthest[above[farthest] > limit]


@dataclass(frozen=True)
class Calibration:
    """Thresholds, and what they rest on.

    held_out_scores, left_out_scores: frame scores of normal pictures that the subspace had not seen.
    """

    thresholds: Thresholds
    held_out_scores: np.ndarray
    left_out_scores: np.ndarray


def calibrate(trial: Trial, threshold: ThresholdSettings, trigger: HeatmapTriggerSettings) -> Calibration:
    """Thresholds from normal pictures that the subspace has not seen.

    Pictures of a left-out block stand for light that will come and was not in the training set; there may be none.
    """
    held_out, left_out = trial.held_out, trial.left_out
    held_scores, left_scores = (np.array([scored.score for scored in group]) for group in (held_out, left_out))
    reached = log_odds_of(float(np.percentile(held_scores, threshold.percentile)))
    if left_scores.size:
        reached_without_block = log_odds_of(float(np.percentile(left_scores, threshold.percentile)))
        reached = max(reached, min(reached_without_block, reached + LARGEST_RISE))
    highest = [float(np.percentile(scored.errors, trigger.pixel_error_percentile)) for scored in held_out]
    usual_peak = float(np.percentile(highest, threshold.percentile))
    limit = reached + LOG_ODDS_MARGIN
    if error_at(reached) >= usual_peak:  # a score that is the mean of many pixels is on a scale of its own
        limit = max(limit, LOWEST_LIMIT)
    score = error_at(limit)
    pixel = max(usual_peak, error_at(limit - FAINTNESS))
    dry = [scored for scored in (*held_out, *left_out) if scored.score <= score]
    somewhat_unusual = error_at(log_odds_of(pixel) - AREA_MARGIN)
    spots = [find_spots(scored.errors, somewhat_unusual, trigger.connectivity) for scored in dry]
    areas = [found.largest.area_pixels if found else 0 for found in spots]
    # One pixel more than the largest normal spot; trigger B fires at the threshold itself.
    blob_area = 1 + int(np.ceil(max(np.percentile(areas, trigger.blob_area_percentile),
                                    FAINT_SHARE * held_out[0].errors.size)))
    light_novelty = max(SMALLEST_NEW_LIGHT, LIGHT_MARGIN * max(scored.light_novelty for scored in held_out))
    thresholds = Thresholds(score, pixel, max(trigger.min_blob_area, blob_area), light_novelty,
                            _light_rises(trial, light_novelty, limit, threshold.percentile))
    return Calibration(thresholds, held_scores, left_scores)


def _light_rises(
    trial: Trial, light_novelty: float, limit: float, percentile: float,
) -> tuple[tuple[float, float], ...]:
    """What is kept of that which LARGEST_RISE cut off, for the light that it was measured in: see `Thresholds`.

    limit: the score threshold, in log odds.
    """
    rises = []
    for block in np.unique(trial.left_blocks):
        pictures = [scored for scored, of in zip(trial.left_out, trial.left_blocks) if of == block]
        novelty = float(np.median([scored.light_novelty for scored in pictures]))
        reached = log_odds_of(float(np.percentile([scored.score for scored in pictures], percentile)))
        cut_off = reached + LOG_ODDS_MARGIN - limit
        if novelty > STRANGE_TIMES * light_novelty and cut_off > 0.0:
            rises.append((novelty, KEPT_SHARE * cut_off))
    return tuple(rises)


def count_alarms(trial: Trial, thresholds: Thresholds, trigger: HeatmapTriggerSettings, needed: int) -> int:
    """How many alarms the held-out pictures raise in the order taken; all of them are false.

    Pictures of two blocks are not one run. needed: consecutive anomalies.
    """
    alarms = 0
    for block in np.unique(trial.blocks):
        debounce, going_on = Debounce(needed), False
        for index in np.flatnonzero(trial.blocks == block):
            confirmed = debounce.update(verdict_of(trial.held_out[index], thresholds, trigger))
            alarms += confirmed and not going_on
            going_on = confirmed
    return alarms
