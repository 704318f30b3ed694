"""Renders of a bench, one for each lamp, and pictures in any light that they are mixed into.

Light is additive: what several lamps show together is the sum of what each shows alone, as long as it is counted
linearly. So one render for each lamp serves for every hour of the day.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np

from benchmarks.random_benches.light import LAMPS, SUNS
from benchmarks.random_benches.states import CHARGES, State, dry, mask_file, render_file
from src.atomic_file import read_bytes

WIDTH, HEIGHT = 640, 360
NO_LIGHT = 1e-6
# A sunny spot is so much brighter than the mean of a picture in other light. It is what lies above this percentile.
SUN_STRENGTH, SUN_PERCENTILE = 2.5, 98
# How differently lamps are coloured: deviation of the logarithm.
LAMP_TINT = 0.08

# A file name -> (h, w, 3) float32, B, G, R, linear light.
Reader = Callable[[str], np.ndarray]


def exr_files(folder: Path) -> Reader:
    """Reads OpenEXR files of `folder`."""
    # OpenCV leaves this format out otherwise: damaged files can harm it. These are our own.
    os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"

    def read(name: str) -> np.ndarray:
        return cv2.imdecode(np.frombuffer(read_bytes(folder / name), np.uint8), cv2.IMREAD_UNCHANGED)

    return read


class Renders:
    """A bench in all its states and in the light of any lamps.

    states: by name. read: gives the render of each state and lamp, and for each leak the mask, 0 to 1.
    """

    def __init__(
        self, states: Mapping[str, State], read: Reader, generator: np.random.Generator,
    ) -> None:
        tints = {lamp: np.exp(generator.normal(0, LAMP_TINT, 3)).astype(np.float32) for lamp in LAMPS}
        self.states = dict(states)
        self._lit = {(state, lamp): _enlarged(read(render_file(state, lamp)))
                     for state in states for lamp in LAMPS}
        strengths = _strengths({lamp: self._lit[dry(0), lamp] for lamp in LAMPS})
        for (_, lamp), light in self._lit.items():
            light *= strengths[lamp] * tints[lamp]
        self._coverage = {
            name: cv2.resize(read(mask_file(name))[..., 0], (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
            for name, state in states.items() if state.leak is not None}

    def light(self, state: str, weights: Mapping[str, float]) -> np.ndarray:
        """(HEIGHT, WIDTH, 3) B, G, R, linear light, from 0 on. weights: how brightly each lamp burns."""
        dark = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        return sum((weight * self._lit[state, lamp] for lamp, weight in weights.items() if weight), dark)

    def dry_light(self, charge: float, weights: Mapping[str, float]) -> np.ndarray:
        """As light(), of the dry bench. charge: 0 to CHARGES - 1, between two rendered ones a mixture of them."""
        first = min(int(charge), CHARGES - 2)
        share = charge - first
        light = self.light(dry(first), weights)
        if share == 0:
            return light
        return light * (1 - share) + self.light(dry(first + 1), weights) * share

    def coverage(self, state: str) -> np.ndarray:
        """(HEIGHT, WIDTH) float32, which share of each pixel the leak covers, 0 to 1."""
        return self._coverage[state]


def _enlarged(light: np.ndarray) -> np.ndarray:
    # Cubic interpolation overshoots beside a lamp; there is no light below zero.
    return np.maximum(cv2.resize(light, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), 0)


def _strengths(lit: Mapping[str, np.ndarray]) -> dict[str, float]:
    """By what each lamp is multiplied so that all are about as bright: a mean of 1, or sunny spots above it."""
    strengths = {lamp: 1 / float(max(light.mean(), NO_LIGHT)) for lamp, light in lit.items()}
    sun = min(SUN_STRENGTH / float(max(np.percentile(lit[lamp].mean(2), SUN_PERCENTILE), NO_LIGHT))
              for lamp in SUNS)
    return strengths | dict.fromkeys(SUNS, sun)
