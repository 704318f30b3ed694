from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from benchmarks.hardships import HARDSHIPS
from benchmarks.run import benchmark, judges_for
from benchmarks.ways import OURS, UNSEEN
from src.clock import Clock
from src.errors import UserError
from src.judge import SHIPPED_JUDGE

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT.parent / "shared" / "data"


def test_nothing_of_the_monitor_needs_the_benchmark():
    for path in (PROJECT / "src").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] == "benchmarks" for name in names), path


def test_without_another_judge_a_scene_is_measured_with_the_shipped_one(tmp_path):
    assert [name for name, _ in judges_for("rig_a", tmp_path)] == [OURS]


def test_a_judge_that_never_saw_the_rig_comes_first(tmp_path):
    (tmp_path / "without_rig_a.onnx").write_bytes(SHIPPED_JUDGE.read_bytes())
    assert [name for name, _ in judges_for("rig_a", tmp_path)] == [UNSEEN, OURS]
    assert [name for name, _ in judges_for("rig_b", tmp_path)] == [OURS]


def test_a_scene_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    (tmp_path / "cdnet_office" / "normal").mkdir(parents=True)
    with pytest.raises(UserError, match="no scene rig_q .*There are: cdnet_office"):
        benchmark(tmp_path, ("rig_q",), None, True, tmp_path / "out", Clock(), print)


def test_a_scene_with_too_few_pictures_to_learn_from_is_said_to_be_left_out(tmp_path):
    (tmp_path / "cdnet_office" / "normal").mkdir(parents=True)
    said = []
    with pytest.raises(UserError, match="None of the scenes cdnet_office could be measured"):
        benchmark(tmp_path, ("cdnet_office",), "detection", True, tmp_path / "out", Clock(), said.append)
    assert said[0].startswith("cdnet_office is left out: training needs 2 normal pictures, not 0.")


def test_a_quick_look_measures_every_way_on_one_rig(tmp_path):
    if not (DATA / "rig_b").is_dir():
        pytest.skip(f"THE BENCHMARK WAS NOT TRIED: there is no footage in {DATA}")
    page = benchmark(DATA, None, "detection", True, tmp_path, Clock(), print)
    values = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    ways = [result["way"] for result in values["rigs"]]
    assert ways[-3:] == ["conv autoencoder", "MOG2", "mean picture"] and OURS in ways
    ours = values["rigs"][ways.index(OURS)]
    assert list(ours["false_share"]) == ["noon2", "sunset_noceil", "evening2", "night2"]
    assert 0.5 < ours["auroc"] <= 1.0
    assert "figures mean nothing" in page.read_text(encoding="utf-8")
    assert not (tmp_path / "scratch").exists()


def test_a_quick_look_at_the_hardships_measures_every_worse_camera(tmp_path):
    if not (DATA / "rig_b").is_dir():
        pytest.skip(f"THE BENCHMARK WAS NOT TRIED: there is no footage in {DATA}")
    page = benchmark(DATA, None, "hardships", True, tmp_path, Clock(), print)
    values = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    assert [hard["hardship"] for hard in values["hardships"]] == [
        name for name, what in HARDSHIPS.items() if what.change is not None]
    assert {hard["result"]["way"] for hard in values["hardships"]} == {UNSEEN} and not values["rigs"]
