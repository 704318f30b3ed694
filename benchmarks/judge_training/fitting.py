"""Fitting the judge to the examples.

What a network learns from two benches depends on chance: on a bench that it has not seen, one finds a few leaks more,
another is calmer at night. So several are trained, and the one that is kept learns to answer as they do on average
(distillation: Hinton, Vinyals and Dean, arXiv 1503.02531, 2015). It costs the monitor no more than any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

# First, because it sets how TensorFlow starts.
from benchmarks.judge_training.network import build_network

import keras
import tensorflow as tf

from benchmarks.judge_training.crops import Crops
from benchmarks.judge_training.example_file import ExampleSet
from benchmarks.judge_training.labels import DRY, LEAK

LEARNING_RATE, LAST_LEARNING_RATE_SHARE = 2e-3, 0.02
LARGEST_GRADIENT = 3.0
WEIGHT_DECAY = 1e-4
# The alarm rests on the few highest pixels of a picture, so the worst dry pixels of a crop count most; and
# some part of a leak has to be seen firmly, not every pixel of it.
HARDEST_PIXELS, BEST_PIXELS = 20, 6
DRY_WEIGHT, LEAK_WEIGHT, BEST_WEIGHT = 0.5, 0.6, 0.9
NO_LEAK, ANY_LEAK = -1e4, -9e3
# The pupil takes a third more steps than each of its teachers; the labels still count, but less.
PUPIL_STEPS_SHARE, LABEL_WEIGHT = 4 / 3, 0.3
# Where it disagrees by more than this, in log odds, only the direction counts; and pixels that might be a leak,
# of which there are few, count more than those that cannot.
LARGE_DISAGREEMENT, DOUBTFUL_LOG_ODDS, DOUBTFUL_WEIGHT = 2.0, -1.5, 5.0
# Hard dry places are looked for anew, and progress is told, every so many steps.
ROUND = 250

# (cues, log odds, leak, dry) of a batch -> one number, the lower the better.
Loss = Callable[[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]


def fit_judge(
    sets: Sequence[ExampleSet], steps: int, seeds: Sequence[int], say: Callable[[str], None],
) -> keras.Model:
    """Train a teacher from each seed for so many steps, then the judge to answer as they do.

    say: told the loss after every ROUND and at the end of each.
    """
    def by_labels(cues: tf.Tensor, log_odds: tf.Tensor, leak: tf.Tensor, dry: tf.Tensor) -> tf.Tensor:
        return loss_of(log_odds, leak, dry)

    teachers = []
    for number, seed in enumerate(seeds, start=1):
        say(f"teacher {number} of {len(seeds)}:")
        teachers.append(_fit(sets, steps, seed, by_labels, say))

    def by_teachers(cues: tf.Tensor, log_odds: tf.Tensor, leak: tf.Tensor, dry: tf.Tensor) -> tf.Tensor:
        taught = tf.add_n([teacher(cues, training=False)[..., 0] for teacher in teachers]) / len(teachers)
        return disagreement(log_odds, taught) + LABEL_WEIGHT * loss_of(log_odds, leak, dry)

    say("the judge:")
    return _fit(sets, round(PUPIL_STEPS_SHARE * steps), seeds[0], by_teachers, say)


def _fit(
    sets: Sequence[ExampleSet], steps: int, seed: int, loss_by: Loss, say: Callable[[str], None],
) -> keras.Model:
    generator = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    crops, network = Crops(sets, generator), build_network()
    schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps, alpha=LAST_LEARNING_RATE_SHARE)
    optimizer = keras.optimizers.Adam(schedule)
    optimizer.build(network.trainable_variables)

    @tf.function
    def learn(cues: tf.Tensor, leak: tf.Tensor, dry: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = loss_by(cues, network(cues, training=True)[..., 0], leak, dry) + _decay(network)
        gradients = tape.gradient(loss, network.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, LARGEST_GRADIENT)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))
        return loss

    judge = tf.function(network)
    losses = []
    for step in range(steps):
        if step > 0 and step % ROUND == 0:
            crops.find_hard_places(lambda cues: judge(cues[None]).numpy()[0, ..., 0])
        cues, labels = crops.batch()
        leak, dry = ((labels == label).astype(np.float32) for label in (LEAK, DRY))
        losses.append(float(learn(cues, leak, dry)))
        if (step + 1) % ROUND == 0 or step + 1 == steps:
            say(f"step {step + 1} of {steps}: loss {np.mean(losses[-ROUND:]):.3f}")
    return network


def loss_of(log_odds: tf.Tensor, leak: tf.Tensor, dry: tf.Tensor) -> tf.Tensor:
    """One number for a batch, the lower the better.

    All three: (N, n, n) float32; leak and dry are 1 or 0, both 0 where it is unsure.
    """
    crops = tf.shape(log_odds)[0]
    log_odds, leak, dry = (tf.reshape(values, (crops, -1)) for values in (log_odds, leak, dry))
    too_high = tf.nn.softplus(log_odds) * dry
    all_dry = tf.reduce_sum(too_high, 1) / (tf.reduce_sum(dry, 1) + 1)
    hardest = tf.reduce_mean(tf.math.top_k(too_high, HARDEST_PIXELS)[0], 1)
    pixels = tf.reduce_sum(leak, 1)
    all_leak = tf.reduce_sum(tf.nn.softplus(-log_odds) * leak, 1) / (pixels + 1e-3)
    best = tf.math.top_k(tf.where(leak > 0, log_odds, NO_LEAK), BEST_PIXELS)[0]
    there = tf.cast(best > ANY_LEAK, tf.float32)
    too_low = tf.reduce_sum(tf.nn.softplus(-best) * there, 1) / (tf.reduce_sum(there, 1) + 1e-3)
    wet = tf.cast(pixels > 0, tf.float32)
    return tf.reduce_mean(
        DRY_WEIGHT * all_dry + hardest + wet * (LEAK_WEIGHT * all_leak + BEST_WEIGHT * too_low))


def disagreement(log_odds: tf.Tensor, taught: tf.Tensor) -> tf.Tensor:
    """How far the judge is from what it is taught, both (N, n, n) float32 log odds: 0 = it answers the same."""
    away = tf.abs(log_odds - taught)
    # Huber's loss: squares near by, straight lines far off.
    loss = tf.where(away < LARGE_DISAGREEMENT, away * away, LARGE_DISAGREEMENT * (2.0 * away - LARGE_DISAGREEMENT))
    return tf.reduce_mean(tf.where(taught > DOUBTFUL_LOG_ODDS, DOUBTFUL_WEIGHT, 1.0) * loss)


def _decay(network: keras.Model) -> tf.Tensor:
    kernels = [variable for variable in network.trainable_variables if len(variable.shape) > 1]
    return WEIGHT_DECAY * tf.add_n([tf.reduce_sum(kernel * kernel) for kernel in kernels])
