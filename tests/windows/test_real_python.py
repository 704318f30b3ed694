"""A genuine Windows CPython with the Windows packages runs the project, started by its launchers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import cv2
import pytest

from genuine import NoDownload
from project_copy import LAB_FOLDER, PROJECT
from real_lab import FULL, Lab
from src.demo import ONSET_PICTURE
from src.image_files import write_jpg
from src.launcher import WINDOWS_TESTS
from src.windows import EXTENDED_FLAGS, QUICK_EDIT, STAY_IN_FORCE, SYSTEM_REQUIRED
from tests.servers import web_server
from wine import Answer, windows_path

full_only = pytest.mark.skipif(not FULL, reason="TensorFlow for Windows: python scripts/launch.py test --windows-full")
# So many pictures are enough to train with.
FEW = 60
# From here on the second clip of the demo is watched in real time: the leak begins half a minute later.
LATE_EVENING = ONSET_PICTURE - 30
LATE_EVENING_FOLDER = "data/demo/sp\u00e4ter Abend"
# What the Windows facts are read with: one program, in a console of its own that nobody sees.
FACTS = """\
import ctypes, json, os, subprocess, sys
from pathlib import Path
if len(sys.argv) == 1:
    CREATE_NO_WINDOW = 0x08000000
    sys.exit(subprocess.call([sys.executable, __file__, "child"], creationflags=CREATE_NO_WINDOW,
                             stdin=subprocess.DEVNULL))
from src.health import check_runtime_library
from src.windows import camera_names, keep_awake, no_quick_edit
kernel32 = ctypes.WinDLL("kernel32")
for name in ("CreateFileW", "GetModuleHandleW"):
    getattr(kernel32, name).restype = ctypes.c_void_p
console = ctypes.c_void_p(kernel32.CreateFileW("CONIN$", 0xC0000000, 3, None, 3, 0, None))
kernel32.SetStdHandle(-10, console)
kernel32.SetConsoleMode(console, 0x01F7)
kernel32.SetThreadExecutionState.restype = ctypes.c_uint32
def state():
    mode = ctypes.c_uint32()
    assert kernel32.GetConsoleMode(console, ctypes.byref(mode))
    sleep = kernel32.SetThreadExecutionState(ctypes.c_uint32(0x80000000))
    kernel32.SetThreadExecutionState(ctypes.c_uint32(sleep))
    return mode.value, sleep
def library():
    path, handle = ctypes.create_unicode_buffer(500), kernel32.GetModuleHandleW("msvcp140.dll")
    kernel32.GetModuleFileNameW(ctypes.c_void_p(handle), path, 500)
    return path.value if handle else None
facts = {}
with no_quick_edit(), keep_awake():
    facts["watching"] = state()
