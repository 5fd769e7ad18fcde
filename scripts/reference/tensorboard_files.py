"""Reads files that tanuki's TensorBoard callback wrote with the tensorboard package, and compares them with those that
Keras' own writes of the same training: tags, steps, plugins and values.

    python scripts/reference/tensorboard_files.py --tests build/bin/tests_callbacks

The program writes them: the hidden test of tests/callbacks/test_tensorboard.cpp, which has the same numbers.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import types

import common  # noqa: F401  (quiet TensorFlow)
import keras
import numpy as np
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

SHAPES = [(7,), (5, 3), (3, 5), (1, 1, 4, 6), (3, 2, 4), (2, 3, 5, 3), (2, 2, 3, 8), (1,)]


def weights(epoch):
    """The weights after an epoch, by name."""
    named = {}
    for i, shape in enumerate(SHAPES):
        values = [(k * 37 + epoch * 11) % 101 / 64 - 0.5 for k in range(int(np.prod(shape)))]
        named[f"weight_{i}"] = np.array(values, np.float32).reshape(shape)
    named["same"] = np.full(4, 0.25, np.float32)
    return named


class Weight:
    """An array with a path, as TensorBoard wants it."""

    def __init__(self, path, value):
        self.path, self.value = path, value

    def __array__(self, *_, **__):
        return self.value

    def __tf_tensor__(self, dtype=None, name=None):
        return tf.constant(self.value)


def write_with_keras(folder):
    """Three epochs of four batches, as fit() has its callbacks go through them."""
    optimizer = keras.optimizers.SGD(0.01)
    model = types.SimpleNamespace(optimizer=optimizer, layers=[types.SimpleNamespace()])
    callback = keras.callbacks.TensorBoard(folder, histogram_freq=2, write_graph=False, write_images=True,
                                           update_freq="batch")
    callback.set_model(model)
    callback.on_train_begin()
    for epoch in range(3):
        callback.on_epoch_begin(epoch)
        for batch in range(4):
            callback.on_train_batch_begin(batch)
            optimizer.iterations.assign_add(1)
            callback.on_train_batch_end(batch, {"loss": 1 / int(optimizer.iterations), "auc": 0.5})
        model.layers[0].weights = [Weight(name, value) for name, value in weights(epoch).items()]
        callback.on_test_begin()
        callback.on_test_end({"loss": 0.3 + epoch})
        callback.on_epoch_end(epoch, {"loss": 0.75 - 0.1 * epoch, "auc": 0.5, "val_loss": 0.3 + epoch})
    callback.on_train_end()


def read(folder):
    """By (tag, step): the plugin's name and the tensor."""
    accumulator = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    accumulator.Reload()
    found = {}
    for tag in accumulator.Tags()["tensors"]:
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        for event in accumulator.Tensors(tag):
            found[tag, event.step] = plugin, tensor_util.make_ndarray(event.tensor_proto)
    return found


def same(plugin, ours, theirs):
    if plugin == "images":
        pixels = [[tf.io.decode_png(png).numpy() for png in value[2:]] for value in (ours, theirs)]
        return (list(ours[:2]) == list(theirs[:2]) and len(ours) == len(theirs) and
                all(a.shape == b.shape and np.array_equal(a, b) for a, b in zip(*pixels)))
    return (ours.shape == theirs.shape and ours.dtype == theirs.dtype and
            np.allclose(ours, theirs, rtol=1e-12, atol=1e-15))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", required=True, help="the program tests_callbacks")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = pathlib.Path(folder, "tanuki"), pathlib.Path(folder, "keras")
        subprocess.run([arguments.tests, "[.tensorboard_files]"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "TANUKI_TENSORBOARD": str(ours)})
        write_with_keras(theirs)
        wrong, count = [], 0
        for part in ("train", "validation"):
            given, expected = read(ours / part), read(theirs / part)
            wrong += [f"{part}: {key} is only in one of them" for key in given.keys() ^ expected.keys()]
            for key in given.keys() & expected.keys():
                count += 1
                plugin = expected[key][0]
                if given[key][0] != plugin or not same(plugin, given[key][1], expected[key][1]):
                    wrong.append(f"{part}: {key}: {given[key]} instead of {expected[key]}")
    if wrong or count < 50:
        raise SystemExit("\n".join(wrong) + f"\n{len(wrong)} differences, {count} values compared")
    print(f"{count} values that tanuki writes for TensorBoard are those that Keras writes")
