"""Is this PC ready to watch? One small function for each check; all that they need is handed in."""

from __future__ import annotations

import ctypes
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from importlib import metadata
from pathlib import Path

import numpy as np

from src.artifacts import check_model, load_scene
from src.atomic_file import write_json
from src.camera_diagnosis import RESIZED, in_pixels
from src.camera_statistics import same_size
from src.check_result import CheckResult
from src.config import Config, ImageSettings, NotifySettings, PathSettings, RoiSettings
from src.delivery import DeliveryError, Message
from src.detection import Scene
from src.messages import CAMERA_PROBLEMS, size_on_disk, trial_message
from src.judge import shipped_judge
from src.mode_now import mode_now
from src.notify import channels_from
from src.preprocess import same_area, watched_area
from src.storage import LOW_BYTES
from src.windows import add_runtime_folder

OLDEST_PYTHON, NEWEST_PYTHON = (3, 10), (3, 13)
PINNED = re.compile(r"^([\w.-]+)==([^\s;]+)\s*(?:;\s*sys_platform\s*==\s*\"(\w+)\")?", re.MULTILINE)
RUNTIME_LIBRARIES = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll")
RUNTIME_ADVICE = "Install the Visual C++ Redistributable from https://aka.ms/vs/17/release/vc_redist.x64.exe"
SWITCH_ON = ("Set enabled: true under notify: slack, email or apprise in config/config.yaml (chapter 7 of "
             "USER_GUIDE.md).")
COMFORTABLE_BYTES = 10 * LOW_BYTES


def check_python(version: tuple[int, int] = sys.version_info[:2], executable: str = sys.executable) -> CheckResult:
    text = f"{version[0]}.{version[1]} ({executable})"
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return CheckResult("Python", True, text)
    return CheckResult("Python", False, f"{text}. Versions 3.10 to 3.13 work.",
                       "Install Python 3.12 from python.org, delete the folder .venv, then start again.")


def check_packages(requirements: str, installed: Callable[[str], str] = metadata.version,
                   platform: str = sys.platform) -> CheckResult:
    """requirements: the text of requirements.txt."""
    missing, other, found = [], [], []
    for name, wanted, only_on in PINNED.findall(requirements):
        if only_on and only_on != platform:
            continue
        try:
            version = installed(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
            continue
        found.append(f"{name} {version}")
        if version != wanted:
            other.append(f"{name} {version} instead of {wanted}")
    if missing:
        return CheckResult("Packages", False, f"missing: {', '.join(missing)}",
                           "Double-click any run_....bat with an internet connection: it installs what is missing.")
    if other:
        return CheckResult("Packages", True, f"tested with other versions: {', '.join(other)}",
                           "If anything behaves oddly, delete the folder .venv: the next start installs them.")
    return CheckResult("Packages", True, ", ".join(found))


def check_runtime_library(load: Callable[[str], object] | None = None, platform: str = sys.platform) -> CheckResult:
    """The Visual C++ runtime, without which TensorFlow does not start on Windows."""
    name = "Visual C++ runtime"
    if platform != "win32":
        return CheckResult(name, True, "not needed on this system")
    if load is None:
        add_runtime_folder()
        load = ctypes.WinDLL
    missing = []
    for library in RUNTIME_LIBRARIES:
        try:
            load(library)
        except OSError:
            missing.append(library)
    if missing:
        return CheckResult(name, False, f"missing: {', '.join(missing)}. TensorFlow cannot start.", RUNTIME_ADVICE)
    return CheckResult(name, True, "found")


def check_mode(mode_file: Path) -> CheckResult:
    reading = mode_now(mode_file)
    if reading.problem is not None:
        return CheckResult("Mode", False, reading.problem)
    return CheckResult("Mode", True, f"{reading.mode.value} ({mode_file})")


def check_disk(folder: Path, free_bytes: int) -> CheckResult:
    text = f"{size_on_disk(free_bytes)} free on the disk of {folder}"
    if free_bytes < LOW_BYTES:
        return CheckResult("Disk space", False, text, "Delete what is no longer needed; 10 GB or more are comfortable.")
    if free_bytes < COMFORTABLE_BYTES:
        return CheckResult("Disk space", True, text, "It is enough for now; 10 GB or more are comfortable.")
    return CheckResult("Disk space", True, text)


def check_folders(paths: PathSettings) -> CheckResult:
    """Every folder can be made and written to. Raises OSError for the first that cannot."""
    folders = [paths.data_normal_dir, paths.data_anomalies_dir, paths.model_dir, paths.logs_dir, paths.reports_dir,
               paths.state_mode_file.parent]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"can this be written?")
    return CheckResult("Folders", True, f"all {len(folders)} can be written to")


