"""A Windows to run the launchers in: Wine, with a prefix of its own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

# What Wine prints and goes on after, where Windows would have stopped.
MISTAKES = ("Syntax error", "Can't recognize", "File not found", "is not recognized")
# Wine has no mscoree and mshtml here, asks no questions about them, and takes Microsoft's ucrtbase beside python.exe.
# Of the Visual C++ runtime it has none of its own, like a fresh Windows.
LIBRARIES = "mscoree,mshtml=;ucrtbase=n,b;msvcp140,msvcp140_1,msvcp140_2,concrt140,vcomp140=n"


@dataclass(frozen=True)
class Answer:
    """What a program said (both streams) and its exit code, which Wine passes on modulo 256."""

    text: str
    code: int


@dataclass(frozen=True)
class Wine:
    """prefix: the folder of the pretended C: drive."""

    prefix: Path
    variables: dict[str, str] = field(default_factory=dict)

    def boot(self) -> None:
        """Make the C: drive and start Windows once; each run is then fast.

        The output must not go into a pipe, which the server would hold open. Windows is shut down in between: in the
        session that made the drive its services, the Task Scheduler among them, do not answer.
        """
        for command in (["wineboot", "-i"], ["wine", "winecfg", "-v", "win10"], ["wineserver", "-k"],
                        ["wineserver", "-p"], ["wineboot"]):
            subprocess.run(command, env=self._environment({}), check=True, timeout=180, stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def shut_down(self) -> None:
        """End every program in this prefix, and no other."""
        subprocess.run(["wineserver", "-k"], env=self._environment({}), timeout=60)

    def run(self, program: Path | str, *arguments: str, folder: Path | None = None, seconds: float = 60,
            **variables: str) -> Answer:
        """Run a .bat or .exe, with the keyboard not connected. variables: of the environment."""
        done = subprocess.run(
            ["wine", str(program), *arguments], cwd=folder, env=self._environment(variables), timeout=seconds,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
        for mistake in MISTAKES:
            assert mistake not in done.stdout, done.stdout
        return Answer(done.stdout.replace("\r\n", "\n"), done.returncode)

    def _environment(self, variables: dict[str, str]) -> dict[str, str]:
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "WINE"))}
        return {**outside, "LANG": "C.UTF-8", "WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "WINEDEBUG": "-all",
                "WINEDLLOVERRIDES": LIBRARIES, **self.variables, **variables}


def windows_path(path: Path) -> str:
    """The path of a file of this PC as Windows programs see it."""
    return "Z:" + str(path).replace("/", "\\")
