"""Every function of keras.activations, by name and as a layer, and the layers that are activations."""

from case import Case, case, joined, normal, sgd

import keras

L = keras.layers
NAMES = sorted(set(keras.src.activations.ALL_OBJECTS_DICT) - {"glu", "threshold"})


def activated(names):
    x = keras.Input((2, 3, 4))
    y = L.Dense(4)(x)
    # in a layer of its own and inside Dense
    return Case(joined(x, [L.Activation(n)(y) for n in names] + [L.Dense(4, activation=n)(x) for n in names]), sgd(0.005))


@case
def activations_1():
    return activated(NAMES[0::4])


@case
def activations_2():
    return activated(NAMES[1::4])


@case
def activations_3():
    return activated(NAMES[2::4])


@case
def activations_4():
    return activated(NAMES[3::4])


@case
def activation_glu():
    """It halves the last axis, which Keras' own shapes do not know: nothing may come after it."""
    x = keras.Input((3, 4))
    return Case(keras.Model(x, L.Activation("glu")(L.Dense(6)(x))))


@case
def activations_far_from_zero():
    x = keras.Input((8,))
    model = joined(x, [L.Activation(n)(x) for n in NAMES if n != "exponential"])
    return Case(model, inputs=[20 * normal("activations_far_from_zero", 6, 8)])


@case
def activations_called():
    """Functions of keras.activations with arguments of their own: Keras writes ops where other nodes have layers."""
    A = keras.activations
    x = keras.Input((2, 3, 4))
    y = L.Dense(4)(x)
    branches = [A.celu(y, alpha=0.7), A.elu(y, alpha=0.71), A.hard_shrink(y, threshold=0.31), A.leaky_relu(y),
                A.leaky_relu(y, negative_slope=0.31), A.soft_shrink(y, threshold=0.2), A.squareplus(y, b=3), A.softmax(y),
                A.threshold(y, 0.123, 0.423), A.log_softmax(y), A.softmax(y, axis=2), A.gelu(y, approximate=True),
                A.relu(y, negative_slope=0.1, max_value=0.8, threshold=0.3)]
    return Case(joined(x, branches), sgd(0.02))


@case
def relu_layers():
    x = keras.Input((3, 4, 5))
    y = L.Conv2D(6, 1)(x)
    branches = [L.ReLU()(y), L.ReLU(max_value=0.6)(y), L.ReLU(negative_slope=0.2)(y), L.ReLU(threshold=0.3)(y),
                L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2)(y), L.LeakyReLU()(y),
                L.LeakyReLU(negative_slope=0.1)(y), L.ELU()(y), L.ELU(alpha=0.4)(y)]
    return Case(joined(x, branches), sgd())


@case
def prelu():
    x = keras.Input((3, 4, 5))
    branches = [L.PReLU()(x), L.PReLU(shared_axes=[1, 2])(x), L.PReLU(shared_axes=[3])(x),
                L.PReLU(shared_axes=[1, 2, 3])(x), L.PReLU()(L.Dense(3)(L.Flatten()(x)))]
    return Case(joined(x, branches), sgd())


@case
def softmax_axes():
    x = keras.Input((3, 4, 5))
    y = L.Dense(5)(x)
    return Case(joined(x, [L.Softmax()(y), L.Softmax(axis=1)(y), L.Softmax(axis=2)(y), L.Softmax(axis=-2)(y)]), sgd())
