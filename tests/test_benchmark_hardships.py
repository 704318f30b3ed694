from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.footage import pictures
from benchmarks.hardships import HARDSHIPS, Hardship, coarse, grey, made_harder, noisy, out_of_focus
from benchmarks.scenes import Night, Picture, Rig
from src.image_files import read_image, write_jpg

COLOURED = np.zeros((180, 320, 3), np.uint8)
COLOURED[61:120, 101:220] = (40, 90, 200)


@pytest.fixture
def rig(tmp_path):
    """Twenty training pictures, one of each other kind, and a night of three."""
    paths = [tmp_path / "rig_x" / f"{number:05d}.jpg" for number in range(26)]
    for path in paths:
        write_jpg(path, COLOURED)
    night = tmp_path / "rig_x" / "night"
    for number in range(3):
        write_jpg(night / f"{number}.jpg", COLOURED)
    return Rig("rig_x", tuple(paths[:20]), (Picture(paths[20], "noon2", 0.0),), (Picture(paths[21], "drip", 0.1),),
               (Picture(paths[22], "pen", 0.0),), (Night("late", night, 1.5, range(3), 2, (0.0, 0.0, 0.1)),))


def test_there_are_as_many_training_pictures_as_the_hardship_leaves(rig, tmp_path):
    fewer = made_harder(rig, HARDSHIPS["every fifth training picture"], tmp_path / "scratch")
    assert fewer.training == rig.training[::5]
    assert replace(fewer, training=rig.training) == rig and not (tmp_path / "scratch").exists()


def test_a_worse_camera_sees_everything_worse_and_the_labels_stay(rig, tmp_path):
    worse = made_harder(rig, Hardship(change=grey), tmp_path / "scratch")
    assert len(worse.training) == 20
    for before, after in zip((*rig.normal, *rig.leaks, *rig.benign), (*worse.normal, *worse.leaks, *worse.benign)):
        assert replace(after, path=before.path) == before
        assert np.ptp(read_image(after.path).astype(int), axis=2).max() <= 4
    night = worse.nights[0]
    assert replace(night, video=rig.nights[0].video) == rig.nights[0]
    seen = list(pictures(night.video))
    assert len(seen) == 3 and np.ptp(seen[0].astype(int), axis=2).max() <= 4


@pytest.mark.parametrize("change", [out_of_focus, coarse, grey, noisy])
def test_a_change_keeps_the_size_and_is_the_same_each_time(change):
    changed = change(COLOURED)
    assert changed.shape == COLOURED.shape and changed.dtype == np.uint8
    assert not np.array_equal(changed, COLOURED) and np.array_equal(changed, change(COLOURED))
