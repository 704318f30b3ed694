"""Light adds up: a still scene under changing light lies near a linear subspace.

Every colour channel has its own basis, found by an uncentred singular value decomposition of the training pictures
in linear light (eigenbackgrounds: Oliver, Rosario and Pentland, IEEE PAMI 22, 2000, 831-843; pictures under all light
add up linearly: Belhumeur and Kriegman, IJCV 28, 1998, 245-260). Exposure and white balance stay inside such a
subspace.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

# Cameras compress bright light; -log(1 - 0.985 y^1.5) undoes that, nearly linear below. Measured on two rigs.
TONE_EXPONENT, TONE_SHOULDER = 1.5, 0.985
# A little of the plain value keeps the curve from being flat at black, where it could not be undone.
PLAIN_SHARE = 0.004
TABLE_STEPS = 32768
# The picture is encoded at a quarter of its size, where camera noise and small spots hardly count.
ENCODER_SHRINK = 4
EXTRAPOLATION_SHRINK = 2
EXTRAPOLATION_SIGMA = 1.2
# Five components show nearly all of what light does to a still scene (Epstein, Hallinan and Yuille, "5 +/- 2 eigenimages
# suffice", Workshop on Physics-Based Modeling in Computer Vision, 1995). With two or three, a bench that was learned
# from 50 or 100 pictures had a quarter of its leaks ranked below dry pictures; with five, an eighth.
FEWEST_COMPONENTS, MOST_COMPONENTS, PICTURES_PER_COMPONENT = 5, 10, 8
SMALLEST_RIDGE = 1e-9


def _to_light(display: np.ndarray) -> np.ndarray:
    toned = np.log1p(-TONE_SHOULDER * display ** TONE_EXPONENT) / np.log1p(-TONE_SHOULDER)
    return (1.0 - PLAIN_SHARE) * toned + PLAIN_SHARE * display


_STEPS = np.linspace(0.0, 1.0, TABLE_STEPS + 1)
# Light (0 to 1) of each of the 256 grey levels, and the grey level (0 to 255) of TABLE_STEPS + 1 amounts of light.
TO_LIGHT = _to_light(np.arange(256) / 255.0).astype(np.float32)
TO_DISPLAY = (255.0 * np.interp(_STEPS, _to_light(_STEPS), _STEPS)).astype(np.float32)
# As OpenCV wants it for 16-bit steps; it looks them up in a seventh of NumPy's time.
_DISPLAY_TABLE = np.pad(TO_DISPLAY, (0, 65536 - len(TO_DISPLAY)), mode="edge")
_LIGHT_PER_LEVEL = np.gradient(_to_light(_STEPS), _STEPS)[np.round(np.arange(256) / 255.0 * TABLE_STEPS).astype(int)]


def component_counts(pictures: int) -> tuple[int, int, int]:
    """How many components to use for so many training pictures, and fewer and more to compare them with.

    A subspace never has more than half as many as it was fitted to pictures, whatever this says.
    """
    used = int(np.clip(round(pictures / PICTURES_PER_COMPONENT), FEWEST_COMPONENTS, MOST_COMPONENTS))
    return used, max(1, round(0.6 * used)), round(1.6 * used)


# For `used`, fewer and more components, each (3, K) float32: the amount of every component in every colour channel.
Code = tuple[np.ndarray, np.ndarray, np.ndarray]
# Blue, green and red, each (H, W) float32: OpenCV and the caches are faster on one colour after the other.
Channels = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Subspace:
    """What the scene looks like in all light of the training set, in linear light.

    encoders: for `used`, fewer and more components, each (3, K, h * w) float32 at a quarter of the size.
    decoder: (3, used, H * W) float32. small_decoder: (3, K of the most, h2 * w2) float32 at half the size.
    height, width: of the scored picture in pixels.
    """

    encoders: tuple[np.ndarray, np.ndarray, np.ndarray]
    decoder: np.ndarray
    small_decoder: np.ndarray
    height: int
    width: int

    def encode(self, picture: np.ndarray) -> Code:
        """How much of each component the picture shows. picture: (H, W, 3) uint8 BGR."""
        light = shrink(cv2.LUT(picture, TO_LIGHT), ENCODER_SHRINK)
        channels = np.stack(cv2.split(light)).reshape(3, -1, 1)
        return tuple((encoder @ channels)[:, :, 0] for encoder in self.encoders)

    def decode(self, code: Code) -> np.ndarray:
        """The encoded picture as the subspace can show it, (3, H, W) float32, blue, green and red, 0 to 255."""
        return _grey_levels(code[0], self.decoder).reshape(3, self.height, self.width)

    def reconstruct(self, picture: np.ndarray) -> np.ndarray:
        """The picture as the subspace can show it: as `decode`. picture: (H, W, 3) uint8 BGR."""
        return self.decode(self.encode(picture))

    def extrapolation(self, code: Code) -> Channels:
        """Where the decoded picture depends on how many components are used: it is a guess there in this light.

        Returns the variance in squared grey levels, (H / 2, W / 2) float32 of every channel.
        """
        used, fewer, more = (_grey_levels(amounts, self.small_decoder) for amounts in code)
        variances = 0.5 * ((fewer - used) ** 2 + (more - used) ** 2)
        half = self.height // EXTRAPOLATION_SHRINK, self.width // EXTRAPOLATION_SHRINK
        return tuple(cv2.GaussianBlur(variance.reshape(half), (0, 0), EXTRAPOLATION_SIGMA) for variance in variances)


def shrink(values: np.ndarray, factor: int) -> np.ndarray:
    """The mean over factor x factor pixels; rows and columns beyond a multiple of it are spread over the rest."""
    if factor == 1:
        return values
    return cv2.resize(values, (values.shape[1] // factor, values.shape[0] // factor), interpolation=cv2.INTER_AREA)


def _grey_levels(amounts: np.ndarray, decoder: np.ndarray) -> np.ndarray:
    """(3, pixels) float32, 0 to 255, of (3, K) amounts of the first K components."""
    steps = ((TABLE_STEPS * amounts[:, None]) @ decoder[:, :amounts.shape[1]])[:, 0]
    return cv2.LUT(np.clip(steps, 0, TABLE_STEPS, out=steps).astype(np.uint16), _DISPLAY_TABLE)


class LightPictures:
    """Training pictures in linear light, with the products between them, so that many subspaces are fitted fast.

    pictures: (N, H, W, 3) uint8 BGR. Every pixel is weighted by the inverse slope of the tone curve, so that errors
    count as they look.
    """

    def __init__(self, pictures: np.ndarray, watched: np.ndarray) -> None:
        self._pictures = pictures
        some = pictures[::max(1, len(pictures) // 60)]
        levels = some.mean(axis=0).round().astype(np.uint8)
        weights = 1.0 / _LIGHT_PER_LEVEL[levels]
        # What is not watched must not have a say in the light of the rest: a display there may show anything.
        self._weights = (weights / weights.mean() * watched[:, :, None]).astype(np.float32)
        # A small pixel that is ignored in part is ignored altogether.
        self._small_watched = shrink(watched.astype(np.float32), ENCODER_SHRINK) > 0.999
        everything = np.arange(len(pictures))
        self._products = []
        for channel in range(3):
            light = self._light(channel, everything)
            self._products.append((light @ light.T).astype(np.float64))

    def fit(self, chosen: np.ndarray) -> Subspace:
        """The subspace of the pictures with indices `chosen`."""
        height, width = self._pictures.shape[1:3]
        counts = component_counts(len(chosen))
        encoders: tuple[list, list, list] = ([], [], [])
        decoders, small_decoders = [], []
        for channel in range(3):
            basis = self._basis(channel, chosen, min(max(counts), max(1, len(chosen) // 2)), (height, width))
            weights = self._weights[:, :, channel]
            small = np.stack([shrink(component, EXTRAPOLATION_SHRINK) for component in basis])
            small_decoders.append(small.reshape(len(basis), -1))
            decoders.append(basis[:counts[0]].reshape(len(basis[:counts[0]]), -1))
            for encoder, count in zip(encoders, counts):
                encoder.append(_encoder(basis[:count], shrink(weights, ENCODER_SHRINK) * self._small_watched))
        return Subspace(tuple(np.stack(encoder) for encoder in encoders), np.stack(decoders),
                        np.stack(small_decoders), height, width)

    def _light(self, channel: int, chosen: np.ndarray) -> np.ndarray:
        return self._plain_light(channel, chosen) * self._weights[:, :, channel].ravel()

    def _plain_light(self, channel: int, chosen: np.ndarray) -> np.ndarray:
        return TO_LIGHT[self._pictures[chosen, :, :, channel]].reshape(len(chosen), -1)

    def _basis(self, channel: int, chosen: np.ndarray, count: int, shape: tuple[int, int]) -> np.ndarray:
        """(count, H, W) float32, the strongest first."""
        strengths, vectors = np.linalg.eigh(self._products[channel][np.ix_(chosen, chosen)])
        strengths, vectors = strengths[::-1][:count], vectors[:, ::-1][:, :count]
        mixing = (vectors / np.sqrt(np.maximum(strengths, SMALLEST_RIDGE))).T.astype(np.float32)
        return (mixing @ self._plain_light(channel, chosen)).reshape(len(mixing), *shape)


def _encoder(basis: np.ndarray, small_weights: np.ndarray) -> np.ndarray:
    """Weighted least squares at a quarter of the size: (K, h * w) float32. small_weights: (h, w)."""
    small = np.stack([shrink(component, ENCODER_SHRINK) for component in basis]).reshape(len(basis), -1).T
    small_weights = small_weights.reshape(-1, 1).astype(np.float64)
    weighted = small * small_weights
    normal = weighted.T @ weighted
    ridge = SMALLEST_RIDGE * np.trace(normal) / len(normal) * np.eye(len(normal))
    return np.linalg.solve(normal + ridge, (weighted * small_weights).T).astype(np.float32)