def check_trained_model(config: Config, picture: np.ndarray | None) -> CheckResult:
    """picture: what the camera sees, (H, W, 3), None when that is not known.

    Raises UserError when the model set is missing, incomplete, or made with other settings.
    """
    check_model(config, shipped_judge().name)
    scene, reference = load_scene(config.paths.model_dir)
    if picture is not None and not same_size(picture.shape[:2], reference.camera):
        what, consequence, advice = CAMERA_PROBLEMS[RESIZED]
        return CheckResult("Model", False, f"The camera {what}: {in_pixels(picture.shape[:2])} instead of "
                                           f"{in_pixels(reference.camera)}. {consequence}", advice[0].upper() + advice[1:])
    if picture is not None and not _watched_as_written(scene, config.roi, picture):
        return CheckResult("Model", False, "it does not leave out what roi.ignore says in the picture that the camera "
                                           "sends now.",
                           "Double-click run_train.bat. If this comes again, the camera picture has another size than "
                           "that of the training: set width and height in the section camera back, or move the normal "
                           "pictures away, capture new ones and train.")
    return CheckResult("Model", True, f"complete and made with these settings ({config.paths.model_dir})")


def _watched_as_written(scene: Scene, roi: RoiSettings, picture: np.ndarray) -> bool:
    size = ImageSettings(width=scene.subspace.width, height=scene.subspace.height)
    return same_area(scene.watched, watched_area(roi, *picture.shape[:2], size))


def check_notifications(settings: NotifySettings, environment: Mapping[str, str]) -> CheckResult:
    name = "Notifications"
    made = channels_from(settings, environment)
    if made.problems:
        return CheckResult(name, False, " ".join(made.problems))
    if not made.channels:
        return CheckResult(name, True, "switched off: nobody is told about a leak, it is only shown on this PC.",
                           SWITCH_ON, warning=True)
    return CheckResult(name, True, f"ready: {', '.join(channel.label for channel in made.channels)}. To "
                                   "send a test message, type run_health_check.bat --notify.")


def send_test_messages(settings: NotifySettings, environment: Mapping[str, str], now: datetime,
                       picture: bytes | None) -> list[CheckResult]:
    """Really send a message through every channel. picture: JPEG bytes to attach."""
    made = channels_from(settings, environment)
    results = [CheckResult("Test message", False, problem) for problem in made.problems]
    words = trial_message(now)
    message = Message(message_id=f"test_{now:%Y%m%d_%H%M%S}", subject=words.subject, text=words.text, created_at=now,
                      picture=picture)
    for channel in made.channels:
        name = f"Test message by {channel.label}"
        try:
            channel.send(message)
            results.append(CheckResult(name, True, "sent and accepted. See that it has arrived."))
        except DeliveryError as error:
            reason = str(error)
            results.append(CheckResult(name, False, reason if reason.endswith("?") else f"{reason}."))
    return results or [CheckResult("Test message", False, "not sent: no channel is switched on.",
                                   SWITCH_ON)]


def write_report(folder: Path, results: Iterable[CheckResult], now: datetime) -> Path:
    """The results as JSON in the folder; the file."""
    checks = [asdict(result) for result in results]
    path = folder / f"health_check_{now:%Y%m%d_%H%M%S}.json"
    write_json(path, {"time": now.isoformat(timespec="seconds"), "ok": all(check["ok"] for check in checks),
                      "checks": checks})
    return path
