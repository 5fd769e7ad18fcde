"""Goldens of callbacks: what Keras' make of given logs, without any training.

    python scripts/reference/callbacks.py [--out tests/goldens/callbacks.json]

The keys are in tests/goldens/README.md.
"""

import argparse
import contextlib
import io
import json
import math
import os
import pathlib
import tempfile
import warnings

import numpy as np

import common
import keras
from keras import callbacks as C
from keras import metrics as M
from keras.src.trainers.compile_utils import MetricsList

NAMES = ["loss", "binary_accuracy", "val_loss", "val_binary_accuracy"]
FORMATS = ["{epoch}", "{epoch:02d}-{val_loss:.2f}.keras", "{epoch:5d}|{epoch:+d}|{epoch: d}|{epoch:05.1f}|{epoch:e}",
           "{loss}", "{loss:f}", "{loss:.3e}", "{loss:g}", "{loss:.3g}", "{loss:G}", "{loss:E}", "{loss:%}",
           "{loss:.1%}", "{loss:+.2f}", "{loss: .2f}", "{loss:09.3f}", "{loss:+09.3f}", "{loss:10.4f}", "{{{epoch}}}", "{loss:.0f}",
           "{val_loss:F}", "{val_loss:08.3f}", "a}}b{{c", "{val_loss}"]
FORMATTED = [0.5, -0.125, 1234567.0, 1e-7, 0.00012345, 1e16, 2.5, float("nan"), float("inf"), -0.0,
             0.1 + 0.2, 123456789.125]


class Model:
    """What a callback sees of a model; its one weight is the epoch."""

    def __init__(self, rate=0.01):
        self.optimizer = keras.optimizers.SGD(rate)
        self.metrics = [MetricsList([M.BinaryAccuracy(), M.TruePositives(), M.MeanSquaredError()])]
        self.stop_training = False
        self.weight = [np.array([-1.0])]
        self.saved = []

    def get_weights(self):
        return self.weight

    def set_weights(self, weights):
        self.weight = weights

    def save(self, path, overwrite=True):
        self.saved.append(path)

    save_weights = save


def plain(value):
    """For JSON, which knows no NaN; all logs of an epoch as a list."""
    if isinstance(value, dict) and list(value) == NAMES:
        return plain(list(value.values()))
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value


def some_logs(g, epochs):
    """Numbers that get better and worse, some equal, some NaN, as the float32 that they are."""
    logs = []
    for _ in range(epochs):
        values = g.integers(0, 40, len(NAMES)) / 16 + g.choice([0.0, 1e-5, -1e-4, 1e-9], len(NAMES))
        values[g.random(len(NAMES)) < 0.04] = g.choice([np.nan, np.inf])
        logs.append({name: float(np.float32(v)) for name, v in zip(NAMES, values)})
    return logs


def some_options(g, **choices):
    """Some of the options, with one of their values each."""
    picked = {name: values[g.integers(len(values))] for name, values in choices.items() if g.random() < 0.6}
    monitor, mode = [("val_loss", "auto"), ("loss", "min"), ("val_binary_accuracy", "auto"), ("binary_accuracy", "max"),
                     ("loss", "max"), ("mean_squared_error", "auto")][g.choice(6, p=[.3, .15, .3, .1, .1, .05])]
    return {"monitor": monitor, "mode": mode, **picked}


def run(callback, model, logs, before_end=lambda epoch: None):
    """Goes through the epochs; what was printed."""
    text = io.StringIO()
    callback.set_model(model)
    with contextlib.redirect_stdout(text), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        callback.on_train_begin()
        for epoch, log in enumerate(logs):
            callback.on_epoch_begin(epoch)
            model.weight = [np.array([float(epoch)])]
            callback.on_epoch_end(epoch, dict(log))
            before_end(epoch)
            if model.stop_training:
                break
        callback.on_train_end(dict(log))
    return {"printed": text.getvalue(), "warned": any("not available" in str(w.message) for w in warned)}


def early_stopping(g):
    options = some_options(g, patience=[0, 1, 2, 3, 5], min_delta=[0.0, 0.0625, 0.1, -0.25, 1e-4], verbose=[1],
                           baseline=[1.0, 0.5, 2.0], restore_best_weights=[True], start_from_epoch=[1, 3, 6])
    logs, model, callback = some_logs(g, 12), Model(), C.EarlyStopping(**options)
    result = run(callback, model, logs)
    return {"options": options, "logs": logs, "weight": model.weight[0][0], "stopped_epoch": callback.stopped_epoch,
            "best_epoch": callback.best_epoch, "best": callback.best, **result}


