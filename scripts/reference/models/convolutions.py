"""Convolutions: paddings, strides, dilations, groups, multipliers, kernels that are no squares."""

from case import Case, case, joined, sgd

import keras

L = keras.layers


@case
def conv2d_paddings_and_strides():
    x = keras.Input((8, 7, 3))
    branches = [L.Conv2D(3, 3, strides=s, padding=p)(x) for p in ("valid", "same") for s in (1, 2, (1, 2), (3, 1))]
    return Case(joined(x, branches), sgd())


@case
def conv2d_dilations():
    x = keras.Input((9, 8, 3))
    branches = [L.Conv2D(2, 3, dilation_rate=d, padding=p)(x) for p in ("valid", "same") for d in (2, (1, 2), (3, 1))]
    return Case(joined(x, branches), sgd())


@case
def conv2d_groups():
    x = keras.Input((6, 7, 6))
    branches = [L.Conv2D(6, 3, groups=g, padding="same")(x) for g in (2, 3, 6)]
    branches += [L.Conv2D(12, (3, 2), groups=6, strides=2)(x), L.Conv2D(4, 1, groups=2, use_bias=False)(x),
                 L.Conv2D(4, 3, groups=2, strides=2, padding="same", activation="relu")(x)]
    return Case(joined(x, branches), sgd(), examples=3, batch_size=2)


@case
def conv2d_groups_dilated():
    x = keras.Input((8, 7, 4))
    return Case(joined(x, [L.Conv2D(4, 3, groups=2, dilation_rate=2, padding=p)(x) for p in ("valid", "same")]), sgd())


@case
def conv2d_asymmetric_kernels():
    x = keras.Input((8, 9, 3))
    kernels = ((1, 3), (3, 1), (5, 2), (2, 4), (1, 7), (7, 1))
    branches = [L.Conv2D(2, k, padding=p)(x) for k in kernels for p in ("valid", "same")]
    return Case(joined(x, branches), sgd(), examples=3, batch_size=2)


@case
def conv2d_activations():
    x = keras.Input((5, 6, 3))
    branches = [L.Conv2D(3, 3, activation=a, use_bias=a != "tanh")(x)
                for a in ("relu", "tanh", "silu", "sigmoid", "softmax", "relu6", "gelu")]
    return Case(joined(x, branches), sgd())


@case
def conv2d_even_kernels_and_strides():
    x = keras.Input((10, 11, 2))
    branches = [L.Conv2D(2, k, strides=s, padding="same")(x) for k in (2, 4) for s in (1, 2, 3)]
    return Case(joined(x, branches + [L.Conv2D(2, 1, strides=3, padding=p)(x) for p in ("same", "valid")]), sgd())


@case
def conv1d():
    x = keras.Input((9, 4))
    branches = [L.Conv1D(3, 3, strides=s, padding=p)(x) for p in ("valid", "same", "causal") for s in (1, 2)]
    branches += [L.Conv1D(2, 3, dilation_rate=2, padding=p)(x) for p in ("valid", "same", "causal")]
    branches += [L.Conv1D(4, 2, groups=2)(x), L.Conv1D(3, 4, use_bias=False, activation="relu")(x)]
    return Case(joined(x, branches), sgd())


@case
def conv2d_transpose():
    x = keras.Input((4, 5, 3))
    branches = [L.Conv2DTranspose(2, k, strides=s, padding=p)(x)
                for p in ("valid", "same") for k, s in ((3, 1), (3, 2), (2, 2), ((5, 4), (2, 3)), (1, 2))]
    return Case(joined(x, branches), sgd(0.02), examples=3, batch_size=2)


@case
def conv2d_transpose_options():
    x = keras.Input((4, 3, 2))
    branches = [L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=1)(x),
                L.Conv2DTranspose(3, 3, strides=2, padding="valid", output_padding=(0, 1))(x),
                L.Conv2DTranspose(2, 4, strides=2, padding="same", use_bias=False)(x),
                L.Conv2DTranspose(2, 3, activation="relu")(x)]
    return Case(joined(x, branches), sgd())


@case
def depthwise_conv2d():
    x = keras.Input((7, 8, 3))
    branches = [L.DepthwiseConv2D(3, strides=s, padding=p, depth_multiplier=m)(x)
                for p in ("valid", "same") for s in (1, 2) for m in (1, 2)]
    return Case(joined(x, branches), sgd(), examples=3, batch_size=2)


@case
def depthwise_conv2d_options():
    x = keras.Input((8, 9, 2))
    branches = [L.DepthwiseConv2D(k, padding="same", depth_multiplier=3, use_bias=False)(x) for k in ((1, 5), (4, 2))]
    branches += [L.DepthwiseConv2D(3, dilation_rate=2, padding=p, depth_multiplier=m)(x)
                 for p in ("valid", "same") for m in (1, 2)]
    branches += [L.DepthwiseConv2D((3, 2), activation="relu")(x), L.DepthwiseConv2D(7, padding="same")(x)]
    return Case(joined(x, branches), sgd(), examples=3, batch_size=2)


@case
def separable_conv2d():
    x = keras.Input((7, 6, 3))
    branches = [L.SeparableConv2D(4, 3, strides=s, padding=p, depth_multiplier=m)(x)
                for p in ("valid", "same") for s in (1, 2) for m in (1, 2)]
    return Case(joined(x, branches), sgd())


@case
def separable_conv2d_options():
    x = keras.Input((8, 7, 2))
    branches = [L.SeparableConv2D(3, (5, 2), padding="same", use_bias=False)(x),
                L.SeparableConv2D(3, 3, dilation_rate=2, padding="same")(x),
                L.SeparableConv2D(3, 3, dilation_rate=2, activation="relu")(x),
                L.SeparableConv2D(5, 3, depth_multiplier=3, activation="tanh", padding="same")(x)]
    return Case(joined(x, branches), sgd())


@case
def dense_on_every_rank():
    x, flat, sequence = keras.Input((3, 2, 4)), keras.Input((5,)), keras.Input((3, 4))
    branches = [L.Dense(3)(x), L.Dense(2, use_bias=False)(flat), L.Dense(4, activation="relu")(sequence)]
    return Case(joined([x, flat, sequence], branches), sgd())
