"""The script of the long trial, on a PC without the packages of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
WITHOUT_TEST_PACKAGES = """
import runpy, sys
sys.modules["aiosmtpd"] = None
sys.argv = ["soak.py", *sys.argv[1:]]
runpy.run_path("scripts/soak.py", run_name="__main__")
"""


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (["--help"], 0, "only this part"),
    (["--part", "inputs"], 1, "python scripts/launch.py soak"),
])
def test_without_the_packages_of_the_tests_it_says_what_to_do(arguments, code, words):
    done = subprocess.run([sys.executable, "-c", WITHOUT_TEST_PACKAGES, *arguments], cwd=PROJECT, timeout=120,
                          capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == code and words in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stdout + done.stderr
