"""The families of keras.applications with random weights: what tanuki predicts beside what Keras predicts, batch 2.

    python scripts/reference/families.py --tanuki build/bin/tanuki [--only NAME…] [--all] [--seed N]

Every weight gets a value of its own, so that no batch normalisation hides a mistake. The last activation is left out: a
softmax over 1000 classes would hide differences. Exits with 1 where one is larger than 1e-4 of the largest output.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

import common  # noqa: F401  before keras, for its environment
import keras
import numpy as np

SMALL = ["Xception", "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2",
         "InceptionV3", "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large",
         "DenseNet121", "DenseNet169", "DenseNet201", "EfficientNetB0", "EfficientNetB1", "EfficientNetV2B0",
         "EfficientNetV2S", "NASNetMobile", "ConvNeXtTiny"]
LARGE = ["EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5", "EfficientNetB6", "EfficientNetB7",
         "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2M", "EfficientNetV2L", "NASNetLarge",
         "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge"]
SIZE = 96


def randomize(model, rng):
    for weight in model.weights:
        shape, name = weight.shape, weight.name
        if "gamma" in name or "variance" in name:
            value = rng.uniform(0.8, 1.2, shape)
        elif len(shape) > 1:
            value = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[:-1]))
        else:
            value = 0.1 * rng.standard_normal(shape)
        weight.assign(value.astype(np.float32))


def check(name, tanuki, seed, folder):
    keras.utils.clear_session()
    rng = np.random.default_rng([seed, common.fnv1a(name) % 2**32])
    size = 224 if name.startswith("NASNetM") else 331 if name == "NASNetLarge" else SIZE  # NASNet's top has one size
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classifier_activation=None)
    randomize(model, rng)
    x = rng.uniform(-1, 1, (2, size, size, 3)).astype(np.float32)
    if name.startswith(("Efficient", "MobileNetV3", "ConvNeXt")):
        x = (x + 1) * 127.5  # these scale inside
    file = folder / "model.keras"
    model.save(file)
    np.save(folder / "x.npy", x)
    expected = np.asarray(model(x, training=False))
    begin = time.time()
    subprocess.run([tanuki, "predict", file, folder / "x.npy", folder / "y.npy"], check=True)
    seconds = time.time() - begin
    given = np.load(folder / "y.npy")
    assert given.shape == expected.shape, (given.shape, expected.shape)
    error = float(np.max(np.abs(given - expected)) / np.max(np.abs(expected)))
    print(f"{name:20} {model.count_params():>12,} parameters  {error:.1e} of the largest output  {seconds:.1f} s", flush=True)
    return error <= 1e-4  # false for what is no number


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tanuki", default="build/bin/tanuki")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.only or SMALL + (LARGE if arguments.all else []):
            try:
                good = check(name, arguments.tanuki, arguments.seed, pathlib.Path(folder))
            except subprocess.CalledProcessError:
                good = False
            if not good:
                wrong.append(name)
    if wrong:
        sys.exit(f"wrong: {', '.join(wrong)}")
