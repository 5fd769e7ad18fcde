"""Compile settings: losses and metrics by name and as objects, sample and class weights, label smoothing."""

from case import Case, case, classes, normal, one_hot, rng

import keras
import numpy as np

L = keras.layers
M = keras.metrics
N = keras.losses


def network(units=3, activation=None):
    x = keras.Input((5, 4, 2))
    y = L.Conv2D(4, 3, activation="tanh")(x)
    return keras.Model(x, L.Dense(units, activation=activation)(L.Flatten()(y)))


def compiled(loss, rate=0.05, **options):
    return lambda: dict(optimizer=keras.optimizers.SGD(rate), loss=loss() if callable(loss) else loss,
                        **{k: v() if callable(v) else v for k, v in options.items()})


def positive(name, *shape):
    return rng(name).uniform(0.2, 2.0, shape).astype(np.float32)


def signs(name, examples, count):
    return 2 * one_hot(name, examples, count) - 1


def zero_one(name, *shape):
    return rng(name).integers(0, 2, shape).astype(np.float32)


LOGITS = {"units": 3}
PROBABILITIES = {"units": 3, "activation": "softmax"}
SIGMOID = {"units": 3, "activation": "sigmoid"}
LOSSES = {  # name: what the network ends in, the loss, the labels
    "binary_crossentropy": (SIGMOID, lambda: "binary_crossentropy", zero_one),
    "binary_crossentropy_logits": (LOGITS, lambda: N.BinaryCrossentropy(from_logits=True), zero_one),
    "binary_crossentropy_smoothed": (LOGITS, lambda: N.BinaryCrossentropy(from_logits=True, label_smoothing=0.2), zero_one),
    "binary_focal_crossentropy": (SIGMOID, lambda: N.BinaryFocalCrossentropy(apply_class_balancing=True, gamma=1.5), zero_one),
    "categorical_crossentropy": (PROBABILITIES, lambda: "categorical_crossentropy", one_hot),
    "categorical_crossentropy_logits": (LOGITS, lambda: N.CategoricalCrossentropy(from_logits=True), one_hot),
    "categorical_crossentropy_smoothed": (PROBABILITIES, lambda: N.CategoricalCrossentropy(label_smoothing=0.1), one_hot),
    "categorical_focal_crossentropy": (PROBABILITIES, lambda: N.CategoricalFocalCrossentropy(), one_hot),
    "sparse_categorical_crossentropy": (PROBABILITIES, lambda: "sparse_categorical_crossentropy", classes),
    "sparse_categorical_crossentropy_logits": (LOGITS, lambda: N.SparseCategoricalCrossentropy(from_logits=True), classes),
    "mean_absolute_error": (LOGITS, lambda: "mae", normal),
    "mean_absolute_percentage_error": (LOGITS, lambda: "mape", positive),
    "mean_squared_logarithmic_error": ({"units": 3, "activation": "softplus"}, lambda: "msle", positive),
    "mean_squared_error_summed": (LOGITS, lambda: N.MeanSquaredError(reduction="sum"), normal),
    "huber": (LOGITS, lambda: N.Huber(), normal),  # Keras 3.15 does not write its delta
    "log_cosh": (LOGITS, lambda: "log_cosh", normal),
    "hinge": (LOGITS, lambda: "hinge", signs),
    "squared_hinge": (LOGITS, lambda: "squared_hinge", signs),
    "categorical_hinge": (LOGITS, lambda: "categorical_hinge", one_hot),
    "kl_divergence": (PROBABILITIES, lambda: "kl_divergence", one_hot),
    "poisson": ({"units": 3, "activation": "softplus"}, lambda: "poisson", positive),
    "cosine_similarity": (LOGITS, lambda: N.CosineSimilarity(), normal),
    "dice": (SIGMOID, lambda: N.Dice(), zero_one),
    "tversky": (SIGMOID, lambda: N.Tversky(alpha=0.3, beta=0.7), zero_one),
}
for key, (end, make, labels) in LOSSES.items():
    def function(key=key, end=end, make=make, labels=labels, name=f"loss_{key}"):
        rate = 0.0005 if key == "mean_absolute_percentage_error" else 0.05  # of a loss in per cent
        return Case(network(**end), compiled(make, rate), labels=[labels(name, 6, 3)])

    function.__name__ = f"loss_{key}"
    case(function)


