"""The model set: autoencoder.keras, detector.npz, threshold.json and stats.json, which belong together.

A set is first complete in `model/.new`, then takes the place of the former one, which goes to
`model/archive/<timestamp>/`. A PC that dies in between finishes the exchange the next time the set is used.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Mapping

import numpy as np

from src.atomic_file import read_json, replace, write_bytes, write_json
from src.config import Config
from src.detection import Detector, LeakJudge, Scene, Thresholds
from src.errors import UserError
from src.registration import Reference
from src.spread import SHRINKS, UsualSpread
from src.subspace import Subspace

KERAS_FILE, DETECTOR_FILE = "autoencoder.keras", "detector.npz"
THRESHOLD_FILE, STATS_FILE = "threshold.json", "stats.json"
SET = (KERAS_FILE, DETECTOR_FILE, STATS_FILE, THRESHOLD_FILE)
COMPLETE = "complete"
# The numbers in threshold.json that nobody may change by hand, and their kinds.
NUMBERS = {"score_threshold": float, "pixel_threshold": float, "blob_area_threshold": int,
           "light_novelty_threshold": float, "percentile": float}
# Nor this, which sets of earlier versions lack.
RISES = "light_rises"


def fingerprint_settings(config: Config, judge_name: str) -> dict[str, object]:
    """Every setting that the numbers in threshold.json depend on, as {dotted key: value}."""
    flat: dict[str, object] = {"judge": judge_name}
    for section in ("roi", "image", "scoring", "heatmap_trigger"):
        for key, value in getattr(config, section).model_dump(mode="json").items():
            flat[f"{section}.{key}"] = value
    return flat


def fingerprint(values: dict[str, object]) -> str:
    """A short name for exactly these values (settings, hashes of files, numbers)."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode("utf-8")).hexdigest()[:16]


def threshold_document(
    config: Config, judge_name: str, thresholds: Thresholds, files: dict[str, str], words: tuple[str, ...], now: datetime,
) -> dict[str, object]:
    """The content of threshold.json. files: {name: SHA-256} of the model files that the numbers were made with."""
    settings = fingerprint_settings(config, judge_name)
    numbers = {
        "score_threshold": thresholds.score, "pixel_threshold": thresholds.pixel,
        "blob_area_threshold": thresholds.blob_area, "light_novelty_threshold": thresholds.light_novelty,
        "percentile": config.threshold.percentile, RISES: [list(pair) for pair in thresholds.light_rises],
    }
    return {
        **numbers, "made_at": now.isoformat(timespec="seconds"), "in_words": list(words),
        "fingerprint": fingerprint({**settings, **files, **numbers}), "files": files, "settings": settings,
    }


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def staging_folder(model_dir: Path) -> Path:
    """An empty folder in which a new model set is put together."""
    staging = model_dir / ".new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    return staging


def install_set(model_dir: Path, staging: Path, now: datetime) -> None:
    """Let the complete set in `staging` take the place of the present one, which is kept in the archive."""
    write_bytes(staging / COMPLETE, now.strftime("%Y%m%d_%H%M%S").encode("ascii"))
    finish_exchange(model_dir)


def finish_exchange(model_dir: Path) -> None:
    """Finish an exchange of model sets that was interrupted; does nothing when there is none."""
    staging = model_dir / ".new"
    if not (staging / COMPLETE).is_file():
        return
    archive = model_dir / "archive" / (staging / COMPLETE).read_text("ascii")
    for name in SET:
        if not (staging / name).is_file():
            continue  # this one was exchanged before the interruption
        if (model_dir / name).is_file():
            archive.mkdir(parents=True, exist_ok=True)
            shutil.copy2(model_dir / name, archive / name)
        replace(staging / name, model_dir / name)
    shutil.rmtree(staging)


def set_stamp(model_dir: Path) -> tuple[tuple[int, int] | None, ...]:
    """A value that changes when a file of the set is replaced: time of change (ns) and size (bytes), None = missing."""
    return tuple(_stamp(model_dir / name) for name in SET)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Save named arrays as an .npz file (uncompressed, so that the monitor starts fast)."""
    with open(path, "wb") as file:
        np.savez(file, **arrays)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The named arrays of an .npz file. Raises UserError when it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except FileNotFoundError:
        raise UserError(f"{path} is missing. {TRAIN}") from None
    except (OSError, ValueError, EOFError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} is damaged ({error}). {TRAIN}") from error


TRAIN = "Double-click run_train.bat to make a new model, or copy back a set from model/archive."


def check_model(config: Config, judge_name: str) -> dict[str, object]:
    """The content of threshold.json, after making sure that the set is complete and fits the settings.

    Raises UserError when a file is missing, damaged or from another training, or when a setting that the thresholds
    depend on has changed since.
    """
    model_dir = config.paths.model_dir
    finish_exchange(model_dir)
    missing = [name for name in SET if not (model_dir / name).is_file()]
    if len(missing) == len(SET):
        raise UserError(f"There is no trained model in {model_dir} yet. Capture normal pictures "
                        "(set_mode_CAPTURE.bat, run_capture.bat), then double-click run_train.bat.")
    if missing:
        raise UserError(f"The model in {model_dir} is not complete: {', '.join(missing)} is missing. {TRAIN}")
    threshold = read_json(model_dir / THRESHOLD_FILE)
    _check_shape(threshold, model_dir)
    _check_untouched(threshold, model_dir / THRESHOLD_FILE)
    for name, expected in threshold["files"].items():
        if file_hash(model_dir / name) != expected:
            raise UserError(f"{model_dir / name} is not the file that the thresholds in {THRESHOLD_FILE} were made "
                            f"with. {TRAIN}")
    now = fingerprint_settings(config, judge_name)
    then = threshold["settings"]
    changed = {key: value for key, value in now.items() if key not in then or then[key] != value}
    if "judge" in changed:  # nobody can set that back
        raise UserError("The model was made by another version of the program, whose thresholds do not hold for this one "
                        f"(judge {then.get('judge', 'unknown')}, now {judge_name}). {TRAIN}")
    if changed:
        lines = [f"  {key} was {_as_written(then[key])} and is now {_as_written(value)}" if key in then
                 else f"  {key} is new, {_as_written(value)}" for key, value in changed.items()]
        raise UserError("\n".join((
            "Settings that the thresholds depend on have changed since the training:", *lines,
            "Thresholds are never used with other settings. Set them back in config/config.yaml, or double-click "
            "run_train.bat to train with the new ones.")))
    return threshold


def _as_written(value: object) -> str:
    """A setting about as it stands in config.yaml."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_as_written(part)}" for key, part in value.items() if part is not None) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_as_written, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def load_detector(config: Config, judge: LeakJudge) -> tuple[Detector, Reference]:
    """The trained detector, and the trained view of the camera. Raises UserError when there is none that fits."""
    numbers = check_model(config, judge.name)
    scene, reference = load_scene(config.paths.model_dir)
    detector = Detector(scene, judge, thresholds_of(numbers), roi=config.roi, scoring=config.scoring,
                        trigger=config.heatmap_trigger)
    return detector, reference


