"""Regularizers and constraints of weights, and initializers in the config."""

from case import Case, case, joined, sgd

import keras

L = keras.layers
R = keras.regularizers
C = keras.constraints
I = keras.initializers


@case
def regularizers():
    x = keras.Input((6, 5, 3))
    y = L.Conv2D(4, 3, kernel_regularizer=R.L2(0.02), bias_regularizer=R.L1(0.01))(x)
    y = L.DepthwiseConv2D(2, depthwise_regularizer=R.L1L2(0.01, 0.02))(y)
    y = L.SeparableConv2D(3, 2, depthwise_regularizer="l2", pointwise_regularizer=R.L1(0.01))(y)
    y = L.BatchNormalization(momentum=0.8, gamma_regularizer=R.L2(0.01), beta_regularizer=R.L1(0.01))(y)
    return Case(keras.Model(x, L.Dense(2, kernel_regularizer=R.L1L2(0.01, 0.01))(L.Flatten()(y))), sgd())


@case
def regularizers_of_frozen_layers():
    """What is frozen, or shared, counts as Keras counts it."""
    x = keras.Input((6,))
    frozen = L.Dense(6, kernel_regularizer=R.L2(0.1), trainable=False)
    shared = L.Dense(6, kernel_regularizer=R.L2(0.05), activation="tanh")
    return Case(keras.Model(x, L.Dense(2)(shared(shared(frozen(x))))), sgd())


@case
def orthogonal_regularizer():
    x = keras.Input((6,))
    return Case(keras.Model(x, L.Dense(3, kernel_regularizer=R.OrthogonalRegularizer(0.1, mode="columns"))(x)), sgd())


@case
def activity_regularizer():
    x = keras.Input((6,))
    y = L.Dense(4, activity_regularizer=R.L2(0.05), activation="relu")(x)
    y = L.ActivityRegularization(l1=0.02)(L.Dense(3)(y))
    return Case(keras.Model(x, L.Dense(2, activity_regularizer=R.L1(0.03))(y)), sgd())


@case
def constraints():
    x = keras.Input((6, 5, 3))
    y = L.Conv2D(4, 3, kernel_constraint=C.MaxNorm(0.8, axis=[0, 1, 2]), bias_constraint=C.NonNeg())(x)
    y = L.DepthwiseConv2D(2, depthwise_constraint=C.UnitNorm(axis=[0, 1]))(y)
    y = L.BatchNormalization(momentum=0.8, gamma_constraint="non_neg")(y)
    y = L.Dense(4, kernel_constraint=C.MinMaxNorm(0.3, 0.9, rate=0.5))(L.Flatten()(y))
    return Case(keras.Model(x, L.Dense(2, kernel_constraint=C.MaxNorm(0.5))(y)), sgd(0.1))


@case
def initializers():
    """Only their names matter to a loaded model, but the file has them all."""
    x = keras.Input((6, 5, 3))
    made = [I.GlorotNormal(), I.HeNormal(), I.HeUniform(), I.LecunNormal(), I.LecunUniform(), I.RandomNormal(stddev=0.1),
            I.RandomUniform(-0.1, 0.1), I.TruncatedNormal(stddev=0.2), I.VarianceScaling(2.0, "fan_out"), I.Orthogonal(),
            I.Constant(0.1), "ones", "zeros"]
    return Case(joined(x, [L.Conv2D(1, 2, kernel_initializer=k, bias_initializer=I.Constant(0.1))(x) for k in made]), sgd())
