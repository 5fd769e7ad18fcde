"""Goldens of optimizers: eight steps on small weights with given gradients, the weights after each and the state at the
end; and the rates of learning-rate schedules.

    python scripts/reference/optimizers.py [--out tests/goldens/optimizers.safetensors]

The keys are in tests/goldens/README.md.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf
from keras import constraints as C
from keras import optimizers as O
from keras.optimizers import schedules as S

STEPS = 8
SHAPES = {"kernel": (3, 2, 2), "bias": (5,)}
OPTIMIZERS = {
    "adam": lambda: O.Adam(),
    "adam_slow": lambda: O.Adam(1e-5),
    "adam_options": lambda: O.Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
    "adam_amsgrad": lambda: O.Adam(0.02, beta_2=0.9, amsgrad=True),
    "adam_decay": lambda: O.Adam(0.02, weight_decay=0.5),
    "adamw": lambda: O.AdamW(),
    "adamw_options": lambda: O.AdamW(0.1, weight_decay=0.3, beta_1=0.5, amsgrad=True),
    "sgd": lambda: O.SGD(),
    "sgd_momentum": lambda: O.SGD(0.05, momentum=0.9),
    "sgd_nesterov": lambda: O.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda: O.RMSprop(),
    "rmsprop_options": lambda: O.RMSprop(0.02, rho=0.7, epsilon=1e-3),
    "rmsprop_momentum": lambda: O.RMSprop(0.01, momentum=0.8),
    "rmsprop_centered": lambda: O.RMSprop(0.01, rho=0.8, epsilon=1e-4, centered=True),
    "rmsprop_momentum_centered": lambda: O.RMSprop(0.01, rho=0.8, momentum=0.5, epsilon=1e-4, centered=True),
    "adagrad": lambda: O.Adagrad(),
    "adagrad_options": lambda: O.Adagrad(0.1, initial_accumulator_value=0.5, epsilon=1e-2),
    "adagrad_from_zero": lambda: O.Adagrad(0.1, initial_accumulator_value=0.0),
    "adadelta": lambda: O.Adadelta(),
    "adadelta_options": lambda: O.Adadelta(1.0, rho=0.8, epsilon=1e-3),
    "adamax": lambda: O.Adamax(),
    "adamax_options": lambda: O.Adamax(0.05, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
    "nadam": lambda: O.Nadam(),
    "nadam_options": lambda: O.Nadam(0.05, beta_1=0.7, beta_2=0.9, epsilon=1e-3),
    "decay": lambda: O.SGD(0.1, weight_decay=0.5, momentum=0.5),
    "decay_excluding_bias": lambda: excluding(O.RMSprop(0.1, weight_decay=0.5)),
    "clipnorm": lambda: O.SGD(0.05, clipnorm=4.0),
    "clipvalue": lambda: O.SGD(0.05, clipvalue=0.5),
    "global_clipnorm": lambda: O.SGD(0.05, global_clipnorm=6.0),
    "ema": lambda: O.SGD(0.05, use_ema=True, ema_momentum=0.8),
    "ema_overwriting": lambda: O.Adam(0.02, amsgrad=True, use_ema=True, ema_overwrite_frequency=3),
    "accumulation": lambda: O.SGD(0.05, gradient_accumulation_steps=3),
    "accumulation_of_all": lambda: O.Nadam(S.ExponentialDecay(0.05, 3, 0.5), weight_decay=0.1, clipnorm=2.0,
                                           use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=2,
                                           gradient_accumulation_steps=2),
    "schedule": lambda: O.SGD(S.CosineDecay(0.1, 5, alpha=0.1)),
    "schedule_decay": lambda: O.AdamW(S.PolynomialDecay(0.1, 4, 0.01, power=2.0), weight_decay=0.2),
    "max_norm": lambda: O.SGD(0.05),
    "max_norm_of_axes": lambda: O.SGD(0.05),
    "non_neg": lambda: O.SGD(0.05),
    "unit_norm": lambda: O.Adam(0.05),
    "min_max_norm": lambda: O.SGD(0.05, momentum=0.5, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2),
    "constrained_accumulation": lambda: O.SGD(0.05, gradient_accumulation_steps=3),
}
CONSTRAINTS = {
    "max_norm": (C.MaxNorm(0.7), C.MaxNorm(1.0)),
    "max_norm_of_axes": (C.MaxNorm(0.5, axis=[0, 1]), None),
    "non_neg": (C.NonNeg(), None),
    "unit_norm": (C.UnitNorm(axis=1), C.UnitNorm()),
    "min_max_norm": (C.MinMaxNorm(0.5, 0.9, rate=0.3, axis=-1), C.MinMaxNorm()),
    "constrained_accumulation": (C.UnitNorm(axis=[0, 2]), C.NonNeg()),
}
SCHEDULES = {
    "exponential": S.ExponentialDecay(0.1, 7, 0.5),
    "exponential_staircase": S.ExponentialDecay(0.1, 7, 0.9, staircase=True),
    "piecewise": S.PiecewiseConstantDecay([3, 10, 11], [0.1, 0.05, 0.01, 0.3]),
    "polynomial": S.PolynomialDecay(0.1, 20),
    "polynomial_square": S.PolynomialDecay(0.1, 20, 0.01, power=2.0),
    "polynomial_cycle": S.PolynomialDecay(0.1, 6, 0.01, power=0.5, cycle=True),
    "inverse_time": S.InverseTimeDecay(0.1, 7, 0.5),
    "inverse_time_staircase": S.InverseTimeDecay(0.1, 7, 0.5, staircase=True),
    "cosine": S.CosineDecay(0.1, 30),
    "cosine_alpha": S.CosineDecay(0.1, 30, alpha=0.1),
    "cosine_warmup": S.CosineDecay(0.01, 20, alpha=0.1, warmup_target=0.1, warmup_steps=9),
    "cosine_restarts": S.CosineDecayRestarts(0.1, 5),
    "cosine_restarts_equal": S.CosineDecayRestarts(0.1, 7, t_mul=1.0, m_mul=0.9, alpha=0.05),
    "cosine_restarts_options": S.CosineDecayRestarts(0.1, 4, t_mul=1.5, m_mul=0.8, alpha=0.1),
}
RATES_AT = [*range(48), 75, 100, 155, 500, 1000, 12345]


def excluding(optimizer):
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "optimizers.safetensors")
    arguments = parser.parse_args()
    states, tensors = {}, {}
    for case, make in OPTIMIZERS.items():
        optimizer = make()
        g = common.rng(case)
        weights = {name: keras.Variable(g.standard_normal(shape), name=name, dtype="float32")
                   for name, shape in SHAPES.items()}
        for weight, constraint in zip(weights.values(), CONSTRAINTS.get(case, ())):
            weight.constraint = constraint
        for name, weight in weights.items():
            tensors[f"{case}/initial/{name}"] = weight.numpy()
        given, after = {name: [] for name in SHAPES}, {name: [] for name in SHAPES}
        for step in range(STEPS):
            # Gradients of many sizes, a zero among them: the epsilon and the bias correction show.
            grads = {name: (g.standard_normal(shape) * 10.0 ** g.integers(-6, 2, shape)).astype(np.float32)
                     for name, shape in SHAPES.items()}
            grads["bias"][0] = 0.0
            optimizer.apply([tf.constant(v) for v in grads.values()], list(weights.values()))
            for name, weight in weights.items():
                given[name].append(grads[name])
                after[name].append(weight.numpy())
        for name in SHAPES:
            tensors[f"{case}/grads/{name}"] = np.stack(given[name])
            tensors[f"{case}/weights/{name}"] = np.stack(after[name])
        state = [v for v in optimizer.variables if v.path.split("/")[-1] not in ("iteration", "learning_rate")]
        states[case] = [v.path.split("/")[-1] for v in state]
        if state:
            tensors[f"{case}/state"] = np.concatenate([v.numpy().reshape(-1) for v in state])
        if optimizer.use_ema:
            optimizer.finalize_variable_values(list(weights.values()))
            for name, weight in weights.items():
                tensors[f"{case}/final/{name}"] = weight.numpy()
    for case, schedule in SCHEDULES.items():
        tensors[f"schedules/{case}"] = np.array([float(schedule(step)) for step in RATES_AT])
    tensors["schedules/steps"] = np.array(RATES_AT)
    common.write(arguments.out, tensors, {"states": states})
