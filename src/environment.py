"""The private Python of this project, in the folder .venv: made, filled and checked here.

Only the standard library: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Mapping, TextIO

from src.errors import UserError
from src.pip_words import narrate, reason_of_failure

RUN_LIST, TEST_LIST, CONSTRAINTS = "requirements.txt", "requirements-test.txt", "constraints.txt"
# Set for a program that is not to wait for a key, because nobody double-clicked.
NO_PAUSE = "LEAK_MONITOR_NO_PAUSE"
LOCK_POLL_SECONDS = 1.0
# A virus scanner may hold a fresh python.exe back for some seconds.
TRIES, PAUSE_SECONDS, ANSWER_SECONDS = 3, 5.0, 60.0
# Asked of an interpreter: its version, and the Python it was made from.
_IDENTITY = "import sys; print('%d.%d' % sys.version_info[:2], sys.base_prefix)"


@dataclass(frozen=True)
class Environment:
    """The folder .venv of a project."""

    project: Path

    @property
    def folder(self) -> Path:
        return self.project / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def made_from(self) -> Path:
        """On Windows: the python.exe that the folder was made from."""
        settings = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        return Path(re.search(r"^home\s*=\s*(.+?)\s*$", settings, re.MULTILINE).group(1)) / "python.exe"

    @property
    def log(self) -> Path:
        """What pip said, in full, and what a Python that did not start said."""
        return self.project / "logs" / "install.txt"

    def stamp(self, package_list: str) -> Path:
        """The file that is written last, once everything in `package_list` is installed."""
        return self.folder / f"installed-{Path(package_list).stem}.txt"

    def is_ours(self, prefix: str) -> bool:
        """Whether `prefix` (sys.prefix) says that this very program runs in the folder."""
        return self.folder.exists() and os.path.samefile(prefix, self.folder)


def child_environment(outside: Mapping[str, str]) -> dict[str, str]:
    """The environment variables for a program of this project.

    PYTHONPATH and PYTHONHOME, which instrument software likes to set for all, would mix in foreign packages.
    """
    inside = {name: value for name, value in outside.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    inside["PYTHONUTF8"] = "1"
    inside.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Without it, opening a camera through Windows Media Foundation can take a minute.
    inside.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    return inside


def prepare(
    environment: Environment, package_lists: tuple[str, ...], say: Callable[[str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make sure that .venv holds what `package_lists` name; does nothing when it does.

    say: shows one line to the user. sleep: waits for so many seconds. Raises UserError when the installation fails.
    """
    if _up_to_date(environment, package_lists, _identity(environment, say, sleep)):
        return
    with _only_one(environment.project / ".venv.lock", say):
        identity = _identity(environment, say, sleep)
        # The other launcher, for which this one may have waited, has done the work.
        if not _up_to_date(environment, package_lists, identity):
            _install(environment, package_lists, identity, say, sleep)


def _up_to_date(environment: Environment, package_lists: tuple[str, ...], identity: str | None) -> bool:
    return identity is not None and all(
        _read(environment.stamp(name)) == _fingerprint(environment.project, name, identity)
        for name in package_lists
    )


def _identity(
    environment: Environment, say: Callable[[str], None], sleep: Callable[[float], None]
) -> str | None:
    """Which Python the folder holds, None when it holds none that works, not even after a while.

    What a Python that does not start says instead goes into the log.
    """
    if environment.is_ours(sys.prefix):
        return "%d.%d %s" % (*sys.version_info[:2], sys.base_prefix)
    if not environment.python.exists():
        return None
    for number in _tries("The Python in the folder .venv does not start yet.", say, sleep):
        identity, trouble = _ask(environment.python)
        if identity is not None:
            return identity
        # A log that cannot be written is no reason not to start.
        with suppress(OSError), _open_log(environment) as log:
            log.write(f"Try {number} of {TRIES}: {environment.python} does not start: {trouble}\n")
    return None


def _tries(what: str, say: Callable[[str], None], sleep: Callable[[float], None]) -> Iterator[int]:
    """1 to TRIES, for as long as it takes. Before each but the first `what` is said, and time is given to pass."""
    for number in range(1, TRIES + 1):
        if number > 1:
            say(f"{what} Trying again in {PAUSE_SECONDS:.0f} seconds ...")
            sleep(PAUSE_SECONDS)
        yield number


def _ask(python: Path) -> tuple[str | None, str]:
    """Which Python this is, and an empty text. None when it does not start, and what is said instead."""
    try:
        answer = subprocess.run(
            # -I makes it deaf to PYTHONUTF8, and the path may hold the umlaut of a user's name.
            [python, "-I", "-X", "utf8", "-c", _IDENTITY], capture_output=True, timeout=ANSWER_SECONDS,
            stdin=subprocess.DEVNULL, env=child_environment(os.environ), encoding="utf-8", errors="replace",
        )
    except OSError as error:
        return None, str(error)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {ANSWER_SECONDS:.0f} seconds"
    if answer.returncode == 0 and answer.stdout.strip():
        return answer.stdout.strip(), ""
    said = (answer.stderr + answer.stdout).strip() or "nothing said"
    return None, f"exit code {answer.returncode}, {said}"