facts["afterwards"] = state()
in_venv, aside = Path(sys.prefix) / "msvcp140.dll", Path(sys.prefix) / "aside.dll"
in_venv.rename(aside)
facts["without the runtime"] = check_runtime_library().line, library()
aside.rename(in_venv)
facts["with the runtime"] = check_runtime_library().line, library()
facts["cameras"] = camera_names("DSHOW"), camera_names("MSMF")
print(json.dumps(facts))
"""


@pytest.fixture(scope="module")
def lab(real_lab) -> Lab:
    try:
        return real_lab.result()
    except NoDownload as error:
        if os.environ.get(WINDOWS_TESTS):
            raise
        pytest.skip(f"WINDOWS WAS NOT TESTED with its own Python: nothing could be downloaded. {error}")


@pytest.fixture(scope="module")
def facts(lab) -> dict[str, object]:
    """What the genuine Python finds when it asks Windows."""
    answer = lab.run_python(FACTS)
    assert answer.code == 0, answer.text
    return json.loads(answer.text)


@dataclass(frozen=True)
class Captured:
    """said: by the capture. training: goes on in the background, with TensorFlow of this PC; None in the full run."""

    said: Answer
    training: subprocess.Popen[str] | None


@pytest.fixture(scope="module")
def captured(lab) -> Captured:
    """Normal pictures are taken of a recording, and some of them are kept."""
    assert lab.double_click("set_mode_CAPTURE").code == 0
    recording = lab.settings("recording.yaml", "camera: {source: data/demo/normal_evening.mp4}\n"
                                               "capture: {interval_seconds: 0.05}\n")
    said = lab.double_click("run_capture", "--config", recording, seconds=240)
    assert said.code == 0, said.text
    pictures = sorted((lab.project / "data" / "normal").glob("normal_*.jpg"))
    assert len(pictures) == 300
    keep_few(pictures)
    # The model file is the same on all systems.
    training = None if FULL else subprocess.Popen(
        [sys.executable, lab.project / "scripts" / "train_autoencoder.py"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    return Captured(said, training)


@pytest.fixture(scope="module")
def trained(lab, captured) -> None:
    """A model is learnt from these pictures: with TensorFlow for Windows in the full run."""
    if captured.training is None:
        answer = lab.double_click("run_train", seconds=1200)
        assert answer.code == 0, answer.text
    else:
        said, _ = captured.training.communicate(timeout=240)
        assert captured.training.returncode == 0, said
    write_late_evening(lab.project / LATE_EVENING_FOLDER)
    assert lab.double_click("set_mode_MONITOR").code == 0


@pytest.fixture(scope="module")
def watched(lab, trained) -> Answer:
    """The evening with the leak is watched. What the monitor said."""
    evening = lab.settings("tonight.yaml", f"camera: {{source: '{LATE_EVENING_FOLDER}'}}\n"
                                           "monitor: {frame_interval_seconds: 0.05}\n")
    answer = lab.double_click("run_monitor", "--config", evening, seconds=240)
    assert answer.code == 0, answer.text
    return answer


def keep_few(pictures: list[Path]) -> None:
    """Leave FEW of the pictures, from the first to the last."""
    kept = {pictures[number * len(pictures) // FEW] for number in range(FEW)}
    for path in set(pictures) - kept:
        path.unlink()


def write_late_evening(folder: Path) -> None:
    """The last part of the clip with the leak, as pictures."""
    folder.mkdir()
    clip, number = cv2.VideoCapture(str(PROJECT / "data" / "demo" / "tonight_leak.mp4")), 0
    while (answer := clip.read())[0]:
        if number >= LATE_EVENING:
            write_jpg(folder / f"{number:04}.jpg", answer[1], quality=98)
        number += 1


def test_the_first_double_click_makes_the_venv(lab):
    assert "First start" in lab.first_start.text and "Ready after" in lab.first_start.text
    assert (lab.venv / "installed-requirements.txt").exists()


def test_capture_saves_every_picture_of_the_recording(captured):
    assert "300 pictures saved" in captured.said.text


@pytest.mark.parametrize("mode", ["CAPTURE", "MONITOR", "OFF"])
def test_a_double_click_sets_the_mode(lab, mode):
    answer = lab.double_click(f"set_mode_{mode}")
    assert answer.code == 0, answer.text
    assert lab.mode() == mode
    assert f"The mode is {mode}" in answer.text


def test_the_health_check_without_a_camera_says_what_to_do(lab):
    answer = lab.double_click("run_health_check")
    assert answer.code == 1, answer.text
    lines = answer.text.splitlines()
    camera = next((number for number, line in enumerate(lines) if line.startswith("FAIL - Camera")), None)
    assert camera is not None, answer.text
    said = " ".join(" ".join(lines[camera:camera + 8]).split())
    assert "(DSHOW) cannot be opened. The camera 0 (MSMF) cannot be opened. Check the cable, close other programs" in said
    assert said.count("Check the cable") == 1 and "--list_cameras" in said
    assert "OK   - Visual C++ runtime" in answer.text
    assert "Traceback" not in answer.text
    (report,) = (lab.project / "reports" / "health_check").glob("*.json")
    checks = {check["name"]: check["ok"] for check in json.loads(report.read_text(encoding="utf-8"))["checks"]}
    assert checks["Folders"] and checks["Disk space"] and not checks["Camera"]


def test_the_visual_c_runtime_comes_from_the_venv(lab, facts):
    assert facts["with the runtime"] == ["OK   - Visual C++ runtime: found", windows_path(lab.venv / "msvcp140.dll")]


def test_the_health_check_names_the_download_where_the_visual_c_runtime_is_missing(facts):
    line, library = facts["without the runtime"]
    assert line.startswith("FAIL - Visual C++ runtime: missing: msvcp140.dll. TensorFlow cannot start.")
    assert "https://aka.ms/vs/17/release/vc_redist.x64.exe" in line and library is None


def test_while_watching_a_click_does_not_freeze_the_window(facts):
    assert facts["watching"][0] & QUICK_EDIT == 0 and facts["watching"][0] & EXTENDED_FLAGS
    assert facts["afterwards"][0] == 0x01F7


def test_while_watching_the_pc_stays_awake(facts):
    assert facts["watching"][1] == STAY_IN_FORCE | SYSTEM_REQUIRED
    assert facts["afterwards"][1] == STAY_IN_FORCE


def test_windows_is_asked_for_the_names_of_its_cameras(facts):
    assert facts["cameras"] == [{}, {}]


def test_replay_finds_the_leak_of_the_demo(lab, trained):
    replayed = lab.double_click("run_replay", "--source", "data\\demo\\tonight_leak.mp4", "--frame_seconds", "1.5",
                                "--output_dir", "reports\\replay \u00fc", seconds=240)
    assert replayed.code == 0, replayed.text
    summary = json.loads((lab.project / "reports" / "replay \u00fc" / "summary.json").read_text(encoding="utf-8"))
    assert summary["alerts"], "the leak of the demo was not found"
    assert summary["alerts"][0]["index"] >= ONSET_PICTURE, "there was an alert before the leak"


def test_the_watch_finds_the_leak_of_the_demo(lab, watched):
    assert list((lab.project / "data" / "anomalies").glob("panel_*.jpg")), watched.text
    assert len(lab.events("alert")) == 1
    assert "is at its end" in lab.events("monitor_stopped")[0]["reason"]


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


def test_a_closed_window_ends_the_watch_with_a_last_notice(lab, trained):
    """Wine 8 ends a program whose window is closed without asking it; so the question comes from a timer here."""
    evening = lab.settings("closed.yaml", f"camera: {{source: '{LATE_EVENING_FOLDER}'}}\n"
                                           "notify: {slack: {enabled: true}}\n")
    with web_server() as slack:
        answer = lab.run_python(
            "import ctypes, os, threading\n"
            "from src import windows\n"
            "class Windows:\n"
            "    def __getattr__(self, name):\n"
            "        return getattr(ctypes.windll.kernel32, name)\n"
            "    def SetConsoleCtrlHandler(self, handler, add):\n"
            "        if add:\n"
            "            threading.Timer(3.0, self.close, [handler]).start()\n"
            "        return ctypes.windll.kernel32.SetConsoleCtrlHandler(handler, add)\n"
            "    def close(self, handler):\n"
            "        handler(2)\n"
            "        os._exit(77)  # as Windows does it\n"
            "windows._kernel32 = Windows\n"
            f"os.environ['SLACK_WEBHOOK_URL'] = '{slack.url}/services/T/B/x'\n"
            "from scripts.monitor import main\n"
            f"main(['--config', {evening!r}])\n"
            "sys.stdout.flush()\n"
            "threading.Event().wait(10)\n")
    assert answer.code == 77, answer.text
    assert "The monitor is ending, because its window was closed" in answer.text
    first, last = (request.json["text"] for request in slack.requests)
    assert "Leak monitor started" in first
    assert "Leak monitor closed" in last and "its window was closed" in last
    assert lab.events("monitor_stopped")[-1]["reason"] == "its window was closed"


def test_the_autostart_is_installed_and_removed(lab):
    """Wine's Task Scheduler takes the task and keeps its settings; trigger and command it does not know yet."""
    task = lab.wine.prefix / "drive_c" / "windows" / "system32" / "tasks" / f"Leak monitor ({LAB_FOLDER})"
    installed = lab.double_click("run_install_autostart")
    assert installed.code == 0 and "From now on the monitor starts by itself" in installed.text, installed.text
    stored = ElementTree.fromstring(task.read_text(encoding="utf-8-sig"))
    assert stored.find(".//{*}ExecutionTimeLimit").text == "PT0S"
    assert stored.find(".//{*}StopIfGoingOnBatteries").text == "false"
    removed = lab.double_click("run_remove_autostart")
    assert removed.code == 0 and "no longer starts by itself" in removed.text, removed.text
    assert not task.exists()


