"""How varied a set of normal pictures is. A monitor that knows only one kind of light takes any other for a leak."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from src.lighting import novelty
from src.time_blocks import light_signature

ENOUGH_TO_TRAIN = 50
GOOD_NUMBER = 300
NEW_BRIGHTNESS = 0.25       # factors of two, root mean square over the parts of the picture
# Most cameras make up for a lamp that goes off; how the light is spread and coloured tells all the same. On two rigs
# half of the parts differ by at least this share when the lamps go off, and by less through a day.
NEW_SPREAD = 0.06
PICTURES_OF_A_LIGHT = 5     # fewer are a passing shadow
MOST_LIGHTS = 50


@dataclass(frozen=True)
class Light:
    """How a picture is lit.

    brightness: (12,) float, of its parts, each 1 more is twice as bright. spread: (S,) float32 from `light_signature`.
    """

    brightness: np.ndarray
    spread: np.ndarray

    def apart(self, other: Light) -> float:
        """How different two lights are: at least 1 when they are two kinds of light."""
        brightness = float(np.sqrt(np.mean((self.brightness - other.brightness) ** 2)))
        return max(brightness / NEW_BRIGHTNESS, novelty(self.spread, other.spread[None]) / NEW_SPREAD)


def look(image: np.ndarray) -> Light:
    """The light in a picture, (H, W, 3) uint8 BGR."""
    parts = cv2.resize(image, (4, 3), interpolation=cv2.INTER_AREA).mean(axis=2)
    return Light(np.log2(parts.ravel() + 4.0), light_signature(image, np.ones(image.shape[:2], bool)))


@dataclass
class Variety:
    """Counts pictures and the kinds of light among them."""

    pictures: int = 0
    _known: list[Light] = field(default_factory=list)
    _counts: list[int] = field(default_factory=list)

    def add(self, light: Light) -> None:
        """Take one more picture into account; see `look`."""
        self.pictures += 1
        self.add_light(light)

    def add_light(self, light: Light) -> None:
        """Take a light into account without counting the picture: of many old pictures a few are looked at."""
        distances = [light.apart(known) for known in self._known]
        if distances and (min(distances) < 1.0 or len(distances) >= MOST_LIGHTS):
            self._counts[int(np.argmin(distances))] += 1
        else:
            self._known.append(light)
            self._counts.append(1)

    @property
    def lights(self) -> int:
        """Distinct kinds of light, each seen in several pictures."""
        return sum(count >= PICTURES_OF_A_LIGHT for count in self._counts)

    @property
    def summary(self) -> str:
        """Short, for the counter line."""
        plurals = ["" if count == 1 else "s" for count in (self.pictures, self.lights)]
        return f"{self.pictures} picture{plurals[0]}, {self.lights} kind{plurals[1]} of light"

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
