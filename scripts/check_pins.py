"""Check that the pinned packages exist for every system the leak monitor supports.

Asks uv for each of Windows and Linux with Python 3.10 to 3.13, wheels only (a lab PC has no compiler).
With --write, works constraints.txt out anew from the two lists of requirements first. Needs the internet.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))
from scripts.launch import SUPPORTED
from src.environment import CONSTRAINTS, RUN_LIST, TEST_LIST

PLATFORMS = ("windows", "linux")
HEADER = """\
# Every package that the two lists of requirements lead to, for Windows and Linux, Python 3.10 to 3.13.
# Written by: python scripts/check_pins.py --write
"""


def compile_with_uv(*options: str) -> subprocess.CompletedProcess[str]:
    """Let uv work out the packages; its answer is on stdout."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", RUN_LIST, TEST_LIST, "--quiet", "--no-header",
        "--no-annotate", "--no-python-downloads", *options,
    ]
    return subprocess.run(
        command, cwd=PROJECT, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)


def write_constraints() -> bool:
    oldest = "%d.%d" % SUPPORTED[0]
    answer = compile_with_uv("--universal", "--python-version", oldest)
    if answer.returncode != 0:
        print(answer.stderr, file=sys.stderr)
        return False
    (PROJECT / CONSTRAINTS).write_text(HEADER + answer.stdout, encoding="utf-8", newline="\n")
    print(f"{CONSTRAINTS}: {len(answer.stdout.splitlines())} versions written.")
    return True


def check(platform: str, version: str) -> bool:
    answer = compile_with_uv(
        "--constraint", CONSTRAINTS, "--only-binary", ":all:", "--python-platform", platform,
        "--python-version", version,
    )
    fits = answer.returncode == 0
    packages = len(answer.stdout.splitlines())
    print(f"{platform:8} Python {version:5} {'OK' if fits else 'FAIL'} ({packages} packages)")
    if not fits:
        print(answer.stderr, file=sys.stderr)
    return fits


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"work {CONSTRAINTS} out anew first")
    if parser.parse_args(arguments).write and not write_constraints():
        return 1
    results = [check(platform, "%d.%d" % version) for platform in PLATFORMS for version in SUPPORTED]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
