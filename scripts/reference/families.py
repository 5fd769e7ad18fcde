"""The families of keras.applications with random weights: what tanuki predicts beside what Keras predicts, batch 2.

    python scripts/reference/families.py --tanuki build/bin/tanuki [--only NAME…] [--all] [--seed N]

First with the weights that Keras draws: there tanuki may be 1e-4 of the largest output from Keras. Where rounding grows so much that
Keras in float32 is 1e-3 and more from float64, tanuki must be within 1e-5 of float64 as deep in the network as Keras is. Such weights
hide mistakes in batch normalisations, so then every weight gets a value of its own. The last activation is left out: a
softmax over 1000 classes would hide differences. How far a rounding grows depends on the network and its numbers, so both
are compared with Keras in float64: tanuki may be 1e-5 of the largest output from it, or three times as far as Keras in
float32 is. Exits with 1 where it is further, and where the outputs of the two images are hardly apart.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

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
            depthwise = len(shape) == 4 and shape[-1] == 1
            value = rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[:2] if depthwise else shape[:-1]))
        else:
            value = 0.1 * rng.standard_normal(shape)
        weight.assign(value.astype(np.float32))
    finalize(model)


def finalize(model):
    """Keras goes on with the mean of before, until a file is loaded."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()


def settle(model, x):
    """Gives the moving statistics what a batch has: with others a deep network grows a rounding without bound."""
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momentum = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    keras.utils.set_random_seed(0)
    model(x, training=True)
    for norm, value in zip(norms, momentum):
        norm.momentum = value


def make(name, size, dtype):
    keras.utils.clear_session()
    keras.config.set_dtype_policy(dtype)
    return getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classifier_activation=None)


def predict_in_float64(name, size, weights, x):
    model = make(name, size, "float64")
    model.set_weights(weights)
    finalize(model)
    return np.asarray(model(x.astype(np.float64), training=False))


def predict_by_both(model, x, tanuki, folder):
    model.save(folder / "model.keras")
    np.save(folder / "x.npy", x)
    subprocess.run([tanuki, "predict", folder / "model.keras", folder / "x.npy", folder / "y.npy"], check=True)
    of_keras, given = np.asarray(model(x, training=False)), np.load(folder / "y.npy")
    assert given.shape == of_keras.shape, (given.shape, of_keras.shape)
    return given, of_keras


def as_far_as_rounding_allows(model, name, size, x, tanuki, folder):
    """With drawn weights some deep networks make a rounding grow until float32 says nothing: Keras' own is then as far from float64.
    (the layer, tanuki's and Keras' distance from float64) at the deepest sum of a block where Keras is within 1e-5."""
    sums = [layer.name for layer in model.layers if layer.name.endswith("_add")]
    assert sums, "off Keras, and it has no sum of a block, *_add, to compare with float64"
    exact = make(name, size, "float64")
    exact.set_weights(model.get_weights())
    finalize(exact)
    values = [[np.asarray(y) for y in keras.Model(m.inputs, [m.get_layer(n).output for n in sums])([x.astype(m.dtype)], training=False)]
              for m in (model, exact)]
    keras.config.set_dtype_policy("float32")
    errors = [float(np.max(np.abs(a - b)) / np.max(np.abs(b))) for a, b in zip(*values)]
    last = max((i for i, error in enumerate(errors) if error <= 1e-5), default=None)
    assert last is not None, "off Keras, and Keras is not within 1e-5 of float64 at any sum of a block, *_add"
    given, _ = predict_by_both(keras.Model(model.inputs, model.get_layer(sums[last]).output), x, tanuki, folder)
    return sums[last], float(np.max(np.abs(given - values[1][last])) / np.max(np.abs(values[1][last]))), errors[last], errors[-1]


def check(name, tanuki, seed, folder):
    rng = np.random.default_rng([seed, common.fnv1a(name) % 2**32])
    size = 224 if name.startswith("NASNetM") else 331 if name == "NASNetLarge" else SIZE  # NASNet's top has one size
    keras.utils.set_random_seed(seed)
    model = make(name, size, "float32")
    finalize(model)
    x = rng.uniform(-1, 1, (6, size, size, 3)).astype(np.float32)
    if name.startswith(("Efficient", "MobileNetV3", "ConvNeXt")):
        x = (x + 1) * 127.5  # these scale inside
    given, of_keras = predict_by_both(model, x[:2], tanuki, folder)
    drawn = float(np.max(np.abs(given - of_keras)) / np.max(np.abs(of_keras)))
    good = drawn <= 1e-4
    if not good:
        layer, error, keras_error, end = as_far_as_rounding_allows(model, name, size, x[:2], tanuki, folder)
        print(f"{name}, as drawn: off Keras by {drawn:.1e}; Keras is off float64 by {keras_error:.1e} at {layer}, tanuki by "
              f"{error:.1e}, and in the end Keras by {end:.1e}", flush=True)
        good = end > 1e-3 and error <= 1e-5
    randomize(model, rng)
    settle(model, x)
    x = x[:2]
    given, of_keras = predict_by_both(model, x, tanuki, folder)
    exact = predict_in_float64(name, size, model.get_weights(), x)
    largest = np.max(np.abs(exact))
    error, keras_error, between = (float(np.max(np.abs(y - z)) / largest)
                                   for y, z in ((given, exact), (of_keras, exact), (exact[0], exact[1])))
    print(f"{name:20} {model.count_params():>12,} parameters  as drawn: off Keras by {drawn:.1e} of the largest output; "
          f"spread: off float64 by {error:.1e}, Keras {keras_error:.1e}, the images {between:.1g}", flush=True)
    assert between > 0.05, "they say little about the network"
    return good and error <= max(1e-5, 3 * keras_error)  # false for what is no number


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
            except (subprocess.CalledProcessError, AssertionError) as error:
                print(f"{name}: {error}", flush=True)
                good = False
            if not good:
                wrong.append(name)
    if wrong:
        sys.exit(f"wrong: {', '.join(wrong)}")