def reduce_lr_on_plateau(g):
    options = some_options(g, factor=[0.5, 0.1, 0.3, 0.0], patience=[0, 1, 2, 3], verbose=[1], cooldown=[1, 2, 4],
                           min_delta=[0.0, 0.0625, 0.1, -0.25], min_lr=[1e-4, 0.003, 0.02])
    rate = float(g.choice([0.01, 0.1, 3e-4]))
    logs, model, rates = some_logs(g, 14), Model(rate), []
    result = run(C.ReduceLROnPlateau(**{"patience": 2, **options}), model, logs,
                 lambda _: rates.append(float(model.optimizer.learning_rate)))
    return {"options": {"patience": 2, **options}, "logs": logs, "rate": rate, "rates": rates, **result}


def learning_rate_scheduler(g):
    first, factor, rate = int(g.integers(0, 6)), float(g.random()), float(g.choice([0.01, 0.1, 3e-4]))
    logs, model, rates = some_logs(g, 8), Model(rate), []
    callback = C.LearningRateScheduler(lambda epoch, lr: lr if epoch < first else lr * factor, verbose=1)
    result = run(callback, model, logs, lambda _: rates.append(float(model.optimizer.learning_rate)))
    return {"first": first, "factor": factor, "logs": logs, "rate": rate, "rates": rates, **result}


def model_checkpoint(g):
    """Epochs of `steps` batches; each batch and epoch has logs of its own. save_best_only by batches is left out: there
    Keras 3.15.1 fails."""
    options = some_options(g, verbose=[1], save_best_only=[True], save_weights_only=[True],
                           initial_value_threshold=[1.0, 0.5], save_freq=["epoch", 1, 3, 4, 7])
    if options.get("save_freq", "epoch") != "epoch":
        options.pop("save_best_only", None)
        options["filepath"] = "{epoch:02d}-{batch:03d}-{loss:.3f}"
    else:
        options["filepath"] = "{epoch:02d}-{val_loss:.2f}"
    options["filepath"] += ".weights.h5" if options.get("save_weights_only") else ".keras"
    steps, model = int(g.integers(1, 6)), Model()
    epochs, batches = some_logs(g, 8), [some_logs(g, steps) for _ in range(8)]
    callback, text = C.ModelCheckpoint(**options), io.StringIO()
    callback.set_model(model)
    with contextlib.redirect_stdout(text), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        callback.on_train_begin()
        for epoch, log in enumerate(epochs):
            callback.on_epoch_begin(epoch)
            for batch, batch_log in enumerate(batches[epoch]):
                callback.on_train_batch_end(batch, dict(batch_log))
            callback.on_epoch_end(epoch, dict(log))
    return {"options": options, "logs": epochs, "batches": batches, "saved": model.saved, "printed": text.getvalue()}


def csv_logger(g):
    """Two trainings with one file: the second replaces or continues it."""
    options = {"separator": str(g.choice([",", ";", "\t", "."])), "append": bool(g.integers(2))}
    trainings = [some_logs(g, 3), some_logs(g, 2)]
    trainings[0][1].pop("val_loss")
    if g.integers(2):
        trainings = [[{k: v for k, v in log.items() if not k.startswith("val_")} for log in logs] for logs in trainings]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log.csv")
        for logs in trainings:
            run(C.CSVLogger(path, **options), Model(), logs)
        return {"options": options, "trainings": trainings, "text": pathlib.Path(path).read_bytes().decode()}


def formats():
    cases = []
    for value in FORMATTED:
        logs = {"loss": value, "val_loss": -value}
        cases.append({"logs": logs, "epoch": 7, "texts": [text.format(epoch=7, **logs) for text in FORMATS]})
    return {"formats": FORMATS, "cases": cases}


def directions():
    """Which way Keras thinks that metrics go."""
    found, needed = {}, {"IoU": (2, [0]), "OneHotIoU": (2, [0]), "MeanIoU": (2,), "OneHotMeanIoU": (2,)}
    for name, metric in vars(M).items():
        with contextlib.suppress(TypeError):
            if isinstance(metric, type):
                found[name] = getattr(metric(*needed.get(name, ())), "_direction", "unknown")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "callbacks.json")
    arguments = parser.parse_args()
    golden = {"keras": keras.__version__, "names": NAMES, "formats": formats(), "directions": directions()}
    for make, count in [(early_stopping, 30), (reduce_lr_on_plateau, 30), (learning_rate_scheduler, 4),
                        (model_checkpoint, 16), (csv_logger, 8)]:
        golden[make.__name__] = [make(common.rng(f"{make.__name__}/{i}")) for i in range(count)]
    path = pathlib.Path(arguments.out)
    path.write_text(json.dumps(plain(golden), separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size:,} bytes")
