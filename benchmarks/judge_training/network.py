"""The judge as a Keras network: a small U-Net with sums instead of concatenations."""

from __future__ import annotations

import os

# TensorFlow greets with pages about the processor otherwise.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras

from src.cues import CUES

# Channels at half, quarter, and eighth and sixteenth of the scored size: 29,000 weights.
FINE, MIDDLE, COARSE = 12, 16, 20


def build_network() -> keras.Model:
    """(N, h, w, CUES) float32 cue maps in, (N, h, w, 1) natural log odds of a leak out.

    h and w are multiples of 8.
    """
    cues = keras.Input((None, None, CUES), name="cues")
    fine = _convolved(cues, FINE)
    middle = _convolved(_convolved(fine, MIDDLE, strides=2), MIDDLE)
    coarse = _convolved(_convolved(middle, COARSE, strides=2), COARSE)
    coarsest = _convolved(_convolved(coarse, COARSE, strides=2), COARSE)
    coarse = _merged(coarse, coarsest, COARSE)
    middle = _merged(middle, coarse, MIDDLE)
    fine = _merged(fine, middle, FINE)
    log_odds = keras.layers.Conv2D(1, 1, name="log_odds")(fine)
    return keras.Model(cues, log_odds, name="judge")


def _convolved(values: keras.KerasTensor, channels: int, strides: int = 1) -> keras.KerasTensor:
    layer = keras.layers.Conv2D(channels, 3, strides=strides, padding="same", activation="relu")
    return layer(values)


def _merged(finer: keras.KerasTensor, coarser: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    # Channels are mixed before enlarging, which costs a quarter of mixing them after.
    enlarge = keras.layers.UpSampling2D(2, interpolation="bilinear")
    enlarged = enlarge(keras.layers.Conv2D(channels, 1)(coarser))
    mixed = keras.layers.Conv2D(channels, 1)(finer)
    return _convolved(keras.layers.ReLU()(keras.layers.Add()([mixed, enlarged])), channels)
