"""Which task starts which script, in the project's own Python.

Only the standard library: this runs before anything is installed.
"""

from __future__ import annotations

import ast
import difflib
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from src.console import say
from src.environment import NO_PAUSE, RUN_LIST, TEST_LIST, Environment, child_environment, prepare
from src.errors import UserError
from src.windows import without_middleman

PROJECT = Path(os.path.abspath(__file__)).parent.parent
# Fits into every console window: a line of 80 characters would move on by itself in one of 80 columns.
WIDTH = 79
USER_CAN_FIX_IT, WRONG_ARGUMENTS = 1, 2
# Short names for what people say; any other task is the name of a script.
ALIASES = {
    "capture": "capture_images",
    "train": "train_autoencoder",
    "visualize": "visualize_reconstruction",
    "calibrate": "threshold_calibration",
    "health": "health_check",
    "summary": "daily_summary",
}
TEST = "test"
NO_PAUSE_OPTION = "--no-pause"
# These need what is on the list of the tests, too.
WITH_TEST_LIST = (TEST, "soak")
# Tells the tests how much of the Windows part is wanted.
WINDOWS_TESTS = "LEAK_MONITOR_WINDOWS_TESTS"
WINDOWS_OPTIONS = {"--windows": "wanted", "--windows-full": "full"}


def launch(arguments: list[str], project: Path = PROJECT) -> int:
    """Run a task: `arguments` are its name and what it is to be told. Returns the exit code."""
    # This Python has not been told to use UTF-8: it could not write every user's name into a file or a pipe.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    variables = child_environment(os.environ)
    if NO_PAUSE_OPTION in arguments:
        # Meant for the .bat file that passed it on, whose window is not to wait for a key; nor is the task.
        arguments = [argument for argument in arguments if argument != NO_PAUSE_OPTION]
        variables[NO_PAUSE] = "1"
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_overview(project))
        return 0 if arguments else WRONG_ARGUMENTS
    task, rest = arguments[0], arguments[1:]
    script = project / "scripts" / f"{ALIASES.get(task, task)}.py"
    if task != TEST and script not in _scripts(project):
        print(_unknown(task, project), file=sys.stderr)
        return WRONG_ARGUMENTS
    environment = Environment(project)
    try:
        prepare(environment, (RUN_LIST, TEST_LIST) if task in WITH_TEST_LIST else (RUN_LIST,), say)
    except UserError as error:
        say(str(error), sys.stderr)
        return USER_CAN_FIX_IT
    except KeyboardInterrupt:
        say("\nStopped before the installation was complete. Start again to go on.", sys.stderr)
        return USER_CAN_FIX_IT
    if task == TEST:
        return _run_tests(environment, rest, variables)
    return _run(environment, [str(script), *rest], variables)


def _scripts(project: Path) -> list[Path]:
    return sorted(path for path in (project / "scripts").glob("*.py") if path.stem != "launch")


def _overview(project: Path) -> str:
    names = {script: alias for alias, script in ALIASES.items()}
    lines = ["Usage: python scripts/launch.py TASK [arguments]", "", "Tasks:"]
    for script in _scripts(project):
        purpose = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").partition("\n")[0]
        lines.append(_task_and_purpose(names.get(script.stem, script.stem), purpose))
    lines.append(_task_and_purpose(TEST, "Run all tests (--windows: those under Wine, too)."))
    return "\n".join([*lines, "", "TASK --help tells what a task can be told."])


def _task_and_purpose(task: str, purpose: str) -> str:
    """Two columns, of which the second may take several lines."""
    first = f"  {task:18} "
    return textwrap.fill(purpose, WIDTH, initial_indent=first, subsequent_indent=" " * len(first),
                         break_long_words=False, break_on_hyphens=False) if purpose else first.rstrip()


def _unknown(task: str, project: Path) -> str:
    names = [TEST, *ALIASES, *(script.stem for script in _scripts(project))]
    close = difflib.get_close_matches(task, names, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"There is no task '{task}'.{hint}\n\n{_overview(project)}"


def _run_tests(environment: Environment, arguments: list[str], variables: dict[str, str]) -> int:
    for option, value in WINDOWS_OPTIONS.items():
        if option in arguments:
            variables[WINDOWS_TESTS] = value
    for_pytest = [argument for argument in arguments if argument not in WINDOWS_OPTIONS]
    os.chdir(environment.project)
    return _run(environment, ["-m", "pytest", *for_pytest], variables)


def _run(environment: Environment, arguments: list[str], variables: dict[str, str]) -> int:
    """Run the project's Python in the working folder as it is, and pass its exit code on."""
    python = str(environment.python)
    sys.stdout.flush()
    if os.name != "nt":
        # A shell makes what it starts in the background deaf to Ctrl+C, and all that this starts in turn.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # Becoming the program is the surest way to hand every signal and the exit code on.
        os.execve(python, [python, *arguments], variables)
    options = without_middleman(python, str(environment.made_from), variables)
    with subprocess.Popen([python, *arguments], **options) as child:
        # Ctrl+C reaches both: the task ends in its own way, and this program waits for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGBREAK, signal.SIG_IGN)
        return child.wait()