@case
def metrics_of_two_classes():
    metrics = lambda: ["accuracy", M.BinaryAccuracy(threshold=0.3, name="low"), M.Precision(), M.Recall(), M.AUC(),
                       M.Precision(thresholds=0.7, name="sure"), M.TruePositives(), M.FalseNegatives(), "mse",
                       M.BinaryCrossentropy()]
    return Case(network(1, "sigmoid"), compiled("binary_crossentropy", metrics=metrics), examples=10,
                labels=[classes("metrics_of_two_classes", 10, 2)])


@case
def metrics_of_classes():
    metrics = lambda: ["accuracy", M.TopKCategoricalAccuracy(k=2), M.CategoricalCrossentropy(), M.F1Score(average="macro")]
    return Case(network(4, "softmax"), compiled("categorical_crossentropy", metrics=metrics), examples=10,
                labels=[one_hot("metrics_of_classes", 10, 4)])


@case
def metrics_of_numbered_classes():
    metrics = lambda: ["accuracy", M.SparseTopKCategoricalAccuracy(k=2), M.SparseCategoricalCrossentropy(from_logits=True)]
    return Case(network(4), compiled(lambda: N.SparseCategoricalCrossentropy(from_logits=True), metrics=metrics),
                examples=10, labels=[classes("metrics_of_numbered_classes", 10, 4)])


@case
def metrics_of_overlap():
    """Segmentation: a class for each pixel."""
    x = keras.Input((3, 4, 2))
    y = keras.layers.Conv2D(3, 3, padding="same", activation="softmax")(x)
    metrics = lambda: [M.MeanIoU(3, sparse_y_pred=False), M.IoU(3, [0, 2], sparse_y_pred=False, name="two"),
                       M.MeanIoU(3, ignore_class=1, sparse_y_pred=False, name="ignoring")]
    labels = rng("metrics_of_overlap").integers(0, 3, (6, 3, 4, 1)).astype(np.float32)
    return Case(keras.Model(x, y), compiled("sparse_categorical_crossentropy", metrics=metrics), labels=[labels])


@case
def metrics_of_two_overlaps():
    metrics = lambda: [M.BinaryIoU(), M.BinaryIoU([1], threshold=0.3, name="one"), M.BinaryIoU([0], dtype="float32", name="zero")]
    return Case(network(1, "sigmoid"), compiled("binary_crossentropy", metrics=metrics), examples=10,
                labels=[classes("metrics_of_two_overlaps", 10, 2)])


@case
def metrics_of_one_hot_overlap():
    metrics = lambda: [M.OneHotIoU(4, [1, 3]), M.OneHotMeanIoU(4)]
    return Case(network(4, "softmax"), compiled("categorical_crossentropy", metrics=metrics), examples=10,
                labels=[one_hot("metrics_of_one_hot_overlap", 10, 4)])


@case
def metrics_of_regression():
    metrics = lambda: ["mae", "mse", M.RootMeanSquaredError(), M.MeanAbsolutePercentageError(), M.CosineSimilarity(),
                       M.LogCoshError(), M.R2Score(), "mean_squared_logarithmic_error"]
    return Case(network(2), compiled("mse", metrics=metrics), labels=[positive("metrics_of_regression", 6, 2)])


@case
def metrics_of_margins():
    metrics = lambda: ["hinge", "squared_hinge", M.CategoricalHinge()]
    return Case(network(3), compiled("hinge", metrics=metrics), labels=[signs("metrics_of_margins", 6, 3)])


@case
def sample_weights():
    return Case(network(2), compiled("mse", metrics=["mae"], weighted_metrics=lambda: [M.MeanSquaredError(name="weighted")]),
                sample_weight=[positive("sample_weights", 6)])


@case
def sample_weights_of_a_crossentropy():
    loss = lambda: N.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    return Case(network(1), compiled(loss, weighted_metrics=lambda: [M.BinaryAccuracy(threshold=0.0)]),
                labels=[classes("sample_weights_of_a_crossentropy", 6, 2)],
                sample_weight=[positive("sample_weights_of_a_crossentropy/w", 6)])


@case
def class_weights():
    return Case(network(3, "softmax"), compiled("sparse_categorical_crossentropy", metrics=["accuracy"]),
                labels=[classes("class_weights", 6, 3)], class_weight={0: 0.5, 1: 2.0, 2: 1.5})


@case
def loss_over_an_image():
    """A label for each pixel."""
    x = keras.Input((5, 4, 2))
    model = keras.Model(x, L.Conv2D(3, 3, padding="same")(x))
    return Case(model, compiled(lambda: N.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"]),
                labels=[rng("loss_over_an_image").integers(0, 3, (6, 5, 4)).astype(np.float32)])
