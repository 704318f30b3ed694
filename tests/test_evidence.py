"""The pictures of an event on disk."""

from __future__ import annotations

import tracemalloc
from datetime import datetime

import numpy as np
import pytest

from src.config import MonitorSettings
from src.evidence import (
    UNENCODED_BYTES, Evidence, EventPictures, EvidenceError, event_id_of, pictures_of_incidents,
)
from src.image_files import read_image

EVENT, INCIDENT = "20261123_031502_123", "20261123_031459"


def picture(grey=0):
    return np.full((64, 80, 3), grey, np.uint8)


def pictures(grey=0):
    return EventPictures(
        frame=picture(grey),
        reconstruction=picture(),
        heatmap=picture(),
        scored_input=picture(),
        panel=b"the panel",
    )


def settings(**changes):
    return MonitorSettings.model_validate(changes)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_event_id_is_the_local_time():
    assert event_id_of(datetime(2026, 11, 23, 3, 15, 2, 123999)) == EVENT


def test_all_pictures_of_an_event_share_its_id_and_name_the_incident(tmp_path):
    saved = Evidence(tmp_path, settings(save_input_resized=True)).save(EVENT, INCIDENT, pictures())
    assert (
        sorted(saved)
        == names(tmp_path)
        == [
            f"{what}_{EVENT}_incident_{INCIDENT}.jpg"
            for what in ("anomaly", "heatmap", "input", "panel", "reconstruction")
        ]
    )
    assert (tmp_path / f"panel_{EVENT}_incident_{INCIDENT}.jpg").read_bytes() == b"the panel"
    assert read_image(tmp_path / f"anomaly_{EVENT}_incident_{INCIDENT}.jpg").shape == (64, 80, 3)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"save_compare_image": False}, {"anomaly", "reconstruction", "heatmap"}),
        (
            {"save_reconstruction": {"enabled": True, "heatmap": False}},
            {"anomaly", "panel", "reconstruction"},
        ),
        ({"save_reconstruction": {"enabled": False, "heatmap": True}}, {"anomaly", "panel"}),
    ],
)
def test_the_settings_choose_what_is_saved(tmp_path, changes, expected):
    saved = Evidence(tmp_path, settings(**changes)).save(EVENT, INCIDENT, pictures())
    assert {name.split("_")[0] for name in saved} == expected


def context_of(folder):
    """The grey value of every context picture, by its place."""
    return {
        path.name[len(f"context_{EVENT}_") :].split("_incident")[0]: round(float(read_image(path).mean()))
        for path in folder.glob(f"context_{EVENT}_*")
    }


def test_context_pictures_are_really_from_before_and_after(tmp_path):
    evidence = Evidence(tmp_path, settings(save_context={"enabled": True, "pre_frames": 2, "post_frames": 3}))
    for grey in range(0, 100, 10):
        if grey == 50:
            evidence.save(EVENT, INCIDENT, pictures(grey))
        else:
            evidence.remember(picture(grey))
    assert context_of(tmp_path) == {
        "before_1": 30,
        "before_2": 40,
        "after_1": 60,
        "after_2": 70,
        "after_3": 80,
    }


def test_pictures_of_a_large_camera_wait_for_the_next_event_without_filling_the_memory(tmp_path):
    evidence = Evidence(tmp_path, settings(save_context={"enabled": True, "pre_frames": 4, "post_frames": 0}))
    tracemalloc.start()
    for grey in (10, 20, 30, 40):
        evidence.remember(np.full((2000, 3000, 3), grey, np.uint8))
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 1.5 * UNENCODED_BYTES
    evidence.save(EVENT, INCIDENT, pictures(50))
    assert context_of(tmp_path) == {"before_1": 10, "before_2": 20, "before_3": 30, "before_4": 40}


def test_an_alert_at_the_very_first_picture_has_nothing_before_it(tmp_path):
    evidence = Evidence(tmp_path, settings(save_context={"enabled": True, "pre_frames": 2, "post_frames": 1}))
    evidence.save(EVENT, INCIDENT, pictures(50))
    evidence.remember(picture(60))
    evidence.remember(picture(70))
    assert context_of(tmp_path) == {"after_1": 60}


def test_two_events_close_together_both_get_their_context(tmp_path):
    evidence = Evidence(tmp_path, settings(save_context={"enabled": True, "pre_frames": 1, "post_frames": 2}))
    evidence.save(EVENT, INCIDENT, pictures(50))
    evidence.save("20261123_031503_123", INCIDENT, pictures(60))
    evidence.remember(picture(70))
    assert context_of(tmp_path) == {"after_1": 60, "after_2": 70}
    assert (tmp_path / f"context_20261123_031503_123_before_1_incident_{INCIDENT}.jpg").exists()


@pytest.mark.parametrize(
    "context", [{"enabled": False}, {"enabled": True, "pre_frames": 0, "post_frames": 0}]
)
def test_without_context_there_is_none(tmp_path, context):
    evidence = Evidence(tmp_path, settings(save_context=context))
    evidence.remember(picture())
    evidence.save(EVENT, INCIDENT, pictures())
    evidence.remember(picture())
    assert not list(tmp_path.glob("context_*"))


def test_a_folder_that_cannot_be_written_is_one_error_in_words(tmp_path):
    in_the_way = tmp_path / "anomalies"
    in_the_way.write_text("a file where the folder should be")
    evidence = Evidence(in_the_way, settings())
    with pytest.raises(EvidenceError, match="could not be saved.*goes on watching") as caught:
        evidence.save(EVENT, INCIDENT, pictures())
    assert caught.value.names == ()
    with pytest.raises(EvidenceError):
        evidence.remember(picture())  # the picture from after the event


def test_all_pictures_of_an_incident_are_found_also_from_afterwards_and_renamed_ones(tmp_path):
    evidence = Evidence(tmp_path, settings())
    saved = evidence.save(EVENT, INCIDENT, pictures())
    evidence.remember(picture(1))
    (tmp_path / saved[0]).rename(tmp_path / f"keep {saved[0]}")
    Evidence(tmp_path, settings()).save(EVENT, "20261124_010000", pictures())
    found = pictures_of_incidents(tmp_path, [INCIDENT, "20261124_010000", "20261125_010000"])
    assert set(found[INCIDENT]) == {f"keep {saved[0]}", *saved[1:], f"context_{EVENT}_after_1_incident_{INCIDENT}.jpg"}
    assert len(found["20261124_010000"]) == len(saved)
    assert found["20261125_010000"] == ()


def test_without_a_folder_there_are_no_pictures(tmp_path):
    assert pictures_of_incidents(tmp_path / "none", [INCIDENT]) == {INCIDENT: ()}
