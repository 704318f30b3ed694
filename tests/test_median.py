"""The median is NumPy's, only sooner."""

from __future__ import annotations

import numpy as np
import pytest

from src.median import median


@pytest.mark.parametrize("count", [1, 2, 5, 8, 107, 108])
def test_the_median_of_every_row_is_what_numpy_says(count):
    values = np.random.default_rng(count).normal(size=(7, count)).astype(np.float32)
    result = median(values)
    assert result.dtype == np.float32
    assert np.array_equal(result, np.median(values, axis=1))


def test_one_row_gives_one_number_and_stays_as_it_was():
    values = np.array([4.0, 1.0, 3.0, 9.0], np.float32)
    assert median(values) == 3.5
    assert values.tolist() == [4.0, 1.0, 3.0, 9.0]
