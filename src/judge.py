"""The judge: a small convolutional network that says, pixel by pixel, how leak-like a deviation is.

It never sees a picture, only the cue maps, which look alike on every bench; so it is trained once, on a rendered
bench whose leaks are known (`scripts/train_judge.py`), and shipped. It runs in OpenCV, without TensorFlow.
(A network that judges the residual of a reconstruction: Zavrtanik et al., DRAEM, ICCV 2021.)
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

SHIPPED_JUDGE = Path(__file__).with_name("judge.onnx")


class Judge:
    """The network, ready to run.

    network: the content of an ONNX file: (1, CUES, h, w) in, (1, 1, h, w) log odds of a leak out.
    name: tells this judge from any other, because a threshold is good for one judge only.
    """

    def __init__(self, network: bytes) -> None:
        self.name = hashlib.sha256(network).hexdigest()[:16]
        self._network = cv2.dnn.readNetFromONNX(np.frombuffer(network, np.uint8))

    def log_odds(self, cues: np.ndarray) -> np.ndarray:
        """(h, w) float32 natural log odds of a leak, above 0 = more likely than not. cues: (CUES, h, w) float32."""
        self._network.setInput(cues[None])
        return self._network.forward()[0, 0]


def shipped_judge() -> Judge:
    """The judge that comes with the program."""
    return Judge(SHIPPED_JUDGE.read_bytes())
