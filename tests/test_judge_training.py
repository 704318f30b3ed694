from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.judge_training.examples import Amounts, Kind, make_examples
from benchmarks.judge_training.footage import mask_of, read_pictures
from benchmarks.judge_training.labels import LEAK, UNSURE
from benchmarks.scenes import read_rig
from src.config import ImageSettings
from src.cues import CUES
from src.errors import UserError
from src.image_files import write_jpg, write_png
from src.judge import Judge
from tests.bench import HEIGHT, WIDTH, bench

PROJECT = Path(__file__).resolve().parent.parent
# Large enough for a crop, as in a real training.
SCALE = 2
AT, RADIUS = (80, 90), 12
FEW = Amounts(nudges=2, shadows=2, spills=4)
NORMAL, LATER, BENIGN = 40, 8, 2


def needs_onnx() -> None:
    pytest.importorskip("onnx", reason="onnx is missing: python -m pip install -r requirements-judge.txt")


def shot(number: int, leak_radius: int = 0) -> np.ndarray:
    return cv2.resize(bench(number, leak_radius, AT), None, fx=SCALE, fy=SCALE)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """A drawn rig in the form of the rendered ones."""
    folder = tmp_path_factory.mktemp("data") / "rig_b"
    rows = [(f"normal/{number:05d}.jpg", "day", "", shot(2 * number)) for number in range(NORMAL)]
    rows += [(f"test/normal/{number:05d}.jpg", "later", "", shot(9 * number + 1))
             for number in range(LATER)]
    rows += [(f"test/drip/stage_1_{light}.jpg", "shot", "drip", shot(15 * light, RADIUS))
             for light in range(3)]
    rows += [(f"test/benign_{kind}/{number}.jpg", "shot", "", shot(3 * number))
             for kind in ("ceil_switch", "pen") for number in range(BENIGN)]
    for file, _, _, picture in rows:
        write_jpg(folder / file, picture)
    lines = [f"{file},{block},{leak},{0.01 if leak else 0}\n" for file, block, leak, _ in rows]
    (folder / "labels.csv").write_text("file,block,leak,area\n" + "".join(lines), encoding="utf-8")
    mask = np.zeros((SCALE * HEIGHT, SCALE * WIDTH), np.uint8)
    cv2.circle(mask, (SCALE * AT[0], SCALE * AT[1]), SCALE * (RADIUS + 4), 64, -1)
    cv2.circle(mask, (SCALE * AT[0], SCALE * AT[1]), SCALE * RADIUS, 255, -1)
    write_png(folder / "masks" / "drip" / "stage_1.png", mask)
    (folder / "sequences").mkdir()
    (folder / "sequences" / "events.json").write_text(json.dumps({}), encoding="utf-8")
    return folder.parent


@pytest.fixture(scope="module")
def pictures(data):
    return read_pictures(read_rig(data / "rig_b"), ImageSettings(width=320, height=240))


def test_the_mask_of_a_leak_is_that_of_its_stage():
    assert mask_of(Path("rig/test/drip/stage_12_3.jpg")) == Path("rig/masks/drip/stage_12.png")


def test_new_things_on_a_dry_bench_are_no_examples(pictures):
    assert len(pictures.normal) == NORMAL
    assert (len(pictures.later), len(pictures.unusual_light)) == (LATER, BENIGN)


def test_the_label_of_a_leak_lies_where_the_mask_is(pictures):
    height, width = pictures.labels.shape[1:]
    row, column = int(AT[1] / HEIGHT * height), int(AT[0] / WIDTH * width)
    assert (pictures.labels[:, row, column] == LEAK).all()
    assert (pictures.labels[:, row - RADIUS - 2, column] == UNSURE).all()


@pytest.fixture(scope="module")
def examples(pictures):
    return list(make_examples(pictures, FEW, np.random.default_rng(1)))


def test_examples_are_cue_maps_with_labels_of_the_same_size(examples, pictures):
    for example in examples:
        assert example.cues.shape == (*pictures.labels.shape[1:], CUES)
        assert example.cues.dtype == np.float16
        assert np.isfinite(example.cues).all()
        assert (example.label == LEAK).any() <= (example.kind != Kind.DRY)


