"""Goldens of LayerNormalization, GroupNormalization, UnitNormalization and Normalization: outputs and gradients.

    python scripts/reference/normalizations.py [--out tests/goldens/normalizations.safetensors]

The keys are those of layers.safetensors, in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf

CASES = {}
TENSORS = {}


def standard(name, *shape):
    return common.rng(name).standard_normal(shape).astype(np.float32)


def record(case, layer, shape, extra=None):
    x = 2 * standard(f"{case}/input", *shape) + np.float32(0.5)
    if not layer.built:
        layer.build(x.shape)
    for weight in layer.trainable_weights:
        weight.assign(standard(f"{case}/{weight.name}", *weight.shape) + 1)
    tensor = tf.constant(x)
    variables = list(layer.trainable_weights)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        output = layer(tensor)
    grad_output = standard(f"{case}/grad_output", *output.shape)
    grads = tape.gradient(output, [tensor] + [v.value for v in variables], output_gradients=tf.constant(grad_output))
    TENSORS[f"{case}/input"] = x
    TENSORS[f"{case}/output"] = output.numpy()
    TENSORS[f"{case}/grad_output"] = grad_output
    TENSORS[f"{case}/grad_input"] = grads[0].numpy()
    for variable, grad in zip(variables, grads[1:]):
        TENSORS[f"{case}/grads/{variable.name}"] = grad.numpy()
    for weight in layer.weights:
        TENSORS[f"{case}/weights/{weight.name}"] = weight.numpy()
    config = {k: v for k, v in layer.get_config().items() if isinstance(v, (int, float, bool, list, tuple))
              and k not in ("name", "dtype", "trainable")}
    CASES[case] = {"class": type(layer).__name__, "config": {**config, **(extra or {})}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "normalizations.safetensors")
    arguments = parser.parse_args()
    layers = keras.layers
    for name, options, shape in (
            ("last", {}, (2, 3, 4, 19)), ("wide", {"epsilon": 1e-6}, (3, 96)), ("one", {"axis": 1}, (2, 5, 4)),
            ("image", {"axis": [1, 2, 3]}, (3, 3, 4, 5)), ("plane", {"axis": [1, 2]}, (2, 3, 4, 5)),
            ("outer", {"axis": [1, 3]}, (2, 3, 4, 5)), ("mixed", {"axis": [-1, 1]}, (2, 3, 4, 5)),
            ("no_scale", {"scale": False}, (2, 3, 7)), ("no_center", {"center": False}, (2, 3, 7)),
            ("neither", {"scale": False, "center": False}, (2, 3, 7)), ("rms", {"rms_scaling": True}, (2, 3, 7))):
        record(f"layer_{name}", layers.LayerNormalization(**options), shape)
    for name, options, shape in (
            ("image", {"groups": 3}, (2, 3, 4, 12)), ("wide", {"groups": 2, "epsilon": 1e-5}, (2, 5, 34)),
            ("one", {"groups": 1}, (2, 3, 4, 5)), ("each", {"groups": -1}, (2, 3, 4, 5)),
            ("dense", {"groups": 2}, (3, 8)), ("plain", {"groups": 2, "scale": False, "center": False}, (2, 3, 6))):
        record(f"group_{name}", layers.GroupNormalization(**options), shape)
    for name, axis, shape in (("last", -1, (2, 3, 19)), ("first", 1, (2, 3, 4)), ("image", [1, 2, 3], (2, 3, 4, 5)),
                              ("outer", [1, 3], (2, 3, 4, 5))):
        record(f"unit_{name}", layers.UnitNormalization(axis=axis), shape)
    for name, axis, shape in (("none", None, (3, 4, 5)), ("rows", 1, (3, 4, 5)), ("both", (1, 2), (3, 4, 5)),
                              ("outer", (1, 3), (3, 2, 4, 3)), ("last", -1, (3, 4, 5))):
        for invert in (False, True):
            case = f"normalization_{name}{'_inverted' if invert else ''}"
            layer = layers.Normalization(axis=axis, invert=invert)
            data = 3 * standard(f"{case}/data", 6, *shape[1:]) + 1
            layer.adapt(data)
            TENSORS[f"{case}/data"] = data
            record(case, layer, shape)
    given = {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 5.0, 6.0]}
    record("normalization_given", layers.Normalization(axis=(1, 3), **given), (2, 2, 4, 3), given)
    scalar = {"mean": 2.0, "variance": 3.0}
    record("normalization_scalar", layers.Normalization(axis=None, **scalar), (2, 4, 3),
           {"mean": [2.0], "variance": [3.0]})
    common.write(arguments.out, TENSORS, {"cases": CASES})
