"""Goldens of the random image layers: the transform itself, for given angles, flips, scales, shifts and factors.

    python scripts/reference/augment.py [--out tests/goldens/augment.safetensors]

A factor range of no width, RandomRotation((f, f)), makes Keras rotate by exactly f * 2 pi, through its own code; zooms
and shifts alike.
The keys are in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf

FACTORS = {"0": 0.0, "plus_0.1": 0.1, "minus_0.1": -0.1, "0.03": 0.03, "quarter": 0.25, "half": 0.5, "0.2": 0.2}
IMAGES = {"7x9": (7, 9, 3), "16x16": (16, 16, 3), "12x5x1": (12, 5, 1)}

MODES = ("constant", "nearest", "reflect", "wrap")


def affine(cases, tensors, image_name, batch):
    """Every fill mode and interpolation; the pictures leave their frame on all sides."""
    layers = keras.layers
    for mode in MODES:
        for interpolation in ("bilinear", "nearest"):
            options = {"fill_mode": mode, "interpolation": interpolation, "fill_value": 7.0}
            made = {"rotate": (layers.RandomRotation((0.17, 0.17), **options), {"angle": 0.17 * 2 * np.pi}),
                    "zoom": (layers.RandomZoom((0.37, 0.37), (-0.3, -0.3), **options), {"down": 1.37, "across": 0.7}),
                    "zoom_out": (layers.RandomZoom((0.9, 0.9), **options), {"down": 1.9, "across": 1.9}),
                    "shift": (layers.RandomTranslation((0.83, 0.83), (-0.41, -0.41), **options),
                              {"down": 0.83, "right": -0.41})}
            for name, (layer, drawn) in made.items():
                case = f"{name}_{mode}_{interpolation}_{image_name}"
                transformation = layer.get_random_transformation(batch, training=True)
                tensors[f"{case}/output"] = layer.transform_images(batch, transformation, training=True).numpy()[0]
                cases[case] = {"class": type(layer).__name__, "image": image_name, **drawn, **options}


def colors(cases, tensors, image_name, batch):
    layers = keras.layers
    for factor in (0.4, 1.7):
        case = f"contrast_{factor}_{image_name}"
        layer = layers.RandomContrast(0.5, value_range=(20, 230))
        transformation = {"contrast_factor": np.full((1, 1, 1, 1), factor, np.float32)}
        tensors[f"{case}/output"] = layer.transform_images(batch, transformation, training=True).numpy()[0]
        cases[case] = {"class": "RandomContrast", "image": image_name, "factor": factor, "value_range": [20, 230]}
    for change in (-60.5, 90.25):
        case = f"brightness_{change}_{image_name}"
        layer = layers.RandomBrightness(0.5)
        transformation = {"rgb_delta": np.full((1, 1, 1, 1), change, np.float32)}
        tensors[f"{case}/output"] = layer.transform_images(batch, transformation, training=True).numpy()[0]
        cases[case] = {"class": "RandomBrightness", "image": image_name, "change": change, "value_range": [0, 255]}


def crops(cases, tensors, image_name, batch):
    """Images that are not larger than the part: Keras draws nothing."""
    for size in ((8, 4), (20, 30), (batch.shape[1], batch.shape[2]), (batch.shape[1], 3)):
        if batch.shape[1] > size[0] and batch.shape[2] > size[1]:
            continue
        case = f"crop_{size[0]}x{size[1]}_{image_name}"
        layer = keras.layers.RandomCrop(*size)
        transformation = layer.get_random_transformation(batch, training=True)
        tensors[f"{case}/output"] = layer.transform_images(batch, transformation, training=True).numpy()[0]
        cases[case] = {"class": "RandomCrop", "image": image_name, "height": size[0], "width": size[1]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "augment.safetensors")
    arguments = parser.parse_args()
    cases, tensors = {}, {}
    for image_name, shape in IMAGES.items():
        image = common.rng(image_name).uniform(0, 255, shape).astype(np.float32)
        tensors[f"images/{image_name}"] = image
        batch = tf.constant(image[None])
        for name, factor in FACTORS.items():
            rotation = keras.layers.RandomRotation((factor, factor))
            transformation = rotation.get_random_transformation(batch, training=True)
            case = f"rotate_{name}_{image_name}"
            degrees = float(transformation["angle"][0])
            assert abs(degrees - 360 * factor) < 1e-4
            tensors[f"{case}/output"] = rotation.transform_images(batch, transformation, training=True).numpy()[0]
            tensors[f"{case}/matrix"] = np.asarray(transformation["rotation_matrix"])[0]
            cases[case] = {"class": "RandomRotation", "image": image_name, "factor": factor,
                           "angle": factor * 2 * np.pi}
        for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
            flip = keras.layers.RandomFlip(mode)
            for flipped in (False, True):
                case = f"flip_{mode}_{int(flipped)}_{image_name}"
                transformation = {"flips": np.full((1, 1, 1, 1), flipped), "input_shape": batch.shape}
                tensors[f"{case}/output"] = flip.transform_images(batch, transformation, training=True).numpy()[0]
                cases[case] = {"class": "RandomFlip", "image": image_name, "mode": mode, "flipped": flipped}
        if image_name != "16x16":
            affine(cases, tensors, image_name, batch)
            colors(cases, tensors, image_name, batch)
            crops(cases, tensors, image_name, batch)
    common.write(arguments.out, tensors, {"cases": cases})
