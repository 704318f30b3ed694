"""From the judge's opinion to numbers: the error map and the frame score."""

from __future__ import annotations

import numpy as np

from src.config import ScoringSettings


def errors_of(log_odds: np.ndarray, watched: np.ndarray) -> np.ndarray:
    """(h, w) float32 error map, 0 = as expected, from the judge's log odds of a leak; 0 where nothing is watched.

    Softplus: the log odds themselves where a leak is likely, the odds where it is not.
    """
    return np.where(watched, np.logaddexp(np.float32(0.0), log_odds), np.float32(0.0))


def raised(error: float, margin: float) -> float:
    """The error whose log odds lie `margin` above those of `error`, which is above 0."""
    return float(np.logaddexp(0.0, np.log(np.expm1(error)) + margin))


def frame_score(errors: np.ndarray, watched: np.ndarray, settings: ScoringSettings) -> float:
    """One number for a picture: the mean of its error map, or of the highest pixels ("topk").

    errors: (h, w) float32. watched: (h, w) bool; only these pixels count.
    """
    values = errors[watched]
    if settings.method == "mean":
        return float(values.mean())
    count = min(values.size, max(settings.topk_min_pixels, round(values.size * settings.topk_percent / 100.0)))
    return float(np.partition(values, values.size - count)[values.size - count:].mean())