def test_the_scene_is_learned_as_a_whole_and_without_each_block(examples, pictures):
    kinds = [example.kind for example in examples]
    scenes = 1 + len(np.unique(pictures.blocks))
    assert kinds.count(Kind.SPILL) == FEW.spills + (scenes - 1) * (FEW.spills // 2)
    # Three leaks, and every second of them for each of the other scenes.
    assert 3 + (scenes - 1) <= kinds.count(Kind.LEAK) <= 3 + 2 * (scenes - 1)
    assert kinds.count(Kind.DRY) > kinds.count(Kind.LEAK)


def test_cues_are_stronger_on_the_leak_than_beside_it(examples):
    leaks = [example for example in examples if example.kind is Kind.LEAK]
    ratios = [example.cues[example.label == LEAK, :4].astype(float).mean()
              / example.cues[example.label == 0, :4].astype(float).mean() for example in leaks]
    assert np.median(ratios) > 1.5


@pytest.fixture
def network():
    """An untrained judge with biases, so that a lost one is noticed."""
    needs_onnx()
    from benchmarks.judge_training.network import build_network

    judge = build_network()
    generator = np.random.default_rng(0)
    judge.set_weights([weights if weights.ndim > 1 else generator.normal(0, 0.5, weights.shape)
                       for weights in judge.get_weights()])
    return judge


@pytest.mark.tensorflow
@pytest.mark.parametrize("size", [(112, 200), (64, 80)])
def test_opencv_says_of_the_exported_judge_what_keras_says(network, size):
    from benchmarks.judge_training.export import as_onnx

    cues = np.random.default_rng(1).normal(size=(*size, CUES)).astype(np.float32)
    ours = Judge(as_onnx(network)).log_odds(np.ascontiguousarray(np.moveaxis(cues, -1, 0)))
    theirs = network(cues[None]).numpy()[0, ..., 0]
    assert np.ptp(theirs) > 0.1
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


@pytest.mark.tensorflow
def test_a_layer_that_cannot_be_exported_is_refused():
    needs_onnx()
    import keras

    from benchmarks.judge_training.export import as_onnx

    cues = keras.Input((8, 8, CUES))
    with pytest.raises(TypeError, match="MaxPooling2D"):
        as_onnx(keras.Model(cues, keras.layers.MaxPooling2D(name="pooled")(cues)))


@pytest.mark.tensorflow
def test_the_loss_falls_when_leaks_are_seen_and_dry_pixels_are_not():
    import tensorflow as tf

    from benchmarks.judge_training.fitting import loss_of

    leak = np.zeros((2, 8, 8), np.float32)
    leak[0, 2:4, 2:4] = 1.0
    dry = 1.0 - leak
    dry[0, 4, 4] = 0.0

    def loss(log_odds: np.ndarray) -> float:
        return float(loss_of(*(tf.constant(values, tf.float32) for values in (log_odds, leak, dry))))

    right = np.where(leak > 0, 6.0, -6.0)
    unsure = right.copy()
    unsure[0, 4, 4] = 6.0
    assert loss(right) < 0.05 < 1.0 < loss(np.zeros_like(right)) < loss(-right)
    assert loss(unsure) == loss(right)


@pytest.mark.tensorflow
def test_a_pupil_that_answers_as_its_teachers_has_nothing_to_learn_and_leaks_count_more_than_dry_pixels():
    import tensorflow as tf

    from benchmarks.judge_training.fitting import disagreement

    taught = tf.constant(np.where(np.eye(8) > 0, 4.0, -6.0)[None], tf.float32)
    one_leak, one_dry = np.zeros((2, 1, 8, 8), np.float32)
    one_leak[0, 3, 3] = one_dry[0, 3, 4] = 1.0
    assert float(disagreement(taught, taught)) == 0.0
    assert float(disagreement(taught + one_leak, taught)) > 2 * float(disagreement(taught + one_dry, taught)) > 0.0
    # Far off it grows in proportion, and goes on where the squares end.
    assert float(disagreement(taught + 12.0, taught)) == pytest.approx(2 * float(disagreement(taught + 6.5, taught)))


@pytest.mark.tensorflow
def test_a_judge_is_trained_from_footage_to_a_file(data, tmp_path):
    needs_onnx()
    from benchmarks.judge_training.run import FITTING_SEEDS, train_judge

    said = []
    output = tmp_path / "new" / "judge.onnx"
    benches = tmp_path / "benches"
    shutil.copytree(data / "rig_b", benches / "bench_007")
    train_judge(data, benches, None, 5, output, said.append, of_a_rig=FEW, of_a_bench=FEW)
    judged = Judge(output.read_bytes()).log_odds(np.zeros((CUES, 64, 80), np.float32))
    assert judged.shape == (64, 80)
    assert sum("step 5 of 5" in line for line in said) == len(FITTING_SEEDS)
    assert "the judge:" in said
    assert {line.partition(":")[0] for line in said if "examples" in line} == {"rig_b", "bench_007"}
    assert list(output.parent.iterdir()) == [output]


@pytest.mark.tensorflow
@pytest.mark.parametrize(("leave_out", "words"), [("rig_b", "--data"), ("rig_a", "no rig rig_a")])
def test_without_a_rig_to_learn_from_it_is_said_in_words(data, leave_out, words):
    needs_onnx()
    from benchmarks.judge_training.run import chosen_rigs

    with pytest.raises(UserError, match=words):
        chosen_rigs(data, leave_out)


@pytest.mark.tensorflow
def test_a_folder_without_benches_is_said_in_words(data):
    needs_onnx()
    from benchmarks.judge_training.run import random_benches

    with pytest.raises(UserError, match="(?s)no random bench.*render_benches.py"):
        random_benches(data)


@pytest.mark.parametrize("arguments", [
    ["--output", "x.onnx"], ["--data", ".", "--output", "x.onnx", "--steps", "0"],
])
def test_wrong_arguments_are_refused_before_anything_is_loaded(arguments):
    script = PROJECT / "scripts" / "train_judge.py"
    refused = subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, encoding="utf-8", timeout=60)
    assert refused.returncode == 2
