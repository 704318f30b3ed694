"""One picture in, one verdict out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from src.blobs import Spot, find_spots
from src.config import HeatmapTriggerSettings, ImageSettings, RoiSettings, ScoringSettings
from src.cues import cue_maps, strength
from src.lighting import novelty
from src.preprocess import crop_roi, resize
from src.scoring import error_at, errors_of, frame_score, log_odds_of
from src.spread import COUNTED_SHARE, Comparison, UsualSpread, residual
from src.subspace import Subspace, shrink
from src.time_blocks import light_signature

# In light that is so many times as new as new light at least is, faint spots are everywhere, however dry.
VERY_NEW_TIMES = 3.0


@dataclass(frozen=True)
class Verdict:
    """The judgement of one picture.

    score, score_threshold: trigger A fires when the score is above the threshold.
    largest_blob_area, blob_area_threshold: pixels of the scored picture; trigger B fires at or above it.
    triggers: of "score" and "blob"; empty means normal.
    spot: the one that fired, the strongest when several did; None when nothing stands out.
    lighting_change: the whole picture is lit as never in training.
    spots: all that would have fired by themselves, largest first; none in a normal picture.
    """

    score: float
    score_threshold: float
    largest_blob_area: int
    blob_area_threshold: int
    triggers: tuple[str, ...]
    spot: Spot | None
    lighting_change: bool
    spots: tuple[Spot, ...] = ()

    @property
    def anomalous(self) -> bool:
        return bool(self.triggers)


@dataclass(frozen=True)
class Judgement:
    """A verdict with what led to it, for evidence and reports.

    picture: (h, w, 3) uint8 BGR, what was scored. reconstruction: (h, w, 3) uint8 BGR, what was expected.
    error_map: (h, w) float32, 0 = as expected, 1 = the calibrated pixel threshold.
    """

    verdict: Verdict
    picture: np.ndarray
    reconstruction: np.ndarray
    error_map: np.ndarray


@dataclass(frozen=True)
class Scene:
    """What training learnt of one scene.

    watched: (h, w) bool, False where roi.ignore says not to look. lights: (N, S) float32, light signatures.
    """

    subspace: Subspace
    usual: UsualSpread
    watched: np.ndarray
    lights: np.ndarray


@dataclass(frozen=True)
class Thresholds:
    """The calibrated numbers.

    score: trigger A fires above it. pixel: error from which on a pixel is unusual. blob_area: trigger B fires for a
    connected component of at least so many unusual pixels. light_novelty: above it the light is new.
    light_rises: pairs of a novelty and what score and pixel rise by in light as new as that, in log odds; by less in
    light that is less new.
    """

    score: float
    pixel: float
    blob_area: int
    light_novelty: float
    light_rises: tuple[tuple[float, float], ...] = ()

    def in_light(self, novelty: float) -> Thresholds:
        """The thresholds in light that is so new: what is dry looks more like a leak there."""
        rise = max((rise * min(1.0, novelty / measured_at) for measured_at, rise in self.light_rises), default=0.0)
        if rise == 0.0:
            return self
        return replace(self, score=error_at(log_odds_of(self.score) + rise), pixel=error_at(log_odds_of(self.pixel) + rise))


@dataclass(frozen=True)
class Scored:
    """A scored picture, not yet compared with any threshold.

    score: frame score. errors: (h, w) float32 error map, 0 = as expected.
    light_novelty: how new the light is, 0 = as in a picture of the training.
    expected: (3, h, w) float32, blue, green and red, 0 to 255.
    """

    score: float
    errors: np.ndarray
    light_novelty: float
    expected: np.ndarray


def verdict_of(scored: Scored, limits: Thresholds, trigger: HeatmapTriggerSettings) -> Verdict:
    """What the thresholds make of a scored picture."""
    limits = limits.in_light(scored.light_novelty)
    light_is_very_new = scored.light_novelty > VERY_NEW_TIMES * limits.light_novelty
    large_from = limits.blob_area if trigger.enabled and not light_is_very_new else math.inf
    # A score that is the mean of many pixels lies below what each unusual pixel has, and says nothing of one spot.
    score_is_of_spots = limits.score >= limits.pixel
    spots = find_spots(
        scored.errors, limits.pixel, trigger.connectivity,
        strong_above=limits.score if score_is_of_spots else math.inf,
        large_from=large_from,
    )
    area = spots.largest.area_pixels if spots else 0
    triggers = []
    if scored.score > limits.score:
        triggers.append("score")
    if area >= large_from:
        triggers.append("blob")
    # A small, strong leak must not be looked for where the largest of the faint spots happens to be.
    spot = None
    if spots:
        spot = spots.largest if triggers == ["blob"] else spots.strongest
    return Verdict(
        score=scored.score, score_threshold=limits.score,
        largest_blob_area=area, blob_area_threshold=limits.blob_area,
        triggers=tuple(triggers), spot=spot, lighting_change=scored.light_novelty > limits.light_novelty,
        spots=spots.standing_out if spots and triggers else (),
    )


class LeakJudge(Protocol):
    """What says how leak-like each spot is: see src/judge.py."""

    name: str

    def log_odds(self, cues: np.ndarray) -> np.ndarray: ...


class Scorer:
    """Scores prepared pictures of one scene. Training, calibration, replay and the monitor all use this one."""

    def __init__(self, scene: Scene, judge: LeakJudge, settings: ScoringSettings) -> None:
        self._comparison = Comparison(scene.usual, scene.watched)
        self._watched = scene.watched
        self._half_watched = shrink(scene.watched.astype(np.float32), 2) > COUNTED_SHARE
        self._lights = scene.lights
        self._judge = judge
        self._settings = settings

    def score(self, subspace: Subspace, picture: np.ndarray, lights: np.ndarray | None = None) -> Scored:
        """Score a prepared picture, (h, w, 3) uint8 BGR, against a subspace.

        lights: (N, S) float32, the light signatures that count as known; those of the scene when None.
        """
        code = subspace.encode(picture)
        difference = residual(subspace.decode(code), picture, self._watched)
        compared = self._comparison.compare(difference, subspace.extrapolation(code))
        cues = cue_maps(difference, compared)
        # Two opinions that go wrong in different places: what the judge has learnt, and the plain measure.
        errors = errors_of(self._judge.log_odds(cues) + strength(cues), self._half_watched)
        score = frame_score(errors, self._half_watched, self._settings)
        errors = cv2.resize(errors, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        light = novelty(light_signature(picture, self._watched), self._lights if lights is None else lights)
        return Scored(score, errors, light, difference.expected)


class Detector:
    """The trained and calibrated detector of one scene."""

    def __init__(
        self, scene: Scene, judge: LeakJudge, thresholds: Thresholds, *,
        roi: RoiSettings, scoring: ScoringSettings, trigger: HeatmapTriggerSettings,
    ) -> None:
        self._scorer = Scorer(scene, judge, scoring)
        self._subspace = scene.subspace
        self._size = ImageSettings(width=scene.subspace.width, height=scene.subspace.height)
        self._thresholds = thresholds
        self.roi, self._trigger = roi, trigger

    def observe(self, image: np.ndarray) -> Judgement:
        """Judge a full camera picture, (H, W, 3) uint8 BGR. Raises UserError when the ROI does not fit it."""
        return self.judge_cropped(crop_roi(image, self.roi))

    def judge_cropped(self, cropped: np.ndarray) -> Judgement:
        """Judge a picture that is already cut to the ROI, (H, W, 3) uint8 BGR at camera resolution."""
        return self.judge(resize(cropped, self._size))

    def judge(self, picture: np.ndarray) -> Judgement:
        """Judge a prepared picture, (h, w, 3) uint8 BGR."""
        scored = self._scorer.score(self._subspace, picture)
        reconstruction = cv2.merge([cv2.convertScaleAbs(channel) for channel in scored.expected])
        error_map = scored.errors / np.float32(self._thresholds.in_light(scored.light_novelty).pixel)
        verdict = verdict_of(scored, self._thresholds, self._trigger)
        return Judgement(verdict, picture, reconstruction, error_map)
