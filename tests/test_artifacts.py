"""The model set is exchanged whole or not at all, and is used only with the settings it was made with."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from src import artifacts, atomic_file
from src.artifacts import (
    COMPLETE, DETECTOR_FILE, KERAS_FILE, NUMBERS, SET, STATS_FILE, THRESHOLD_FILE, check_model, fingerprint,
    finish_exchange, install_set, load_detector, load_scene, read_arrays, scene_arrays, staging_folder, store_threshold,
    threshold_document, thresholds_of, write_arrays,
)
from src.errors import UserError
from src.judge import shipped_judge
from tests.bench import EVENING, bench, lab, learnt, write_model

OLD, NEW = b"old", b"new"


class Killed(BaseException):
    """The program is ended at this moment."""


class KilledAtStep:
    """Ends what runs inside it just before the given line of the modules that write files."""

    FILES = {artifacts.__file__, atomic_file.__file__}

    def __init__(self, step: int) -> None:
        self._left = step

    def __enter__(self) -> None:
        sys.settrace(self._trace)

    def __exit__(self, kind, *_: object) -> bool:
        sys.settrace(None)
        return kind is Killed

    @property
    def reached(self) -> bool:
        return self._left < 0

    def _trace(self, frame, event, argument):
        if frame.f_code.co_filename not in self.FILES:
            return None
        if event == "line" and self._left >= 0:
            self._left -= 1
            if self._left < 0:
                raise Killed
        return self._trace


def contents(folder: Path) -> list[bytes | None]:
    return [(folder / name).read_bytes() if (folder / name).is_file() else None for name in SET]


def staged(model_dir: Path) -> Path:
    staging = staging_folder(model_dir)
    for name in SET:
        (staging / name).write_bytes(NEW)
    return staging


@pytest.mark.parametrize("before", [None, OLD], ids=["first training", "exchange"])
def test_a_kill_between_any_two_steps_leaves_the_old_set_or_lets_the_new_one_be_finished(tmp_path, before):
    step, outcomes = 0, []
    while True:
        model_dir = tmp_path / str(step)
        model_dir.mkdir()
        for name in SET:
            if before is not None:
                (model_dir / name).write_bytes(before)
        staging = staged(model_dir)
        killed = KilledAtStep(step)
        with killed:
            install_set(model_dir, staging, EVENING)
        finish_exchange(model_dir)      # the next time that the model is used
        present = contents(model_dir)
        assert present in ([before] * 4, [NEW] * 4)
        if present == [NEW] * 4:
            assert not (model_dir / ".new").exists()
            if before is not None:
                assert contents(model_dir / "archive" / "20261123_180000") == [OLD] * 4
        outcomes.append(present[0])
        if not killed.reached:
            break
        step += 1
    assert step > 20 and outcomes[0] == before and outcomes[-1] == NEW


def test_a_model_file_that_a_virus_scanner_holds_for_a_moment_is_exchanged_all_the_same(tmp_path, monkeypatch):
    attempts = []

    def busy_at_first(source, target):
        attempts.append(target)
        if attempts.count(target) < 3:
            raise PermissionError(13, "in use")
        return replace(source, target)

    for name in SET:
        (tmp_path / name).write_bytes(OLD)
    staging = staged(tmp_path)
    (staging / COMPLETE).write_text("20261124_031400", encoding="ascii")
    replace = os.replace
    monkeypatch.setattr(os, "replace", busy_at_first)
    monkeypatch.setattr(atomic_file, "WAIT_SECONDS", 0.0)
    finish_exchange(tmp_path)
    assert contents(tmp_path) == [NEW] * len(SET)


def test_what_an_interrupted_training_left_behind_is_not_taken_for_a_model(tmp_path):
    staged(tmp_path)                    # complete, but nobody has said so
    finish_exchange(tmp_path)
    assert contents(tmp_path) == [None] * 4
    (staging_folder(tmp_path) / KERAS_FILE).write_bytes(NEW)
    assert [path.name for path in (tmp_path / ".new").iterdir()] == [KERAS_FILE]


def test_the_former_set_is_in_the_archive_under_the_time_of_the_exchange(tmp_path):
    _, config = lab(tmp_path)
    write_model(config)
    former = contents(config.paths.model_dir)
    write_model(config, EVENING + timedelta(hours=1))
    assert contents(config.paths.model_dir / "archive" / "20261123_190000") == former
    assert not (config.paths.model_dir / ".new" / COMPLETE).exists()


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    write_model(lab(folder)[1])
    return folder / "model"


def lab_with(trained: Path, folder: Path, settings: dict | None = None):
    """The settings of a lab that has a copy of the trained model."""
    _, config = lab(folder, settings)
    config.paths.model_dir.mkdir()
    for name in SET:
        (config.paths.model_dir / name).write_bytes((trained / name).read_bytes())
    return config


def test_a_stored_model_judges_as_it_did_before_it_was_stored(trained, tmp_path):
    detector, reference = load_detector(lab_with(trained, tmp_path), shipped_judge())
    dry, wet = detector.observe(bench(203)), detector.observe(bench(203, leak_radius=6))
    assert not dry.verdict.anomalous and wet.verdict.anomalous
    assert np.abs(dry.reconstruction.astype(int) - dry.picture).mean() < 4
    assert reference.pictures.ndim == 3 and len(reference.pictures) >= 1


@pytest.mark.parametrize("camera", [(720, 1280), None])
def test_the_size_of_the_camera_picture_is_stored_and_sets_without_it_can_be_used(tmp_path, camera):
    model = learnt()
    write_arrays(tmp_path / DETECTOR_FILE, scene_arrays(model.scene, replace(model.reference, camera=camera)))
    assert load_scene(tmp_path)[1].camera == camera


def refusal(config) -> str:
    with pytest.raises(UserError) as caught:
        load_detector(config, shipped_judge())
    return str(caught.value)


@pytest.mark.parametrize(("settings", "key", "was", "now"), [
    ({"scoring": {"method": "mean"}}, "scoring.method", "topk", "mean"),
    ({"image": {"width": 96, "height": 128}}, "image.width", "128", "96"),
    ({"roi": {"enabled": True, "x": 0.1, "width": 0.5}}, "roi.x", "0.0", "0.1"),
    ({"roi": {"ignore": [{"x": 0, "y": 0, "width": 0.5, "height": 0.5}]}}, "roi.ignore", "[]", "0.5"),
    ({"heatmap_trigger": {"connectivity": 4}}, "heatmap_trigger.connectivity", "8", "4"),
])
def test_another_setting_is_refused_with_both_values_and_the_way_out(trained, tmp_path, settings, key, was, now):
    text = refusal(lab_with(trained, tmp_path, settings))
    assert f"{key} was " in text
    part = text.split(f"{key} was ")[1]
    assert was in part.split(" and is now ")[0] and now in part.split(" and is now ")[1]
    assert "run_train.bat" in text and "config/config.yaml" in text


def test_changed_settings_are_written_as_in_the_settings_file(trained, tmp_path):
    area = {"x": 0.25, "y": 0, "width": 0.5, "height": 0.5}
    text = refusal(lab_with(trained, tmp_path, {"roi": {"enabled": True, "ignore": [area]}}))
    assert "\n  roi.enabled was false and is now true\n" in text
    assert "roi.ignore was [] and is now [{x: 0.25, y: 0.0, width: 0.5, height: 0.5}]\n" in text


def test_a_model_of_another_version_is_not_to_be_mended_in_the_settings(trained, tmp_path):
    config = lab_with(trained, tmp_path)
    with pytest.raises(UserError, match="made by another version of the program") as caught:
        check_model(config, "another judge")
    assert "run_train.bat" in str(caught.value) and "config.yaml" not in str(caught.value)


def test_settings_that_the_thresholds_do_not_depend_on_may_change(trained, tmp_path):
    config = lab_with(trained, tmp_path, {"monitor": {"consecutive_anomalies": 5}, "capture": {"jpg_quality": 80}})
    load_detector(config, shipped_judge())


def test_without_a_model_it_says_how_to_get_one(tmp_path):
    text = refusal(lab(tmp_path)[1])
    assert "no trained model" in text and "run_capture.bat" in text and "run_train.bat" in text


@pytest.mark.parametrize("name", SET)
def test_a_missing_file_is_named(trained, tmp_path, name):
    config = lab_with(trained, tmp_path)
    (config.paths.model_dir / name).unlink()
    text = refusal(config)
    assert f"{name} is missing" in text and "run_train.bat" in text and "model/archive" in text


@pytest.mark.parametrize("name", [KERAS_FILE, DETECTOR_FILE])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half a file", b"from another training"])
def test_a_file_that_is_damaged_or_from_another_training_is_named(trained, tmp_path, name, content):
    config = lab_with(trained, tmp_path)
    (config.paths.model_dir / name).write_bytes(content)
    text = refusal(config)
    assert name in text and "run_train.bat" in text


@pytest.mark.parametrize("content", [
    b"", b'{"score_threshold": 0.1, ', b"[]", b"null", b"{}", b"\xff\xfe\x00", b'{"score_threshold": NaN}',
])
def test_a_damaged_threshold_file_is_refused(trained, tmp_path, content):
    config = lab_with(trained, tmp_path)
    (config.paths.model_dir / THRESHOLD_FILE).write_bytes(content)
    assert THRESHOLD_FILE in refusal(config)


@pytest.mark.parametrize(("key", "value"), [
    ("score_threshold", "0.1"), ("score_threshold", None), ("blob_area_threshold", 1.5), ("files", []),
    ("settings", "none"), ("files", {}), ("files", {"../other": "0"}), ("score_threshold", 0.0), ("fingerprint", None),
    ("pixel_threshold", -1.0), ("blob_area_threshold", 0), ("light_rises", 0.1), ("light_rises", [[0.1]]),
    ("light_rises", [[0.1, "2"]]),
])
def test_thresholds_of_the_wrong_kind_are_refused(trained, tmp_path, key, value):
    config = lab_with(trained, tmp_path)
    path = config.paths.model_dir / THRESHOLD_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    assert THRESHOLD_FILE in refusal(config)


def rewrite(config, change) -> None:
    """Do `change` to what threshold.json holds."""
    path = config.paths.model_dir / THRESHOLD_FILE
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("key", NUMBERS)
def test_a_number_that_was_changed_by_hand_is_noticed(trained, tmp_path, key):
    config = lab_with(trained, tmp_path)
    rewrite(config, lambda document: document.update({key: document[key] + 1}))
    text = refusal(config)
    assert f"{THRESHOLD_FILE} was damaged or changed by hand" in text
    assert "not what the training or the calibration wrote. Double-click run_train.bat" in text


def test_what_thresholds_rise_by_in_new_light_comes_back_as_it_was_and_cannot_be_changed(trained, tmp_path):
    config = lab_with(trained, tmp_path)
    document = json.loads((config.paths.model_dir / THRESHOLD_FILE).read_text())
    rises = ((0.05, 1.25), (0.2, 3.5))
    limits = replace(thresholds_of(document), light_rises=rises)
    again = threshold_document(config, shipped_judge().name, limits, document["files"], (), EVENING)
    (config.paths.model_dir / THRESHOLD_FILE).write_text(json.dumps(again))
    assert thresholds_of(check_model(config, shipped_judge().name)).light_rises == rises
    rewrite(config, lambda document: document.update({"light_rises": []}))
    assert "was damaged or changed by hand" in refusal(config)


def test_a_set_of_an_earlier_version_without_such_rises_can_be_used(trained, tmp_path):
    config = lab_with(trained, tmp_path)

    def without_rises(document: dict) -> None:
        del document["light_rises"]
        numbers = {key: document[key] for key in NUMBERS}
        document["fingerprint"] = fingerprint({**document["settings"], **document["files"], **numbers})

    rewrite(config, without_rises)
    load_detector(config, shipped_judge())


def test_every_flipped_digit_of_a_threshold_is_noticed(trained, tmp_path):
    config = lab_with(trained, tmp_path)
    path = config.paths.model_dir / THRESHOLD_FILE
    whole = path.read_text()
    start = whole.index('"score_threshold": ') + len('"score_threshold": ')
    digits = [place for place in range(start, whole.index(",", start)) if whole[place].isdigit()]
    assert len(digits) > 10
    for place in digits[:-2]:       # the last two may be less than a computer can tell apart
        path.write_text(whole[:place] + str((int(whole[place]) + 1) % 10) + whole[place + 1:])
        assert THRESHOLD_FILE in refusal(config)


def test_a_setting_that_was_changed_in_the_threshold_file_is_not_taken_for_that_of_the_training(trained, tmp_path):
    config = lab_with(trained, tmp_path, {"scoring": {"method": "mean"}})
    rewrite(config, lambda document: document["settings"].update({"scoring.method": "mean"}))
    assert "was damaged or changed by hand" in refusal(config)


def test_only_the_layout_of_the_threshold_file_and_its_words_may_change(trained, tmp_path):
    config = lab_with(trained, tmp_path)
    rewrite(config, lambda document: document.update({"in_words": ["A note."]}))
    load_detector(config, shipped_judge())


def as_earlier_versions_wrote_it(document: dict) -> None:
    document["fingerprint"] = fingerprint({**document["settings"], **document["files"]})


def test_a_set_of_an_earlier_version_whose_fingerprint_is_without_the_numbers_can_be_used(trained, tmp_path):
    config = lab_with(trained, tmp_path)
    rewrite(config, as_earlier_versions_wrote_it)
    load_detector(config, shipped_judge())


def test_a_model_of_an_older_version_that_did_not_know_a_setting_is_refused(trained, tmp_path):
    config = lab_with(trained, tmp_path)

    def without_a_setting(document: dict) -> None:
        del document["settings"]["scoring.topk_percent"]
        as_earlier_versions_wrote_it(document)

    rewrite(config, without_a_setting)
    text = refusal(config)
    assert "scoring.topk_percent" in text and "run_train.bat" in text


def test_arrays_that_cannot_be_read_are_refused_in_words(tmp_path):
    path = tmp_path / "detector.npz"
    write_arrays(path, {"numbers": np.arange(1000.0)})
    assert read_arrays(path)["numbers"].sum() == 499500
    whole = path.read_bytes()
    for damaged in (whole[:100], whole[:-10], b"", b"no array at all", b"PK\x03\x04" + whole[4:300]):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="damaged.*run_train.bat"):
            read_arrays(path)
    path.unlink()
    with pytest.raises(UserError, match="is missing.*run_train.bat"):
        read_arrays(path)


def test_new_thresholds_keep_the_former_ones_beside_them(trained, tmp_path):
    config = lab_with(trained, tmp_path)
    model_dir = config.paths.model_dir
    former = (model_dir / THRESHOLD_FILE).read_bytes()
    document = json.loads(former) | {"score_threshold": 0.5}
    backup = store_threshold(model_dir, document, EVENING)
    assert backup.name == "threshold_backup_20261123_180000.json" and backup.read_bytes() == former
    assert json.loads((model_dir / THRESHOLD_FILE).read_text())["score_threshold"] == 0.5
    assert (model_dir / STATS_FILE).is_file()
