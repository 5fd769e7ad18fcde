"""Pooling in one and two dimensions, local and global."""

from case import Case, case, joined, sgd

import keras

L = keras.layers


def pooled(kind):
    x = keras.Input((7, 8, 3))
    y = L.Conv2D(3, 1)(x)
    branches = [kind(pool, strides=stride, padding=padding)(y) for padding in ("valid", "same")
                for pool, stride in ((2, None), (3, 2), (3, 1), ((3, 2), (2, 1)), ((1, 3), None), (2, 3))]
    return Case(joined(x, branches), sgd(0.02))


@case
def max_pooling2d():
    return pooled(L.MaxPooling2D)


@case
def average_pooling2d():
    return pooled(L.AveragePooling2D)


@case
def pooling1d():
    x = keras.Input((9, 3))
    y = L.Conv1D(4, 3)(x)
    branches = [kind(pool, strides=stride, padding=padding)(y) for kind in (L.MaxPooling1D, L.AveragePooling1D)
                for padding in ("valid", "same") for pool, stride in ((2, None), (3, 2), (3, 1))]
    return Case(joined(x, branches), sgd())


@case
def global_pooling():
    x = keras.Input((6, 5, 3))
    y = L.Conv2D(4, 3)(x)
    rows = L.Reshape((12, 4))(y)
    branches = [kind(keepdims=k)(y) for kind in (L.GlobalAveragePooling2D, L.GlobalMaxPooling2D) for k in (False, True)]
    branches += [kind(keepdims=k)(rows) for kind in (L.GlobalAveragePooling1D, L.GlobalMaxPooling1D)
                 for k in (False, True)]
    return Case(joined(x, branches), sgd())


def adaptive(kind):
    x = keras.Input((7, 8, 3))
    y = L.Conv2D(3, 1)(x)
    sizes = (3, 7, (7, 8), (3, 5), (2, 4), (5, 2), (9, 11))
    return Case(joined(x, [kind(size)(y) for size in sizes]), sgd(0.02))


@case
def adaptive_average_pooling2d():
    return adaptive(L.AdaptiveAveragePooling2D)


@case
def adaptive_max_pooling2d():
    return adaptive(L.AdaptiveMaxPooling2D)


@case
def adaptive_pooling1d():
    x = keras.Input((11, 3))
    y = L.Conv1D(4, 3)(x)
    return Case(joined(x, [kind(size)(y) for kind in (L.AdaptiveMaxPooling1D, L.AdaptiveAveragePooling1D)
                           for size in (2, 3, 4, 5, 7, 9, 13)]), sgd())
