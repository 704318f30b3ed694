"""A project on a PC with a genuine Windows Python: its first start, and what the tests do with it."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from genuine import first_wheel, install_packages, requirement, windows_python
from project_copy import PROJECT, copy_of_the_project
from src.launcher import WINDOWS_TESTS
from wine import Answer, Wine, windows_path

FULL = os.environ.get(WINDOWS_TESTS) == "full"
# For the watch TensorFlow is not needed.
FOR_TRAINING_ONLY = ("tensorflow",)


@dataclass(frozen=True)
class Lab:
    """A PC with a genuine Windows Python, and the project as it is after the first start."""

    wine: Wine
    project: Path
    first_start: Answer

    @property
    def venv(self) -> Path:
        return self.project / ".venv"

    def double_click(self, launcher: str, *arguments: str, seconds: float = 120, **variables: str) -> Answer:
        return self.wine.run(self.project / f"{launcher}.bat", "--no-pause", *arguments, folder=self.project,
                             seconds=seconds, **variables)

    def run_python(self, code: str) -> Answer:
        """Run lines of Python in the project's own Windows Python."""
        script = self.project / "scripts" / "lines.py"
        script.write_text(f"import sys; sys.path.insert(0, {windows_path(self.project)!r})\n{code}", encoding="utf-8")
        return self.wine.run(self.venv / "Scripts" / "python.exe", windows_path(script), folder=self.project)

    def mode(self) -> str:
        return (self.project / "state" / "mode.txt").read_text(encoding="utf-8").strip()

    def events(self, name: str) -> list[dict[str, object]]:
        lines = (self.project / "logs" / "events.jsonl").read_text(encoding="utf-8").splitlines()
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def settings(self, name: str, text: str) -> str:
        """A settings file of its own; its path as Windows writes it."""
        (self.project / "config" / name).write_text(text, encoding="utf-8")
        return f"config\\{name}"


def set_up(wine: Wine, folder: Path, compiler: str) -> Lab:
    """Unpack the project there and start it for the first time. Raises NoDownload."""
    project = copy_of_the_project(folder)
    shutil.copytree(PROJECT / "data" / "demo", project / "data" / "demo")
    # The launcher itself installs one package; it would take minutes for all of them.
    (project / "requirements.txt").write_text(f"{requirement('PyYAML')}\n", encoding="utf-8")
    with ThreadPoolExecutor() as pool:
        packages = pool.submit(install_packages, folder / "packages", () if FULL else FOR_TRAINING_ONLY)
        python = windows_python(compiler)
        wheels = first_wheel(folder / "wheels")
        first_start = wine.run(
            project / "run_replay.bat", "--no-pause", "--help", folder=project, seconds=240,
            WINEPATH=windows_path(python), PIP_NO_INDEX="1", PIP_FIND_LINKS=windows_path(wheels))
        packages.result()
    # Where pip would have put them.
    shutil.copytree(folder / "packages", project / ".venv", dirs_exist_ok=True, copy_function=os.replace)
    return Lab(wine, project, first_start)