def test_the_command_line_of_the_autostart_task_starts_the_launcher(lab):
    launcher = windows_path(lab.project / "set_mode_MONITOR.bat")
    assert lab.double_click("set_mode_OFF").code == 0
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


def test_the_support_bundle_is_written(lab, watched):
    address = "https://hooks.slack.com/services/T/B/windowssecret"
    answer = lab.double_click("run_support_bundle", SLACK_WEBHOOK_URL=address)
    assert answer.code == 0, answer.text
    (bundle,) = (lab.project / "reports" / "support_bundle").glob("*.zip")
    with zipfile.ZipFile(bundle) as archive:
        assert "Camera" in archive.read("health_check.txt").decode("utf-8")
        assert "opencv-python" in archive.read("versions.txt").decode("utf-8")
        names = archive.namelist()
        assert {"config/config.yaml", "logs/events.jsonl", "state/status.json", "state/mode.txt"} <= set(names)
        assert any(name.startswith("data/anomalies/panel_") for name in names)
        assert all(b"windowssecret" not in archive.read(name) for name in names)


@full_only
def test_tensorflow_for_windows_reads_what_it_has_written(lab, trained):
    answer = lab.run_python(
        "from pathlib import Path\n"
        "from src.autoencoder import load_autoencoder, reconstruct\n"
        "from src.image_files import list_images, read_image\n"
        "from src.windows import add_runtime_folder\n"
        f"model = load_autoencoder(Path({windows_path(lab.project / 'model' / 'autoencoder.keras')!r}))\n"
        "height, width = model.input_shape[1:3]\n"
        f"picture = read_image(list_images(Path({windows_path(lab.project / 'data' / 'normal')!r}))[0])\n"
        "import cv2, numpy\n"
        "picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)\n"
        "print(float(numpy.abs(reconstruct(model, picture) - picture).mean()) < 4.0)\n")
    assert answer.code == 0 and answer.text.splitlines()[-1] == "True", answer.text


@full_only
def test_the_demo_trains_with_tensorflow_and_finds_the_leak(lab):
    answer = lab.double_click("run_demo", seconds=1800)
    assert answer.code == 0, answer.text
    assert "The leak was found" in answer.text
    assert "Press Enter" not in answer.text, "nobody is there to press it"
