"""A disk that fills up under a watching monitor: a tmpfs, which root may make smaller and larger at will."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from soak.camera_server import camera_server
from soak.lab import Lab, make_lab, secrets
from soak.report import Proof
from soak.watching import Watching, soon, status_of, wait_for, watching
from tests.bench import bench
from tests.servers import web_server

ROOMY, LOW, FULL, NOTHING_LEFT = 3_000_000_000, 600_000_000, 100_000_000, 0
CHECK_SECONDS = 60.0  # the monitor looks at the disk so often
TRIED = "Disk low, full, without a single free byte, and roomy again, while leaks come (a tmpfs)"
WHY_NOT = "only root may mount a tmpfs, and only on Linux"


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own at `folder`. Logs and state are kept beside it when it is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOMY}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        for name in ("logs", "state"):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, folder.with_name(f"{folder.name}_{name}"))
        subprocess.run(["umount", "-l", str(folder)], check=True)


def can_mount(scratch: Path) -> bool:
    """Whether this user may mount a disk here."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return False
    scratch.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(scratch)], capture_output=True).returncode != 0:
        return False
    subprocess.run(["umount", str(scratch)], check=True)
    return True


def leave_free(disk: Path, free_bytes: int) -> None:
    """Change the size of the disk so that so much is left on it."""
    size = max(4096, shutil.disk_usage(disk).used + free_bytes)
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def full_disk(folder: Path, speed: float) -> list[Proof]:
    """speed: how fast the monitor's time passes, more than 1."""
    if not can_mount(folder / "try"):
        return [Proof(TRIED, "", skipped=WHY_NOT)]
    said: list[str] = []

    def slack(request) -> tuple[int, str]:
        if "/services/" in request.path:
            said.append(request.json["text"])
        return 200, "ok"

    disk = folder / "disk"
    with small_disk(disk), camera_server(bench) as camera, web_server(slack) as server:
        lab = make_lab(
            disk,
            {
                "camera": {"source": camera.url},
                "notify": {"slack": {"enabled": True}},
                "monitor": {"alert_cooldown_seconds": 10, "resolve_seconds": 5},
            },
        )
        with watching(lab, secrets(int(server.url.rsplit(":", 1)[1])), speed) as watch:
            return [_prove(lab, disk, camera, watch, said)]


def _prove(lab: Lab, disk: Path, camera, watch: Watching, said: list[str]) -> Proof:
    faults: list[str] = []
    start = watch.now()

    def expect(event: str, seconds: float = CHECK_SECONDS) -> None:
        if wait_for(lab, start, event, seconds + 10.0 + 2.0 * watch.speed, watch) is None:
            faults.append(f"{event} was not said")

    def leak(when: str) -> None:
        alerts = _alerts(said)
        camera.picture = lambda number: bench(number, leak_radius=14)
        if not soon(lambda: _alerts(said) > alerts, 30.0, watch):
            faults.append(f"no alert arrived {when}")
        overs = _overs(said)
        camera.picture = bench
        if not soon(lambda: _overs(said) > overs, 60.0, watch):
            faults.append(f"the end of the leak was not told {when}")

    leave_free(disk, LOW)
    expect("disk_low")
    leave_free(disk, FULL)
    expect("disk_full")
    pictures = _pictures(lab)
    leak("while the disk was full")
    if _pictures(lab) != pictures:
        faults.append("pictures were written although the disk was full")
    leave_free(disk, NOTHING_LEFT)
    leak("with no byte left")
    leak("with no byte left, a second time")
    if not watch.running():
        faults.append("the monitor ended")
    leave_free(disk, ROOMY)
    expect("disk_ok")
    leak("after there was room again")
    if _pictures(lab) == pictures:
        faults.append("no pictures were kept after there was room again")
    if not watch.running() or status_of(lab)["state"] != "WATCHING":
        faults.append("it does not watch at the end")
    waiting = list((lab.config.paths.state_mode_file.parent / "outbox").glob("*.json"))
    if waiting:
        faults.append(f"{len(waiting)} messages were still waiting")
    return Proof(
        TRIED,
        f"{_alerts(said)} alerts arrived in 4 leaks, {len(lab.events('disk_low', 'disk_full', 'disk_ok'))} "
        "changes of the disk said, watching all the time",
        tuple(faults),
    )


def _alerts(said: list[str]) -> int:
    return sum("POSSIBLE LEAK" in text or "LEAK GROWING" in text for text in list(said))


def _overs(said: list[str]) -> int:
    return sum("Over: the picture looks normal again" in text for text in list(said))


def _pictures(lab: Lab) -> int:
    return len(list(lab.config.paths.data_anomalies_dir.glob("*.jpg")))
