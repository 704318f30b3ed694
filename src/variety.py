"""How varied a set of normal pictures is. A monitor that knows only one kind of light takes any other for a leak."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

ENOUGH_TO_TRAIN = 50
GOOD_NUMBER = 300
NEW_LIGHT = 0.25            # factors of two in brightness, root mean square over the parts of the picture
PICTURES_OF_A_LIGHT = 5     # fewer are a passing shadow
MOST_LIGHTS = 50


def look(image: np.ndarray) -> np.ndarray:
    """How the parts of a picture, (H, W, 3) uint8 BGR, are lit: (12,) float, each 1 more is twice as bright."""
    parts = cv2.resize(image, (4, 3), interpolation=cv2.INTER_AREA).mean(axis=2)
    return np.log2(parts.ravel() + 4.0)


@dataclass
class Variety:
    """Counts pictures and the kinds of light among them."""

    pictures: int = 0
    _looks: list[np.ndarray] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)

    def add(self, how_it_is_lit: np.ndarray) -> None:
        """Take one more picture into account; see `look`."""
        self.pictures += 1
        self.add_light(how_it_is_lit)

    def add_light(self, how_it_is_lit: np.ndarray) -> None:
        """Take a light into account without counting the picture: of many old pictures a few are looked at."""
        distances = [float(np.sqrt(np.mean((how_it_is_lit - known) ** 2))) for known in self._looks]
        if distances and (min(distances) < NEW_LIGHT or len(distances) >= MOST_LIGHTS):
            self._counts[int(np.argmin(distances))] += 1
        else:
            self._looks.append(how_it_is_lit)
            self._counts.append(1)

    @property
    def lights(self) -> int:
        """Distinct kinds of light, each seen in several pictures."""
        return sum(count >= PICTURES_OF_A_LIGHT for count in self._counts)

    @property
    def summary(self) -> str:
        """Short, for the counter line."""
        return f"{self.pictures} picture{'' if self.pictures == 1 else 's'}, {self.lights} kind{'' if self.lights == 1 else 's'} of light"

    @property
    def advice(self) -> str:
        """What is still missing, in words."""
        if self.pictures < ENOUGH_TO_TRAIN:
            return (f"Too few to train with: at least {ENOUGH_TO_TRAIN} are needed, {GOOD_NUMBER} or more are better. "
                    "Go on capturing.")
        if self.lights <= 1:
            return ("All are in the same light, so that any other light would look like a leak. Go on capturing "
                    "with the lamps on and off, with the blinds open and closed, and through an evening.")
        if self.pictures < GOOD_NUMBER:
            return f"Usable. {GOOD_NUMBER} or more are better, also in the light of the night."
        return "A good set. Pictures in the light of evening and night make it better still."
