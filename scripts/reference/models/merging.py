"""Layers of several inputs."""

from case import Case, case, joined, sgd

import keras

L = keras.layers


@case
def merging():
    x = keras.Input((3, 4, 2))
    a, b, c = (L.Conv2D(3, 1)(x) for _ in range(3))
    branches = [layer([a, b]) for layer in (L.Add(), L.Subtract(), L.Multiply(), L.Average(), L.Maximum(), L.Minimum())]
    branches += [layer([a, b, c]) for layer in (L.Add(), L.Multiply(), L.Average(), L.Maximum(), L.Minimum())]
    return Case(joined(x, branches), sgd(0.02))


@case
def concatenate():
    x = keras.Input((3, 4, 2))
    a, b, c = L.Conv2D(3, 1)(x), L.Conv2D(2, 1)(x), L.Conv2D(3, (2, 1))(x)
    branches = [L.Concatenate()([a, b]), L.Concatenate()([a, b, x]), L.Concatenate(axis=1)([a, c]),
                L.Concatenate(axis=2)([a, a]), L.Concatenate(axis=-3)([c, a, c])]
    return Case(joined(x, branches), sgd())


@case
def merging_with_broadcast():
    """A squeeze-and-excite multiplies (1, 1, C) with (H, W, C)."""
    x = keras.Input((3, 4, 2))
    a = L.Conv2D(4, 1)(x)
    gate = L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D(keepdims=True)(a))
    column = L.Conv2D(1, 1)(x)
    branches = [L.Multiply()([a, gate]), L.Add()([gate, a]), L.Multiply()([a, column]), L.Subtract()([a, gate]),
                L.Maximum()([a, gate]), L.Minimum()([column, a]), L.Average()([a, gate])]
    return Case(joined(x, branches), sgd())


@case
def merging_a_tensor_with_itself():
    x = keras.Input((3, 4, 2))
    a = L.Conv2D(3, 1)(x)
    return Case(joined(x, [L.Add()([a, a]), L.Multiply()([a, a]), L.Concatenate()([a, a]), L.Subtract()([a, a]),
                           L.Average()([a, a, a])]), sgd())
