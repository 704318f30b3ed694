from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.judge_training.footage import read_pictures
from benchmarks.judge_training.labels import LEAK, MASK_LIQUID, MASK_SHADOW
from benchmarks.random_benches.chance import Chance
from benchmarks.random_benches.light import KINDS, LAMPS, recipe, usual_kinds
from benchmarks.random_benches.pictures import VISIBLE_CHANGE, Amounts, change_of_light, leak_mask, write_bench
from benchmarks.random_benches.random_camera import RandomCamera
from benchmarks.random_benches.renders import HEIGHT, WIDTH, Renders, exr_files
from benchmarks.random_benches.run import make_benches
from benchmarks.random_benches.states import State, dry, read_states, render_file, write_states
from benchmarks.scenes import is_rig, read_rig
from src.config import ImageSettings
from src.errors import UserError

PROJECT = Path(__file__).resolve().parent.parent
RENDERED = (54, 96)
# Row and column of the leak's middle in a render, and its radius.
AT, RADIUS = (30, 50), 8
HIDDEN = "leak1"
STATES = {
    **{dry(charge): State(charge) for charge in range(3)}, "person0": State(0, people=0),
    "leak0": State(1, leak=0), HIDDEN: State(2, leak=1),
}
FEW = Amounts(per_block=4, later=5, per_person=2, per_leak=3)
LEAK_PIXEL = AT[0] * HEIGHT // RENDERED[0], AT[1] * WIDTH // RENDERED[1]


def drawn_render(name: str) -> np.ndarray:
    """A drawn bench in place of a rendered one: the first leak absorbs, the second cannot be seen."""
    state, _, lamp = name.removesuffix(".exr").partition("_")
    leak = np.zeros(RENDERED, np.float32)
    cv2.circle(leak, AT[::-1], RADIUS, 1.0, -1)
    if lamp == "mask":
        return np.repeat(leak[..., None], 3, axis=2)
    light = np.random.default_rng(0).uniform(0.2, 0.8, (*RENDERED, 3)).astype(np.float32)
    light = light * np.linspace(0.2, 1, RENDERED[1], dtype=np.float32)[:, None] ** LAMPS.index(lamp)
    light *= 1 + 0.1 * STATES[state].colours
    if state == "leak0":
        light *= 1 - 0.6 * leak[..., None]
    return light


def renders(seed: int = 0) -> Renders:
    return Renders(STATES, drawn_render, np.random.default_rng(seed))


def test_the_light_of_several_lamps_is_the_sum_of_what_each_gives():
    bench = renders()
    together = bench.light("leak0", {"ceiling": 0.5, "sky": 2.0, "desk": 0.0})
    alone = 0.5 * bench.light("leak0", {"ceiling": 1.0}) + 2.0 * bench.light("leak0", {"sky": 1.0})
    assert together.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_allclose(together, alone, rtol=1e-5)


def test_lamps_are_about_as_bright_as_each_other():
    bench = renders()
    means = [bench.light(dry(0), {lamp: 1.0}).mean() for lamp in ("ceiling", "sky", "desk", "night")]
    assert means == pytest.approx([1.0] * 4, rel=0.2)


def test_without_lamps_it_is_dark():
    light = renders().light(dry(0), {"ceiling": 0.0})
    assert light.shape == (HEIGHT, WIDTH, 3) and not light.any()


def test_half_charged_is_half_way_between_two_renders():
    bench, weights = renders(), {"ceiling": 1.0}
    assert np.array_equal(bench.dry_light(1.0, weights), bench.light(dry(1), weights))
    half = (bench.light(dry(1), weights) + bench.light(dry(2), weights)) / 2
    np.testing.assert_allclose(bench.dry_light(1.5, weights), half, rtol=1e-5)
    assert np.array_equal(bench.dry_light(2.0, weights), bench.light(dry(2), weights))


@pytest.mark.parametrize("kind", KINDS)
def test_a_recipe_names_lamps_and_at_night_there_is_little_light(kind):
    for seed in range(20):
        weights = recipe(kind, np.random.default_rng(seed))
        assert set(weights) <= set(LAMPS)
        assert min(weights.values()) >= 0
        assert (sum(weights.values()) < 0.1) == (kind == "dark") or kind == "dusk"


def test_the_bench_is_usually_seen_in_three_or_four_different_lights():
    counts = set()
    for seed in range(30):
        usual = usual_kinds(np.random.default_rng(seed))
        assert len(set(usual)) == len(usual) and set(usual) <= set(KINDS)
        counts.add(len(usual))
    assert counts == {3, 4}


def test_colours_are_shares_of_light():
    chance = Chance(1)
    for draw in (chance.colour, chance.vivid):
        colours = np.array([draw() for _ in range(200)])
        assert colours.shape == (200, 3)
        assert colours.min() > 0 and colours.max() < 1


def test_the_same_seed_draws_the_same_and_counts_include_both_ends():
    first, again = Chance(5), Chance(5)
    counts = [first.count(1, 3) for _ in range(50)]
    assert counts == [again.count(1, 3) for _ in range(50)]
    assert set(counts) == {1, 2, 3}


@pytest.mark.parametrize("brightness", [0.001, 0.2, 5.0])
def test_a_camera_makes_pictures_of_any_light(brightness):
    scene = renders().light(dry(0), {"ceiling": brightness})
    for seed in range(3):
        generator = np.random.default_rng(seed)
        picture = RandomCamera(generator).see(scene, generator)
        assert (picture.shape, picture.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)


