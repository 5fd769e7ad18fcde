"""Goldens of the convolution, pooling and geometry layers: outputs and gradients of Keras on small random values.

    python scripts/reference/convolutions.py [--out tests/goldens/convolutions.safetensors]

The keys are those of layers.py; the configs are Keras' own.
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


def record(case, layer, *shape, gradients=True, x=None):
    """Runs `layer` on a batch of that shape and keeps what a test compares with."""
    x = standard(f"{case}/x", *shape) if x is None else x
    layer.build(x.shape)
    for weight in layer.weights:
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        weight.assign(standard(f"{case}/{weight.name}", *weight.shape) / np.sqrt(fan_in))
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        output = layer(tensor)
    TENSORS[f"{case}/input"] = x
    TENSORS[f"{case}/output"] = output.numpy()
    for weight in layer.weights:
        TENSORS[f"{case}/weights/{weight.name}"] = weight.numpy()
    if gradients:
        grad_output = standard(f"{case}/grad_output", *output.shape)
        variables = list(layer.trainable_weights)
        grads = tape.gradient(output, [tensor] + [v.value for v in variables], output_gradients=tf.constant(grad_output))
        TENSORS[f"{case}/grad_output"] = grad_output
        TENSORS[f"{case}/grad_input"] = grads[0].numpy()
        for variable, grad in zip(variables, grads[1:]):
            TENSORS[f"{case}/grads/{variable.name}"] = grad.numpy()
    config = {k: v for k, v in layer.get_config().items()
              if k not in ("name", "dtype", "trainable", "data_format") and not k.endswith(("_initializer", "_regularizer",
                                                                                           "_constraint"))}
    CASES[case] = {"class": type(layer).__name__, "config": config}


def convolutions():
    layers = keras.layers
    for padding in ("valid", "same"):
        record(f"conv2d_dilated_{padding}", layers.Conv2D(3, (3, 2), padding=padding, dilation_rate=(2, 3)), 2, 7, 8, 2)
        record(f"conv2d_groups_{padding}", layers.Conv2D(6, (3, 2), strides=(2, 1), padding=padding, groups=2), 2, 6, 5, 4)
        record(f"depthwise_dilated_{padding}", layers.DepthwiseConv2D(3, padding=padding, dilation_rate=(3, 2)), 1, 8, 7, 3)
        record(f"depthwise_dilated_strided_{padding}",
               layers.DepthwiseConv2D((2, 3), strides=2, padding=padding, dilation_rate=(3, 2), depth_multiplier=2), 1, 9, 10, 3)
        record(f"separable_dilated_{padding}",
               layers.SeparableConv2D(4, 3, padding=padding, dilation_rate=2, depth_multiplier=2, activation="relu"), 1, 7, 8, 3)
        for strides, kernel in ((1, 3), (2, 3), (2, 2), (3, 2), ((1, 2), (2, 5))):
            label = f"{kernel}_{strides}".replace(", ", "x").strip("()").replace("(", "").replace(")", "")
            record(f"conv2d_transpose_{label}_{padding}", layers.Conv2DTranspose(3, kernel, strides=strides, padding=padding),
                   1, 4, 5, 2)
        record(f"conv2d_transpose_output_padding_{padding}",
               layers.Conv2DTranspose(2, 3, strides=(3, 2), padding=padding, output_padding=(2, 1), use_bias=False), 1, 3, 4, 2)
        record(f"conv1d_transpose_{padding}", layers.Conv1DTranspose(3, 4, strides=3, padding=padding), 2, 5, 2)
        record(f"conv1d_{padding}", layers.Conv1D(4, 3, strides=2, padding=padding), 2, 8, 3)
        record(f"depthwise_conv1d_{padding}", layers.DepthwiseConv1D(3, strides=2, padding=padding, depth_multiplier=2), 2, 7, 3)
        record(f"separable_conv1d_{padding}", layers.SeparableConv1D(4, 3, padding=padding, dilation_rate=2), 2, 7, 3)
    record("conv2d_groups_of_one", layers.Conv2D(8, 3, padding="same", groups=4), 1, 6, 5, 4)
    record("conv2d_groups_dilated", layers.Conv2D(4, 3, padding="same", groups=2, dilation_rate=2, activation="tanh"), 1, 7, 6, 6)
    for dilation in (1, 2):
        record(f"conv1d_causal_{dilation}", layers.Conv1D(4, 3, padding="causal", dilation_rate=dilation), 2, 7, 3)
    record("conv1d_causal_strided", layers.Conv1D(4, 3, strides=2, padding="causal"), 2, 8, 3)
    record("conv1d_groups", layers.Conv1D(6, 3, padding="same", groups=3, use_bias=False), 2, 7, 6)


def pooling():
    layers = keras.layers
    for kind in (layers.MaxPooling1D, layers.AveragePooling1D):
        for padding in ("valid", "same"):
            record(f"{kind.__name__}_{padding}", kind(3, strides=2, padding=padding), 2, 8, 3)
        record(f"{kind.__name__}_default", kind(2), 2, 7, 3)
    for kind in (layers.GlobalAveragePooling1D, layers.GlobalMaxPooling1D):
        for keepdims in (False, True):
            record(f"{kind.__name__}_{keepdims}", kind(keepdims=keepdims), 2, 6, 3)
    for kind in (layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D):
        for keepdims in (False, True):
            record(f"{kind.__name__}_{keepdims}", kind(keepdims=keepdims), 2, 4, 3, 5)
    ties = np.maximum(np.round(standard("global_max_ties/x", 2, 4, 3, 5) - 0.5), 0.0)
    record("global_max_ties", layers.GlobalMaxPooling2D(), x=ties)


def geometry():
    layers = keras.layers
    record("zero_padding1d", layers.ZeroPadding1D((1, 2)), 2, 3, 2)
    record("zero_padding1d_both", layers.ZeroPadding1D(2), 2, 3, 2)
    record("zero_padding2d", layers.ZeroPadding2D(2), 2, 3, 4, 2)
    record("zero_padding2d_pair", layers.ZeroPadding2D((1, 2)), 2, 3, 4, 2)
    record("zero_padding2d_four", layers.ZeroPadding2D(((0, 1), (2, 3))), 2, 3, 4, 2)
    record("cropping1d", layers.Cropping1D((1, 2)), 2, 6, 2)
    record("cropping2d", layers.Cropping2D(1), 2, 5, 4, 2)
    record("cropping2d_four", layers.Cropping2D(((0, 1), (2, 0))), 2, 3, 4, 2)
    record("up_sampling1d", layers.UpSampling1D(3), 2, 3, 2)
    for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3"):
        record(f"up_sampling2d_{interpolation}", layers.UpSampling2D((2, 3), interpolation=interpolation), 1, 4, 5, 2)
    for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"):
        for antialias in (False, True) if interpolation in ("bilinear", "bicubic", "lanczos3") else (False,):
            for label, size, shape in (("smaller", (4, 3), (1, 9, 7, 1)), ("larger", (7, 5), (1, 4, 3, 1))):
                gradients = interpolation in ("bilinear", "bicubic", "nearest") and (interpolation == "bilinear" or not antialias)
                record(f"resizing_{interpolation}_{antialias}_{label}".lower(),
                       layers.Resizing(*size, interpolation=interpolation, antialias=antialias), *shape, gradients=gradients)
    for label, shape in (("wide", (1, 5, 12, 1)), ("tall", (1, 13, 4, 1)), ("odd", (1, 7, 7, 1))):
        record(f"resizing_crop_{label}", layers.Resizing(6, 4, crop_to_aspect_ratio=True), *shape)
        record(f"resizing_pad_{label}", layers.Resizing(6, 4, pad_to_aspect_ratio=True, fill_value=0.5), *shape)
        record(f"center_crop_{label}", layers.CenterCrop(4, 3), *shape)
        record(f"center_crop_small_{label}", layers.CenterCrop(8, 9), *shape)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "convolutions.safetensors")
    arguments = parser.parse_args()
    for group in (convolutions, pooling, geometry):
        group()
    common.write(arguments.out, TENSORS, {"cases": CASES})
