"""A cheap camera: what it makes of light. Pure; the same generator gives the same pictures.

Exposure, white balance, noise, tone curve and sharpening differ from camera to camera, so that the judge cannot
rely on those of one. (How a camera turns light into a picture, and back again: Brooks et al., CVPR 2019,
arXiv 1811.11127.)
"""

from __future__ import annotations

import math

import cv2
import numpy as np

NO_LIGHT = 1e-6
# Lamps on mains flicker faster than a rolling shutter reads: bright and dark bands of so many rows.
BAND_ROWS = 130
# A little more than a full turn, in radians.
TURN = 6.3
# Above this light the curve bends, so that lamps do not end in hard white spots.
SHOULDER, HEADROOM = 0.8, 0.2
# The noise is given for this gain.
NOISE_GAIN = 4
# Less smoothing than this, in pixels, leaves the noise as it is.
LEAST_SMOOTHING = 0.2
SHARPENING_RADIUS = 1.2
LEVELS = 255
# What is left of the noise in a spot of 4 x 4 pixels.
SMOOTHED_NOISE = 0.25


class RandomCamera:
    """One camera, drawn at random. Every picture is exposed anew."""

    def __init__(self, generator: np.random.Generator) -> None:
        between = generator.uniform
        self._blur = between(0.3, 1.0)
        self._shot_noise, self._read_noise = between(0.0004, 0.003), between(0.0005, 0.004)
        self._contrast, self._saturation = between(0, 0.5), between(0.7, 1.3)
        self._sharpening = between(0, 0.8)
        self.jpeg_quality = int(generator.integers(78, 95))
        self._mean_light, self._most_gain = between(0.16, 0.35), between(4, 20)
        self._white_balance = between(0, 0.8)
        self._flicker = generator.choice([0, 0, between(0.003, 0.015)])
        self._noise_smoothing = between(0, 0.8)

    def see(self, light: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """The picture, (H, W, 3) uint8 BGR. light: (H, W, 3) B, G, R from 0 on, of any scale."""
        light = cv2.GaussianBlur(light, (0, 0), self._blur)
        gain = self._gain(light) * math.exp(generator.normal(0, 0.01))
        light = light * gain * self._white(light) * np.exp(generator.normal(0, 0.004, 3))
        if self._flicker:
            bands = np.sin(np.arange(len(light)) * 2 * np.pi / BAND_ROWS + generator.uniform(0, TURN))
            light = light * (1 + self._flicker * bands)[:, None, None]
        light = np.clip(light + self._noise(light, gain, generator), 0, None)
        return (np.clip(self._developed(light), 0, 1) * LEVELS).round().astype(np.uint8)

    def visible_change(self, light: np.ndarray, other: np.ndarray) -> np.ndarray:
        """(H, W) float32: by how many grey levels two pictures differ, in the colour that differs most.

        Where there is more noise than a level after smoothing, in units of that. light, other: see `see`.
        """
        smooth = [cv2.GaussianBlur(each, (0, 0), self._blur) for each in (light, other)]
        gain = self._gain(smooth[0])
        white = gain * self._white(smooth[0])
        seen, unchanged = smooth[0] * white, smooth[1] * white
        noisy = self._developed(unchanged + self._deviation(unchanged, gain))
        expected = self._developed(unchanged)
        noise = SMOOTHED_NOISE * LEVELS * np.abs(noisy - expected)
        change = LEVELS * np.abs(self._developed(seen) - expected)
        return (change / np.maximum(noise, 1.0)).max(2).astype(np.float32)

    def _gain(self, light: np.ndarray) -> float:
        return min(self._mean_light / max(light.mean(), NO_LIGHT), self._most_gain)

    def _white(self, light: np.ndarray) -> np.ndarray:
        """(3,) B, G, R: how much each is raised towards a picture that is grey on average."""
        means = light.reshape(-1, 3).mean(0)
        return (means.mean() / np.maximum(means, NO_LIGHT)) ** self._white_balance

    def _noise(self, light: np.ndarray, gain: float, generator: np.random.Generator) -> np.ndarray:
        """Of the light itself, which comes in portions, and of reading the sensor."""
        noise = generator.standard_normal(light.shape).astype(np.float32) * self._deviation(light, gain)
        if self._noise_smoothing > LEAST_SMOOTHING:
            noise = cv2.GaussianBlur(noise, (0, 0), self._noise_smoothing)
        return noise

    def _deviation(self, light: np.ndarray, gain: float) -> np.ndarray:
        return np.sqrt(np.maximum(light, 0) * self._shot_noise * gain / NOISE_GAIN
                       + (self._read_noise * gain / NOISE_GAIN) ** 2)

    def _developed(self, light: np.ndarray) -> np.ndarray:
        """(H, W, 3) levels, about 0 to 1: the sRGB curve, then contrast, saturation and sharpening."""
        bent = SHOULDER + HEADROOM * np.tanh((light - SHOULDER) / HEADROOM)
        light = np.where(light > SHOULDER, bent, light)
        levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055)
        levels = levels + self._contrast * (levels * levels * (3 - 2 * levels) - levels)
        grey = levels.mean(2, keepdims=True)
        levels = grey + self._saturation * (levels - grey)
        smooth = cv2.GaussianBlur(levels.astype(np.float32), (0, 0), SHARPENING_RADIUS)
        return levels + self._sharpening * (levels - smooth)
