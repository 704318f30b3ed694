"""Packs what somebody who helps needs to see into one zip file, without passwords and webhook addresses."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.clock import Clock
from src.command_line import parser, run
from src.config import PathSettings
from src.config_file import DEFAULT_CONFIG, PROJECT, load_paths
from src.console import say
from src.support_bundle import TEXT_KINDS, Material, newest, write_bundle

HEALTH_CHECK = PROJECT / "scripts" / "health_check.py"
HEALTH_CHECK_SECONDS = 180


def main(arguments: list[str]) -> int:
    config_file = parser(__doc__).parse_args(arguments).config or DEFAULT_CONFIG
    # Broken settings are a reason to ask for help, not to refuse it.
    paths, _ = load_paths(config_file)
    say("Checking this PC, which can take a minute ...")
    now = Clock().now()
    material = Material(
        PROJECT, files=tuple(_texts(config_file, paths)),
        pictures=tuple(newest(paths.data_anomalies_dir, "panel_*.jpg", 1)),
        texts={"versions.txt": _versions(), "health_check.txt": _health_check(config_file)},
    )
    target = paths.reports_dir / "support_bundle" / f"support_bundle_{now:%Y%m%d_%H%M%S}.zip"
    write_bundle(target, material, os.environ)
    say(f"Written: {target}")
    taken_out = "Passwords and webhook addresses are taken out."
    if material.pictures:
        say("It holds logs, settings, versions and the picture of the last alert.")
        say(f"{taken_out} Look at the picture before you send the file on.")
    else:
        say("It holds logs, settings and versions; there was no alert whose picture could be added.")
        say(taken_out)
    return 0


def _texts(config_file: Path, paths: PathSettings) -> list[Path]:
    state_dir = paths.state_mode_file.parent
    found = [config_file, paths.state_mode_file, *state_dir.glob("*.json"), *paths.model_dir.glob("*.json")]
    for kind in TEXT_KINDS:
        found += newest(paths.logs_dir, f"*{kind}")
    found += newest(paths.reports_dir / "health_check", "*.json")
    found += newest(paths.reports_dir / "daily_summary", "*.md")
    return [path for path in found if path.is_file()]


def _versions() -> str:
    packages = sorted(f"{package.metadata['Name']} {package.version}" for package in metadata.distributions())
    return "\n".join([f"Python {sys.version} ({sys.executable})", platform.platform(), *packages, ""])


def _health_check(config_file: Path) -> str:
    """What the health check says at this moment, or why it says nothing."""
    command = [sys.executable, str(HEALTH_CHECK), "--config", str(config_file)]
    # Into a file: a pipe stays open as long as any helper that a camera driver has started.
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                                  timeout=HEALTH_CHECK_SECONDS)
            ending = f"Exit code {done.returncode}"
        except subprocess.TimeoutExpired:
            ending = f"No answer within {HEALTH_CHECK_SECONDS} seconds."
        said.seek(0)
        return f"{said.read().decode('utf-8', errors='replace')}\n{ending}\n"


if __name__ == "__main__":
    run(main)
