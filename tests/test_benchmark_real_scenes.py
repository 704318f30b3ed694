from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.real_scenes import MEASUREMENTS, measure_scene, sections_of
from benchmarks.ways import Answer, Replayed
from src.image_files import write_jpg


class FlagsEverything:
    name = "fake"
    training = "none"
    training_seconds = 0.0

    def __init__(self) -> None:
        self.replayed: list[tuple[list[str], float]] = []

    def stills(self, paths):
        return [Answer(1.0, True) for _ in paths]

    def moved(self, paths):
        return [False] * len(paths)

    def in_order(self, source, frame_seconds):
        names = sorted(path.name for path in Path(source).iterdir())
        self.replayed.append((names, frame_seconds))
        return Replayed((True,) * len(names), (2,) if len(names) > 2 else ())


def put(folder: Path, *names: str) -> None:
    for name in names:
        write_jpg(folder / f"{name}.jpg", np.full((36, 48, 3), 90, np.uint8))


@pytest.fixture
def roof_folder(tmp_path):
    folder = tmp_path / "roofcam_aug"
    put(folder / "test" / "normal", "snapshot-2017-08-15_09-20-01", "snapshot-2017-08-15_09-30-01")
    put(folder / "test" / "anomaly_puddle", "snapshot-2017-08-04_06-00-01",
        *(f"snapshot-2017-08-15_10-{minute}-01" for minute in ("00", "10", "20", "30")))
    put(folder / "test" / "night_noise", "snapshot-2017-08-01_00-40-01")
    (folder / "events.json").write_text(json.dumps({"roi_rect_xyxy": [0, 10, 48, 36]}), encoding="utf-8")
    return folder


def test_the_roof_is_watched_from_the_first_standing_water_of_the_rainy_day(roof_folder, tmp_path):
    way = FlagsEverything()
    measured = measure_scene(roof_folder, way, tmp_path / "scratch")
    figures = {figure.what: figure.reached for figure in measured}
    names, frame_seconds = way.replayed[1]
    assert names[0] == "snapshot-2017-08-15_10-00-01.jpg" and len(names) == 4
    assert frame_seconds == 600
    assert figures["pictures from standing water (10:00) to the alert"] == "2"
    assert figures["puddle pictures flagged, each alone"] == "5 of 5 (100 %)"
    assert figures["puddle pictures named as a camera problem, each alone"] == "0 of 5 (0 %)"
    assert figures["AUROC of puddle pictures"] == "0.500"
    assert figures["puddle pictures found without a false picture"] == "0 %"
    assert figures["dry morning in order"] == "0 alerts, 2 of 2 (100 %) flagged"
    assert figures["camera problems named in the night noise"] == "none"


def test_the_region_of_interest_is_the_only_setting_that_a_scene_has(roof_folder, tmp_path):
    assert list(sections_of(roof_folder)) == ["roi"]
    assert sections_of(tmp_path / "cdnet_office") == {}


def test_a_slow_front_must_stay_flagged_after_its_alert(tmp_path):
    folder = tmp_path / "wetting_front"
    put(folder / "test" / "anomaly_wet_front", "0041", "0043", "0045", "0047")
    figures = measure_scene(folder, FlagsEverything(), tmp_path / "scratch")
    assert [figure.reached for figure in figures] == ["picture 2 of 4", "2 of 2 (100 %)"]


def test_an_office_tells_persons_and_empty_pictures_apart(tmp_path):
    folder = tmp_path / "cdnet_office"
    put(folder / "test" / "anomaly_person", "a", "b")
    put(folder / "test" / "normal", "c")
    figures = measure_scene(folder, FlagsEverything(), tmp_path / "scratch")
    assert [(figure.aim, figure.reached) for figure in figures if figure.aim] == [
        ("at least 95 %", "2 of 2 (100 %)"), ("at most 5 %", "1 of 1 (100 %)")]


def test_every_real_scene_has_a_measurement():
    assert set(MEASUREMENTS) == {
        "roofcam_aug", "pets2001_clouds", "wetting_front", "cdnet_office", "fluidflower_tracer"}
