"""Light adds up: a still scene under changing light lies near a linear subspace.

Every colour channel has its own basis, found by an uncentred singular value decomposition of the training pictures
raised towards linear light (eigenbackgrounds: Oliver, Rosario and Pentland, IEEE PAMI 22, 2000, 831-843; pictures under
all light add up linearly: Belhumeur and Kriegman, IJCV 28, 1998, 245-260). Exposure and white balance stay inside
such a subspace.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Display values raised to this power are closer to linear light; chosen on two rigs, see the README.
LIGHT_EXPONENT = 1.6
# Below this share of the strongest component there is only rounding noise.
SMALLEST_STRENGTH = 1e-9
DARKEST_LIGHT = 1e-4

_TO_LIGHT = ((np.arange(256) / 255.0) ** LIGHT_EXPONENT).astype(np.float32)


@dataclass(frozen=True)
class Subspace:
    """What the scene looks like in all light of the training set.

    basis: (3, K, H * W) float32, orthonormal rows for each channel B, G, R in linear light, values of order 1 / side.
    height, width: of the scored picture in pixels.
    """

    basis: np.ndarray
    height: int
    width: int

    def reconstruct(self, picture: np.ndarray) -> np.ndarray:
        """The picture as the subspace can show it, (H, W, 3) float32 BGR, 0 to about 1, display values.

        picture: (H, W, 3) uint8 BGR.
        """
        light = cv2.LUT(picture, _TO_LIGHT)
        expected = np.empty_like(light)
        for channel, basis in enumerate(self.basis):
            code = basis @ light[:, :, channel].ravel()
            expected[:, :, channel] = (code @ basis).reshape(self.height, self.width)
        return cv2.pow(np.maximum(expected, DARKEST_LIGHT), 1.0 / LIGHT_EXPONENT)


class LightPictures:
    """Training pictures in linear light, with the products between them, so that many subspaces are fitted fast.

    pictures: (N, H, W, 3) uint8 BGR.
    """

    def __init__(self, pictures: np.ndarray) -> None:
        self._pictures = pictures
        self._products = []
        for channel in range(3):
            light = self._light(channel, np.arange(len(pictures)))
            self._products.append((light @ light.T).astype(np.float64))

    def _light(self, channel: int, chosen: np.ndarray) -> np.ndarray:
        return _TO_LIGHT[self._pictures[chosen, :, :, channel]].reshape(len(chosen), -1)

    def fit(self, chosen: np.ndarray, components: int) -> Subspace:
        """The subspace of the pictures with indices `chosen`. A few pictures span fewer components."""
        height, width = self._pictures.shape[1:3]
        bases = np.zeros((3, components, height * width), np.float32)
        for channel in range(3):
            strengths, vectors = np.linalg.eigh(self._products[channel][np.ix_(chosen, chosen)])
            strongest = np.argsort(strengths)[::-1][:components]
            strongest = strongest[strengths[strongest] > SMALLEST_STRENGTH * strengths.max()]
            weights = (vectors[:, strongest] / np.sqrt(strengths[strongest])).astype(np.float32)
            bases[channel, :len(strongest)] = weights.T @ self._light(channel, chosen)
        return Subspace(bases, height, width)
