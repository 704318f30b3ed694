"""A bench folder in the form of rig_a, with pictures mixed from renders: see benchmarks/scenes.py.

The normal pictures come in blocks, each of one hour with its own light, as somebody captures them before the
monitor is trained. All others, dry ones and leaks alike, are of other days and partly in light that is new.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from benchmarks.judge_training.labels import MASK_LIQUID, MASK_SHADOW
from benchmarks.random_benches.light import (
    KINDS, SUNS, Weights, recipe, some_kind, sunshine, usual_kinds,
)
from benchmarks.random_benches.random_camera import RandomCamera
from benchmarks.random_benches.renders import Renders
from benchmarks.random_benches.states import dry
from src.atomic_file import write_json
from src.image_files import write_jpg, write_png

NEW_LIGHT_LATER, NEW_LIGHT_LEAKS = 0.6, 0.5
FIRST_PICTURE, PICTURE_STEP = datetime(2026, 1, 10, 8), timedelta(seconds=30)
BLOCK_STEP = timedelta(days=1, hours=4)
# From one picture to the next every lamp changes a little, and now and then a cloud hides the sun.
LAMP_DRIFT, CLOUD_SHARE = 0.03, 0.15
# Liquid is visible where it covers half a pixel and changes it by so much, see RandomCamera.visible_change(). In the
# dark much of it is not, and a judge that is told to see it there loses its trust in what it does see.
COVERED, TRACE, VISIBLE_CHANGE, FEWEST_VISIBLE = 0.5, 0.02, 2.0, 8
# Shadows and reflections of a leak are softer and so are their edges; as a share of the light.
SHADOW_CHANGE, SHADOW_BLUR = 0.06, 2
# What is much darker than the mean of the picture drowns in noise.
DARK_SHARE = 0.02
COLUMNS = ("file", "block", "leak", "area", "benign")
PERSON, LEAK = "arm_shadow_0", "leak"


@dataclass(frozen=True)
class Amounts:
    """How many pictures are taken: in each block, on later days, and of each person's shadow and each leak."""

    per_block: int = 40
    later: int = 160
    per_person: int = 6
    per_leak: int = 7


def write_bench(
    renders: Renders, folder: Path, generator: np.random.Generator, amounts: Amounts = Amounts(),
) -> None:
    """Write pictures, masks and labels to `folder`. benchmarks.scenes.is_rig() holds once all are there."""
    writer = _Writer(renders, folder, generator)
    usual = usual_kinds(generator)
    for block, kind in enumerate(usual):
        writer.write_block(block, kind, amounts.per_block)
    writer.write_later(usual, amounts.later)
    writer.write_people(amounts.per_person)
    writer.write_leaks(usual, amounts.per_leak)
    writer.write_labels()


def change_of_light(wet: np.ndarray, unspilled: np.ndarray) -> np.ndarray:
    """(H, W) share by which a leak changes the light, in the colour that it changes most.

    wet, unspilled: (H, W, 3) linear light of the bench with and without the leak.
    """
    change = np.abs(cv2.GaussianBlur(wet, (0, 0), 1.0) - cv2.GaussianBlur(unspilled, (0, 0), 1.0)).max(2)
    return change / (unspilled.mean(2) + DARK_SHARE * unspilled.mean())


def leak_mask(coverage: np.ndarray, change: np.ndarray, visible_change: np.ndarray) -> np.ndarray:
    """(H, W) uint8: MASK_LIQUID where liquid can be seen, MASK_SHADOW where it only may be, else 0.

    coverage: (H, W) share of each pixel that liquid covers. change: see change_of_light(). visible_change: see
    RandomCamera.visible_change().
    """
    mask = np.zeros(coverage.shape, np.uint8)
    mask[(coverage > TRACE) | (cv2.GaussianBlur(change, (0, 0), SHADOW_BLUR) > SHADOW_CHANGE)] = MASK_SHADOW
    mask[(coverage > COVERED) & (visible_change > VISIBLE_CHANGE)] = MASK_LIQUID
    return mask


