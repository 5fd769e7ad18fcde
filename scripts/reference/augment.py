"""Goldens of RandomRotation and RandomFlip: the transform itself, for given angles and given flips.

    python scripts/reference/augment.py [--out tests/goldens/augment.safetensors]

A factor range of no width, RandomRotation((f, f)), makes Keras rotate by exactly f * 2 pi, through its own code.
The keys are in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf

FACTORS = {"0": 0.0, "plus_0.1": 0.1, "minus_0.1": -0.1, "0.03": 0.03, "quarter": 0.25, "half": 0.5, "0.2": 0.2}
IMAGES = {"7x9": (7, 9, 3), "16x16": (16, 16, 3), "12x5x1": (12, 5, 1)}

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
    common.write(arguments.out, tensors, {"cases": cases})
