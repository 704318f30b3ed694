"""A genuine Windows CPython with the Windows packages runs the project, started by its launchers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import COMPILER, PROJECT, copy_of_the_project, must_have
from genuine import NoDownload, first_wheel, install_packages, requirement, windows_python
from src.launcher import WINDOWS_TESTS
from wine import Answer, Wine, windows_path

FULL = os.environ.get(WINDOWS_TESTS) == "full"
# For the watch TensorFlow is not needed, and the runtime only by TensorFlow.
FOR_TRAINING_ONLY = ("tensorflow", "msvc-runtime")


@dataclass(frozen=True)
class Lab:
    wine: Wine
    project: Path
    python: Path
    first_start: Answer

    def double_click(self, launcher: str, *arguments: str, seconds: float = 120, **variables: str) -> Answer:
        return self.wine.run(self.project / f"{launcher}.bat", "--no-pause", *arguments, folder=self.project,
                             seconds=seconds, **variables)

    def run_python(self, code: str) -> Answer:
        """Run lines of Python in the project's own Windows Python."""
        script = self.project / "scripts" / "lines.py"
        script.write_text(f"import sys; sys.path.insert(0, {windows_path(self.project)!r})\n{code}", encoding="utf-8")
        return self.wine.run(self.project / ".venv" / "Scripts" / "python.exe", windows_path(script))

    def mode(self) -> str:
        return (self.project / "state" / "mode.txt").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def lab(wine, tmp_path_factory) -> Lab:
    must_have(COMPILER, "gcc-mingw-w64-x86-64-win32")
    folder = tmp_path_factory.mktemp("real")
    project = copy_of_the_project(folder)
    shutil.copytree(PROJECT / "data" / "demo", project / "data" / "demo")
    (project / "requirements.txt").write_text(f"{requirement('PyYAML')}\n", encoding="utf-8")
    try:
        python = windows_python(COMPILER)
        wheels = first_wheel(folder / "wheels")
        lab = Lab(wine, project, python, first_start=wine.run(
            project / "run_replay.bat", "--no-pause", "--help", folder=project, seconds=240,
            WINEPATH=windows_path(python), PIP_NO_INDEX="1", PIP_FIND_LINKS=windows_path(wheels)))
        install_packages(project / ".venv" / "Lib" / "site-packages", () if FULL else FOR_TRAINING_ONLY)
    except NoDownload as error:
        if os.environ.get(WINDOWS_TESTS):
            raise
        pytest.skip(f"WINDOWS WAS NOT TESTED with its own Python: nothing could be downloaded. {error}")
    return lab


@pytest.fixture(scope="module")
def recording(lab) -> Path:
    """Settings with a recorded evening in place of the camera."""
    settings = lab.project / "config" / "recording.yaml"
    settings.write_text(
        "camera: {source: data/demo/normal_evening.mp4}\ncapture: {interval_seconds: 0.1}\n", encoding="utf-8")
    return settings


def test_the_first_double_click_makes_the_venv(lab):
    assert "First start" in lab.first_start.text and "Ready after" in lab.first_start.text
    assert (lab.project / ".venv" / "installed-requirements.txt").exists()


@pytest.mark.parametrize("mode", ["CAPTURE", "MONITOR", "OFF"])
def test_a_double_click_sets_the_mode(lab, mode):
    answer = lab.double_click(f"set_mode_{mode}")
    assert answer.code == 0, answer.text
    assert lab.mode() == mode
    assert f"The mode is {mode}" in answer.text


def test_the_health_check_without_a_camera_says_what_to_do(lab):
    answer = lab.double_click("run_health_check")
    assert answer.code == 1, answer.text
    assert "Camera" in answer.text, answer.text
    camera = next(line for line in answer.text.splitlines() if "Camera" in line)
    assert "FAIL" in camera
    assert "Traceback" not in answer.text
    (report,) = (lab.project / "reports" / "health_check").glob("*.json")
    checks = {check["name"]: check["ok"] for check in json.loads(report.read_text(encoding="utf-8"))["checks"]}
    assert checks["Folders"] and checks["Disk space"] and not checks["Camera"]


