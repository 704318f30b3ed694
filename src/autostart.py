"""The task in the Windows Task Scheduler that starts the monitor when the user logs on."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from src.errors import UserError

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]
# No time limit and no battery rule: the Task Scheduler's own defaults end every task after three days.
TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Starts the leak monitor, which goes on in its last mode.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger><Enabled>true</Enabled><UserId>{user}</UserId><Delay>PT30S</Delay></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{user}</UserId><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>cmd.exe</Command><Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def task_name(project: Path) -> str:
    """One task for each copy of the program, so that two cells on one PC do not replace each other's."""
    return f"Leak monitor ({project.name})"


def task_xml(launcher: Path, user: str) -> str:
    """The task in the words of the Task Scheduler. user: such as LAB-PC\\\\anna."""
    # With /s cmd takes away the outer quotes only, so that the path may hold blanks, & and parentheses.
    arguments = f'/d /s /c ""{launcher}" --no-pause"'
    return TASK.format(user=escape(user), arguments=escape(arguments), folder=escape(str(launcher.parent)))


def schtasks(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Ask the Task Scheduler. Raises UserError on other systems than Windows."""
    command = ["schtasks.exe", *arguments]
    # Into a file: a pipe stays open as long as anything that it starts and leaves behind.
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        except FileNotFoundError:
            raise UserError(
                "There is no Windows Task Scheduler on this system. Here, let the system start "
                "'python scripts/launch.py supervisor' by itself, for example with systemd or cron."
            ) from None
        said.seek(0)
        # It answers in the code page of the console, not in UTF-8.
        words = said.read().decode("oem" if sys.platform == "win32" else "utf-8", errors="replace")
    return subprocess.CompletedProcess(command, done.returncode, words, "")


def install(launcher: Path, user: str, run: Run = schtasks) -> str:
    """Start `launcher` (a .bat file) at every log-on of `user`; what was done, in words. Raises UserError."""
    with tempfile.TemporaryDirectory() as folder:
        description = Path(folder) / "task.xml"
        description.write_text(task_xml(launcher, user), encoding="utf-16")
        answer = run(["/Create", "/TN", task_name(launcher.parent), "/XML", str(description), "/F"])
    if answer.returncode != 0:
        raise UserError(
            f"Windows did not accept the task: {_said(answer)}. Right-click run_install_autostart.bat and "
            "choose 'Run as administrator', or ask your IT department to allow tasks at log-on."
        )
    return (
        "From now on the monitor starts by itself half a minute after you log on to Windows, and goes on in "
        "the mode that was set last. After a restart somebody has to log on. "
        "To undo it: run_remove_autostart.bat"
    )


def remove(project: Path, run: Run = schtasks) -> str:
    """Forget the task; what was done, in words. Raises UserError."""
    name = task_name(project)
    if run(["/Query", "/TN", name]).returncode != 0:
        return "The monitor does not start by itself: there is nothing to remove."
    answer = run(["/Delete", "/TN", name, "/F"])
    if answer.returncode != 0:
        raise UserError(
            f"Windows did not remove the task: {_said(answer)}. Right-click run_remove_autostart.bat and "
            "choose 'Run as administrator'."
        )
    return "The monitor no longer starts by itself when you log on. A monitor that is running goes on."


def _said(answer: subprocess.CompletedProcess[str]) -> str:
    return " ".join((answer.stderr or answer.stdout).split()).rstrip(".") or f"code {answer.returncode}"
