"""From log odds to numbers: the error map and the frame score."""

from __future__ import annotations

import math

import cv2
import numpy as np

from src.config import ScoringSettings


def errors_of(log_odds: np.ndarray, watched: np.ndarray) -> np.ndarray:
    """(h, w) float32 error map, 0 = as expected, from the log odds of a leak; 0 where nothing is watched.

    Softplus: the log odds themselves where a leak is likely, the odds where it is not.
    """
    # As np.logaddexp(0, log_odds), in a third of its time.
    errors = np.maximum(log_odds, np.float32(0.0)) + np.log1p(cv2.exp(-np.abs(log_odds)))
    return errors * watched


def error_at(log_odds: float) -> float:
    """The error of these log odds, as in `errors_of`."""
    return float(np.logaddexp(0.0, log_odds))


def log_odds_of(error: float) -> float:
    """The log odds that have this error; the inverse of `error_at`. error: at least 0, which is minus infinity."""
    return error + math.log(-math.expm1(-error)) if error > 0.0 else -math.inf


def frame_score(errors: np.ndarray, watched: np.ndarray, settings: ScoringSettings) -> float:
    """One number for a picture: the mean of its error map, or of the highest pixels ("topk").

    errors: (h, w) float32. watched: (h, w) bool; only these pixels count.
    """
    values = errors[watched]
    if settings.method == "mean":
        return float(values.mean())
    count = min(values.size, max(settings.topk_min_pixels, round(values.size * settings.topk_percent / 100.0)))
    return float(np.partition(values, values.size - count)[values.size - count:].mean())
