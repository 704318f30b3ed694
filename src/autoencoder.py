"""The autoencoder in TensorFlow/Keras. The only room that imports TensorFlow, and only while training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from src.subspace import DARKEST_LIGHT, LIGHT_EXPONENT, Subspace

if TYPE_CHECKING:
    import keras


def build_autoencoder(subspace: Subspace) -> keras.Model:
    """A Keras autoencoder for pictures (N, H, W, 3) float32 BGR, 0 to 1; its output is the reconstruction, same shape.

    The encoder is a depthwise convolution whose kernels are as large as the picture: K numbers for each colour
    channel. The decoder paints the picture from these numbers. Both start from the subspace.
    """
    keras = _import_keras()
    height, width, components = subspace.height, subspace.width, subspace.basis.shape[1]
    kernels = subspace.basis.reshape(3, components, height, width)
    picture = keras.Input((height, width, 3), name="picture")
    light = keras.ops.power(picture, LIGHT_EXPONENT)
    encoder = keras.layers.DepthwiseConv2D((height, width), depth_multiplier=components, use_bias=False, name="encoder")
    decoder = keras.layers.EinsumDense("nck,ckhw->nhwc", output_shape=(height, width, 3), name="decoder")
    code = keras.layers.Reshape((3, components), name="code")(encoder(light))
    expected = keras.ops.maximum(decoder(code), DARKEST_LIGHT)
    model = keras.Model(picture, keras.ops.power(expected, 1.0 / LIGHT_EXPONENT), name="autoencoder")
    encoder.set_weights([kernels.transpose(2, 3, 0, 1)])
    decoder.set_weights([kernels])
    return model


def export_subspace(model: keras.Model) -> Subspace:
    """What inference needs of the autoencoder, so that the monitor does not have to hold TensorFlow."""
    (kernels,) = model.get_layer("decoder").get_weights()
    channels, components, height, width = kernels.shape
    return Subspace(kernels.reshape(channels, components, height * width), height, width)


def save_autoencoder(model: keras.Model, path: Path) -> None:
    """Write the model as a .keras file."""
    model.save(path)


def load_autoencoder(path: Path) -> keras.Model:
    """The saved model, ready to predict."""
    return _import_keras().models.load_model(path, compile=False)


def reconstruct(model: keras.Model, picture: np.ndarray) -> np.ndarray:
    """The reconstruction by Keras itself, (H, W, 3) float32 BGR, 0 to about 1. picture: (H, W, 3) uint8 BGR."""
    return model.predict(picture[None].astype(np.float32) / 255.0, verbose=0)[0]


def _import_keras():
    # TensorFlow would report on graphics cards that nobody has; what matters raises an exception.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    return keras
