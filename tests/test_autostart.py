"""The task that starts the monitor at log-on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

import pytest

from src.autostart import install, remove, schtasks, task_xml
from src.errors import UserError

LAUNCHER = PureWindowsPath("C:\\My Lab (v1) & Zellen-Pr\u00fcfstand\\run_monitor.bat")
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


class Scheduler:
    """Stands in for schtasks.exe: remembers tasks by name, or refuses everything."""

    def __init__(self, refuses: str = "") -> None:
        self.tasks: dict[str, ElementTree.Element] = {}
        self.refuses = refuses

    def __call__(self, arguments):
        action, name = arguments[0], arguments[arguments.index("/TN") + 1]
        code = 0
        if action != "/Query" and self.refuses:
            return subprocess.CompletedProcess(arguments, 1, stdout="", stderr=self.refuses)
        if action == "/Create":
            file = Path(arguments[arguments.index("/XML") + 1])
            self.tasks[name] = ElementTree.fromstring(file.read_text(encoding="utf-16"))
        elif action == "/Query":
            code = 0 if name in self.tasks else 1
        elif action == "/Delete":
            del self.tasks[name]
        return subprocess.CompletedProcess(arguments, code, stdout="", stderr="")


def value(task: ElementTree.Element, tag: str) -> str:
    return task.find(f".//{SPACE}{tag}").text


def test_the_task_starts_the_launcher_wherever_it_lies():
    task = ElementTree.fromstring(task_xml(LAUNCHER, "LAB-PC\\anna").encode("utf-16"))
    assert value(task, "Command") == "cmd.exe"
    assert value(task, "Arguments") == f'/d /s /c ""{LAUNCHER}" --no-pause"'
    assert value(task, "WorkingDirectory") == str(LAUNCHER.parent)
    assert value(task, "UserId") == "LAB-PC\\anna"


def test_the_watch_does_not_end_after_three_days_or_on_battery():
    task = ElementTree.fromstring(task_xml(LAUNCHER, "anna").encode("utf-16"))
    assert value(task, "ExecutionTimeLimit") == "PT0S"
    assert value(task, "DisallowStartIfOnBatteries") == value(task, "StopIfGoingOnBatteries") == "false"


def test_what_was_installed_is_removed_again():
    scheduler = Scheduler()
    assert "starts by itself" in install(LAUNCHER, "anna", scheduler)
    assert len(scheduler.tasks) == 1
    assert "no longer starts" in remove(LAUNCHER.parent, scheduler)
    assert scheduler.tasks == {}


def test_two_copies_on_one_pc_have_a_task_each():
    scheduler = Scheduler()
    install(PureWindowsPath("C:\\cell 1\\run_monitor.bat"), "anna", scheduler)
    install(PureWindowsPath("C:\\cell 2\\run_monitor.bat"), "anna", scheduler)
    assert len(scheduler.tasks) == 2


def test_nothing_to_remove_is_no_mistake():
    assert "nothing to remove" in remove(LAUNCHER.parent, Scheduler())


def test_a_refusal_is_told_with_the_way_out():
    with pytest.raises(UserError, match="Access is denied. Right-click run_install_autostart.bat"):
        install(LAUNCHER, "anna", Scheduler(refuses="ERROR: Access is denied."))


@pytest.mark.skipif(sys.platform == "win32", reason="shows what happens elsewhere")
def test_elsewhere_it_says_what_to_do_instead():
    with pytest.raises(UserError, match="systemd"):
        schtasks(["/Query"])
