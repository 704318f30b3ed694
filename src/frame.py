"""A picture from the camera, together with when it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np


@dataclass(frozen=True)
class Frame:
    """One full camera picture.

    image: (H, W, 3) uint8 BGR.
    index: 0, 1, 2 ... as counted by the source.
    captured_at: aware wall time, for names and log lines only.
    now_seconds: monotonic time, for durations.
    name: file name when the source is a folder of pictures, else "".
    """

    image: np.ndarray
    index: int
    captured_at: datetime
    now_seconds: float
    name: str = ""