def test_capture_then_replay_then_watch_on_the_demo_videos(lab, recording):
    assert lab.double_click("set_mode_CAPTURE").code == 0
    captured = lab.double_click("run_capture", "--config", "config\\recording.yaml", seconds=240)
    assert captured.code == 0, captured.text
    pictures = list((lab.project / "data" / "normal").glob("normal_*.jpg"))
    assert len(pictures) > 100
    # TensorFlow is for the full run; the model file is the same on all systems.
    trained = subprocess.run(
        [sys.executable, lab.project / "scripts" / "train_autoencoder.py", "--config", recording],
        capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=240)
    assert trained.returncode == 0, trained.stderr
    replayed = lab.double_click("run_replay", "--source", "data\\demo\\tonight_leak.mp4", "--frame_seconds", "1.5",
                                "--output_dir", "reports\\replay \u00fc", seconds=240)
    assert replayed.code == 0, replayed.text
    summary = json.loads((lab.project / "reports" / "replay \u00fc" / "summary.json").read_text(encoding="utf-8"))
    assert summary["alerts"], "the leak of the demo was not found"
    (lab.project / "config" / "tonight.yaml").write_text(
        "camera: {source: data/demo/tonight_leak.mp4}\nmonitor: {frame_interval_seconds: 0.1}\n", encoding="utf-8")
    assert lab.double_click("set_mode_MONITOR").code == 0
    watched = lab.double_click("run_monitor", "--config", "config\\tonight.yaml", seconds=240)
    assert watched.code == 0, watched.text
    assert list((lab.project / "data" / "anomalies").glob("panel_*.jpg")), watched.text


def test_windows_accepts_what_it_is_asked(lab):
    answer = lab.run_python(
        "from src.windows import add_runtime_folder, calm_closing, keep_awake, no_quick_edit\n"
        "add_runtime_folder()\n"
        "with no_quick_edit(), keep_awake(), calm_closing(print):\n"
        "    print('watching')\n")
    assert (answer.text, answer.code) == ("watching\n", 0)


def test_a_closed_window_ends_the_block_calmly(lab):
    answer = lab.run_python(
        "import ctypes, threading, time\n"
        "from src.windows import calm_closing\n"
        "class Windows:\n"
        "    def SetConsoleCtrlHandler(self, handler, add):\n"
        "        if add:\n"
        "            threading.Timer(1.0, handler, [2]).start()\n"
        "        return ctypes.windll.kernel32.SetConsoleCtrlHandler(handler, add)\n"
        "try:\n"
        "    with calm_closing(print, Windows()):\n"
        "        time.sleep(20)\n"
        "except KeyboardInterrupt:\n"
        "    print('last notice')\n")
    assert (answer.text, answer.code) == ("its window was closed\nlast notice\n", 0)


def test_the_command_line_of_the_autostart_task_starts_the_launcher(lab):
    launcher = windows_path(lab.project / "set_mode_MONITOR.bat")
    answer = lab.run_python(
        "import subprocess\n"
        "from pathlib import Path\n"
        "from xml.etree import ElementTree\n"
        "from src.autostart import task_xml\n"
        f"task = ElementTree.fromstring(task_xml(Path({launcher!r}), 'anna').encode('utf-16'))\n"
        "arguments = task.find('.//{*}Arguments').text\n"
        "sys.exit(subprocess.call('cmd.exe ' + arguments))\n")
    assert answer.code == 0, answer.text
    assert lab.mode() == "MONITOR"


def test_the_support_bundle_is_written(lab):
    address = "https://hooks.slack.com/services/T/B/windowssecret"
    answer = lab.double_click("run_support_bundle", SLACK_WEBHOOK_URL=address)
    assert answer.code == 0, answer.text
    (bundle,) = (lab.project / "reports" / "support_bundle").glob("*.zip")
    with zipfile.ZipFile(bundle) as archive:
        assert "Camera" in archive.read("health_check.txt").decode("utf-8")
        assert all(b"windowssecret" not in archive.read(name) for name in archive.namelist())


@pytest.mark.skipif(not FULL, reason="TensorFlow for Windows: python scripts/launch.py test --windows-full")
def test_the_demo_trains_with_tensorflow_and_finds_the_leak(lab):
    answer = lab.double_click("run_demo", seconds=1800)
    assert answer.code == 0, answer.text
    assert "The leak was found" in answer.text
