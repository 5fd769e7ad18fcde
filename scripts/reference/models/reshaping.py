"""What moves, cuts, repeats and resizes without learning; a convolution before it takes the gradient."""

from case import Case, case, joined, sgd

import keras

L = keras.layers


@case
def zero_padding2d():
    x = keras.Input((4, 5, 2))
    y = L.Conv2D(3, 1)(x)
    return Case(joined(x, [L.ZeroPadding2D(p)(y) for p in (1, (2, 1), ((0, 1), (2, 0)), ((1, 2), (3, 4)))]), sgd())


@case
def cropping2d():
    x = keras.Input((7, 9, 2))
    y = L.Conv2D(3, 1)(x)
    return Case(joined(x, [L.Cropping2D(c)(y) for c in (1, (2, 1), ((0, 1), (2, 0)), ((1, 2), (3, 4)))]), sgd())


@case
def up_sampling2d():
    x = keras.Input((3, 4, 2))
    y = L.Conv2D(3, 1)(x)
    branches = [L.UpSampling2D(size, interpolation=how)(y) for how in ("nearest", "bilinear") for size in (2, (3, 1), (2, 3))]
    return Case(joined(x, branches), sgd(0.02))


@case
def resizing():
    x = keras.Input((6, 7, 3))
    sizes = ((3, 4), (12, 14), (5, 9))
    branches = [L.Resizing(*size, interpolation=how)(x) for how in ("bilinear", "nearest") for size in sizes]
    return Case(joined(x, branches))


@case
def resizing_to_aspect_ratio():
    x = keras.Input((6, 9, 3))
    return Case(joined(x, [L.Resizing(4, 4, crop_to_aspect_ratio=True)(x), L.Resizing(8, 4, crop_to_aspect_ratio=True)(x),
                           L.Resizing(6, 4, pad_to_aspect_ratio=True)(x)]))


@case
def center_crop():
    x = keras.Input((7, 8, 3))
    # the last is larger than its input: then it is resized
    return Case(joined(x, [L.CenterCrop(4, 4)(x), L.CenterCrop(5, 3)(x), L.CenterCrop(7, 8)(x), L.CenterCrop(9, 6)(x)]))


@case
def reshaping():
    x = keras.Input((4, 3, 2))
    y = L.Conv2D(2, 1)(x)
    branches = [L.Flatten()(y), L.Reshape((6, 4))(y), L.Reshape((-1, 3))(y), L.Reshape((2, 2, 3, 2))(y),
                L.Permute((2, 1, 3))(y), L.Permute((3, 1, 2))(y), L.Permute((2, 1))(L.Reshape((6, 4))(y)), L.Identity()(y)]
    return Case(joined(x, branches), sgd())


@case
def repeat_vector():
    x = keras.Input((5,))
    return Case(joined(x, [L.RepeatVector(3)(L.Dense(4)(x)), L.RepeatVector(1)(x)]), sgd())


@case
def permuted_network():
    """Permuting and reshaping between layers that learn."""
    x = keras.Input((4, 6, 3))
    y = L.Permute((2, 1, 3))(L.Conv2D(4, 3, padding="same", activation="relu")(x))
    y = L.Reshape((12, 8))(y)
    y = L.Conv1D(3, 3)(y)
    return Case(keras.Model(x, L.Dense(2)(L.Flatten()(L.RepeatVector(2)(L.GlobalAveragePooling1D()(y))))), sgd())