def _read(stamp: Path) -> str | None:
    try:
        return stamp.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _fingerprint(project: Path, package_list: str, identity: str) -> str:
    """What a stamp holds: the interpreter and the SHA-256 of what was to be installed."""
    # Read as text, so that another kind of line ends is no reason to install again.
    wanted = "".join((project / name).read_text(encoding="utf-8") for name in (package_list, CONSTRAINTS))
    return f"{identity}\n{hashlib.sha256(wanted.encode('utf-8')).hexdigest()}\n"


@contextmanager
def _open_log(environment: Environment) -> Iterator[TextIO]:
    """The log, to add to. What was said of a Python that did not start must outlive the attempt to mend it."""
    environment.log.parent.mkdir(parents=True, exist_ok=True)
    with open(environment.log, "a", encoding="utf-8") as log:
        log.write(time.strftime("--- %Y-%m-%d %H:%M:%S\n"))
        # Before a child program adds to the same file.
        log.flush()
        yield log


def _install(
    environment: Environment, package_lists: tuple[str, ...], identity: str | None, say: Callable[[str], None],
    sleep: Callable[[float], None],
) -> None:
    stamps = {environment.stamp(name): _read(environment.stamp(name)) for name in (RUN_LIST, TEST_LIST)}
    same_python = (stamps[environment.stamp(RUN_LIST)] or "").startswith(f"{identity}\n")
    started = time.monotonic()
    with _open_log(environment) as log:
        if same_python:
            say("The list of packages has changed: bringing them up to date (usually 1 to 5 minutes).")
        else:
            # Nothing is known about a folder without a stamp: an installation may have been cut short in it.
            _make_folder(environment, log, say, sleep)
            identity = _identity(environment, say, sleep)
        if identity is None:
            raise UserError(
                f"The new Python in {environment.folder} does not start, most likely because a virus scanner holds it "
                "back: wait some minutes, then start again, and if that does not help ask your IT department to leave "
                f"this folder out.\nDetails: {environment.log}")
        for stamp in stamps:
            stamp.unlink(missing_ok=True)
        reason = _run_pip(environment, package_lists, log, say)
    if reason:
        # pip has left everything as it was: the old state is no reason to begin from nothing next time.
        for stamp, content in stamps.items():
            if content is not None and same_python:
                stamp.write_text(content, encoding="utf-8")
        raise UserError(f"{reason}\nDetails: {environment.log}")
    for name in package_lists:
        environment.stamp(name).write_text(
            _fingerprint(environment.project, name, identity), encoding="utf-8", newline="\n"
        )
    say(f"Ready after {_minutes(time.monotonic() - started)}.")


def _make_folder(
    environment: Environment, log: TextIO, say: Callable[[str], None], sleep: Callable[[float], None]
) -> None:
    if environment.is_ours(sys.prefix):
        raise UserError(
            f"The installation in {environment.folder} is incomplete. Delete that folder, then start again."
        )
    say("First start: setting up a private Python in the folder .venv; nothing else on this PC is changed.")
    say("This happens once and takes 5 to 15 minutes; up to 1 GB is downloaded, 3 GB of disk are used.")
    say(f"Using Python {sys.version.split()[0]} ({sys.executable}).")
    making = [sys.executable, "-m", "venv", "--clear", str(environment.folder)]
    # Making it starts the new Python, too, to put pip in.
    for _ in _tries("The folder .venv could not be made yet.", say, sleep):
        made = subprocess.run(
            making, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env=child_environment(os.environ),
        )
        if made.returncode == 0:
            return
    raise UserError(
        f"The folder {environment.folder} could not be made. Close every window of the leak monitor and "
        "check that the disk is not full and that you may write there, then start again. "
        f"(On Debian and Ubuntu: sudo apt install python3-venv.)\nDetails: {environment.log}"
    )


def _run_pip(
    environment: Environment, package_lists: tuple[str, ...], log: TextIO, say: Callable[[str], None]
) -> str:
    """Install. Returns why it failed, in words; an empty text when it did not."""
    wanted = [part for name in package_lists for part in ("-r", str(environment.project / name))]
    command = [
        str(environment.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "--progress-bar", "off", "-c", str(environment.project / CONSTRAINTS), *wanted,
    ]
    lines: list[str] = []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", env=child_environment(os.environ),
    ) as pip:
        try:
            for line in pip.stdout:
                log.write(line)
                log.flush()
                lines.append(line)
                news = narrate(line)
                if news:
                    say(f"  {news}")
        except KeyboardInterrupt:
            pip.terminate()
            raise
    return reason_of_failure("".join(lines)) if pip.returncode != 0 else ""


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.0f} minutes"


@contextmanager
def _only_one(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold `lock`; wait for another launcher that holds it. The system frees the lock of a dead program."""
    with open(lock, "a+b") as file:
        if not _lock(file.fileno()):
            say("Another window is installing the packages right now. Waiting until it has finished ...")
            while not _lock(file.fileno()):
                time.sleep(LOCK_POLL_SECONDS)
        yield


def _lock(handle: int) -> bool:
    """Try to lock an open file until it is closed. Returns whether that worked."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
