"""Layers that are random in training: what they do in inference, and their seeds in the file."""

from case import Case, case, joined, rng, sgd

import keras
import numpy as np

L = keras.layers


def photos(name, examples, *shape):
    return [rng(name).uniform(0, 255, (examples, *shape)).astype(np.float32)]


@case
def random_images():
    x = keras.Input((6, 7, 3))
    layers = [L.RandomFlip(), L.RandomFlip("horizontal", seed=3), L.RandomRotation(0.1), L.RandomZoom(0.2),
              L.RandomTranslation(0.1, 0.2), L.RandomContrast(0.3), L.RandomBrightness(0.2)]
    return Case(joined(x, [L.Conv2D(2, 1)(layer(x)) for layer in layers]), inputs=photos("random_images", 3, 6, 7, 3))


@case
def random_images_options():
    x = keras.Input((6, 7, 3))
    layers = [L.RandomFlip("vertical"), L.RandomRotation((-0.1, 0.2), fill_mode="constant", fill_value=9.0),
              L.RandomRotation(0.1, fill_mode="nearest", interpolation="nearest"),
              L.RandomZoom((-0.2, 0.1), (0.0, 0.3), fill_mode="wrap"),
              L.RandomTranslation((-0.1, 0.2), 0.1, fill_mode="constant"), L.RandomContrast((0.1, 0.4)),
              L.RandomBrightness((-0.1, 0.2), value_range=(0, 255))]
    return Case(joined(x, [L.Conv2D(1, 1)(layer(x)) for layer in layers]),
                inputs=photos("random_images_options", 3, 6, 7, 3))


@case
def random_crop():
    """Of an image of its size: a larger one Keras 3.15 hands on whole, against the shape that it declares."""
    x = keras.Input((6, 7, 3))
    return Case(joined(x, [L.Conv2D(2, 1)(L.RandomCrop(6, 7)(x))]), inputs=photos("random_crop", 3, 6, 7, 3))


@case
def dropouts():
    x = keras.Input((4, 5, 3))
    y = L.Conv2D(4, 1)(x)
    branches = [L.Dropout(0.4)(y), L.Dropout(0.5, noise_shape=(None, 1, 1, 4))(y), L.SpatialDropout2D(0.3)(y),
                L.GaussianNoise(0.2)(y), L.Dropout(0.9, seed=5)(y)]
    return Case(joined(x, branches))


@case
def dropouts_of_nothing():
    """At rate zero they are there in training, too, and change nothing."""
    x = keras.Input((4, 5, 3))
    y = L.Conv2D(4, 1, activation="relu")(x)
    branches = [L.Dropout(0.0)(y), L.SpatialDropout2D(0.0)(y), L.GaussianNoise(0.0)(y)]
    return Case(joined(x, branches), sgd())


@case
def augmentation_in_a_sequential():
    augment = keras.Sequential([L.RandomFlip("horizontal"), L.RandomRotation(0.1)], name="augmentation")
    x = keras.Input((8, 8, 3))
    y = L.Rescaling(1 / 127.5, offset=-1)(augment(x))
    y = L.GlobalAveragePooling2D()(L.Conv2D(4, 3, activation="relu")(y))
    return Case(keras.Model(x, L.Dense(1)(L.Dropout(0.2)(y))), inputs=photos("augmentation_in_a_sequential", 3, 8, 8, 3))
