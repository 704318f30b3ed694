"""Windows for the tests: Wine, or a loud reason why there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from real_lab import Lab, set_up
from src.launcher import WINDOWS_TESTS
from wine import Wine

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


@pytest.fixture(scope="session")
def real_lab(wine, request, tmp_path_factory) -> Iterator[Future[Lab] | None]:
    """The first start of a genuine Windows Python. It takes a while: whoever asks early has it done in the background."""
    if not any(item.path.name == "test_real_python.py" for item in request.session.items):
        yield None
        return
    must_have(COMPILER, "gcc-mingw-w64-x86-64-win32")
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(set_up, wine, tmp_path_factory.mktemp("real"), COMPILER)
