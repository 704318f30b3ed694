"""The project as a user has it."""

from __future__ import annotations

import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# Everything that cmd.exe likes to stumble over.
LAB_FOLDER = "My Lab (v1) & Zellen-Pr\u00fcfstand"


def copy_of_the_project(folder: Path) -> Path:
    """What a user has after unpacking: no .venv, no data."""
    project = folder / LAB_FOLDER
    for name in ("scripts", "src", "config"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for pattern in ("*.bat", "*.txt"):
        for file in PROJECT.glob(pattern):
            shutil.copy(file, project)
    for file in project.rglob("*.bat"):
        # As git and the zip file deliver them.
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    return project
