"""The launcher, run as a user runs it, in a small copy of the project."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.launch import main, refusal
from src.environment import NO_PAUSE, Environment, child_environment
from src.launcher import _overview

PROJECT = Path(__file__).resolve().parent.parent
LAUNCHER_FILES = (
    "scripts/launch.py", "src/__init__.py", "src/errors.py", "src/launcher.py", "src/environment.py", "src/pip_words.py",
    "src/windows.py", "src/console.py",
)
# Shows what reached the script: arguments, folder, package, and the variables that matter.
ECHO = '''"""Repeats what it was told."""
import os, sys
import lab_tool
print(sys.argv[1:], os.getcwd(), lab_tool.VERSION, os.environ["PYTHONUTF8"], "PYTHONPATH" in os.environ)
sys.exit(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else 0)
'''
WAITS = '''"""Waits for Ctrl+C and says good-bye."""
import sys, time
try:
    print("waiting", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    print("good-bye", flush=True)
    sys.exit(5)
'''


def write_wheel(folder: Path, version: str) -> Path:
    """The smallest package that pip installs."""
    wheel = folder / f"lab_tool-{version}-py3-none-any.whl"
    info = f"lab_tool-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lab_tool.py", f'VERSION = "{version}"\n')
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: lab-tool\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def require(project: Path, version: str) -> None:
    """Let the project ask for this version of the small package."""
    wheel = write_wheel(project.parent, version)
    (project / "requirements.txt").write_text(f"lab-tool @ {wheel.as_uri()}\n", encoding="utf-8")


def start(project: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts" / "launch.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=120, **options
    )


def small_copy(folder: Path) -> Path:
    project = folder / "My Lab (v1) & Zellen-Pr\u00fcfstand"
    for name in LAUNCHER_FILES:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, project / name)
    (project / "scripts" / "capture_images.py").write_text(ECHO, encoding="utf-8")
    (project / "scripts" / "waits.py").write_text(WAITS, encoding="utf-8")
    (project / "scripts" / "pauses.py").write_text(
        f'import os\nprint(os.environ.get("{NO_PAUSE}"))\n', encoding="utf-8")
    (project / "requirements-test.txt").write_text("", encoding="utf-8")
    (project / "constraints.txt").write_text("", encoding="utf-8")
    require(project, "1.0")
    return project


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A project whose first start is over. Tests leave it as they find it."""
    project = small_copy(tmp_path_factory.mktemp("installed"))
    first = start(project, "capture")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "First start" in first.stdout and "takes 5 to 15 minutes" in first.stdout
    return project


def test_the_task_gets_its_arguments_and_the_working_folder_as_it_is(installed, tmp_path):
    answer = start(installed, "capture", "--source", "a b & c.mp4", cwd=tmp_path)
    assert answer.stdout == f"['--source', 'a b & c.mp4'] {tmp_path} 1.0 1 False\n"
    assert answer.stderr == ""


def test_the_exit_code_is_passed_on(installed):
    assert start(installed, "capture", "3").returncode == 3


def test_a_script_can_be_named_in_full(installed):
    assert start(installed, "capture_images", "2").returncode == 2


def test_no_pause_is_no_argument_and_is_known_to_the_task(installed):
    assert start(installed, "capture", "--no-pause", "x").stdout.startswith("['x']")
    assert start(installed, "pauses", "--no-pause").stdout == "1\n"
    assert start(installed, "pauses").stdout == "None\n"


def test_it_works_with_an_empty_home_and_foreign_python_settings(installed, tmp_path):
    variables = {"PATH": os.environ["PATH"], "HOME": "", "PYTHONPATH": str(tmp_path)}
    answer = start(installed, "capture", env=variables)
    assert answer.returncode == 0
    assert answer.stdout.endswith("1.0 1 False\n")


def test_a_name_that_the_code_page_does_not_have_stops_nothing():
    code = "from src import launcher; launcher.launch(['--help']); launcher.say('C:/Users/\\u0141ukasz/python.exe')"
    answer = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, encoding="cp1252",
                            env={**os.environ, "PYTHONIOENCODING": "cp1252"}, timeout=60)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.endswith("C:/Users/?ukasz/python.exe\n")


def test_nothing_is_installed_twice(installed):
    stamp = Environment(installed).stamp("requirements.txt")
    before = stamp.stat().st_mtime_ns
    assert "packages" not in start(installed, "capture").stdout
    assert stamp.stat().st_mtime_ns == before


def test_a_changed_list_is_installed(installed):
    require(installed, "2.0")
    answer = start(installed, "capture")
    assert "The list of packages has changed" in answer.stdout
    assert " 2.0 " in answer.stdout.splitlines()[-1]
    require(installed, "1.0")
    assert " 1.0 " in start(installed, "capture").stdout.splitlines()[-1]


