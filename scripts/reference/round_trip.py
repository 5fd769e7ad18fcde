"""Keras → tanuki → Keras: every small model through `tanuki convert IN.keras OUT.keras`, and read by Keras again.

    python scripts/reference/round_trip.py --models tests/goldens/models --tanuki build/bin/tanuki [--only NAME…]

A model that leaves its input's sizes open (any_*) is given them, tanuki has it for these alone, and comes back with open sizes;
one of several such inputs is left out. The weights must be the same
bits, the summary the same text, the prediction the same to 1e-5, and where the model was compiled, one more epoch of fit()
must have the same loss to 1e-5: the optimizer's state came along. A program's own class is refused by its name, and not taken for Keras' of the same.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import common
import keras
import numpy as np


def summary(model):
    lines = []
    model.summary(print_fn=lines.append, expand_nested=True, line_length=120)
    return "\n".join(lines)


def unwrap(values):
    return values[0] if len(values) == 1 else values


def predict(model, x):
    names = getattr(model, "_inputs_struct", None)
    y = model(dict(zip(sorted(names), x)) if isinstance(names, dict) else unwrap(x), training=False)
    return [np.asarray(one) for one in common_order(y)]


def common_order(y):
    return [y[name] for name in sorted(y)] if isinstance(y, dict) else list(y) if isinstance(y, (list, tuple)) else [y]


def labels_of(model, labels):
    names = getattr(model, "_outputs_struct", None)
    return dict(zip(sorted(names), labels)) if isinstance(names, dict) else unwrap(labels)


def read(path):
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    return keras.models.load_model(path)


def open_sizes(name, golden):
    if not name.startswith("any_"):
        return []
    shape = common.read(golden)[0]["input/0"].shape[1:]
    return ["--input-shape", ",".join(map(str, shape))]


def differences(original, written, golden):
    tensors, about = common.read(golden)
    about = about["about"] if isinstance(about["about"], dict) else json.loads(about["about"])
    pick = lambda kind: [tensors[k] for k in sorted(tensors) if k.startswith(kind + "/")]
    x, before, after = pick("input"), read(original), read(written)
    if len(before.weights) != len(after.weights):
        yield f"{len(before.weights)} weights became {len(after.weights)}"
        return
    for a, b in zip(before.weights, after.weights):
        if "seed_generator" not in a.path and not np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True):
            yield f"{a.path} is not the same"
    for struct in ("_inputs_struct", "_outputs_struct"):
        if isinstance(getattr(before, struct, None), dict) != isinstance(getattr(after, struct, None), dict):
            yield f"{struct} is a dictionary in one of them"
    if summary(before) != summary(after):
        yield "the summary is another"
    for a, b in zip(predict(before, x), predict(after, x)):
        if a.shape != b.shape or not np.allclose(a, b, rtol=1e-5, atol=1e-6):
            yield "the prediction is another"
    if before.compiled != after.compiled:
        yield "it is compiled no more" if before.compiled else "it became compiled"
    elif "fit" in about:
        # both may have random layers: those models are not trained here
        fit = dict(batch_size=about["fit"]["batch_size"], shuffle=False, verbose=0, epochs=1)
        losses = [m.fit(unwrap(x), labels_of(m, pick("label")), **fit).history["loss"][0] for m in (before, after)]
        if not np.isclose(*losses, rtol=1e-5):
            yield f"training goes on with a loss of {losses[1]}, expected {losses[0]}"


REGISTERED = "a registered class"


@keras.saving.register_keras_serializable(package="mine")
class Rescaling(keras.layers.Rescaling):
    """A program's own class; tanuki knows one of this name."""


def save_registered(folder):
    x = keras.Input((4, 4, 3))
    keras.Model(x, Rescaling(0.5, name="own")(x)).save(folder / "registered.keras")
    return folder / "registered.keras"


def registered_differences(tanuki, folder):
    done = subprocess.run([tanuki, "convert", "--quiet", save_registered(folder), folder / "written.keras"],
                          capture_output=True, text=True)
    if done.returncode != 1 or "class 'mine>Rescaling' is of the program" not in done.stderr:
        yield f"expected to be refused, got status {done.returncode}: {done.stderr}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path, default=common.GOLDENS / "models")
    parser.add_argument("--tanuki", default="build/bin/tanuki")
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    wrong, names = 0, arguments.only or sorted(path.stem for path in arguments.models.glob("*.keras"))
    if not arguments.only:
        names = [name for name in names if not name.startswith("any_sizes_of_several")] + [REGISTERED]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in names:
            original, written = arguments.models / f"{name}.keras", folder / "written.keras"
            golden = original.with_suffix(".safetensors")
            try:
                if name == REGISTERED:
                    found = list(registered_differences(arguments.tanuki, folder))
                else:
                    subprocess.run([arguments.tanuki, "convert", "--quiet", original, written, *open_sizes(name, golden)],
                                   check=True, stdout=subprocess.DEVNULL)
                    found = list(differences(original, written, golden))
            except Exception as error:
                found = [str(error).splitlines()[0][:300]]
            wrong += bool(found)
            for what in found:
                print(f"{name}: {what}", flush=True)
    print(f"{len(names) - wrong} of {len(names)} models come back the same")
    sys.exit(bool(wrong))
