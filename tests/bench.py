"""A small drawn bench under changing light, and a model set that has learnt it without TensorFlow."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from src.artifacts import (
    DETECTOR_FILE, KERAS_FILE, STATS_FILE, THRESHOLD_FILE, file_hash, install_set, scene_arrays, staging_folder,
    threshold_document, write_arrays,
)
from src.atomic_file import write_json, write_text
from src.config import Config, ImageSettings, RoiSettings
from src.config_file import load_config
from src.detection import Detector, Scene, Scorer, Thresholds
from src.image_files import write_jpg
from src.judge import Judge, shipped_judge
from src.learning import calibrate, examine, learn_scene
from src.preprocess import crop_roi, resize, watched_area
from src.registration import Reference, build_reference, small_grey
from src.time_blocks import light_signature, time_blocks

WIDTH, HEIGHT, SIDE = 160, 120, 128
SIZE = ImageSettings(width=SIDE, height=SIDE)
PICTURES = 80
EVENING = datetime(2026, 11, 23, 18, 0, tzinfo=timezone(timedelta(hours=1)))
DARK_RED = (30.0, 20.0, 90.0)


@cache
def _surfaces() -> np.ndarray:
    generator = np.random.default_rng(7)
    picture = np.full((HEIGHT, WIDTH, 3), 120.0, np.float32)
    for _ in range(24):
        x, y = int(generator.integers(0, WIDTH)), int(generator.integers(0, HEIGHT))
        width, height = (int(side) for side in generator.integers(6, 30, 2))
        colour = [float(value) for value in generator.integers(40, 200, 3)]
        cv2.rectangle(picture, (x, y), (x + width, y + height), colour, -1)
    return cv2.GaussianBlur(picture, (0, 0), 0.7)


def bench(number: int, leak_radius: int = 0, at: tuple[int, int] = (80, 90)) -> np.ndarray:
    """Picture `number` of the bench, (120, 160, 3) uint8 BGR; lamp and daylight repeat every 80 pictures.

    It is compressed as a USB camera does it.

    leak_radius: of a dark red puddle around the pixel `at`, 0 = dry.
    """
    scene = _surfaces().copy()
    if leak_radius:
        cv2.circle(scene, at, leak_radius, DARK_RED, -1, cv2.LINE_AA)
    phase = 2 * np.pi * number / PICTURES
    lamp = 0.68 + 0.12 * np.cos(phase)
    daylight = (0.25 + 0.2 * np.sin(phase + 1.0)) * np.linspace(1.0, 0.2, WIDTH, dtype=np.float32)
    noise = np.random.default_rng(number).normal(0, 1.5, scene.shape)
    picture = np.clip(scene * (lamp + daylight)[None, :, None] + noise, 0, 255).astype(np.uint8)
    _, compressed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return cv2.imdecode(compressed, cv2.IMREAD_COLOR)


def write_normal_pictures(folder: Path, count: int = PICTURES) -> None:
    """Normal pictures as the capture saves them, half a minute apart."""
    for number in range(count):
        moment = EVENING + timedelta(seconds=30 * number)
        write_jpg(folder / f"normal_{moment:%Y%m%d_%H%M%S}_000.jpg", bench(number))


@dataclass(frozen=True)
class Learnt:
    """What training gives."""

    scene: Scene
    thresholds: Thresholds
    reference: Reference
    judge: Judge

    def detector(self, config: Config = Config()) -> Detector:
        return Detector(self.scene, self.judge, self.thresholds, roi=config.roi, scoring=config.scoring,
                        trigger=config.heatmap_trigger)


@cache
def learnt(config: Config = Config()) -> Learnt:
    """The bench as learnt from its dry pictures with these settings (roi, scoring, triggers); takes a second."""
    pictures = np.stack([resize(crop_roi(bench(number), config.roi), SIZE) for number in range(PICTURES)])
    watched = watched_area(config.roi, HEIGHT, WIDTH, SIZE)
    blocks = time_blocks([""] * PICTURES, np.stack([light_signature(picture, watched) for picture in pictures]))
    scene, examination = learn_scene(pictures, blocks, watched, 0.2)
    judge = shipped_judge()
    scorer = Scorer(scene, judge, config.scoring)
    trial = examine(scorer, scene.subspace, pictures, blocks, examination, lambda done, total: None)
    thresholds = calibrate(trial, config.threshold, config.heatmap_trigger).thresholds
    views = [small_grey(bench(number)).astype(np.uint8) for number in range(PICTURES)]
    return Learnt(scene, thresholds, build_reference(views), judge)


def write_model(
    config: Config, now: datetime = EVENING, roi: RoiSettings = RoiSettings(), camera: tuple[int, int] | None = None,
) -> None:
    """Install a model set as training does; only the Keras file, which nobody reads while watching, is no model.

    roi: the part of the bench that it has learnt. camera: (rows, columns) of the camera pictures, as it notes them.
    """
    model = learnt(Config(roi=roi))
    staging = staging_folder(config.paths.model_dir)
    (staging / KERAS_FILE).write_bytes(b"a Keras model")
    write_arrays(staging / DETECTOR_FILE, scene_arrays(model.scene, replace(model.reference, camera=camera)))
    files = {name: file_hash(staging / name) for name in (KERAS_FILE, DETECTOR_FILE)}
    write_json(staging / THRESHOLD_FILE,
               threshold_document(config, model.judge.name, model.thresholds, files, ("Made for a test.",), now))
    write_json(staging / STATS_FILE, {"pictures": PICTURES})
    install_set(config.paths.model_dir, staging, now)


def lab(folder: Path, settings: dict[str, dict[str, object]] | None = None) -> tuple[Path, Config]:
    """A settings file with everything it names inside `folder`. settings: {section: {key: value}} besides."""
    paths = {name: (folder / path).as_posix() for name, path in Config().paths}
    sections = {"image": {"width": SIDE, "height": SIDE}, "paths": paths, **(settings or {})}
    config_file = folder / "config.yaml"
    write_text(config_file, json.dumps(sections, indent=1))  # JSON is YAML
    return config_file, load_config(config_file)


def write_video(path: Path, pictures: list[np.ndarray]) -> Path:
    """A video file of the pictures, (120, 160, 3) uint8 BGR each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (WIDTH, HEIGHT))
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path
