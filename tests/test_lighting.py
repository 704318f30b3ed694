"""New light is said once when it comes and once when it goes: "n" is a picture in new light, "." in trained light."""

from __future__ import annotations

import numpy as np
import pytest

from src.lighting import LIGHTING_CHANGE, LIGHTING_NORMAL, Lighting, novelty


def said(lighting: Lighting, stream: str) -> dict[int, str]:
    told = ((index, lighting.update(sign == "n")) for index, sign in enumerate(stream))
    return {index: event for index, event in told if event is not None}


@pytest.mark.parametrize(("stream", "events"), [
    ("......", {}),
    ("nn....", {}),                                                     # a flash
    ("nn.nn.", {}),
    ("..nnn.", {4: LIGHTING_CHANGE}),
    ("nnnnnnnnnnnn", {2: LIGHTING_CHANGE}),
    ("nnn" + "." * 9 + "n", {2: LIGHTING_CHANGE}),                      # a gap in the clouds
    ("nnn" + "." * 10, {2: LIGHTING_CHANGE, 12: LIGHTING_NORMAL}),
    ("nnn" + "." * 10 + "nnn", {2: LIGHTING_CHANGE, 12: LIGHTING_NORMAL, 15: LIGHTING_CHANGE}),
])
def test_light_that_stays_is_told_when_it_comes_and_when_it_goes(stream, events):
    assert said(Lighting(), stream) == events


def test_after_a_reset_the_light_counts_as_trained():
    lighting = Lighting()
    said(lighting, "nnn")
    assert lighting.new
    lighting.reset()
    assert not lighting.new
    assert said(lighting, "nnn") == {2: LIGHTING_CHANGE}


def test_light_is_as_new_as_half_of_the_picture_says():
    trained = np.array([[1.0, 1.0, 1.0, 1.0, 1.0], [2.0, 0.5, 1.0, 1.0, 1.0]], np.float32)
    assert novelty(trained[1], trained) == 0.0
    spilled = np.array([1.0, 0.2, 1.0, 1.0, 1.0], np.float32)
    assert novelty(spilled, trained) == 0.0
    assert novelty(np.full(5, 0.5, np.float32), trained) == pytest.approx(1.0)