def test_dark_stays_dark_and_usual_light_is_exposed_well():
    for seed in range(5):
        generator = np.random.default_rng(seed)
        camera = RandomCamera(generator)
        dark, usual = (camera.see(renders().light(dry(0), {"ceiling": weight}), generator).mean()
                       for weight in (0.0002, 1.0))
        assert dark < 40
        assert 80 < usual < 180


def test_the_same_generator_gives_the_same_picture_and_another_one_another():
    scene = renders().light(dry(0), {"ceiling": 1.0})
    first, again, other = (RandomCamera(generator).see(scene, generator)
                           for generator in map(np.random.default_rng, (5, 5, 6)))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_mask_tells_liquid_that_can_be_seen_from_what_cannot():
    unspilled = np.full((60, 80, 3), 0.5, np.float32)
    coverage = np.zeros((60, 80), np.float32)
    coverage[20:30, 10:20] = coverage[20:30, 50:60] = 1.0
    wet = unspilled.copy()
    # Only the liquid on the left changes the light; it mirrors a lamp onto the wall above.
    wet[20:30, 10:20] *= 0.5
    wet[2:8, 10:20] *= 1.5
    camera = RandomCamera(np.random.default_rng(0))
    mask = leak_mask(coverage, change_of_light(wet, unspilled), camera.visible_change(wet, unspilled))
    assert (mask[22:28, 12:18] == MASK_LIQUID).all()
    assert (mask[22:28, 52:58] == MASK_SHADOW).all()
    assert (mask[3:7, 12:18] == MASK_SHADOW).all()
    assert not mask[40:].any()


def test_what_can_be_seen_in_good_light_drowns_in_the_noise_of_the_night():
    camera = RandomCamera(np.random.default_rng(3))
    bright = np.full((60, 80, 3), 0.5, np.float32)
    in_daylight, at_night = (camera.visible_change(0.9 * light, light).mean() for light in (bright, bright / 3000))
    assert in_daylight > VISIBLE_CHANGE > at_night
    assert camera.visible_change(bright, bright).max() == 0.0


def test_states_and_renders_are_read_as_they_were_written(tmp_path):
    write_states(STATES, tmp_path)
    assert read_states(tmp_path) == STATES
    # What Blender writes: half precision, light far above 1.
    light = (100 * np.random.default_rng(0).random((*RENDERED, 3))).astype(np.float16).astype(np.float32)
    read = exr_files(tmp_path)
    half = [cv2.IMWRITE_EXR_TYPE, cv2.IMWRITE_EXR_TYPE_HALF]
    cv2.imwrite(str(tmp_path / render_file(dry(0), "sky")), light, half)
    assert np.array_equal(read(render_file(dry(0), "sky")), light)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A bench that was written from drawn renders."""
    folder = tmp_path_factory.mktemp("data") / "bench_003"
    generator = np.random.default_rng(3)
    write_bench(Renders(STATES, drawn_render, generator), folder, generator, FEW)
    return folder


def test_a_bench_is_a_rig_once_it_is_written(folder, tmp_path):
    assert is_rig(folder) and not is_rig(tmp_path)
    rig = read_rig(folder)
    assert len(rig.training) in (3 * FEW.per_block, 4 * FEW.per_block)
    assert (len(rig.normal), len(rig.benign)) == (FEW.later, FEW.per_person)
    assert {picture.group for picture in rig.normal} <= set(KINDS)
    assert rig.nights == ()


def test_only_leaks_that_can_be_seen_are_written(folder):
    rig = read_rig(folder)
    # The other one covers as many pixels, and changes none.
    assert len(rig.leaks) == FEW.per_leak
    true_percent = 100 * np.pi * RADIUS ** 2 / (RENDERED[0] * RENDERED[1])
    for leak in rig.leaks:
        assert leak.area_percent == pytest.approx(true_percent, rel=0.2)


def test_the_judge_can_learn_from_a_bench(folder):
    pictures = read_pictures(read_rig(folder), ImageSettings(width=320, height=180))
    assert len(np.unique(pictures.blocks)) in (3, 4)
    assert len(pictures.unusual_light) == FEW.per_person
    row, column = (place * side // whole for place, side, whole
                   in zip(LEAK_PIXEL, pictures.labels.shape[1:], (HEIGHT, WIDTH)))
    assert (pictures.labels[:, row, column] == LEAK).all()
    assert not pictures.labels[:, :5].any()


def test_the_same_seed_gives_the_same_bench(folder, tmp_path):
    generator = np.random.default_rng(3)
    write_bench(Renders(STATES, drawn_render, generator), tmp_path, generator, FEW)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert all((folder / file).read_bytes() == (tmp_path / file).read_bytes() for file in files)
    assert len(files) == sum(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.skipif(find_spec("bpy") is not None, reason="Blender is here")
def test_without_blender_it_is_said_what_to_install(tmp_path):
    with pytest.raises(UserError, match="requirements-benches.txt"):
        make_benches([1], tmp_path / "renders", tmp_path / "output", print)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_made_again(folder):
    make_benches([3], folder.parent / "no renders", folder.parent, pytest.fail)


@pytest.mark.parametrize("seeds", [["--first", "5", "--last", "4"], ["--first", "-1"]])
def test_seeds_that_make_no_sense_are_refused(seeds):
    script = PROJECT / "scripts" / "render_benches.py"
    refused = subprocess.run([sys.executable, script, "--renders", "x", "--output", "x", *seeds],
                             capture_output=True, encoding="utf-8", timeout=60)
    assert refused.returncode == 2
