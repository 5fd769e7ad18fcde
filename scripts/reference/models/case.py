"""What a reference model is: a function that returns a Case, and how it is recorded.

A function decorated with @case makes one small model, which is called as the function. Weights, inputs and labels come
from generators that are keyed by the model's name and the run's seed, so that a new model changes no other.
"""

import dataclasses
import json
import pathlib
import sys
import typing
import zipfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))  # behind: it has modules of the same names

import numpy as np

import common
import keras

SEED = 0
CASES = {}
EPOCHS = 3
STAMP = (1980, 1, 1, 0, 0, 0)


@dataclasses.dataclass
class Case:
    model: keras.Model
    compile: typing.Callable | None = None  # makes compile's arguments anew; None: to predict only
    inputs: list | None = None  # None: standard normal
    labels: list | None = None  # None: standard normal
    examples: int = 6
    batch_size: int = 4
    sample_weight: list | None = None  # one array an output
    class_weight: dict | None = None
    honest: bool = False  # training=False at a node holds in fit: see Honest
    epochs_before: int = 0  # trained for so long before it is saved, so that the file has an optimizer's state
    randomize: bool = True


def case(function):
    if function.__name__ in CASES:
        raise ValueError(f"two models are called {function.__name__}")
    CASES[function.__name__] = function
    return function


def rng(name):
    return common.rng(f"{SEED}/{name}" if SEED else name)


def normal(name, *shape):
    return rng(name).standard_normal(shape).astype(np.float32)


def classes(name, examples, count):
    """Labels that have every class, as far as there are examples enough."""
    return ((np.arange(examples) + rng(name).integers(count)) % count).astype(np.float32)[:, None]


def one_hot(name, examples, count):
    return np.eye(count, dtype=np.float32)[classes(name, examples, count)[:, 0].astype(int)]


def sgd(rate=0.05, loss="mse", **options):
    return lambda: dict(optimizer=keras.optimizers.SGD(rate), loss=loss, **options)


def adam(rate=0.01, loss="mse", **options):
    return lambda: dict(optimizer=keras.optimizers.Adam(rate), loss=loss, **options)


def joined(inputs, branches):
    """One model of many branches, which end in one output."""
    flat = [b if len(b.shape) == 2 else keras.layers.Flatten()(b) for b in branches]
    return keras.Model(inputs, flat[0] if len(flat) == 1 else keras.layers.Concatenate()(flat))


class Honest(keras.Model):
    """Calls the layers of a functional model, and leaves `training` at a node as it was given there.

    Keras 3.15.1's own fit on a functional model overrides it (keras issue 20285)."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def call(self, x, training=None):
        def operation(op):
            def run(*args, **kwargs):
                given = kwargs.get("training")
                if getattr(op, "_call_has_training_arg", False) and (given is None or isinstance(op, keras.layers.Dropout)):
                    kwargs["training"] = training
                return op(*args, **kwargs)

            return run

        outputs = self.network._run_through_graph([x], operation_fn=operation)
        return outputs[0] if isinstance(outputs, list) else outputs


def all_layers(layer):
    yield layer
    for inner in getattr(layer, "layers", []):
        yield from all_layers(inner)


def randomize(name, model):
    """Every weight gets a value of its own; none stays at the zeros or ones that would hide a mistake."""
    given = [w for layer in all_layers(model) if isinstance(layer, keras.layers.Normalization) for w in layer.weights]
    for i, weight in enumerate(model.weights):
        if any(weight is w for w in given):
            continue
        g = rng(f"{name}/{i}/{weight.name}")
        if weight.name in ("gamma", "moving_variance"):
            value = g.uniform(0.5, 1.5, weight.shape)
        else:
            fan_in = max(1, int(np.prod(weight.shape[:-1]))) if len(weight.shape) > 1 else 4
            value = g.standard_normal(weight.shape) / np.sqrt(fan_in)
        value = value.astype(np.float32)
        if getattr(weight, "constraint", None) is not None:
            value = keras.ops.convert_to_numpy(weight.constraint(keras.ops.convert_to_tensor(value)))
        weight.assign(value)


def as_list(value):
    if isinstance(value, dict):
        return [value[k] for k in sorted(value)]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def unwrap(values):
    return values[0] if len(values) == 1 else values


def labels_of(model, labels):
    """As fit() takes them: by the names of a model whose outputs are a dictionary."""
    names = getattr(model, "_outputs_struct", None)
    return dict(zip(sorted(names), labels)) if isinstance(names, dict) else unwrap(labels)


def predict(model, inputs):
    names = getattr(model, "_inputs_struct", None)
    given = dict(zip(sorted(names), inputs)) if isinstance(names, dict) else unwrap(inputs)
    return [np.asarray(y) for y in as_list(model(given, training=False))]


def pack(path):
    """Writes the file's members anew, deflated and with a fixed date: a tenth of the size, and always the same bytes."""
    with zipfile.ZipFile(path) as source:
        members = [(name, source.read(name)) for name in source.namelist()]
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members:
            if name == "metadata.json":
                data = json.dumps(json.loads(data) | {"date_saved": "1980-01-01@00:00:00"}).encode()
            target.writestr(zipfile.ZipInfo(name, STAMP), data, zipfile.ZIP_DEFLATED, 9)


