"""Goldens of single layers: outputs and gradients of Keras on small random values.

    python scripts/reference/layers.py [--out tests/goldens/layers.safetensors]

The keys are in tests/goldens/README.md.
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


def record(case, layer, inputs, training=False, weights=None):
    """Runs `layer` on `inputs` (an array or a list of them) and keeps what a test compares with."""
    many = isinstance(inputs, list)
    arrays = inputs if many else [inputs]
    if not layer.built:
        layer.build([a.shape for a in arrays] if many else arrays[0].shape)
    for weight in layer.weights:
        if weights and weight.name in weights:
            value = weights[weight.name]
        elif isinstance(layer, keras.layers.Normalization):
            continue
        elif weight.name == "moving_variance":
            value = common.rng(f"{case}/{weight.name}").uniform(0.5, 2.0, weight.shape)
        elif weight.name == "gamma":
            value = common.rng(f"{case}/{weight.name}").uniform(0.5, 1.5, weight.shape)
        else:
            fan_in = max(1, int(np.prod(weight.shape[:-1])))
            value = standard(f"{case}/{weight.name}", *weight.shape) / np.sqrt(fan_in)
        weight.assign(value)
    before = {w.name: w.numpy() for w in layer.weights}
    takes_training = isinstance(layer, keras.layers.BatchNormalization)
    tensors = [tf.constant(a) for a in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        output = layer(tensors if many else tensors[0], **({"training": training} if takes_training else {}))
    grad_output = standard(f"{case}/grad_output", *output.shape)
    variables = list(layer.trainable_weights)
    grads = tape.gradient(output, tensors + [v.value for v in variables], output_gradients=tf.constant(grad_output))
    for i, array in enumerate(arrays):
        suffix = f"/{i}" if many else ""
        TENSORS[f"{case}/input{suffix}"] = array
        TENSORS[f"{case}/grad_input{suffix}"] = grads[i].numpy()
    TENSORS[f"{case}/output"] = output.numpy()
    TENSORS[f"{case}/grad_output"] = grad_output
    for variable, grad in zip(variables, grads[len(arrays):]):
        TENSORS[f"{case}/grads/{variable.name}"] = grad.numpy()
    for name, value in before.items():
        TENSORS[f"{case}/weights/{name}"] = value
    if takes_training:
        for weight in layer.non_trainable_weights:
            TENSORS[f"{case}/weights_after/{weight.name}"] = weight.numpy()
    config = {k: v for k, v in layer.get_config().items() if isinstance(v, (int, float, str, bool, list, tuple))
              and k not in ("name", "dtype", "trainable", "data_format", "input_mean", "input_variance")}
    CASES[case] = {"class": type(layer).__name__, "config": config}
    if takes_training:
        CASES[case]["training"] = training


def convolutions():
    layers = keras.layers
    for kernel in ((3, 3), (1, 1), (3, 2), (5, 5)):
        for padding in ("valid", "same"):
            for stride in (1, 2):
                case = f"conv2d_{kernel[0]}x{kernel[1]}_{padding}_s{stride}"
                conv = layers.Conv2D(4, kernel, strides=stride, padding=padding)
                record(case, conv, standard(f"{case}/x", 2, 8, 6, 3))
                if kernel != (5, 5):
                    conv = layers.Conv2D(4, kernel, strides=stride, padding=padding, use_bias=stride == 1)
                    record(f"{case}_odd", conv, standard(f"{case}_odd/x", 2, 7, 9, 3))
    record("conv2d_stride_1x2", layers.Conv2D(3, 3, strides=(1, 2), padding="same"),
           standard("conv2d_stride_1x2/x", 2, 5, 6, 2))
    record("conv2d_relu", layers.Conv2D(5, 3, activation="relu"), standard("conv2d_relu/x", 2, 6, 5, 3))
    record("conv2d_wide", layers.Conv2D(19, 3, padding="same"), standard("conv2d_wide/x", 1, 5, 6, 17))
    record("conv2d_1x1_wide", layers.Conv2D(35, 1, use_bias=False), standard("conv2d_1x1_wide/x", 2, 5, 5, 18))
    record("conv2d_tall", layers.Conv2D(2, (3, 5), strides=3, padding="same"), standard("conv2d_tall/x", 1, 11, 4, 2))
    for multiplier in (1, 2):
        for padding in ("valid", "same"):
            for stride in (1, 2):
                case = f"depthwise_x{multiplier}_{padding}_s{stride}"
                for suffix, size in (("", (8, 6)), ("_odd", (7, 9))):
                    layer = layers.DepthwiseConv2D(3, strides=stride, padding=padding, depth_multiplier=multiplier)
                    record(case + suffix, layer, standard(f"{case}{suffix}/x", 2, *size, 3))
                    layer = layers.SeparableConv2D(5, 3, strides=stride, padding=padding, depth_multiplier=multiplier,
                                                   use_bias=suffix == "")
                    record(f"separable_x{multiplier}_{padding}_s{stride}{suffix}", layer,
                           standard(f"separable_x{multiplier}_{padding}_s{stride}{suffix}/x", 2, *size, 3))
    record("depthwise_5x2", layers.DepthwiseConv2D((5, 2), padding="same"), standard("depthwise_5x2/x", 2, 6, 7, 3))
    record("depthwise_wide", layers.DepthwiseConv2D(3, padding="same", use_bias=False),
           standard("depthwise_wide/x", 1, 6, 5, 37))
    record("separable_wide", layers.SeparableConv2D(33, 3, padding="same", use_bias=False),
           standard("separable_wide/x", 1, 6, 5, 18))
    record("separable_relu", layers.SeparableConv2D(4, 3, activation="relu"),
           standard("separable_relu/x", 2, 6, 5, 3))


def pooling():
    layers = keras.layers
    for kind, short in ((layers.MaxPooling2D, "max_pool"), (layers.AveragePooling2D, "average_pool")):
        for pool, stride in ((2, 2), (3, 2), (3, 1), (2, 3), ((3, 2), (2, 1))):
            for padding in ("valid", "same"):
                for suffix, size in (("", (8, 6)), ("_odd", (7, 9))):
                    label = "3x2_s2x1" if isinstance(pool, tuple) else f"{pool}_s{stride}"
                    case = f"{short}_{label}_{padding}{suffix}"
                    record(case, kind(pool, strides=stride, padding=padding), standard(f"{case}/x", 2, *size, 3))
    record("max_pool_default_stride", layers.MaxPooling2D(2), standard("max_pool_default_stride/x", 1, 6, 6, 2))
    record("max_pool_negative", layers.MaxPooling2D(3, strides=2, padding="same"),
           -1.0 - np.abs(standard("max_pool_negative/x", 2, 6, 5, 3)))
    ties = np.maximum(np.round(standard("max_pool_ties/x", 2, 8, 6, 3)), 0.0)
    record("max_pool_ties", layers.MaxPooling2D(3, strides=2, padding="same"), ties)
    record("global_average_pool", layers.GlobalAveragePooling2D(), standard("global_average_pool/x", 3, 5, 4, 6))


def activations():
    layers = keras.layers
    for name in ("linear", "relu", "sigmoid", "tanh", "softmax", "elu"):
        x = 3.0 * standard(f"activation_{name}/x", 3, 4, 5)
        x[0, 0] = [-100.0, -30.0, 0.0, 30.0, 100.0]
        record(f"activation_{name}", layers.Activation(name), x)
    record("relu", layers.ReLU(), standard("relu/x", 2, 3, 4, 5))
    record("relu_options", layers.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2),
           2 * standard("relu_options/x", 2, 3, 4, 5))
    record("softmax", layers.Softmax(), standard("softmax/x", 4, 7))


def normalizations():
    layers = keras.layers
    for training in (False, True):
        mode = "training" if training else "inference"
        for suffix, options, shape in (("", {}, (4, 3, 5, 6)), ("_dense", {}, (8, 6)),
                                       ("_options", {"momentum": 0.9, "epsilon": 1e-2}, (2, 4, 4, 3)),
                                       ("_no_scale", {"scale": False}, (4, 3, 3, 5)),
                                       ("_no_center", {"center": False}, (4, 3, 3, 5))):
            case = f"batch_normalization_{mode}{suffix}"
            record(case, layers.BatchNormalization(**options), 2 * standard(f"{case}/x", *shape) + 1, training)
    case = "batch_normalization_training_far"
    record(case, layers.BatchNormalization(), standard(f"{case}/x", 4, 4, 4, 3) + np.float32(100), True)
    case = "batch_normalization_frozen"
    frozen = layers.BatchNormalization()
    frozen.trainable = False
    record(case, frozen, standard(f"{case}/x", 4, 3, 5, 6), True)
    CASES[case]["trainable"] = False

    x = 50 * standard("normalization_given/x", 2, 4, 4, 3) + 100
    mean, variance = [127.5, 110.0, 90.0], [16256.25, 400.0, 9.0]
    record("normalization_given", layers.Normalization(mean=mean, variance=variance), x)
    CASES["normalization_given"]["config"].update(mean=mean, variance=variance)
    data = 5 * standard("normalization_adapted/data", 7, 4, 4, 3) + 3
    adapted = layers.Normalization()
    adapted.adapt(data)
    record("normalization_adapted", adapted, standard("normalization_adapted/x", 2, 4, 4, 3))
    TENSORS["normalization_adapted/data"] = data
    record("rescaling", layers.Rescaling(1 / 127.5, offset=-1.0), 127 + 60 * standard("rescaling/x", 2, 4, 4, 3))


def joints():
    layers = keras.layers
    record("dense", layers.Dense(4), standard("dense/x", 5, 7))
    record("dense_no_bias", layers.Dense(3, use_bias=False), standard("dense_no_bias/x", 2, 6))
    record("dense_rank3", layers.Dense(3), standard("dense_rank3/x", 2, 4, 5))
    for name in ("relu", "sigmoid", "softmax"):
        record(f"dense_{name}", layers.Dense(6, activation=name), standard(f"dense_{name}/x", 4, 5))
    record("flatten", layers.Flatten(), standard("flatten/x", 2, 3, 4, 5))
    record("add", layers.Add(), [standard(f"add/x{i}", 2, 3, 4, 5) for i in range(3)])
    record("concatenate", layers.Concatenate(), [standard(f"concatenate/x{i}", 2, 3, 4, 2 + i) for i in range(3)])
    record("concatenate_axis1", layers.Concatenate(axis=1),
           [standard(f"concatenate_axis1/x{i}", 2, 1 + i, 4, 3) for i in range(2)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "layers.safetensors")
    arguments = parser.parse_args()
    for group in (joints, convolutions, pooling, activations, normalizations):
        group()
    common.write(arguments.out, TENSORS, {"cases": CASES})
