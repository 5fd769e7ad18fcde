"""Goldens of losses (value, gradient) and metrics (the running result after each update).

    python scripts/reference/losses.py [--out tests/goldens/losses.safetensors]

The keys are in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf

CASES = {}
TENSORS = {}
EXTREME = np.array([-1000, -100, -30, -1e-3, 0, 1e-3, 30, 100, 1000], np.float32)


def loss_case(case, loss, y_true, y_pred):
    y_pred = tf.constant(y_pred, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        value = loss(tf.constant(y_true), y_pred)
    config = loss.get_config()
    CASES[case] = {"class": type(loss).__name__, "config": {k: config[k] for k in ("from_logits",) if k in config}}
    TENSORS.update({f"{case}/y_true": y_true, f"{case}/y_pred": y_pred.numpy(), f"{case}/value": value.numpy(),
                    f"{case}/grad": tape.gradient(value, y_pred).numpy()})


def metric_case(case, metric, config, updates):
    for i, arrays in enumerate(updates):
        metric.update_state(*(tf.constant(a) for a in arrays))
        names = ("values",) if len(arrays) == 1 else ("y_true", "y_pred")
        TENSORS.update({f"{case}/{name}/{i}": a for name, a in zip(names, arrays)})
        TENSORS[f"{case}/result/{i}"] = metric.result().numpy()
    CASES[case] = {"class": type(metric).__name__, "config": config, "updates": len(updates)}


def losses():
    g = common.rng("losses")
    logits = 3 * g.standard_normal((6, 1)).astype(np.float32)
    binary = g.integers(0, 2, (6, 1)).astype(np.float32)
    k = keras.losses
    loss_case("binary_crossentropy_logits", k.BinaryCrossentropy(from_logits=True), binary, logits)
    loss_case("binary_crossentropy_logits_wide", k.BinaryCrossentropy(from_logits=True),
              g.integers(0, 2, (4, 3)).astype(np.float32), 2 * g.standard_normal((4, 3)).astype(np.float32))
    for label in (0, 1):
        loss_case(f"binary_crossentropy_logits_extreme_{label}", k.BinaryCrossentropy(from_logits=True),
                  np.full((EXTREME.size, 1), label, np.float32), EXTREME[:, None])
    loss_case("binary_crossentropy_soft_labels", k.BinaryCrossentropy(from_logits=True),
              g.uniform(0, 1, (6, 1)).astype(np.float32), logits)
    probabilities = g.uniform(0.02, 0.98, (6, 1)).astype(np.float32)
    loss_case("binary_crossentropy_probabilities", k.BinaryCrossentropy(), binary, probabilities)
    loss_case("binary_crossentropy_probabilities_edges", k.BinaryCrossentropy(),
              np.array([[0], [1], [0], [1]], np.float32), np.array([[0], [0], [1], [1]], np.float32))

    logits = 2 * g.standard_normal((5, 4)).astype(np.float32)
    classes = g.integers(0, 4, 5).astype(np.float32)
    hot = np.eye(4, dtype=np.float32)[classes.astype(int)]
    softmax = (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).astype(np.float32)
    extreme = np.array([[1000, 0, -1000, 5], [-100, -100, 100, 100], [0, 0, 0, 0], [30, -30, 20, 10],
                        [-1000, -1000, -1000, -1000]], np.float32)
    loss_case("categorical_crossentropy_logits", k.CategoricalCrossentropy(from_logits=True), hot, logits)
    loss_case("categorical_crossentropy_logits_extreme", k.CategoricalCrossentropy(from_logits=True), hot, extreme)
    loss_case("categorical_crossentropy_probabilities", k.CategoricalCrossentropy(), hot, softmax)
    loss_case("categorical_crossentropy_probabilities_unnormalized", k.CategoricalCrossentropy(), hot, 3 * softmax)
    loss_case("sparse_categorical_crossentropy_logits", k.SparseCategoricalCrossentropy(from_logits=True),
              classes, logits)
    loss_case("sparse_categorical_crossentropy_logits_extreme", k.SparseCategoricalCrossentropy(from_logits=True),
              classes, extreme)
    loss_case("sparse_categorical_crossentropy_probabilities", k.SparseCategoricalCrossentropy(), classes, softmax)
    loss_case("mean_squared_error", k.MeanSquaredError(), g.standard_normal((5, 3)).astype(np.float32),
              g.standard_normal((5, 3)).astype(np.float32))
    loss_case("mean_squared_error_maps", k.MeanSquaredError(), g.standard_normal((2, 3, 2, 2)).astype(np.float32),
              g.standard_normal((2, 3, 2, 2)).astype(np.float32))


def metrics():
    g = common.rng("metrics")
    m = keras.metrics
    sizes = (4, 7, 1)
    binary = [(g.integers(0, 2, (n, 1)).astype(np.float32), g.uniform(-2, 2, (n, 1)).astype(np.float32))
              for n in sizes]
    binary.append((np.array([[0], [1], [1]], np.float32), np.array([[0.5], [0.5], [0]], np.float32)))
    metric_case("binary_accuracy", m.BinaryAccuracy(), {"threshold": 0.5}, binary)
    metric_case("binary_accuracy_0", m.BinaryAccuracy(threshold=0), {"threshold": 0}, binary)
    metric_case("binary_accuracy_wide", m.BinaryAccuracy(), {"threshold": 0.5},
                [(g.integers(0, 2, (n, 3)).astype(np.float32), g.uniform(0, 1, (n, 3)).astype(np.float32))
                 for n in sizes])
    labels = [g.integers(0, 4, n).astype(np.float32) for n in sizes]
    scores = [g.standard_normal((n, 4)).astype(np.float32) for n in sizes]
    scores[0][0] = [1, 3, 3, 2]
    metric_case("categorical_accuracy", m.CategoricalAccuracy(), {},
                [(np.eye(4, dtype=np.float32)[y.astype(int)], s) for y, s in zip(labels, scores)])
    metric_case("sparse_categorical_accuracy", m.SparseCategoricalAccuracy(), {}, list(zip(labels, scores)))
    metric_case("sparse_categorical_accuracy_column", m.SparseCategoricalAccuracy(), {},
                [(y[:, None], s) for y, s in zip(labels, scores)])
    metric_case("mean", m.Mean(), {}, [(g.standard_normal(n).astype(np.float32),) for n in sizes])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "losses.safetensors")
    arguments = parser.parse_args()
    losses()
    metrics()
    common.write(arguments.out, TENSORS, {"cases": CASES})
