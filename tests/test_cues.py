"""How strongly a spot stands out, whatever it may be."""

from __future__ import annotations

import numpy as np
import pytest

from src.cues import CUES, USUAL_STRENGTH, arcsinh, strength

HEIGHT, WIDTH = 20, 30
PLACE = (8, 12)


def cues(**values: float) -> np.ndarray:
    """Cue maps that are 0 but at one place: fine, half, quarter (of every channel) and edges."""
    maps = np.zeros((CUES, HEIGHT, WIDTH), np.float32)
    for name, part in {"fine": slice(0, 4), "half": slice(4, 7), "quarter": slice(7, 10), "edges": 13}.items():
        maps[part, PLACE[0], PLACE[1]] = values.get(name, 0.0)
    return maps


@pytest.mark.parametrize("values", [
    {"fine": 3.0}, {"half": 3.0}, {"quarter": -3.0}, {"edges": 3.0}, {"fine": 1.0, "half": -1.0, "edges": 1.0},
])
def test_every_size_and_new_edges_count_alike_and_bright_is_no_less_than_dark(values):
    result = strength(cues(**values))
    assert result.shape == (HEIGHT, WIDTH) and result.dtype == np.float32
    assert result[PLACE] == pytest.approx(3.0 - USUAL_STRENGTH, abs=1e-5)
    assert result[0, 0] == pytest.approx(-USUAL_STRENGTH)


def test_a_new_edge_stands_for_the_spot_beside_it():
    row, column = PLACE
    result = strength(cues(edges=3.0)) + USUAL_STRENGTH
    assert result[row, column + 2] == pytest.approx(3.0, abs=1e-5) and result[row, column + 3] == 0.0


def test_other_cues_have_no_say():
    maps = cues()
    maps[[10, 11, 12, 14, 15, 16, 17, 18]] = 9.0
    assert (strength(maps) == -USUAL_STRENGTH).all()


def test_arcsinh_is_that_of_numpy():
    values = np.concatenate([-np.geomspace(1e-3, 1e3, 50), [0.0], np.geomspace(1e-3, 1e3, 50)]).astype(np.float32)
    assert arcsinh(values[None])[0] == pytest.approx(np.arcsinh(values), rel=1e-4, abs=1e-6)
