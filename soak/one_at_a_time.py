"""Two monitors at once, and what a crash, a support bundle and a refusal tell of the secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

from soak.camera_server import camera_server
from soak.lab import SECRET_WORD, channels, end_calmly, files_with_secrets, make_lab, secrets
from soak.report import Proof
from src.config_file import PROJECT
from tests.bench import bench
from tests.servers import free_port

LONGEST_START_SECONDS = 30.0
# A fault whose text holds every secret there is.
CRASH = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from src.command_line import run
    def main(arguments):
        names = ("SLACK_WEBHOOK_URL", "SMTP_PASSWORD", "HEARTBEAT_URL")
        raise RuntimeError(" ".join(os.environ[name] for name in names))
    run(main, Path(sys.argv[1]))
""")


def second_monitor(folder: Path) -> Proof:
    """Start the monitor twice in the same lab."""
    faults = []
    with camera_server(bench) as camera:
        lab = make_lab(folder, {"camera": {"source": camera.url}})
        first = lab.start({})
        give_up = time.monotonic() + LONGEST_START_SECONDS
        while not lab.events("monitor_started") and time.monotonic() < give_up:
            time.sleep(0.05)
        already = lab.console.stat().st_size
        second = lab.start({})
        exit_code = second.wait(LONGEST_START_SECONDS)
        said = lab.console.read_bytes()[already:].decode("utf-8", "replace")
        if exit_code != 1:
            faults.append(f"the second ended with exit code {exit_code}")
        if f"process {first.pid}" not in said or "already running" not in said:
            faults.append("it does not say who has it")
        if "Traceback" in said:
            faults.append("it showed a traceback")
        if first.poll() is not None or end_calmly(first) != 0:
            faults.append("the first did not go on to a calm end")
        after = lab.start({})
        time.sleep(2.0)
        if after.poll() is not None or end_calmly(after) != 0:
            faults.append("after the first had ended, none could be started")
    return Proof(
        "Two monitors at once",
        f"the second leaves with exit code {exit_code} and names process and start time",
        tuple(faults),
    )


def no_secret_leaves(folder: Path) -> Proof:
    """Search what a crash, a channel that is refused, and the support bundle leave behind."""
    lab = make_lab(
        folder,
        {
            "notify": channels(free_port()),
            # As somebody might do it by mistake; the camera's password belongs to its address.
            "camera": {
                "source": f"http://lab:{SECRET_WORD}Cam@127.0.0.1:{free_port()}/stream?key={SECRET_WORD}Key"
            },
            "monitor": {"camera_down_seconds": 1},
        },
    )
    environment = {
        **os.environ,
        **secrets(free_port()),
        "ALERT_URLS": f"tgram://123456789:{SECRET_WORD}Telegram/{SECRET_WORD}Chat",
    }
    monitor = lab.start(environment)
    give_up = time.monotonic() + LONGEST_START_SECONDS
    while not lab.events("camera_problem") and time.monotonic() < give_up:
        time.sleep(0.1)
    faults = [] if end_calmly(monitor) == 0 else ["the monitor did not end calmly"]
    told = _run(environment, "-c", CRASH, str(lab.config.paths.logs_dir / "crash.txt"))
    told += _run(
        environment, str(PROJECT / "scripts" / "support_bundle.py"), "--config", str(lab.config_file)
    )
    bundles = list((lab.config.paths.reports_dir / "support_bundle").glob("*.zip"))
    if not bundles or not (lab.config.paths.logs_dir / "crash.txt").is_file():
        faults.append("no crash report or no support bundle was made")
    for bundle in bundles:
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder / "unpacked")
    searched = [path for path in folder.rglob("*") if path.is_file() and path != lab.config_file]
    faults += [
        f"a secret stands in {path.relative_to(folder)}"
        for path in files_with_secrets([folder])
        if path != lab.config_file
    ]
    if SECRET_WORD in told:
        faults.append("a secret was printed")
    return Proof(
        "Secrets searched for after a lost camera with a password in its address, a crash whose text quotes "
        "every secret, and a support bundle",
        f"{len(searched)} files searched",
        tuple(faults),
    )


def _run(environment: dict[str, str], *arguments: str) -> str:
    """What the program prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout.decode("utf-8", "replace")
