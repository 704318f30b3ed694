from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from src.instance import only_instance

PROJECT = Path(__file__).resolve().parent.parent
SCRIPT = PROJECT / "scripts" / "set_mode.py"


@pytest.fixture
def set_mode(tmp_path):
    """Runs the script from another folder, with a settings file of its own."""
    config = tmp_path / "Labor (1) & Süd.yaml"
    config.write_text(f"paths: {{state_mode_file: '{tmp_path / 'state' / 'mode.txt'}'}}", encoding="utf-8")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, SCRIPT, "--config", config, *arguments],
            cwd=tmp_path, capture_output=True, text=True,
        )

    return run


@pytest.mark.parametrize("word, mode", [("MONITOR", "MONITOR"), ("capture", "CAPTURE"), ("Off", "OFF")])
def test_the_mode_is_written_and_said_in_a_sentence(set_mode, tmp_path, word, mode):
    done = set_mode(word)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"The mode is {mode}.") and done.stdout.count("\n") == 1
    assert (tmp_path / "state" / "mode.txt").read_text().strip() == mode


def test_without_a_mode_the_present_one_is_said_and_nothing_is_changed(set_mode, tmp_path):
    assert set_mode().stdout.startswith("The mode is OFF.")
    assert not (tmp_path / "state").exists()
    set_mode("MONITOR")
    assert set_mode().stdout.startswith("The mode is MONITOR.")


def test_rubbish_in_the_mode_file_is_said_and_mended_by_setting_the_mode(set_mode, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "mode.txt").write_text("MONITORING")
    assert "'MONITORING'" in set_mode().stdout
    assert "MONITORING" not in set_mode("MONITOR").stdout


def test_rubbish_is_said_as_a_running_monitor_takes_it(set_mode, tmp_path, clock):
    state = tmp_path / "state"
    with only_instance(state, "monitor", clock.now()):
        (state / "status.json").write_text('{"state": "WATCHING", "mode": "MONITOR"}')
        (state / "mode.txt").write_text("MONITR")
        said = set_mode().stdout
    assert said.startswith("The mode is MONITOR.") and "The mode stays MONITOR" in said
    assert "NOBODY" not in said and "The camera is free" not in said


def test_an_unknown_mode_is_refused_with_the_ones_that_exist(set_mode, tmp_path):
    done = set_mode("MONITORING")
    assert done.returncode == 2 and "MONITOR" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("mode", ["MONITOR", "OFF"])
def test_the_mode_is_set_and_the_mistake_said_when_the_settings_are_broken(set_mode, tmp_path, mode):
    config = tmp_path / "Labor (1) & Süd.yaml"
    config.write_text(f"{config.read_text(encoding='utf-8')}\ncamera: 5", encoding="utf-8")
    done = set_mode(mode)
    assert done.returncode == 1 and done.stdout.startswith(f"The mode is {mode}.")
    assert (tmp_path / "state" / "mode.txt").read_text().strip() == mode
    assert "line 2, camera" in done.stderr and str(tmp_path / "state" / "mode.txt") in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_without_a_word_about_paths_that_can_be_read_the_usual_mode_file_is_used(tmp_path):
    project = tmp_path / "project"
    for name in ("src", "scripts"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "config").mkdir()
    (project / "config" / "config.yaml").write_text('camera: {backend: "DSHOW}')
    done = subprocess.run([sys.executable, project / "scripts" / "set_mode.py", "CAPTURE"],
                          capture_output=True, text=True)
    assert done.returncode == 1 and "line 1" in done.stderr
    assert (project / "state" / "mode.txt").read_text().strip() == "CAPTURE"


def test_a_mode_file_that_cannot_be_written_is_said_in_words(set_mode, tmp_path):
    (tmp_path / "state" / "mode.txt").mkdir(parents=True)
    done = set_mode("MONITOR")
    assert done.returncode == 1 and "mode.txt" in done.stderr and "Traceback" not in done.stderr


def test_it_answers_at_once_because_it_loads_nothing_heavy():
    code = (
        "import runpy, sys; sys.argv = ['set_mode.py']\n"
        "heavy = {'tensorflow', 'keras', 'cv2', 'numpy', 'matplotlib', 'skimage', 'scipy', 'requests'}\n"
        "try: runpy.run_path('scripts/set_mode.py', run_name='__main__')\n"
        "finally: print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr


def test_the_program_is_shipped_with_the_mode_off():
    shipped = subprocess.run(
        ["git", "show", "HEAD:state/mode.txt"], cwd=PROJECT, capture_output=True, text=True
    )
    if shipped.returncode:
        pytest.skip("not a git clone")
    assert shipped.stdout.strip() == "OFF"
