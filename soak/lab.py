"""A lab in a scratch folder: settings, a trained model, secrets, and the real monitor as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Mapping

from src.config import Config
from src.config_file import PROJECT
from src.event_log import read_events
from src.mode import Mode, write_mode
from tests.bench import lab, write_model

MONITOR = PROJECT / "scripts" / "monitor.py"
CONSOLE = "console.txt"
# Each secret holds this word, so that one search finds them all.
SECRET_WORD = "verysecret"
PASSWORD = f"{SECRET_WORD}Password"
GOODBYE_SECONDS = 40.0


@dataclass(frozen=True)
class Lab:
    """Everything a monitor needs, inside `folder`."""

    folder: Path
    config_file: Path
    config: Config

    @property
    def console(self) -> Path:
        """What the monitors of this lab have printed."""
        return self.folder / CONSOLE

    def events(self, *names: str) -> list[dict]:
        """The events of these names, or all, in the order written."""
        return [
            event for event in read_events(self.config.paths.logs_dir) if not names or event["event"] in names
        ]

    def start(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Start scripts/monitor.py with these secrets; it prints into the console file."""
        with open(self.console, "ab") as console:
            return subprocess.Popen(
                [sys.executable, str(MONITOR), "--config", str(self.config_file)],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                creationflags=subprocess.CREATE_NEW_PROCESS_GROUP if sys.platform == "win32" else 0,
            )


def make_lab(folder: Path, settings: dict[str, dict[str, object]], mode: Mode = Mode.MONITOR) -> Lab:
    """A lab with a model that knows the drawn bench. settings: {section: {key: value}} besides the usual."""
    config_file, config = lab(folder, settings)
    write_model(config)
    write_mode(config.paths.state_mode_file, mode)
    return Lab(folder, config_file, config)


def channels(smtp_port: int) -> dict[str, object]:
    """The section notify: Slack, and e-mail through a server that wants a password."""
    return {
        "slack": {"enabled": True},
        "email": {
            "enabled": True,
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp_port,
            "use_tls": False,
            "smtp_user": "lab",
            "from_addr": "monitor@lab.example",
            "to_addrs": ["anna@lab.example"],
        },
    }


def secrets(slack_port: int) -> dict[str, str]:
    """The environment variables that a monitor with these channels needs."""
    return {
        "SLACK_WEBHOOK_URL": f"http://127.0.0.1:{slack_port}/services/T00AAA/B00BBB/{SECRET_WORD}Webhook",
        "SMTP_PASSWORD": PASSWORD,
        "HEARTBEAT_URL": f"http://127.0.0.1:{slack_port}/ping/{SECRET_WORD}Ping",
    }


def end_calmly(process: subprocess.Popen[bytes]) -> int:
    """Ask it to stop, which is the same as Ctrl+C to it; its exit code."""
    # Programs in the background do not hear Ctrl+C itself.
    process.send_signal(signal.CTRL_BREAK_EVENT if sys.platform == "win32" else signal.SIGTERM)
    return process.wait(GOODBYE_SECONDS)


def files_with_secrets(folders: Iterable[Path]) -> list[Path]:
    """The files below these folders in which a secret stands."""
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and SECRET_WORD.encode() in path.read_bytes()
    ]
