"""Every launcher, double-clicked in Wine, with a stub in place of Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from project_copy import PROJECT, copy_of_the_project
from scripts.launch import refusal
from wine import Answer, Wine, windows_path

TASKS = {
    "run_capture": "capture",
    "run_train": "train",
    "run_monitor": "supervisor",
    "run_visualize_reconstruction": "visualize",
    "run_threshold_calibration": "calibrate",
    "run_health_check": "health_check --save_snapshot",
    "run_daily_summary": "summary",
    "run_replay": "replay",
    "run_demo": "demo",
    "run_tests": "test",
    "run_support_bundle": "support_bundle",
    "run_install_autostart": "autostart install",
    "run_remove_autostart": "autostart remove",
    "set_mode_CAPTURE": "set_mode CAPTURE",
    "set_mode_MONITOR": "set_mode MONITOR",
    "set_mode_OFF": "set_mode OFF",
}
PAUSE = "Press any key"
PYTHON_ORG = "https://www.python.org/downloads/windows/"


@dataclass(frozen=True)
class Lab:
    """A PC with the project and the stub as .venv, py.exe and python.exe."""

    wine: Wine
    project: Path
    programs: Path
    log: Path

    def double_click(self, launcher: str, *arguments: str, folder: Path | None = None, **variables: str) -> Answer:
        self.log.unlink(missing_ok=True)
        return self.wine.run(
            self.project / f"{launcher}.bat", *arguments, folder=folder or self.project,
            WINEPATH=windows_path(self.programs), STUB_LOG=windows_path(self.log), **variables)

    def calls(self) -> list[tuple[str, str, str]]:
        """(which Python, working folder, command line) of every call."""
        if not self.log.exists():
            return []
        return [tuple(line.split("|", 2)) for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def lab(wine, stub, real_lab, tmp_path_factory) -> Lab:
    # real_lab: is not needed here, but gets ready meanwhile.
    folder = tmp_path_factory.mktemp("lab")
    project = copy_of_the_project(folder)
    programs = folder / "programs"
    for path in (programs / "py.exe", programs / "python.exe", project / ".venv" / "Scripts" / "python.exe"):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(stub, path)
    return Lab(wine, project, programs, folder / "calls.txt")


@pytest.fixture
def complete_venv(lab):
    stamp = lab.project / ".venv" / "installed-requirements.txt"
    stamp.touch()
    yield
    stamp.unlink()


def test_every_launcher_is_listed_here():
    assert {path.stem for path in PROJECT.glob("*.bat")} == set(TASKS)


@pytest.mark.parametrize("launcher, task", TASKS.items())
def test_a_double_click_starts_its_task_and_closes(lab, complete_venv, launcher, task):
    answer = lab.double_click(launcher, STUB_FITS="venv")
    who, folder, command = lab.calls()[-1]
    assert (who, folder) == ("venv", windows_path(lab.project))
    assert command.rstrip().endswith(f'{windows_path(lab.project)}\\scripts\\launch.py" {task}')
    assert (answer.code, answer.text) == (0, "")


@pytest.mark.parametrize("launcher", TASKS)
def test_an_error_keeps_the_window_open_and_its_code(lab, complete_venv, launcher):
    answer = lab.double_click(launcher, STUB_FITS="venv", STUB_CODE="3")
    assert answer.code == 3
    assert "Please read the lines above" in answer.text and PAUSE in answer.text


@pytest.mark.parametrize("launcher", TASKS)
def test_the_task_scheduler_gets_the_code_without_a_pause(lab, complete_venv, launcher):
    answer = lab.double_click(launcher, "--no-pause", STUB_FITS="venv", STUB_CODE="1")
    assert answer.code == 1
    assert PAUSE not in answer.text


def test_arguments_and_the_working_folder_arrive_as_they_are(lab, complete_venv, tmp_path):
    answer = lab.double_click("run_replay", "--source", "a night & more.mp4", folder=tmp_path, STUB_FITS="venv")
    assert answer.code == 0
    _, folder, command = lab.calls()[-1]
    assert folder == windows_path(tmp_path)
    assert command.rstrip().endswith('replay --source "a night & more.mp4"')


@pytest.mark.parametrize(
    "fits, chosen",
    [
        ("py-3.12;py-3.11;py-3.10;py-3.13;python", "py-3.12"),
        ("py-3.11;py-3.10;py-3.13;python", "py-3.11"),
        ("py-3.10;py-3.13;python", "py-3.10"),
        ("py-3.13;python", "py-3.13"),
        ("python", "python"),
    ],
)
def test_the_first_start_takes_the_best_python(lab, fits, chosen):
    assert lab.double_click("run_demo", STUB_FITS=fits).code == 0
    assert lab.calls()[-1][0] == chosen


def test_an_incomplete_venv_is_not_used(lab):
    lab.double_click("run_demo", STUB_FITS="venv;python")
    assert lab.calls()[-1][0] == "python"


def test_a_venv_whose_python_was_removed_is_not_used(lab, complete_venv):
    lab.double_click("run_demo", STUB_FITS="py-3.11")
    assert lab.calls()[-1][0] == "py-3.11"


def test_without_python_it_says_where_to_get_it(lab, tmp_path):
    bare = Lab(lab.wine, lab.project, tmp_path, lab.log)
    answer = bare.wine.run(bare.project / "run_monitor.bat", folder=bare.project, STUB_LOG=windows_path(bare.log))
    assert answer.code == 1
    assert PYTHON_ORG in answer.text and "none that fits was found" in answer.text and PAUSE in answer.text


def test_the_alias_of_the_microsoft_store_is_no_python(lab):
    answer = lab.double_click("run_monitor")
    assert answer.code == 1
    assert {who for who, _, _ in lab.calls()} == {"py-3.12", "py-3.11", "py-3.10", "py-3.13", "py", "python"}
    assert PYTHON_ORG in answer.text and "Microsoft Store does not count" in answer.text and PAUSE in answer.text
    assert "what Windows says" not in answer.text


@pytest.mark.parametrize(
    "version, bits, reason",
    [((3, 9), 64, "it is too old"), ((3, 14), 64, "it is too new"), ((3, 12), 32, "it is the 32-bit edition")],
    ids=["too old", "3.14 only", "32-bit"],
)
@pytest.mark.parametrize(
    "refused, asked",
    [("py;python", "py"), ("py", "py"), ("python", "python"), ("py;py-3.12;python", "py")],
)
def test_a_python_that_does_not_fit_is_named_once_with_the_reason(lab, version, bits, reason, refused, asked):
    answer = lab.double_click("run_monitor", STUB_REFUSES=refused,
                              STUB_REFUSAL=refusal(version, bits, "C:\\Python\\python.exe"))
    assert answer.code == 1
    assert answer.text.count("The leak monitor cannot use Python %d.%d" % version) == 1
    assert reason in answer.text and f"(asked: {asked})" in answer.text
    assert PYTHON_ORG in answer.text and PAUSE in answer.text
    assert all(command.rstrip().endswith("--check-python") for _, _, command in lab.calls())


BATCH_FILES = sorted([*PROJECT.glob("*.bat"), PROJECT / "scripts" / "launch.bat"])


@pytest.mark.parametrize("path", BATCH_FILES, ids=lambda path: path.name)
def test_batch_files_are_plain_and_avoid_what_differs(path):
    data = path.read_bytes()
    data.decode("ascii")
    assert data.count(b"\n") == data.count(b"\r\n"), "line ends must be CRLF"
    assert not re.search(rb"&&|\|\||powershell", data, re.IGNORECASE)


def test_git_delivers_batch_files_with_windows_line_ends():
    if not (PROJECT / ".git").exists():
        pytest.skip("only in a clone")
    for path in BATCH_FILES:
        told = subprocess.run(["git", "check-attr", "eol", "--", str(path)], cwd=PROJECT, capture_output=True, text=True)
        assert told.stdout.strip().endswith("eol: crlf")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="blinter needs Python 3.11")
def test_blinter_finds_no_error_in_the_batch_files():
    for path in BATCH_FILES:
        checked = subprocess.run([sys.executable, "-m", "blinter", str(path), "--fail-on", "error", "--no-config"],
                                 capture_output=True, encoding="utf-8", errors="replace")
        assert checked.returncode == 0, checked.stdout
