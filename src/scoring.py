"""From the judge's map to numbers: the error map, the frame score, and thresholds from normal pictures."""

from __future__ import annotations

import numpy as np

from src.config import ScoringSettings


def error_map(log_odds: np.ndarray, watched: np.ndarray) -> np.ndarray:
    """(H, W) float32 error map, 0 = as expected, from log odds (H, W); 0 where nothing is watched.

    Softplus: about the log odds where a leak is likely, about the odds where it is not.
    """
    return np.where(watched, np.logaddexp(np.float32(0.0), log_odds), np.float32(0.0))


def frame_score(errors: np.ndarray, watched: np.ndarray, settings: ScoringSettings) -> float:
    """One number for a picture: the mean of the error map, or of its highest pixels ("topk").

    errors: (H, W) float32. watched: (H, W) bool; only these pixels count.
    """
    values = errors[watched]
    if settings.method == "mean":
        return float(values.mean())
    count = min(values.size, max(settings.topk_min_pixels, round(values.size * settings.topk_percent / 100.0)))
    return float(np.partition(values, values.size - count)[values.size - count:].mean())