class Diverged(Exception):
    """Keras' own training does not stay finite, or grows without end: rounding decides what comes of it."""


def record(name, out):
    """Makes the model, and writes <name>.keras and <name>.safetensors into the folder `out`."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(common.fnv1a(f"{SEED}/{name}") % 2**31)
    made = CASES[name]()
    model, about = made.model, {"seed": SEED}
    if made.randomize:
        randomize(name, model)
    shapes = [x.shape[1:] for x in model.inputs]
    inputs = made.inputs or [normal(f"{name}/x{i}", made.examples, *(d or 5 for d in s)) for i, s in enumerate(shapes)]
    fit = None
    trained = model
    if made.compile:
        model.compile(**made.compile())
        if made.honest:
            trained = Honest(model)
            trained.compile(**made.compile())
        labels = made.labels or [normal(f"{name}/y{i}", len(inputs[0]), *y.shape[1:]) for i, y in enumerate(model.outputs)]
        fit = dict(batch_size=made.batch_size, shuffle=False, verbose=0, class_weight=made.class_weight,
                   sample_weight=None if made.sample_weight is None else unwrap(made.sample_weight))
        if made.epochs_before:
            model.fit(unwrap(inputs), labels_of(model, labels), epochs=made.epochs_before, **fit)
    path = pathlib.Path(out) / f"{name}.keras"
    model.save(path)
    pack(path)
    tensors = {f"input/{i}": x for i, x in enumerate(inputs)}
    outputs = predict(model, inputs)
    tensors |= {f"output/{i}": y for i, y in enumerate(outputs)}
    read = keras.models.load_model(path, compile=bool(made.compile))
    for a, b in zip(predict(read, inputs), outputs):
        assert np.allclose(a, b, atol=1e-5), f"{path}: Keras reads it back to another prediction"
    assert max(float(np.max(np.abs(y))) for y in outputs) > 1e-3, f"{name}: nothing comes out"

    if fit:
        history = trained.fit(unwrap(inputs), labels_of(trained, labels), epochs=EPOCHS, **fit).history
        tensors |= {f"label/{i}": y for i, y in enumerate(labels)}
        tensors |= {f"sample_weight/{i}": w for i, w in enumerate(made.sample_weight or [])}
        tensors |= {f"history/{key}": np.array(values) for key, values in history.items()}
        losses, after = history["loss"], predict(model, inputs)
        tensors |= {f"after/{i}": y for i, y in enumerate(after)}
        if not all(np.all(np.isfinite(y)) for y in (losses, *after)) or abs(losses[-1]) > 100 * (1 + abs(losses[0])):
            raise Diverged(name)
        about["fit"] = {"epochs": EPOCHS, "batch_size": made.batch_size, "history": list(history)}
        if made.class_weight:
            about["fit"]["class_weight"] = {str(k): v for k, v in made.class_weight.items()}
        if made.honest:
            still = [w for layer in all_layers(read.get_layer("base")) for w in layer.weights
                     if isinstance(layer, keras.layers.BatchNormalization) and w.name.startswith("moving")]
            now = [w for layer in all_layers(model.get_layer("base")) for w in layer.weights
                   if isinstance(layer, keras.layers.BatchNormalization) and w.name.startswith("moving")]
            assert still and all(np.array_equal(a, b) for a, b in zip(still, now)), f"{name}: the statistics moved"
    common.write(pathlib.Path(out) / f"{name}.safetensors", tensors, {"about": about})