def thresholds_of(document: Mapping[str, object]) -> Thresholds:
    """The numbers in the content of threshold.json."""
    return Thresholds(document["score_threshold"], document["pixel_threshold"], document["blob_area_threshold"],
                      document["light_novelty_threshold"], tuple(map(tuple, document.get(RISES, ()))))


def load_scene(model_dir: Path) -> tuple[Scene, Reference]:
    """What training learnt of the scene, and the trained view of the camera. Raises UserError when it is damaged."""
    path = model_dir / DETECTOR_FILE
    return _scene_from(read_arrays(path), path)


def scene_arrays(scene: Scene, reference: Reference) -> dict[str, np.ndarray]:
    """What detector.npz holds."""
    subspace = scene.subspace
    arrays = {
        "decoder": subspace.decoder, "small_decoder": subspace.small_decoder,
        "size": np.array([subspace.height, subspace.width]), "watched": scene.watched, "lights": scene.lights,
        "views": reference.pictures,
    }
    if reference.camera is not None:
        arrays["camera"] = np.array(reference.camera)
    arrays |= {f"encoder_{number}": encoder for number, encoder in enumerate(subspace.encoders)}
    return arrays | {f"variance_{number}": variance for number, variance in enumerate(scene.usual.variances)}


def _scene_from(arrays: dict[str, np.ndarray], path: Path) -> tuple[Scene, Reference]:
    try:
        height, width = (int(side) for side in arrays["size"])
        encoders = tuple(arrays[f"encoder_{number}"] for number in range(3))
        subspace = Subspace(encoders, arrays["decoder"], arrays["small_decoder"], height, width)
        usual = UsualSpread(tuple(arrays[f"variance_{number}"] for number in range(len(SHRINKS))))
        # Sets of earlier versions lack it and can still be used.
        camera = tuple(int(side) for side in arrays["camera"]) if "camera" in arrays else None
        return Scene(subspace, usual, arrays["watched"], arrays["lights"]), Reference(arrays["views"], camera)
    except KeyError as error:
        raise UserError(f"{path} lacks {error}: it was made by another version. {TRAIN}") from error


def _check_shape(threshold: object, model_dir: Path) -> None:
    path = model_dir / THRESHOLD_FILE
    expected = {"files": dict, "settings": dict, "fingerprint": str, **NUMBERS}
    if not isinstance(threshold, dict) or any(
            not isinstance(threshold.get(key), kind) for key, kind in expected.items()) or not _are_pairs(
            threshold.get(RISES, [])):
        raise UserError(f"{path} does not hold the thresholds that were expected. {TRAIN}")
    if threshold["files"].keys() != {KERAS_FILE, DETECTOR_FILE}:
        raise UserError(f"{path} is damaged: it belongs to other files than {KERAS_FILE} and {DETECTOR_FILE}. {TRAIN}")
    for key in ("score_threshold", "pixel_threshold", "blob_area_threshold"):
        if threshold[key] <= 0:
            raise UserError(f"{path} is damaged: {key} is {threshold[key]} and must be above 0. {TRAIN}")


def _are_pairs(rises: object) -> bool:
    return isinstance(rises, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(number, float) for number in pair) for pair in rises)


def _check_untouched(threshold: dict[str, object], path: Path) -> None:
    numbers = {key: threshold[key] for key in (*NUMBERS, RISES) if key in threshold}
    rest_on = {**threshold["settings"], **threshold["files"]}
    # Earlier versions left the numbers out of the fingerprint; their sets can still be used.
    if threshold["fingerprint"] not in (fingerprint({**rest_on, **numbers}), fingerprint(rest_on)):
        raise UserError(f"{path} was damaged or changed by hand: what it holds is not what the training or the "
                        f"calibration wrote. {TRAIN}")


def store_threshold(model_dir: Path, threshold: dict[str, object], now: datetime) -> Path:
    """Replace threshold.json; the former one is kept beside it. Returns the path of that backup."""
    backup = model_dir / f"threshold_backup_{now:%Y%m%d_%H%M%S}.json"
    shutil.copy2(model_dir / THRESHOLD_FILE, backup)
    write_json(model_dir / THRESHOLD_FILE, threshold)
    return backup
