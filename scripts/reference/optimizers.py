"""Goldens of optimizers: six steps on small weights with given gradients, and the weights after each.

    python scripts/reference/optimizers.py [--out tests/goldens/optimizers.safetensors]

The keys are in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf

STEPS = 6
SHAPES = {"kernel": (3, 2, 2), "bias": (5,)}
OPTIMIZERS = {
    "adam": ("Adam", {}),
    "adam_slow": ("Adam", {"learning_rate": 1e-5}),
    "adam_options": ("Adam", {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    "sgd": ("SGD", {}),
    "sgd_momentum": ("SGD", {"learning_rate": 0.05, "momentum": 0.9}),
    "sgd_nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "optimizers.safetensors")
    arguments = parser.parse_args()
    cases, tensors = {}, {}
    for case, (kind, options) in OPTIMIZERS.items():
        optimizer = getattr(keras.optimizers, kind)(**options)
        g = common.rng(case)
        weights = {name: keras.Variable(g.standard_normal(shape), name=name) for name, shape in SHAPES.items()}
        for name, weight in weights.items():
            tensors[f"{case}/initial/{name}"] = weight.numpy()
        for step in range(STEPS):
            # Gradients of many sizes, a zero among them: the epsilon and the bias correction show.
            grads = {name: (g.standard_normal(shape) * 10.0 ** g.integers(-6, 2, shape)).astype(np.float32)
                     for name, shape in SHAPES.items()}
            grads["bias"][0] = 0.0
            optimizer.apply([tf.constant(v) for v in grads.values()], list(weights.values()))
            for name, weight in weights.items():
                tensors[f"{case}/grads/{step}/{name}"] = grads[name]
                tensors[f"{case}/weights/{step}/{name}"] = weight.numpy()
        config = optimizer.get_config()
        names = ("learning_rate", "beta_1", "beta_2", "epsilon", "momentum", "nesterov")
        # Shortest decimal that gives the float32 back: 0.001, not 0.0010000000474974513.
        cases[case] = {"class": kind, "steps": STEPS,
                       "config": {k: float(str(np.float32(config[k]))) if isinstance(config[k], float) else config[k]
                                  for k in names if k in config}}
    common.write(arguments.out, tensors, {"cases": cases})
