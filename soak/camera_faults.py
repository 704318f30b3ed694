"""A network camera fails in every way it can; each blindness has to be named in time, and its end too."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Callable, Sequence

import cv2
import numpy as np

from soak.camera_server import CameraServer, camera_server
from soak.lab import Lab, make_lab, secrets
from soak.report import Proof
from soak.watching import Watching, soon, status_of, wait_for, watching
from tests.bench import HEIGHT, WIDTH, bench
from tests.servers import web_server

CAMERA_SECONDS, FROZEN_SECONDS = 30.0, 30.0
RECOVERY_SECONDS = 60.0  # the camera is opened again after at most 30
QUIET_AGAIN_SECONDS = 120.0
# A few looks, and what a slow start of the network camera takes in real time.
TOLERANCE_SECONDS, REAL_TOLERANCE_SECONDS = 6.0, 2.0


@dataclass(frozen=True)
class Fault:
    """kind: what the monitor should call it, within_seconds of its beginning."""

    name: str
    kind: str
    within_seconds: float
    begin: Callable[[CameraServer], None]
    end: Callable[[CameraServer], None]


def _showing(picture: Callable[[int], np.ndarray]) -> Callable[[CameraServer], None]:
    def show(camera: CameraServer) -> None:
        camera.picture = picture

    return show


def _noisy(picture: np.ndarray, number: int) -> np.ndarray:
    noise = np.random.default_rng(number).normal(0, 1.5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def grey(level: int) -> Callable[[int], np.ndarray]:
    return lambda number: _noisy(np.full((HEIGHT, WIDTH, 3), level, np.uint8), number)


def blurred(number: int) -> np.ndarray:
    return _noisy(cv2.GaussianBlur(bench(number), (0, 0), 3.0), number)


def elsewhere(number: int) -> np.ndarray:
    return bench(number)[::-1, ::-1]


def nudged(number: int) -> np.ndarray:
    return np.roll(bench(number), 6, axis=1)


def too_small(number: int) -> np.ndarray:
    return cv2.resize(bench(number), (WIDTH // 2, HEIGHT // 2))


def _restarted_with(picture: Callable[[int], np.ndarray]) -> Callable[[CameraServer], None]:
    def restart(camera: CameraServer) -> None:
        camera.picture = picture
        camera.kill()
        camera.revive()

    return restart


FINE = _showing(bench)
FAULTS = (
    Fault("killed in mid-stream", "lost", CAMERA_SECONDS, CameraServer.kill, CameraServer.revive),
    Fault("blocked", "lost", CAMERA_SECONDS, CameraServer.block, CameraServer.unblock),
    Fault("frozen", "frozen", FROZEN_SECONDS, _showing(lambda number: bench(7)), FINE),
    Fault("black", "black", 10.0, _showing(grey(0)), FINE),
    Fault("dazzled", "overexposed", 10.0, _showing(grey(255)), FINE),
    Fault("covered", "covered", 20.0, _showing(grey(130)), FINE),
    Fault("out of focus", "blurred", 30.0, _showing(blurred), FINE),
    Fault("nudged by 6 pixels", "moved", 20.0, _showing(nudged), FINE),
    Fault("turned away", "moved", 20.0, _showing(elsewhere), FINE),
    Fault(
        "restarted with a wrong picture size",
        "lost",
        CAMERA_SECONDS,
        _restarted_with(too_small),
        _restarted_with(bench),
    ),
)
STILL_WATCHING = ("blurred", "moved")


def camera_faults(folder: Path, faults: Sequence[Fault], speed: float) -> list[Proof]:
    """Let the camera fail in these ways, one after the other. speed: 1 = the real script in real time."""
    said: list[str] = []

    def slack(request) -> tuple[int, str]:
        if "/services/" in request.path:
            said.append(request.json["text"])
        return 200, "ok"

    with camera_server(bench) as camera, web_server(slack) as server:
        lab = make_lab(
            folder,
            {
                "camera": {"source": camera.url},
                "notify": {"slack": {"enabled": True}},
                "monitor": {"alert_cooldown_seconds": 5, "resolve_seconds": 10},
                # In pixels, so that another picture size does not fit.
                "roi": {"enabled": True, "units": "pixels", "width": WIDTH, "height": HEIGHT},
            },
        )
        port = int(server.url.rsplit(":", 1)[1])
        with watching(lab, secrets(port), speed) as watch:
            wait_for(lab, watch.now().replace(year=2000), "heartbeat", 60.0, watch, state="watching")
            proofs = [_prove(lab, camera, fault, watch, said) for fault in faults]
            proofs.append(_still_finds_a_leak(lab, camera, watch))
    return proofs


def _prove(lab: Lab, camera: CameraServer, fault: Fault, watch: Watching, said: list[str]) -> Proof:
    tolerance = TOLERANCE_SECONDS + REAL_TOLERANCE_SECONDS * watch.speed
    began, messages = watch.now(), len(said)
    fault.begin(camera)
    named = wait_for(lab, began, "camera_problem", fault.within_seconds + tolerance, watch, kind=fault.kind)
    faults, figures = [], "not named"
    if named is None:
        faults.append("it was not named")
    else:
        seconds = _seconds(began, named)
        figures = f"named {fault.kind} after {seconds:.0f} s (stated: {fault.within_seconds:.0f} s)"
        if seconds > fault.within_seconds + tolerance:
            faults.append(f"it was named only after {seconds:.0f} s")
        # The status follows within one look.
        if fault.kind not in STILL_WATCHING and not soon(
            lambda: status_of(lab)["state"] == "NOT WATCHING", 3.0, watch
        ):
            faults.append("the status still said WATCHING")
    ended = watch.now()
    fault.end(camera)
    over = wait_for(lab, ended, "camera_recovered", RECOVERY_SECONDS + tolerance, watch, kind=fault.kind)
    if over is None:
        faults.append("its end was not announced")
    else:
        figures += f", recovery announced {_seconds(ended, over):.0f} s after its end"
    if not watch.running():
        faults.append("the monitor ended")
    time.sleep(0.5)
    words = "\n".join(said[messages:])
    if "CAMERA PROBLEM" not in words or "Camera is fine again" not in words:
        faults.append("not every message about it arrived")
    return Proof(f"Network camera {fault.name}", figures, tuple(faults))


def _still_finds_a_leak(lab: Lab, camera: CameraServer, watch: Watching) -> Proof:
    early = lab.events("alert")
    # A false alarm of before has to be over: a leak inside an open incident is no new one.
    soon(lambda: status_of(lab)["incident_id"] is None, QUIET_AGAIN_SECONDS, watch)
    began = watch.now()
    camera.picture = lambda number: bench(number, leak_radius=14)
    alert = wait_for(lab, began, "alert", 30.0 + REAL_TOLERANCE_SECONDS * watch.speed, watch)
    faults = [] if alert else ["no alert came"]
    figures = f"alert after {_seconds(began, alert):.0f} s, " if alert else ""
    return Proof(
        "A leak after all these faults",
        f"{figures}{len(early)} false alarms during the faults",
        tuple(faults),
    )


def _seconds(since: datetime, event: dict) -> float:
    return (datetime.fromisoformat(event["time"]) - since).total_seconds()
