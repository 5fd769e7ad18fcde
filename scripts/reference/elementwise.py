"""Goldens of the activations, merging and reshaping layers, and operations: outputs and gradients.

    python scripts/reference/elementwise.py [--out tests/goldens/elementwise.safetensors]

The keys are those of layers.safetensors, in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf
from keras.src.applications.convnext import LayerScale
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

CASES = {}
TENSORS = {}


def standard(name, *shape):
    return common.rng(name).standard_normal(shape).astype(np.float32)


def keep(case, about, function, arrays, variables=()):
    """Runs `function` on tensors of `arrays` and keeps outputs and gradients."""
    tensors = [tf.constant(a) for a in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        output = function(tensors)
    grad_output = standard(f"{case}/grad_output", *output.shape)
    grads = tape.gradient(output, tensors + [v.value for v in variables], output_gradients=tf.constant(grad_output))
    for i, array in enumerate(arrays):
        TENSORS[f"{case}/input/{i}"] = array
        TENSORS[f"{case}/grad_input/{i}"] = grads[i].numpy()
    TENSORS[f"{case}/output"] = output.numpy()
    TENSORS[f"{case}/grad_output"] = grad_output
    for i, variable in enumerate(variables):
        TENSORS[f"{case}/weights/{i}"] = variable.numpy()
        TENSORS[f"{case}/grads/{i}"] = grads[len(arrays) + i].numpy()
    CASES[case] = about


def layer_case(case, layer, *arrays):
    if not layer.built:
        layer.build([a.shape for a in arrays] if len(arrays) > 1 else arrays[0].shape)
    for weight in layer.weights:
        weight.assign(standard(f"{case}/{weight.name}", *weight.shape))
    config = {k: v for k, v in layer.get_config().items() if k not in ("name", "dtype", "trainable", "data_format")
              and not isinstance(v, dict)}
    keep(case, {"class": type(layer).__name__, "config": config},
         lambda x: layer(x if len(x) > 1 else x[0]), arrays, layer.trainable_weights)


def activations():
    names = sorted(n for n in keras.src.activations.ALL_OBJECTS_DICT if n != "threshold")
    for name in names:
        x = 2.5 * standard(f"activation_{name}/x", 2, 1, 34)
        if name in ("softmax", "log_softmax", "glu", "exponential"):
            x[0, 0, :5] = [-20, -6, 0.5, 3, 6]
        else:
            x[0, 0, :9] = [-90, -20, -6, -2.5, -1e-3, 1e-3, 2.5, 6.5, 90]
        layer_case(f"activation_{name}", keras.layers.Activation(name), x)
    layers = keras.layers
    for name, layer in (("relu_plain", layers.ReLU()), ("relu_6", layers.ReLU(6.0)),
                        ("relu_slope", layers.ReLU(negative_slope=0.2)), ("relu_most", layers.ReLU(max_value=1.5)),
                        ("relu_threshold", layers.ReLU(threshold=0.5)),
                        ("relu_all", layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2)),
                        ("relu_6_slope", layers.ReLU(max_value=6, negative_slope=0.1)),
                        ("leaky_relu", layers.LeakyReLU()), ("leaky_relu_half", layers.LeakyReLU(negative_slope=0.5)),
                        ("elu", layers.ELU()), ("elu_half", layers.ELU(alpha=0.5)),
                        ("softmax_last", layers.Softmax()), ("softmax_first", layers.Softmax(axis=1)),
                        ("softmax_middle", layers.Softmax(axis=-2)), ("prelu", layers.PReLU()),
                        ("prelu_shared", layers.PReLU(shared_axes=[1, 2])), ("prelu_rows", layers.PReLU(shared_axes=[2])),
                        ("prelu_one", layers.PReLU(shared_axes=[1, 2, 3])), ("prelu_last", layers.PReLU(shared_axes=[3]))):
        x = 2 * standard(f"{name}/x", 2, 2, 3, 4)
        x[0, 0, 0, :3] = [0, 8, -8]
        layer_case(name, layer, x)


def merging():
    layers = keras.layers
    kinds = (("add", layers.Add), ("subtract", layers.Subtract), ("multiply", layers.Multiply),
             ("average", layers.Average), ("maximum", layers.Maximum), ("minimum", layers.Minimum))
    shapes = (("equal", (2, 2, 3, 5), (2, 2, 3, 5)), ("squeezed", (2, 2, 3, 5), (2, 1, 1, 5)),
              ("squeezed_first", (2, 1, 1, 5), (2, 2, 3, 5)), ("plane", (2, 2, 3, 4), (2, 2, 3, 1)),
              ("both", (2, 3, 1, 5), (2, 1, 4, 1)), ("short", (2, 2, 3, 5), (2, 5)), ("one", (2, 3, 4), (2, 1, 1)))
    for name, kind in kinds:
        for label, *pair in shapes:
            case = f"{name}_{label}"
            layer_case(case, kind(), *[standard(f"{case}/x{i}", *shape) for i, shape in enumerate(pair)])
        if name != "subtract":
            case = f"{name}_three"
            layer_case(case, kind(), *[standard(f"{case}/x{i}", *shape) for i, shape in
                                       enumerate(((2, 3, 4), (2, 3, 4), (2, 1, 4)))])
    x = np.round(2 * standard("maximum_ties/x", 3, 20))
    layer_case("maximum_ties", layers.Maximum(), x, np.round(2 * standard("maximum_ties/y", 3, 20)))
    layer_case("minimum_ties", layers.Minimum(), x, np.round(2 * standard("minimum_ties/y", 3, 20)))
    layer_case("concatenate", layers.Concatenate(), *[standard(f"concatenate/x{i}", 2, 3, i + 1) for i in range(3)])
    layer_case("concatenate_1", layers.Concatenate(axis=1),
               *[standard(f"concatenate_1/x{i}", 2, i + 1, 3) for i in range(3)])


def reshaping():
    layers = keras.layers
    for name, layer in (("flatten", layers.Flatten()), ("reshape", layers.Reshape((4, 15))),
                        ("reshape_rest", layers.Reshape((-1, 6))), ("permute", layers.Permute((3, 1, 2))),
                        ("permute_inner", layers.Permute((2, 1, 3))), ("permute_reversed", layers.Permute((3, 2, 1))),
                        ("identity", layers.Identity())):
        layer_case(name, layer, standard(f"{name}/x", 1, 3, 4, 5))
    layer_case("permute_two", layers.Permute((2, 1)), standard("permute_two/x", 2, 3, 5))
    layer_case("repeat_vector", layers.RepeatVector(3), standard("repeat_vector/x", 2, 5))
    layer_case("layer_scale", LayerScale(0.5, 5), standard("layer_scale/x", 2, 3, 4, 5))
    layer_case("custom_scale_layer", CustomScaleLayer(0.17),
               *[standard(f"custom_scale_layer/x{i}", 2, 3, 4, 5) for i in range(2)])


def operations():
    ops = keras.src.ops.numpy
    for kind in (ops.Add, ops.Subtract, ops.Multiply, ops.Divide, ops.TrueDivide, ops.Maximum, ops.Minimum, ops.Power):
        for first in (False, True):
            case = f"operation_{kind.__name__}{'_first' if first else ''}"
            x = 0.5 + np.abs(standard(f"{case}/x", 2, 3, 7))
            scalar = 1 / 6 if kind is ops.Multiply else 1.25
            about = {"operation": kind.__name__, "scalar": scalar, "scalar_first": first}
            keep(case, {"class": "BinaryOperation", "config": about},
                 lambda t: kind()(scalar, t[0]) if first else kind()(t[0], scalar), [x])
        if kind is not ops.Power:
            case = f"operation_{kind.__name__}_two"
            keep(case, {"class": "BinaryOperation", "config": {"operation": kind.__name__}},
                 lambda t: kind()(*t), [standard(f"{case}/x", 2, 3, 7), 1 + np.abs(standard(f"{case}/y", 2, 1, 7))])
    nn = keras.src.ops.nn
    for kind in (nn.Relu, nn.Relu6, nn.Sigmoid, nn.Silu, nn.Softplus, nn.Softsign, nn.HardSigmoid, nn.HardSilu, nn.Selu,
                 nn.LogSigmoid, ops.Tanh, ops.Exp, ops.Negative, ops.Absolute, ops.Square, ops.Sqrt):
        case = f"operation_{kind.__name__}"
        x = standard(f"{case}/x", 2, 3, 7)
        keep(case, {"class": "UnaryOperation", "config": {"operation": kind.__name__}}, lambda t: kind()(t[0]),
             [np.abs(x) + 0.1 if kind is ops.Sqrt else x])
    for approximate in (False, True):
        case = f"operation_Gelu_{approximate}"
        keep(case, {"class": "UnaryOperation", "config": {"operation": "Gelu", "approximate": approximate}},
             lambda t: nn.Gelu(approximate=approximate)(t[0]), [2 * standard(f"{case}/x", 2, 37)])  # beyond, Keras' gradient is off by 7e-7


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "elementwise.safetensors")
    arguments = parser.parse_args()
    for group in (activations, merging, reshaping, operations):
        group()
    common.write(arguments.out, TENSORS, {"cases": CASES})
