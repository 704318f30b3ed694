from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from src.config import Config, parse_config
from src.config_renames import RENAMES, Rename, with_new_names

COLOUR = Rename(("lamp", "front"), "colour", "color")


@pytest.mark.parametrize("before, after", [
    ("camera_health:\n  moved_pixels: 2.56   # our stand\n", "camera_health:\n  moved_percent: 0.2   # our stand\n"),
    ("camera_health:\r\n  moved_pixels: 2.56\r\n", "camera_health:\r\n  moved_percent: 0.2\r\n"),
    ("camera_health: {frozen_seconds: 9, moved_pixels: 2.56}", "camera_health: {frozen_seconds: 9, moved_percent: 0.2}"),
    ('camera_health:\n  "moved_pixels" : 2.56\n', 'camera_health:\n  "moved_percent" : 0.2\n'),
    ("camera: {width: 640, height: 480}\ncamera_health: {moved_pixels: 1.28}",
     "camera: {width: 640, height: 480}\ncamera_health: {moved_percent: 0.2}"),
])
def test_an_old_key_gets_its_new_name_and_unit_and_all_else_stays(before, after):
    text, changes = with_new_names(before)
    assert text == after
    assert len(changes) == 1 and "camera_health.moved_pixels" in changes[0] and "moved_percent: 0.2" in changes[0]
    assert parse_config(text, "old.yaml").camera_health.moved_percent == 0.2


def test_a_key_that_only_has_another_name_keeps_its_value():
    before = "lamp:\n  front:\n    colour: 'deep red'  # colour: of the lamp\n  colour: blue\n"
    text, changes = with_new_names(before, [COLOUR])
    assert text == "lamp:\n  front:\n    color: 'deep red'  # colour: of the lamp\n  colour: blue\n"
    assert changes == ["lamp.front.colour: deep red is now lamp.front.color: deep red"]


@pytest.mark.parametrize("text", [
    "",
    "camera: {index: 1}",
    "camera_health:",
    "camera_health: 5",
    "camera_health: {moved_percent: 0.2}",
    "camera_health: {moved_pixels: 3, moved_percent: 0.2}",     # which one is meant?
    "camera_health: {moved_pixels: 3}\ncamera_health: {}",      # twice
    "camera_health: {moved_pixels: three}",
    "camera: {width: wide}\ncamera_health: {moved_pixels: 3}",
    "camera_health:\n  ? moved_pixels\n  : 3\n",
    "camera_health: {moved_pixels: 3",
    "monitor: {moved_pixels: 3}",
])
def test_what_is_not_beyond_doubt_stays_as_it_is(text):
    assert with_new_names(text) == (text, [])


@given(st.text(alphabet="camera_health:moved_pixels{}3.,\"'\n\r #\x85", max_size=60))
def test_no_text_is_changed_but_for_the_key(text):
    changed, changes = with_new_names(text)
    assert (changed != text) == bool(changes)


def test_every_new_name_is_a_setting_and_no_old_one_is():
    for rename in RENAMES:
        model = Config
        for part in rename.section:
            model = model.model_fields[part].annotation
        assert rename.new in model.model_fields and rename.old not in model.model_fields
