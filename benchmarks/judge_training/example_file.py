"""Examples on disk: those of one rig take two gigabytes, of which a training step needs little."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.judge_training.examples import Example


@dataclass(frozen=True)
class ExampleSet:
    """Examples of one rig.

    kinds: (N,) uint8, see examples.Kind. cues: (N, h, w, CUES) float16, read from disk where they are needed.
    labels: (N, h, w) uint8.
    """

    kinds: np.ndarray
    cues: np.ndarray
    labels: np.ndarray


def write_examples(examples: Iterable[Example], path: Path) -> ExampleSet:
    """Write the cue maps to `path` one after the other. At least one example; all of one size."""
    kinds, labels = [], []
    with open(path, "wb") as file:
        for example in examples:
            file.write(np.ascontiguousarray(example.cues).tobytes())
            kinds.append(example.kind)
            labels.append(example.label)
    shape = (len(kinds), *example.cues.shape)
    cues = np.memmap(path, np.float16, "r", shape=shape)
    return ExampleSet(np.array(kinds, np.uint8), cues, np.stack(labels))
