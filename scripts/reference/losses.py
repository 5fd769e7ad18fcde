"""Goldens of losses (value, gradient) and metrics (the running result after each update).

    python scripts/reference/losses.py [--out tests/goldens/losses.safetensors]

The keys are in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf

CASES = {}
TENSORS = {}
EXTREME = np.array([-1000, -100, -30, -1e-3, 0, 1e-3, 30, 100, 1000], np.float32)


def loss_case(case, loss, y_true, y_pred, sample_weight=None, whole_config=False, data=None):
    y_pred = tf.constant(y_pred, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        value = loss(tf.constant(y_true), y_pred, sample_weight)
    config = loss.get_config()
    CASES[case] = {"class": type(loss).__name__, "config": {**config, **loss._fn_kwargs} if whole_config else
                   {k: config[k] for k in ("from_logits",) if k in config}}
    if sample_weight is not None:
        TENSORS[f"{case}/sample_weight"] = sample_weight
    if data:
        CASES[case]["data"] = data
    else:
        TENSORS.update({f"{case}/y_true": y_true, f"{case}/y_pred": y_pred.numpy()})
    TENSORS.update({f"{case}/value": value.numpy(),
                    f"{case}/grad": tape.gradient(value, y_pred).numpy()})


def metric_case(case, metric, config, updates):
    for i, arrays in enumerate(updates):
        metric.update_state(*(tf.constant(a) for a in arrays))
        names = ("values",) if len(arrays) == 1 else ("y_true", "y_pred", "sample_weight")
        TENSORS.update({f"{case}/{name}/{i}": a for name, a in zip(names, arrays)})
        TENSORS[f"{case}/result/{i}"] = metric.result().numpy()
    CASES[case] = {"class": type(metric).__name__, "config": config, "updates": len(updates)}


def losses():
    g = common.rng("losses")
    logits = 3 * g.standard_normal((6, 1)).astype(np.float32)
    binary = g.integers(0, 2, (6, 1)).astype(np.float32)
    k = keras.losses
    loss_case("binary_crossentropy_logits", k.BinaryCrossentropy(from_logits=True), binary, logits)
    loss_case("binary_crossentropy_logits_wide", k.BinaryCrossentropy(from_logits=True),
              g.integers(0, 2, (4, 3)).astype(np.float32), 2 * g.standard_normal((4, 3)).astype(np.float32))
    for label in (0, 1):
        loss_case(f"binary_crossentropy_logits_extreme_{label}", k.BinaryCrossentropy(from_logits=True),
                  np.full((EXTREME.size, 1), label, np.float32), EXTREME[:, None])
    loss_case("binary_crossentropy_soft_labels", k.BinaryCrossentropy(from_logits=True),
              g.uniform(0, 1, (6, 1)).astype(np.float32), logits)
    probabilities = g.uniform(0.02, 0.98, (6, 1)).astype(np.float32)
    loss_case("binary_crossentropy_probabilities", k.BinaryCrossentropy(), binary, probabilities)
    loss_case("binary_crossentropy_probabilities_edges", k.BinaryCrossentropy(),
              np.array([[0], [1], [0], [1]], np.float32), np.array([[0], [0], [1], [1]], np.float32))

    logits = 2 * g.standard_normal((5, 4)).astype(np.float32)
    classes = g.integers(0, 4, 5).astype(np.float32)
    hot = np.eye(4, dtype=np.float32)[classes.astype(int)]
    softmax = (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).astype(np.float32)
    extreme = np.array([[1000, 0, -1000, 5], [-100, -100, 100, 100], [0, 0, 0, 0], [30, -30, 20, 10],
                        [-1000, -1000, -1000, -1000]], np.float32)
    loss_case("categorical_crossentropy_logits", k.CategoricalCrossentropy(from_logits=True), hot, logits)
    loss_case("categorical_crossentropy_logits_extreme", k.CategoricalCrossentropy(from_logits=True), hot, extreme)
    loss_case("categorical_crossentropy_probabilities", k.CategoricalCrossentropy(), hot, softmax)
    loss_case("categorical_crossentropy_probabilities_unnormalized", k.CategoricalCrossentropy(), hot, 3 * softmax)
    loss_case("sparse_categorical_crossentropy_logits", k.SparseCategoricalCrossentropy(from_logits=True),
              classes, logits)
    loss_case("sparse_categorical_crossentropy_logits_extreme", k.SparseCategoricalCrossentropy(from_logits=True),
              classes, extreme)
    loss_case("sparse_categorical_crossentropy_probabilities", k.SparseCategoricalCrossentropy(), classes, softmax)
    loss_case("mean_squared_error", k.MeanSquaredError(), g.standard_normal((5, 3)).astype(np.float32),
              g.standard_normal((5, 3)).astype(np.float32))
    loss_case("mean_squared_error_maps", k.MeanSquaredError(), g.standard_normal((2, 3, 2, 2)).astype(np.float32),
              g.standard_normal((2, 3, 2, 2)).astype(np.float32))


def all_losses():
    """Every class with several settings; the configs are whole, so that a reader can make the loss from them."""
    k = keras.losses
    reductions = ("sum_over_batch_size", "sum", "mean_with_sample_weight")

    def cases(name, make, y_true, y_pred, weights):
        loss_case(f"all/{name}", make(), y_true, y_pred, whole_config=True)
        for i, weight in enumerate(weights):
            for reduction in reductions[:1] if i else reductions[len(weights) > 1:]:
                loss_case(f"all/{name}/{reduction}/{i}", make(reduction=reduction), y_true, y_pred, weight, True,
                          f"all/{name}")

    def with_options(cls, **options):
        return lambda **more: cls(**options, **more)

    g = common.rng("all losses")
    f = lambda *shape: g.standard_normal(shape).astype(np.float32)
    u = lambda *shape: g.uniform(0.05, 0.95, shape).astype(np.float32)
    bits = lambda *shape: g.integers(0, 2, shape).astype(np.float32)
    hot = lambda *shape: np.eye(shape[-1], dtype=np.float32)[g.integers(0, shape[-1], shape[:-1])]
    weights = [g.uniform(0, 2, 5).astype(np.float32), g.uniform(0, 2, (5, 1)).astype(np.float32)]
    rows = [g.uniform(0, 2, (3, 2)).astype(np.float32)]
    y, p = f(5, 3), f(5, 3)
    y[0, 0] = p[0, 0]
    for name, cls in (("mean_squared_error", k.MeanSquaredError), ("mean_absolute_error", k.MeanAbsoluteError),
                      ("mean_absolute_percentage_error", k.MeanAbsolutePercentageError), ("huber", k.Huber),
                      ("log_cosh", k.LogCosh), ("cosine_similarity", k.CosineSimilarity), ("hinge", k.Hinge)):
        cases(name, cls, y, p, weights)
    cases("huber_delta", with_options(k.Huber, delta=0.3), 3 * y, p, weights[:1])
    cases("mean_absolute_error_maps", k.MeanAbsoluteError, f(3, 2, 4), f(3, 2, 4), rows)
    cases("mean_squared_logarithmic_error", k.MeanSquaredLogarithmicError, 3 * u(5, 3), f(5, 3), weights)
    cases("poisson", k.Poisson, 4 * u(5, 3), 3 * u(5, 3), weights)
    cases("hinge_binary", k.Hinge, bits(5, 3), p, weights)
    cases("squared_hinge", k.SquaredHinge, bits(5, 3), p, weights)
    cases("categorical_hinge", k.CategoricalHinge, hot(5, 4), f(5, 4), weights)
    cases("kl_divergence", k.KLDivergence, u(5, 4), u(5, 4), weights)
    for logits in (False, True):
        end = "_logits" if logits else ""
        p = (lambda *shape: 2 * f(*shape)) if logits else u
        options = {"from_logits": logits}
        cases("binary_crossentropy" + end, with_options(k.BinaryCrossentropy, label_smoothing=0.1, **options),
              bits(5, 3), p(5, 3), weights)
        cases("binary_focal_crossentropy" + end, with_options(k.BinaryFocalCrossentropy, gamma=1.5, **options),
              bits(5, 3), p(5, 3), weights)
        cases("binary_focal_crossentropy_balanced" + end,
              with_options(k.BinaryFocalCrossentropy, apply_class_balancing=True, label_smoothing=0.2, **options),
              bits(5, 1), p(5, 1), weights)
        cases("categorical_crossentropy" + end,
              with_options(k.CategoricalCrossentropy, label_smoothing=0.1, **options), hot(5, 4), p(5, 4), weights)
        cases("categorical_focal_crossentropy" + end,
              with_options(k.CategoricalFocalCrossentropy, label_smoothing=0.1, **options), hot(5, 4), p(5, 4),
              weights)
        cases("sparse_categorical_crossentropy" + end, with_options(k.SparseCategoricalCrossentropy, **options),
              g.integers(0, 4, (3, 2)).astype(np.float32), p(3, 2, 4), rows)
        cases("sparse_categorical_crossentropy_ignore" + end,
              with_options(k.SparseCategoricalCrossentropy, ignore_class=1, **options),
              np.array([0, 1, 2, 1, 3], np.float32), p(5, 4), weights[:1])
    cases("dice", k.Dice, bits(3, 2, 2, 1), u(3, 2, 2, 1), [])
    cases("tversky", with_options(k.Tversky, alpha=0.3, beta=0.8), bits(3, 2, 2, 1), u(3, 2, 2, 1), [])


def all_metrics():
    """Every class with and without weights, from whole configs."""
    m = keras.metrics
    g = common.rng("all metrics")
    sizes = (4, 5)
    f = lambda *shape: g.standard_normal(shape).astype(np.float32)
    u = lambda *shape: g.uniform(0, 1, shape).astype(np.float32)
    bits = lambda *shape: g.integers(0, 2, shape).astype(np.float32)
    hot = lambda n, c: np.eye(c, dtype=np.float32)[g.integers(0, c, n)]
    numbers = lambda n, c: g.integers(0, c, n).astype(np.float32)

    def cases(name, make, data):
        for weighted in (False, True):
            updates = [(*data(n), *((u(n) * 2,) if weighted else ())) for n in sizes]
            metric = make()
            metric_case(f"all_metrics/{name}" + ("/weighted" if weighted else ""), metric, metric.get_config(), updates)

    cases("accuracy", m.Accuracy, lambda n: (numbers((n, 3), 3), numbers((n, 3), 3)))
    cases("binary_accuracy", m.BinaryAccuracy, lambda n: (bits(n, 3), u(n, 3)))
    cases("categorical_accuracy", m.CategoricalAccuracy, lambda n: (hot(n, 3), u(n, 3)))
    cases("sparse_categorical_accuracy", m.SparseCategoricalAccuracy, lambda n: (numbers(n, 3), u(n, 3)))
    cases("top_k", lambda: m.TopKCategoricalAccuracy(k=2), lambda n: (hot(n, 5), u(n, 5)))
    cases("sparse_top_k", lambda: m.SparseTopKCategoricalAccuracy(k=3), lambda n: (numbers(n, 5), u(n, 5)))
    for name, cls in (("mse", m.MeanSquaredError), ("mae", m.MeanAbsoluteError), ("rmse", m.RootMeanSquaredError),
                      ("mape", m.MeanAbsolutePercentageError), ("cosine", m.CosineSimilarity),
                      ("log_cosh", m.LogCoshError)):
        cases(name, cls, lambda n: (f(n, 3), f(n, 3)))
    cases("msle", m.MeanSquaredLogarithmicError, lambda n: (u(n, 3), u(n, 3)))
    cases("poisson", m.Poisson, lambda n: (u(n, 3), u(n, 3)))
    cases("hinge", m.Hinge, lambda n: (bits(n, 3), f(n, 3)))
    cases("squared_hinge", m.SquaredHinge, lambda n: (bits(n, 3), f(n, 3)))
    cases("categorical_hinge", m.CategoricalHinge, lambda n: (hot(n, 3), f(n, 3)))
    cases("kl_divergence", m.KLDivergence, lambda n: (u(n, 3), u(n, 3)))
    cases("binary_crossentropy", lambda: m.BinaryCrossentropy(from_logits=True), lambda n: (bits(n, 3), f(n, 3)))
    cases("categorical_crossentropy", m.CategoricalCrossentropy, lambda n: (hot(n, 3), u(n, 3)))
    cases("sparse_categorical_crossentropy", m.SparseCategoricalCrossentropy, lambda n: (numbers(n, 3), u(n, 3)))
    column = lambda n: (bits(n, 1), u(n, 1))
    cases("auc", m.AUC, column)
    cases("auc_logits", lambda: m.AUC(from_logits=True, num_thresholds=20), lambda n: (bits(n, 1), f(n, 1)))
    for curve in ("ROC", "PR"):
        for method in ("interpolation", "majoring", "minoring"):
            cases(f"auc_{curve}_{method}", lambda: m.AUC(num_thresholds=7, curve=curve, summation_method=method), column)
    cases("auc_thresholds", lambda: m.AUC(thresholds=[0.2, 0.3, 0.9]), column)
    for name, cls in (("precision", m.Precision), ("recall", m.Recall)):
        cases(name, cls, lambda n: (bits(n, 3), u(n, 3)))
        cases(name + "_threshold", lambda: cls(thresholds=0.3), column)
        cases(name + "_top", lambda: cls(top_k=2), lambda n: (bits(n, 4), u(n, 4)))
        cases(name + "_class", lambda: cls(class_id=1), lambda n: (bits(n, 3), u(n, 3)))
    for average in ("micro", "macro", "weighted"):
        cases(f"f1_{average}", lambda: m.F1Score(average=average), lambda n: (hot(n, 3), u(n, 3)))
    for name, cls in (("true_positives", m.TruePositives), ("false_positives", m.FalsePositives),
                      ("true_negatives", m.TrueNegatives), ("false_negatives", m.FalseNegatives)):
        cases(name, lambda: cls(thresholds=0.4), lambda n: (bits(n, 3), u(n, 3)))
    cases("fbeta", lambda: m.FBetaScore(average="macro", beta=2.0), lambda n: (hot(n, 3), u(n, 3)))
    cases("r2", m.R2Score, lambda n: (f(n, 3), f(n, 3)))
    cases("r2_variance", lambda: m.R2Score("variance_weighted_average"), lambda n: (f(n, 3), f(n, 3)))
    cases("r2_adjusted", lambda: m.R2Score(num_regressors=2), lambda n: (f(n, 3), f(n, 3)))
    cases("f1_threshold", lambda: m.F1Score(average="macro", threshold=0.4), lambda n: (bits(n, 3), u(n, 3)))
    stray = lambda n: g.integers(-1, 5, (n, 1)).astype(np.float32)  # some are no classes

    def overlapping(n, labels):
        return labels, np.where(g.uniform(size=(n, 1)) < 0.6, labels, stray(n))

    def half(labels, predictions):  # which as an integer is the same
        return labels, predictions + 0.5 * (predictions >= 0)

    cases("iou", lambda: m.IoU(4, [0, 2], ignore_class=1), lambda n: half(*overlapping(n, stray(n))))
    cases("iou_float", lambda: m.IoU(3, [1, 2], dtype="float32"), lambda n: overlapping(n, numbers((n, 1), 3)))
    cases("binary_iou", m.BinaryIoU, lambda n: (bits(n, 1), u(n, 1)))
    cases("binary_iou_class", lambda: m.BinaryIoU([1], threshold=0.25, dtype="float32"), lambda n: (bits(n, 1), u(n, 1)))
    cases("mean_iou", lambda: m.MeanIoU(4), lambda n: overlapping(n, stray(n)))
    cases("mean_iou_scores", lambda: m.MeanIoU(3, sparse_y_pred=False), lambda n: (numbers((n, 1), 3), u(n, 3)))
    cases("one_hot_iou", lambda: m.OneHotIoU(3, [0, 2]), lambda n: (y := hot(n, 3), y + 1.5 * u(n, 3)))
    cases("one_hot_mean_iou", lambda: m.OneHotMeanIoU(3, ignore_class=2), lambda n: (y := hot(n, 3), y + 1.5 * u(n, 3)))



def metrics():
    g = common.rng("metrics")
    m = keras.metrics
    sizes = (4, 7, 1)
    binary = [(g.integers(0, 2, (n, 1)).astype(np.float32), g.uniform(-2, 2, (n, 1)).astype(np.float32))
              for n in sizes]
    binary.append((np.array([[0], [1], [1]], np.float32), np.array([[0.5], [0.5], [0]], np.float32)))
    metric_case("binary_accuracy", m.BinaryAccuracy(), {"threshold": 0.5}, binary)
    metric_case("binary_accuracy_0", m.BinaryAccuracy(threshold=0), {"threshold": 0}, binary)
    metric_case("binary_accuracy_wide", m.BinaryAccuracy(), {"threshold": 0.5},
                [(g.integers(0, 2, (n, 3)).astype(np.float32), g.uniform(0, 1, (n, 3)).astype(np.float32))
                 for n in sizes])
    labels = [g.integers(0, 4, n).astype(np.float32) for n in sizes]
    scores = [g.standard_normal((n, 4)).astype(np.float32) for n in sizes]
    scores[0][0] = [1, 3, 3, 2]
    metric_case("categorical_accuracy", m.CategoricalAccuracy(), {},
                [(np.eye(4, dtype=np.float32)[y.astype(int)], s) for y, s in zip(labels, scores)])
    metric_case("sparse_categorical_accuracy", m.SparseCategoricalAccuracy(), {}, list(zip(labels, scores)))
    metric_case("sparse_categorical_accuracy_column", m.SparseCategoricalAccuracy(), {},
                [(y[:, None], s) for y, s in zip(labels, scores)])
    metric_case("mean", m.Mean(), {}, [(g.standard_normal(n).astype(np.float32),) for n in sizes])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "losses.safetensors")
    arguments = parser.parse_args()
    losses()
    metrics()
    all_losses()
    all_metrics()
    common.write(arguments.out, TENSORS, {"cases": CASES})
