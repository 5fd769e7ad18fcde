"""Compile settings: every optimizer, its options and its learning-rate schedules; some begun before the file was saved."""

from case import Case, case

import keras

L = keras.layers
O = keras.optimizers
S = keras.optimizers.schedules

MADE = {
    "sgd": (0, lambda: O.SGD(0.05)),
    "sgd_momentum": (2, lambda: O.SGD(0.05, momentum=0.9)),
    "sgd_nesterov": (0, lambda: O.SGD(0.05, momentum=0.9, nesterov=True)),
    "sgd_by_name": (0, lambda: "sgd"),
    "adam": (0, lambda: O.Adam(0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3)),
    "adam_begun": (2, lambda: O.Adam(0.01)),
    "adam_by_name": (1, lambda: "adam"),
    "adam_amsgrad": (1, lambda: O.Adam(0.01, amsgrad=True)),
    "adamw": (1, lambda: O.AdamW(0.01, weight_decay=0.1)),
    "rmsprop": (0, lambda: O.RMSprop(0.01)),
    "rmsprop_begun": (1, lambda: O.RMSprop(0.01, rho=0.8, momentum=0.5, epsilon=1e-4)),
    "rmsprop_centered": (1, lambda: O.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True, epsilon=1e-4)),
    "adagrad": (1, lambda: O.Adagrad(0.05, initial_accumulator_value=0.2)),
    "adadelta": (1, lambda: O.Adadelta(1.0, rho=0.9)),
    "adamax": (1, lambda: O.Adamax(0.01, beta_1=0.8)),
    "nadam": (0, lambda: O.Nadam(0.01)),
    "nadam_begun": (2, lambda: O.Nadam(0.01, beta_1=0.8)),
    "clipnorm": (0, lambda: O.SGD(0.1, clipnorm=0.3)),
    "clipvalue": (0, lambda: O.SGD(0.1, clipvalue=0.05)),
    "global_clipnorm": (0, lambda: O.Adam(0.01, global_clipnorm=0.3)),
    "weight_decay": (0, lambda: O.SGD(0.05, weight_decay=0.1, momentum=0.5)),
    "ema": (0, lambda: O.SGD(0.1, use_ema=True, ema_momentum=0.8)),
    "ema_overwriting": (1, lambda: O.Adam(0.01, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=2)),
    "gradient_accumulation": (0, lambda: O.SGD(0.1, gradient_accumulation_steps=2)),
    "gradient_accumulation_begun": (1, lambda: O.Adam(0.01, gradient_accumulation_steps=4)),
    "exponential_decay": (0, lambda: O.SGD(S.ExponentialDecay(0.1, 2, 0.5))),
    "exponential_decay_staircase": (1, lambda: O.SGD(S.ExponentialDecay(0.1, 2, 0.5, staircase=True))),
    "piecewise_constant_decay": (0, lambda: O.SGD(S.PiecewiseConstantDecay([1, 3], [0.1, 0.05, 0.01]))),
    "polynomial_decay": (0, lambda: O.SGD(S.PolynomialDecay(0.1, 4, 0.01, power=2.0))),
    "polynomial_decay_cycle": (1, lambda: O.SGD(S.PolynomialDecay(0.1, 3, 0.01, cycle=True))),
    "inverse_time_decay": (0, lambda: O.SGD(S.InverseTimeDecay(0.1, 2, 0.5))),
    "inverse_time_decay_staircase": (0, lambda: O.Adam(S.InverseTimeDecay(0.1, 2, 0.5, staircase=True))),
    "cosine_decay": (0, lambda: O.SGD(S.CosineDecay(0.1, 5, alpha=0.1))),
    "cosine_decay_warmup": (1, lambda: O.SGD(S.CosineDecay(0.01, 5, alpha=0.1, warmup_target=0.1, warmup_steps=3))),
    "cosine_decay_restarts": (0, lambda: O.SGD(S.CosineDecayRestarts(0.1, 2, t_mul=1.5, m_mul=0.8, alpha=0.1))),
}


def network():
    x = keras.Input((4, 5, 2))
    y = L.Conv2D(3, 3, activation="tanh")(x)
    return keras.Model(x, L.Dense(2)(L.Flatten()(y)))


for key, (before, make) in MADE.items():
    def function(make=make, before=before):
        return Case(network(), lambda: dict(optimizer=make(), loss="mse"), epochs_before=before)

    function.__name__ = f"optimizer_{key}"
    case(function)