def test_a_failed_update_is_told_in_words_and_tried_again(installed):
    wanted = (installed / "requirements.txt").read_text(encoding="utf-8")
    (installed / "requirements.txt").write_text("no-such-package @ file:///nowhere/x-1-py3-none-any.whl\n")
    answer = start(installed, "capture")
    assert answer.returncode == 1
    assert "could not be installed" in answer.stderr and "install.txt" in answer.stderr
    assert "Traceback" not in answer.stderr
    (installed / "requirements.txt").write_text(wanted, encoding="utf-8")
    assert start(installed, "capture").returncode == 0


def test_an_installation_that_was_cut_short_begins_anew(installed):
    Environment(installed).stamp("requirements.txt").unlink()
    leftover = Environment(installed).folder / "half-written.txt"
    leftover.touch()
    assert "First start" in start(installed, "capture").stdout
    assert not leftover.exists()


def test_the_second_of_two_launchers_waits_for_the_first(tmp_path):
    project = small_copy(tmp_path)
    command = [sys.executable, str(project / "scripts" / "launch.py"), "capture"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    said = [launcher.communicate(timeout=120)[0] for launcher in both]
    assert [launcher.returncode for launcher in both] == [0, 0]
    assert sum("First start" in text for text in said) == 1
    assert sum("Another window is installing" in text for text in said) == 1


@pytest.mark.skipif(os.name == "nt", reason="a signal to one process exists on Linux only")
@pytest.mark.parametrize("started", ["by hand", "in the background"])
def test_ctrl_c_reaches_the_task_and_its_exit_code_comes_back(installed, started):
    command = [sys.executable, str(installed / "scripts" / "launch.py"), "waits"]
    if started == "in the background":
        command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as launcher:
        assert launcher.stdout.readline() == "waiting\n"
        launcher.send_signal(signal.SIGINT)
        assert launcher.stdout.readline() == "good-bye\n"
    assert launcher.returncode == 5


def test_an_unknown_task_is_answered_with_what_there_is(installed):
    answer = start(installed, "captur")
    assert answer.returncode == 2
    assert "Did you mean 'capture'?" in answer.stderr
    assert "capture            Repeats what it was told." in answer.stderr


def test_without_a_task_it_says_how_it_is_used(installed):
    assert start(installed).returncode == 2
    answer = start(installed, "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith("Usage: python scripts/launch.py TASK")


def test_the_overview_fits_into_a_console_window_and_cuts_no_word():
    overview = _overview(PROJECT)
    assert all(len(line) <= 79 for line in overview.splitlines())
    in_one_line = " ".join(overview.split())
    for script in (PROJECT / "scripts").glob("*.py"):
        purpose = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))).partition("\n")[0]
        assert script.stem == "launch" or purpose in in_one_line


@pytest.mark.parametrize(
    "version, bits, reason",
    [
        ((2, 7), 64, "too old"),
        ((3, 9), 64, "too old"),
        ((3, 12), 32, "32-bit"),
        ((3, 14), 64, "too new"),
    ],
)
def test_a_python_that_does_not_fit_is_refused_in_words(version, bits, reason):
    text = refusal(version, bits, "C:\\Python\\python.exe")
    assert reason in text and "64-bit edition of Python 3.12" in text and "https://www.python.org" in text


@pytest.mark.parametrize("minor", [10, 11, 12, 13])
def test_the_pythons_that_fit_are_taken(minor):
    assert refusal((3, minor), 64, "python") == ""


def test_the_bat_files_can_ask_whether_this_python_fits(capsys):
    assert main(["--check-python"]) == 0
    assert capsys.readouterr().out == ""


def test_even_an_ancient_python_can_read_the_launcher():
    ast.parse((PROJECT / "scripts" / "launch.py").read_text(encoding="ascii"), feature_version=(3, 4))


def test_a_setting_made_outside_is_kept():
    assert child_environment({"TF_CPP_MIN_LOG_LEVEL": "0"})["TF_CPP_MIN_LOG_LEVEL"] == "0"


def test_every_pinned_package_has_the_same_version_in_the_constraints():
    fixed = (PROJECT / "constraints.txt").read_text(encoding="utf-8").lower().splitlines()
    for name in ("requirements.txt", "requirements-test.txt"):
        for line in (PROJECT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                pin = line.partition(";")[0].strip().lower()
                assert any(known.split(" ;")[0] == pin for known in fixed), f"{pin}: run scripts/check_pins.py --write"
