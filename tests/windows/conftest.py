"""Windows for the tests: Wine, or a loud reason why there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from src.launcher import WINDOWS_TESTS
from wine import Wine

PROJECT = Path(__file__).resolve().parents[2]
# Everything that cmd.exe likes to stumble over.
LAB_FOLDER = "My Lab (v1) & Zellen-Pr\u00fcfstand"
COMPILER = "x86_64-w64-mingw32-gcc"


def must_have(program: str, package: str) -> None:
    """Skip loudly without `program`; fail where the Windows tests were asked for."""
    if shutil.which(program):
        return
    text = f"WINDOWS WAS NOT TESTED: {program} is missing (on Debian: apt install {package})"
    if os.environ.get(WINDOWS_TESTS):
        pytest.fail(text)
    pytest.skip(text)


@pytest.fixture(scope="session")
def wine(tmp_path_factory):
    must_have("wine", "wine wine64")
    windows = Wine(tmp_path_factory.mktemp("wine"))
    windows.boot()
    yield windows
    windows.shut_down()


@pytest.fixture(scope="session")
def stub(tmp_path_factory) -> Path:
    """A program that plays every kind of Python."""
    must_have(COMPILER, "gcc-mingw-w64-x86-64-win32")
    program = tmp_path_factory.mktemp("stub") / "stub.exe"
    subprocess.run([COMPILER, "-O1", "-s", "-o", program, Path(__file__).with_name("stub.c")], check=True)
    return program


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
