"""Light that was not in the training set: said once when it comes, once when it goes."""

from __future__ import annotations

import numpy as np

from src.median import median

LIGHTING_CHANGE, LIGHTING_NORMAL = "lighting_change", "lighting_normal"
# A flash or a person walking by is no new light; nor is every cloud gap a return to the trained one.
PICTURES_TO_CHANGE, PICTURES_TO_RETURN = 3, 10


def novelty(light: np.ndarray, trained: np.ndarray) -> float:
    """How new the light of a picture is: by what share half of its parts, at least, differ from every trained light.

    light: (S,) float32 from `light_signature`. trained: (N, S) float32, those of training pictures. The median over
    the parts of the picture leaves out what a leak or a person changes.
    """
    return float(median(np.abs(trained / light - 1.0)).min())


class Lighting:
    """Follows whether the light is new. It never keeps a local spot from being found."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the former pictures; the light counts as trained."""
        self.new = False
        self._run = 0

    def update(self, looks_new: bool) -> str | None:
        """Take in one more picture: LIGHTING_CHANGE, LIGHTING_NORMAL, or None when nothing has changed."""
        self._run = 0 if looks_new == self.new else self._run + 1
        if self._run < (PICTURES_TO_RETURN if self.new else PICTURES_TO_CHANGE):
            return None
        self.new, self._run = looks_new, 0
        return LIGHTING_CHANGE if looks_new else LIGHTING_NORMAL
