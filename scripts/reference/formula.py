"""Weights by formula: a value depends on the weight's path and its flat index alone, so that C++ fills the same ones.

path = "<layer>/<weight>", key = fnv1a(path), value i = common.uniform(key, i, low, high):

    kernel, depthwise_kernel, pointwise_kernel   ±sqrt(gain / fan_in) in float32; fan_in = all dimensions but the last
                                                 (depthwise, or one output: height * width); gain 3 (depthwise: 6, it follows a ReLU)
    gamma 0.9 … 1.1      beta ±0.1      moving_mean ±0.1      moving_variance 0.8 … 1.2      bias ±0.1
"""

import numpy as np

import common

RANGES = {"gamma": (0.9, 1.1), "beta": (-0.1, 0.1), "moving_mean": (-0.1, 0.1), "moving_variance": (0.8, 1.2),
          "bias": (-0.1, 0.1)}


def value(path, shape):
    name = path.rsplit("/", 1)[-1]
    if name in RANGES:
        low, high = RANGES[name]
    else:
        depthwise = name == "depthwise_kernel" or (len(shape) == 4 and shape[3] == 1)
        fan_in = shape[0] * shape[1] if depthwise else int(np.prod(shape[:-1]))
        high = np.sqrt(np.float32(6 if depthwise else 3) / np.float32(fan_in))
        low = -high
    return common.uniform(common.fnv1a(path), int(np.prod(shape)), low, high).reshape(shape)


def fill(model):
    """Fills every weight of every layer of a flat model; the residual layers of Xception get their usual names."""
    for layer, name in canonical_names(model):
        for weight in layer.weights:
            weight.assign(value(f"{name}/{weight.name}", weight.shape))


def canonical_names(model):
    """(layer, name): automatic names counted from the start, as in a session's first model: conv2d, conv2d_1, …"""
    counts, names = {}, []
    for layer in model.layers:
        stem = layer.name.rstrip("0123456789").rstrip("_")
        if stem in ("conv2d", "batch_normalization", "add", "input_layer"):
            counts[stem] = counts.get(stem, -1) + 1
            names.append((layer, stem + (f"_{counts[stem]}" if counts[stem] else "")))
        else:
            names.append((layer, layer.name))
    return names
