from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.footage import as_folder, as_source, pictures
from benchmarks.scenes import Night, find_scenes, is_rig, quick_part, read_rig, roi_in_pixels
from src.errors import UserError
from src.image_files import write_jpg

LABELS = "file,block,leak,stage,area\n"


@pytest.fixture
def rig(tmp_path):
    """Two training pictures, two normal blocks, one leak in two sizes, one dry scene and one night."""
    folder = tmp_path / "rig_x"
    rows = [
        ("normal/00000.jpg", "morning", "", 0), ("normal/00001.jpg", "morning", "", 0),
        ("test/normal/00000.jpg", "noon2", "", 0), ("test/normal/00001.jpg", "night2", "", 0),
        *((f"test/drip/stage_{stage}_{light}.jpg", f"shot{light}", "drip", area)
          for stage, area in ((1, 0.0002), (2, 0.001)) for light in range(5)),
        ("test/benign_pen/000.jpg", "shot0", "", 0),
    ]
    for row in rows:
        write_jpg(folder / row[0], np.full((36, 48, 3), 90, np.uint8))
    (folder / "labels.csv").write_text(
        LABELS + "".join(f"{file},{block},{leak},0,{area}\n" for file, block, leak, area in rows),
        encoding="utf-8")
    (folder / "sequences").mkdir()
    (folder / "sequences" / "events.json").write_text(json.dumps({"late": {
        "file": "late.mp4", "frames": 40, "dt_s": 1.5, "onset_frame": 20,
        "area_fraction": [0.0] * 20 + [0.0001] * 20}}), encoding="utf-8")
    return folder


def test_training_pictures_stay_out_of_the_test(rig):
    read = read_rig(rig)
    assert [path.name for path in read.training] == ["00000.jpg", "00001.jpg"]
    tested = {picture.path for picture in read.normal + read.leaks + read.benign}
    assert not tested & set(read.training)


def test_every_picture_comes_with_its_group_and_area(rig):
    read = read_rig(rig)
    assert [picture.group for picture in read.normal] == ["noon2", "night2"]
    sizes = {(leak.group, round(leak.area_percent, 6)) for leak in read.leaks}
    assert sizes == {("drip", 0.02), ("drip", 0.1)}
    assert [picture.group for picture in read.benign] == ["pen"]


def test_the_area_of_a_night_is_in_percent(rig):
    night = read_rig(rig).nights[0]
    assert night.area_percent[19:21] == pytest.approx((0.0, 0.01))
    assert (night.onset, night.frame_seconds, len(night.frames)) == (20, 1.5, 40)


def test_a_quick_part_keeps_all_lightings_of_a_size_and_the_onset_of_a_night(rig):
    part = quick_part(read_rig(rig))
    assert len(part.leaks) == 5
    assert part.nights[0].onset in part.nights[0].frames


def test_a_quick_part_of_a_bench_without_nights_has_none(rig):
    assert quick_part(replace(read_rig(rig), nights=())).nights == ()


def test_scenes_are_the_folders_with_normal_pictures(rig):
    assert find_scenes(rig.parent) == ("rig_x",)
    assert is_rig(rig)


def test_a_folder_without_footage_is_refused_in_words(tmp_path):
    with pytest.raises(UserError, match="--data"):
        find_scenes(tmp_path)


def test_the_rectangle_of_a_scene_becomes_a_region_of_interest(tmp_path):
    (tmp_path / "events.json").write_text('{"roi_rect_xyxy": [0, 322, 640, 478]}', encoding="utf-8")
    assert roi_in_pixels(tmp_path) == {
        "enabled": True, "units": "pixels", "x": 0, "y": 322, "width": 640, "height": 156}


def test_a_whole_folder_is_used_where_it_is(rig):
    read = read_rig(rig)
    assert as_folder(read.training, rig / "copies") == rig / "normal"
    assert not (rig / "copies").exists()


def test_a_part_of_a_folder_is_copied(rig):
    read = read_rig(rig)
    copies = as_folder(read.training[1:], rig / "copies")
    assert [path.name for path in copies.iterdir()] == ["00001.jpg"]


def test_a_part_of_a_night_is_written_as_pictures_with_their_numbers(tmp_path):
    for number in range(6):
        write_jpg(tmp_path / "night" / f"{number}.jpg", np.full((36, 48, 3), 40 * number, np.uint8))
    night = Night("late", tmp_path / "night", 1.5, range(2, 5), 3, (0.0,) * 6)
    source = as_source(night, tmp_path / "part")
    assert [path.name for path in sorted(source.iterdir())] == ["00002.png", "00003.png", "00004.png"]
    assert [int(image.mean()) for image in pictures(source)] == [80, 120, 160]
