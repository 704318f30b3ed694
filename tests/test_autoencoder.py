"""The exported reconstruction is the one that Keras itself computes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from src.autoencoder import build_autoencoder, load_autoencoder, reconstruct, save_autoencoder
from src.config import ImageSettings
from src.preprocess import resize
from src.subspace import LightPictures
from tests.bench import bench

CLIP = Path(__file__).resolve().parents[1] / "data" / "demo" / "normal_evening.mp4"
SIZE = ImageSettings(width=160, height=96)


def frames() -> np.ndarray:
    """Real camera pictures where they are shipped, else drawn ones."""
    if not CLIP.exists():
        return np.stack([resize(bench(number), SIZE) for number in range(40)])
    clip, pictures = cv2.VideoCapture(str(CLIP)), []
    while len(pictures) < 40:
        delivered, image = clip.read()
        assert delivered
        pictures.append(resize(image, SIZE))
    return np.stack(pictures)


@pytest.mark.tensorflow
def test_the_monitor_sees_what_the_keras_model_expects(tmp_path):
    pictures = frames()
    subspace = LightPictures(pictures, np.ones(pictures.shape[1:3], bool)).fit(np.arange(0, 40, 2))
    save_autoencoder(build_autoencoder(subspace), tmp_path / "autoencoder.keras")
    model = load_autoencoder(tmp_path / "autoencoder.keras")
    wet = pictures[7].copy()
    cv2.circle(wet, (80, 60), 8, (30, 20, 90), -1)
    for picture in (*pictures[1::8], wet, np.zeros_like(wet), np.full_like(wet, 255)):
        ours, keras_own = np.moveaxis(subspace.reconstruct(picture), 0, -1), reconstruct(model, picture)
        assert ours.shape == keras_own.shape == picture.shape
        assert np.abs(ours - keras_own).max() / 255.0 < 1e-3
