"""The autoencoder in TensorFlow/Keras. The only room that imports TensorFlow, and only while training."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from src.subspace import ENCODER_SHRINK, TABLE_STEPS, TO_DISPLAY, TO_LIGHT, Subspace
from src.windows import add_runtime_folder

if TYPE_CHECKING:
    import keras


def build_autoencoder(subspace: Subspace) -> keras.Model:
    """A Keras autoencoder; its output is the reconstruction, (N, H, W, 3) float32 BGR, 0 to 255.

    Its input is pictures (N, H, W, 3) uint8 BGR. The tone curve and its inverse are tables. The encoder is a depthwise
    convolution with kernels as large as the quarter-size picture: K numbers for each colour channel. The decoder
    paints the picture from these numbers.
    """
    keras = _import_keras()
    height, width = subspace.height, subspace.width
    components = subspace.decoder.shape[1]
    small = height // ENCODER_SHRINK, width // ENCODER_SHRINK
    picture = keras.Input((height, width, 3), dtype="uint8", name="picture")
    to_light = keras.layers.Embedding(len(TO_LIGHT), 1, name="to_light")
    encoder = keras.layers.DepthwiseConv2D(small, depth_multiplier=components, use_bias=False, name="encoder")
    decoder = keras.layers.EinsumDense("nck,ckp->npc", output_shape=(height * width, 3), name="decoder")
    to_display = keras.layers.Embedding(len(TO_DISPLAY), 1, name="to_display")
    light = keras.layers.Reshape((height, width, 3))(to_light(picture))
    code = encoder(keras.layers.AveragePooling2D(ENCODER_SHRINK, name="shrink")(light))
    expected = decoder(keras.layers.Reshape((3, components), name="code")(code))
    steps = keras.ops.cast(keras.ops.clip(expected * TABLE_STEPS, 0, TABLE_STEPS), "int32")
    output = keras.layers.Reshape((height, width, 3), name="reconstruction")(to_display(steps))
    model = keras.Model(picture, output, name="autoencoder")
    to_light.set_weights([TO_LIGHT[:, None]])
    to_display.set_weights([TO_DISPLAY[:, None]])
    encoder.set_weights([subspace.encoders[0].reshape(3, components, *small).transpose(2, 3, 0, 1)])
    decoder.set_weights([subspace.decoder])
    return model


def save_autoencoder(model: keras.Model, path: Path) -> None:
    """Write the model as a .keras file."""
    model.save(path)


def load_autoencoder(path: Path) -> keras.Model:
    """The saved model, ready to predict."""
    return _import_keras().models.load_model(path, compile=False)


def reconstruct(model: keras.Model, picture: np.ndarray) -> np.ndarray:
    """The reconstruction by Keras itself, (H, W, 3) float32 BGR, 0 to 255. picture: (H, W, 3) uint8 BGR."""
    return model.predict(picture[None], verbose=0)[0]


def _import_keras():
    # TensorFlow would report on graphics cards that nobody has; what matters raises an exception.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    add_runtime_folder()
    import keras

    return keras
