"""Normalisations: in training, frozen, over other axes, without gamma or beta; given and adapted statistics."""

from case import Case, adam, case, joined, normal, rng, sgd

import keras
import numpy as np

L = keras.layers


@case
def batch_normalization():
    x = keras.Input((4, 5, 3))
    y = L.Conv2D(4, 3, use_bias=False)(x)
    branches = [L.BatchNormalization()(y), L.BatchNormalization(center=False)(y), L.BatchNormalization(scale=False)(y),
                L.BatchNormalization(center=False, scale=False)(y), L.BatchNormalization(momentum=0.7, epsilon=0.02)(y)]
    return Case(joined(x, branches), sgd())


@case
def batch_normalization_of_other_ranks():
    flat, sequence = keras.Input((6,)), keras.Input((5, 3))
    branches = [L.BatchNormalization()(L.Dense(4, use_bias=False)(flat)), L.BatchNormalization(momentum=0.5)(sequence)]
    return Case(joined([flat, sequence], branches), sgd())


@case
def batch_normalization_axis():
    x = keras.Input((4, 5, 3))
    return Case(joined(x, [L.BatchNormalization(axis=a)(L.Conv2D(3, 1)(x)) for a in (1, 2)]), sgd())


@case
def batch_normalization_frozen():
    x = keras.Input((4, 5, 3))
    y = L.Conv2D(4, 3)(x)
    frozen = L.BatchNormalization(momentum=0.5)
    frozen.trainable = False
    return Case(joined(x, [frozen(y), L.BatchNormalization(momentum=0.5)(L.Conv2D(3, 1, use_bias=False)(x))]), sgd())


@case
def layer_normalization():
    x = keras.Input((3, 4, 5))
    branches = [L.LayerNormalization()(x), L.LayerNormalization(epsilon=0.05)(x), L.LayerNormalization(center=False)(x),
                L.LayerNormalization(scale=False)(x), L.LayerNormalization(axis=[1, 2, 3])(x),
                L.LayerNormalization(axis=[2, 3])(x), L.LayerNormalization()(L.Dense(6)(L.Flatten()(x)))]
    return Case(joined(x, branches), sgd())


@case
def layer_normalization_axis():
    x = keras.Input((3, 4, 5))
    return Case(joined(x, [L.LayerNormalization(axis=1)(x), L.LayerNormalization(axis=[1, 2])(x)]), sgd())


@case
def group_normalization():
    x = keras.Input((3, 4, 6))
    y = L.Conv2D(6, 1)(x)
    branches = [L.GroupNormalization(groups=g)(y) for g in (1, 2, 6, -1)]
    branches += [L.GroupNormalization(groups=3, epsilon=0.05, center=False)(y),
                 L.GroupNormalization(groups=3, scale=False)(y), L.GroupNormalization(groups=2)(L.Dense(4)(L.Flatten()(x)))]
    return Case(joined(x, branches), sgd())


@case
def group_normalization_axis():
    x = keras.Input((4, 6, 2))
    y = L.Conv2D(2, 1)(x)
    return Case(joined(x, [L.GroupNormalization(2, axis=1)(y), L.GroupNormalization(3, axis=-2)(y),
                           L.GroupNormalization(-1, axis=1, center=False)(y)]), sgd())


@case
def normalization_given():
    x = keras.Input((3, 4, 3))
    branches = [L.Normalization(mean=[127.5, 110.0, 90.0], variance=[16256.25, 400.0, 9.0])(x),
                L.Normalization(mean=100.0, variance=25.0)(x), L.Normalization(axis=None, mean=100.0, variance=25.0)(x),
                L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 5.0, 6.0], invert=True)(x)]
    return Case(joined(x, branches), inputs=[(100 + 50 * normal("normalization_given", 6, 3, 4, 3))])


@case
def normalization_adapted():
    data = (5 * rng("normalization_adapted").standard_normal((7, 3, 4, 3)) + 3).astype(np.float32)
    layers = [L.Normalization(), L.Normalization(axis=None), L.Normalization(invert=True)]
    for layer in layers:
        layer.adapt(data)
    x = keras.Input((3, 4, 3))
    return Case(joined(x, [L.Conv2D(2, 1)(layer(x)) for layer in layers]), adam())


@case
def rescaling():
    x = keras.Input((3, 4, 3))
    branches = [L.Rescaling(1 / 127.5, offset=-1)(x), L.Rescaling(2)(x),
                L.Rescaling([0.1, 0.2, 0.3], offset=[1.0, 0.0, -1.0])(x)]
    return Case(joined(x, branches), inputs=[127 + 60 * normal("rescaling", 6, 3, 4, 3)])
