"""Checks everything that watching needs and says what to do about what is wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from src.check_result import HANG, CheckResult, checked, conclusion
from src.clock import Clock
from src.command_line import parser, read_config, run
from src.config import Config
from src.config_file import PROJECT
from src.console import say
from src.errors import ConfigError
from src.health import (
    check_disk, check_folders, check_mode, check_notifications, check_packages, check_python, check_runtime_library,
    check_trained_model, send_test_messages, write_report,
)
from src.health_camera import camera_user, check_camera, list_cameras, silent_cameras, with_roi_outlined
from src.image_files import encode_jpg, write_jpg


def main(arguments: list[str]) -> int:
    options = parser(__doc__)
    options.add_argument("--save_snapshot", action="store_true", help="save what the camera sees")
    options.add_argument("--notify", action="store_true", help="really send a test message through every channel")
    options.add_argument("--list_cameras", action="store_true", help="show which cameras there are, and stop")
    chosen = options.parse_args(arguments)
    results: list[CheckResult] = []

    def note(result: CheckResult) -> None:
        results.append(result)
        say(result.line, hang=HANG)

    note(check_python())
    note(checked("Packages", lambda: check_packages((PROJECT / "requirements.txt").read_text(encoding="utf-8"))))
    note(check_runtime_library())
    try:
        config = read_config(chosen)
    except ConfigError as error:
        note(CheckResult("Settings", False, str(error), "Everything else is checked once the settings can be read."))
        return 1
    note(CheckResult("Settings", True, "the settings file can be read and is complete"))
    if chosen.list_cameras:
        return _list_cameras(config)
    return _check_the_rest(config, results, note, chosen.save_snapshot, chosen.notify)


def _check_the_rest(config: Config, results: list[CheckResult], note: Callable[[CheckResult], None],
                    save_snapshot: bool, notify: bool) -> int:
    paths, now = config.paths, Clock().now()
    folder = paths.reports_dir / "health_check"
    note(checked("Folders", lambda: check_folders(paths)))
    note(checked("Disk space", lambda: check_disk(paths.logs_dir, shutil.disk_usage(paths.logs_dir).free)))
    note(checked("Mode", lambda: check_mode(paths.state_mode_file)))
    seen = None

    def camera() -> CheckResult:
        nonlocal seen
        check = check_camera(config.camera, config.roi, camera_user(paths.state_mode_file), Clock())
        seen = check.picture
        return check.result

    note(checked("Camera", camera))
    note(checked("Model", lambda: check_trained_model(config, seen)))
    outlined = None if seen is None else with_roi_outlined(seen, config.roi)
    if not notify:
        note(checked("Notifications", lambda: check_notifications(config.notify, os.environ)))
    else:
        picture = None if outlined is None else encode_jpg(outlined)
        for result in send_test_messages(config.notify, os.environ, now, picture):
            note(result)
    if save_snapshot and outlined is not None:
        snapshot = folder / f"snapshot_{now:%Y%m%d_%H%M%S}.jpg"
        write_jpg(snapshot, outlined)
        say(f"The picture of the camera: {snapshot}")
    say(f"This report as a file: {write_report(folder, results, now)}")
    say(conclusion(results))
    return 0 if all(result.ok for result in results) else 1


def _list_cameras(config: Config) -> int:
    say("Looking for cameras. This can take a minute ...")
    found = list_cameras(config.camera, Clock())
    for index, name, picture in found:
        path = config.paths.reports_dir / "health_check" / f"camera_{index}.jpg"
        write_jpg(path, picture)
        say(f"index: {index}   {name}, {picture.shape[1]} x {picture.shape[0]} pixels. What it sees: {path}")
    for camera in silent_cameras(config.camera, [index for index, _, _ in found]):
        say(f"{camera} is connected, but sends no picture: another program may be using it.")
    if not found:
        say("No camera sends a picture. Check the cable and close other programs that use the camera.")
        return 1
    say("Write the index of the right one into config/config.yaml under camera.")
    return 0


if __name__ == "__main__":
    run(main)