class _Writer:
    """Takes the pictures of one bench, all with the same camera."""

    def __init__(self, renders: Renders, folder: Path, generator: np.random.Generator) -> None:
        self._renders, self._folder, self._generator = renders, folder, generator
        self._camera = RandomCamera(generator)
        self._rows: list[dict[str, str]] = []

    def write_block(self, block: int, kind: str, count: int) -> None:
        """Normal pictures of one hour, in one kind of light."""
        generator = self._generator
        weights = recipe(kind, generator)
        first_charge, charged = generator.uniform(0, 1), generator.uniform(0.3, 1)
        sun = sum(weights.get(lamp, 0) for lamp in SUNS)
        sunrise, sunset = generator.uniform(0, 1, 2)
        for number in range(count):
            weights = {lamp: weight * math.exp(generator.normal(0, LAMP_DRIFT)) for lamp, weight in weights.items()}
            if sun:
                hour = sunrise + (sunset - sunrise) * number / count
                weights |= sunshine(sun * (generator.random() > CLOUD_SHARE), hour)
            moment = FIRST_PICTURE + block * BLOCK_STEP + number * PICTURE_STEP
            light = self._renders.dry_light(first_charge + charged * number / count, weights)
            self._write(f"normal/normal_{moment:%Y%m%d_%H%M%S}_000.jpg", light, block=kind)

    def write_later(self, usual: list[str], count: int) -> None:
        """Dry pictures of other days."""
        for number in range(count):
            kind = some_kind(usual, NEW_LIGHT_LATER, self._generator)
            charge = self._generator.uniform(0, 2)
            light = self._renders.dry_light(charge, recipe(kind, self._generator))
            self._write(f"test/normal/{number:05d}.jpg", light, block=kind)

    def write_people(self, each: int) -> None:
        """Dry pictures with the shadow of somebody."""
        shaded = [name for name, state in self._renders.states.items() if state.people is not None]
        for number in range(each * len(shaded)):
            weights = recipe(str(self._generator.choice(KINDS)), self._generator)
            light = self._renders.light(shaded[number // each], weights)
            self._write(f"test/benign_{PERSON}/{number:05d}.jpg", light, benign=PERSON)

    def write_leaks(self, usual: list[str], each: int) -> None:
        """Every leak in several lights, with a mask for each: those in which it can be seen."""
        stage = 0
        for name, state in self._renders.states.items():
            if state.leak is None:
                continue
            for _ in range(each):
                kind = some_kind(usual, NEW_LIGHT_LEAKS, self._generator)
                weights = recipe(kind, self._generator)
                stage += self._write_leak(stage, name, dry(state.colours), kind, weights)

    def _write_leak(self, stage: int, state: str, unspilled: str, kind: str, weights: Weights) -> bool:
        """Whether the leak can be seen in this light, and so was written."""
        wet = self._renders.light(state, weights)
        before = self._renders.light(unspilled, weights)
        mask = leak_mask(self._renders.coverage(state), change_of_light(wet, before),
                         self._camera.visible_change(wet, before))
        liquid = mask == MASK_LIQUID
        if liquid.sum() < FEWEST_VISIBLE:
            return False
        write_png(self._folder / "masks" / LEAK / f"stage_{stage}.png", mask)
        self._write(f"test/{LEAK}/stage_{stage}_0.jpg", wet, leak=LEAK, area=f"{liquid.mean():.6f}", block=kind)
        return True

    def write_labels(self) -> None:
        with open(self._folder / "labels.csv", "w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, restval="")
            table.writeheader()
            table.writerows(self._rows)
        # No night was recorded here. Written last: it is what tells a rig from an unfinished folder.
        write_json(self._folder / "sequences" / "events.json", {})

    def _write(self, file: str, light: np.ndarray, **labels: str) -> None:
        picture = self._camera.see(light, self._generator)
        write_jpg(self._folder / file, picture, self._camera.jpeg_quality)
        self._rows.append({"file": file, "area": "0", **labels})
