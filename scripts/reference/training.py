"""Goldens of training: small models that Keras trains with fit() without shuffling, and what it reports.

    python scripts/reference/training.py [--out tests/goldens/training.safetensors]

The keys are in tests/goldens/README.md; tests/training/test_keras_training.cpp makes the same models.
"""

import argparse

import numpy as np

import common
import keras
from keras import layers, regularizers

CASES, TENSORS = {}, {}


def inputs(*shapes):
    return [keras.Input(shape, name=f"in{i}") for i, shape in enumerate(shapes)]


def listed(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def case(name, model, x, y, fit, evaluate=None, **compile_options):
    """Trains; keeps the data, the weights before and after, the history, and evaluate() of the trained model."""
    g = common.rng(name)
    for weight in model.weights:
        low, high = (0.5, 1.5) if weight.name in ("gamma", "moving_variance") else (-0.8, 0.8)
        weight.assign(g.uniform(low, high, weight.shape).astype(np.float32))
    put = lambda key, arrays: TENSORS.update({f"{name}/{key}/{i}": a for i, a in enumerate(arrays)})
    paths = {f"{layer.name}/{w.name}": w for layer in model.layers for w in layer.weights}
    put("x", listed(x)), put("y", listed(y))
    if "sample_weight" in fit:
        put("sample_weight", listed(fit["sample_weight"]))
    TENSORS.update({f"{name}/initial/{path}": w.numpy() for path, w in paths.items()})
    compile_options.setdefault("optimizer", keras.optimizers.SGD(0.1))
    model.compile(**compile_options)
    history = model.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0, **fit).history
    TENSORS.update({f"{name}/history/{key}": np.array(values, np.float32) for key, values in history.items()})
    logs = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True, **(evaluate or {}))
    TENSORS.update({f"{name}/evaluate/{key}": np.float32(value) for key, value in logs.items()})
    TENSORS.update({f"{name}/final/{path}": w.numpy() for path, w in paths.items()})
    put("predictions", listed(model.predict(x, verbose=0)))
    CASES[name] = sorted(history)


def main():
    g = common.rng("training data")
    f = lambda *shape: g.standard_normal(shape).astype(np.float32)
    u = lambda *shape: g.uniform(0, 2, shape).astype(np.float32)
    numbers = lambda n, c: g.integers(0, c, n).astype(np.float32)
    n = 20

    i, = inputs((4,))
    x = layers.Dense(5, activation="relu", name="hidden")(i)
    o = layers.Dense(3, activation="softmax", name="out")(x)
    numbers3 = numbers(n, 3)
    case("softmax", keras.Model(i, o), f(n, 4), np.eye(3, dtype=np.float32)[numbers3.astype(int)], {},
         loss="categorical_crossentropy", metrics=["accuracy", "mse"])

    # So certain that probabilities round to 0 and 1: only the logits tell the loss.
    i, = inputs((4,))
    o = layers.Dense(3, activation="softmax", name="out")(i)
    case("softmax_certain", keras.Model(i, o), 40 * f(n, 4), numbers(n, 3), {},
         loss="sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=2)])

    i, = inputs((4,))
    o = layers.Activation("sigmoid", name="out")(layers.Dense(1, name="logit")(i))
    case("sigmoid_certain", keras.Model(i, o), 40 * f(n, 4), numbers((n, 1), 2), {},
         loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1), metrics=["accuracy", keras.metrics.AUC(name="auc")])

    i, = inputs((4,))
    o = layers.Dense(1, activation="sigmoid", name="out")(i)
    case("class_weight", keras.Model(i, o), f(n, 4), numbers((n, 1), 2), {"class_weight": {0: 0.5, 1: 3.0}},
         loss="binary_focal_crossentropy", metrics=["accuracy"],
         weighted_metrics=["accuracy", keras.metrics.Precision(name="precision"), "mae"])

    i, = inputs((4,))
    o = layers.Dense(3, name="out")(i)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    case("validation_split", keras.Model(i, o), f(n, 4), numbers(n, 3),
         {"validation_split": 0.3, "sample_weight": u(n)}, loss=loss, metrics=["accuracy"],
         weighted_metrics=["sparse_categorical_accuracy"])

    i, = inputs((4,))
    o = layers.Dense(2, name="out")(i)
    case("sum", keras.Model(i, o), f(n, 4), f(n, 2), {"sample_weight": u(n)},
         optimizer=keras.optimizers.SGD(0.01), metrics=["mae"])

    i, = inputs((4,))
    o = layers.Dense(2, name="out")(i)
    case("mean_with_sample_weight", keras.Model(i, o), f(n, 4), f(n, 2), {"sample_weight": u(n)},
         loss=keras.losses.LogCosh(reduction="mean_with_sample_weight"), weighted_metrics=["mse"])

    # Two inputs, two outputs of which one feeds the other, a weight for each.
    a, b = inputs((4,), (3,))
    x = layers.Dense(5, activation="tanh", name="trunk")(layers.Concatenate(name="join")([a, b]))
    first = layers.Dense(2, name="first")(x)
    second = layers.Dense(3, activation="softmax", name="second")(layers.Concatenate(name="both")([x, first]))
    case("two_outputs", keras.Model([a, b], [first, second]), [f(n, 4), f(n, 3)], [f(n, 2), numbers(n, 3)], {},
         loss=["mse", "sparse_categorical_crossentropy"], loss_weights=[0.3, 2.0],
         metrics=[["mae", "mse"], ["accuracy"]])

    a, b = inputs((4,), (3,))
    x = layers.Dense(5, activation="tanh", name="trunk")(layers.Concatenate(name="join")([a, b]))
    first, second = layers.Dense(2, name="first")(x), layers.Dense(2, name="second")(x)
    case("one_loss", keras.Model([a, b], [first, second]), [f(n, 4), f(n, 3)], [f(n, 2), f(n, 2)],
         {"sample_weight": [u(n), u(n)], "validation_split": 0.25}, loss="mae", metrics=["mae", "mse"],
         weighted_metrics=["mae", "mse"])

    i, = inputs((6, 6, 2))
    x = layers.Conv2D(3, 3, name="conv", activation="relu", kernel_regularizer=regularizers.L2(0.02),
                      bias_regularizer=regularizers.L1(0.01))(i)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    frozen = layers.Dense(3, name="frozen", kernel_regularizer=regularizers.L2(0.5))
    x = frozen(x)
    frozen.trainable = False
    o = layers.Dense(1, name="out", kernel_regularizer=regularizers.L1L2(0.03, 0.02))(x)
    case("regularized", keras.Model(i, o), f(n, 6, 6, 2), f(n, 1), {}, loss="mse", metrics=["mae"])

    # A loss of maps, a weight for each place.
    i, = inputs((3, 3, 2))
    o = layers.Conv2D(2, 1, name="out")(i)
    case("maps", keras.Model(i, o), f(n, 3, 3, 2), f(n, 3, 3, 2), {"sample_weight": u(n, 3, 3)}, loss="mse",
         weighted_metrics=["mae"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "training.safetensors")
    arguments = parser.parse_args()
    main()
    common.write(arguments.out, TENSORS, {"cases": CASES})
