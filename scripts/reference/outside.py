"""Compares what Keras and tanuki make of models that others made, output by output.

    python scripts/reference/outside.py MODEL.keras… [--tanuki build/bin/tanuki] [--seed 0] [--size 42]

Every output of a model is taken as a model of its own, with the inputs that it needs, so that one layer which tanuki does
not know hides no other. Inputs are uniform in 0 … 1, two examples, sizes that a model leaves open are --size. Prints the
outputs that differ by more than 1e-4 of the largest magnitude, and those that tanuki does not load with what it says; ends
with 1 where there is one that differs.
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

import common  # noqa: F401  before keras, for its environment
import keras
import numpy as np


def parts(model):
    """(the layer it comes from, a model of that output alone) for each output."""
    for output in model.outputs:
        needed, stack, seen = [], [output], set()
        while stack:
            tensor = stack.pop()
            if id(tensor) in seen:
                continue
            seen.add(id(tensor))
            operation, node, _ = tensor._keras_history
            if any(tensor is i for i in model.inputs):
                needed.append(tensor)
            else:
                stack += operation._inbound_nodes[node].input_tensors
        inputs = [i for i in model.inputs if any(i is n for n in needed)]
        yield output._keras_history.operation, keras.Model(inputs, output)


def compare(model, tanuki, rng, size, folder):
    """The largest difference, relative to the largest magnitude; raises RuntimeError where tanuki has no answer."""
    xs = [rng.uniform(0, 1, (2, *(e or size for e in x.shape[1:]))).astype(np.float32) for x in model.inputs]
    model.save(folder / "model.keras")
    files = [folder / f"x{i}.npy" for i in range(len(xs))]
    for file, x in zip(files, xs):
        np.save(file, x)
    expected = np.asarray(model.predict(xs if len(xs) > 1 else xs[0], verbose=0))
    run = subprocess.run([tanuki, "predict", folder / "model.keras", *files, folder / "y.npy"], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr.strip().replace(str(folder), "").removeprefix("tanuki: "))
    given = np.load(folder / "y.npy")
    if given.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(given - expected)) / max(np.max(np.abs(expected)), 1e-30))


def check(path, tanuki, seed, size):
    model = keras.models.load_model(path, compile=False)
    rng, good, wrong, refused = np.random.default_rng(seed), [], [], collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for layer, part in parts(model):
            about = f"{type(layer).__name__} '{layer.name}' of {[tuple(x.shape[1:]) for x in part.inputs]}"
            try:
                error = compare(part, tanuki, rng, size, pathlib.Path(folder))
                (good if error <= 1e-4 else wrong).append((error, about))
            except RuntimeError as why:
                refused[type(layer).__name__].append((about, str(why)))
    print(f"== {path}: {len(model.outputs)} outputs, {len(good)} agree, to {max(good)[0] if good else 0:.1e} at most; "
          f"{len(wrong)} differ, {sum(map(len, refused.values()))} are refused")
    for error, about in wrong:
        print(f"{about} differs by {error:.1e}")
    for each in refused.values():
        for about, why in each:
            print(f"{about}: {why}")
    return not wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=pathlib.Path)
    parser.add_argument("--tanuki", default="build/bin/tanuki")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=42)
    arguments = parser.parse_args()
    agree = [check(path, arguments.tanuki, arguments.seed, arguments.size) for path in arguments.models]
    sys.exit(0 if all(agree) else 1)
