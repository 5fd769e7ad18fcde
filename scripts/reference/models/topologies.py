"""How layers are connected: Sequential, nested, shared, several inputs and outputs, training=False at a node, frozen."""

from case import Case, adam, case, joined, normal, sgd

import keras

L = keras.layers


def block(name, filters=4, channels=3, size=6):
    """A base with a batch normalisation and a residual."""
    inputs = keras.Input((size, size, channels))
    x = L.Conv2D(filters, 3, padding="same", use_bias=False)(inputs)
    x = L.ReLU()(L.BatchNormalization(momentum=0.8)(x))
    shortcut = L.BatchNormalization(momentum=0.8)(L.Conv2D(filters, 1, use_bias=False)(inputs))
    return keras.Model(inputs, L.Add()([x, shortcut]), name=name)


@case
def sequential():
    return Case(keras.Sequential([keras.Input((6, 7, 3)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Flatten(),
                                  L.Dense(3)]), sgd())


@case
def sequential_built_by_call():
    """No Input in it: the file has the shape in build_config."""
    model = keras.Sequential([L.Conv2D(4, 3, activation="relu"), L.GlobalAveragePooling2D(), L.Dense(3)])
    model.build((None, 6, 7, 3))
    return Case(model, sgd())


@case
def sequential_of_models():
    head = keras.Sequential([L.GlobalAveragePooling2D(), L.Dense(5, activation="relu"), L.Dense(2)], name="head")
    return Case(keras.Sequential([keras.Input((6, 6, 3)), block("base"), head]), sgd())


@case
def nested():
    """Models two deep, and names that come more than once."""
    inner = block("inner", channels=4)
    middle_inputs = keras.Input((6, 6, 3))
    x = L.Conv2D(4, 1, name="conv2d")(middle_inputs)
    middle = keras.Model(middle_inputs, L.MaxPooling2D()(inner(x)), name="middle")
    outer = keras.Input((6, 6, 3))
    x = L.GlobalAveragePooling2D()(L.Conv2D(3, 2, name="conv2d")(middle(outer)))
    return Case(keras.Model(outer, L.Dense(2)(x)), sgd(0.01))


@case
def shared_layers():
    """One convolution, one normalisation and one dense layer are called several times."""
    a, b = keras.Input((5, 4, 3)), keras.Input((5, 4, 3))
    conv, norm, dense = L.Conv2D(3, 3, padding="same"), L.LayerNormalization(), L.Dense(2)
    x, y = norm(conv(a)), norm(conv(conv(b)))
    outputs = [dense(L.Flatten()(x)), dense(L.Flatten()(y))]
    return Case(keras.Model([a, b], L.Concatenate()(outputs)), sgd())


@case
def shared_batch_normalization():
    x = keras.Input((5, 4, 3))
    norm = L.BatchNormalization(momentum=0.8)
    return Case(keras.Model(x, L.Flatten()(norm(L.Conv2D(3, 3, padding="same", use_bias=False)(norm(x))))), sgd())


@case
def shared_model():
    a, b = keras.Input((6, 6, 3)), keras.Input((6, 6, 3))
    base = block("base")
    distance = L.Subtract()([L.GlobalAveragePooling2D()(base(a)), L.GlobalAveragePooling2D()(base(b))])
    return Case(keras.Model([a, b], L.Dense(1)(distance)), sgd())


@case
def several_inputs():
    image, numbers = keras.Input((6, 5, 2), name="image"), keras.Input((4,), name="numbers")
    x = L.GlobalMaxPooling2D()(L.Conv2D(3, 3)(image))
    return Case(keras.Model([image, numbers], L.Dense(2)(L.Concatenate()([x, L.Dense(3)(numbers)]))), sgd())


@case
def several_outputs():
    x = keras.Input((6, 5, 2))
    y = L.Conv2D(3, 3, activation="relu")(x)
    outputs = [L.Dense(2, name="first")(L.Flatten()(y)), L.Conv2D(1, 1, name="second")(y)]
    return Case(keras.Model(x, outputs), sgd())


@case
def several_inputs_and_outputs():
    a, b = keras.Input((4,), name="a"), keras.Input((3,), name="b")
    x = L.Concatenate()([L.Dense(3)(a), L.Dense(3)(b)])
    outputs = [L.Dense(2, name="left")(x), L.Dense(1, name="right")(x)]
    compile = lambda: dict(optimizer=keras.optimizers.SGD(0.05), loss=["mse", "mae"], loss_weights=[0.5, 2.0],
                           metrics=[["mae"], ["mse"]])
    return Case(keras.Model([a, b], outputs), compile)


@case
def several_losses_by_name():
    x = keras.Input((4,), name="a")
    y = L.Dense(5, activation="tanh")(x)
    outputs = {"left": L.Dense(2, name="left")(y), "right": L.Dense(1, name="right")(y)}
    compile = lambda: dict(optimizer=keras.optimizers.SGD(0.05), loss={"left": "mse", "right": "mae"},
                           loss_weights={"left": 0.5, "right": 2.0})
    return Case(keras.Model(x, list(outputs.values())), compile)


@case
def named_inputs_and_outputs():
    """Inputs and outputs are dictionaries; in the goldens they are in the order of their names."""
    inputs = {"b": keras.Input((3,), name="b"), "a": keras.Input((4,), name="a")}
    x = L.Concatenate()([L.Dense(3)(inputs["b"]), L.Dense(2)(inputs["a"])])
    return Case(keras.Model(inputs, {"right": L.Dense(1, name="right")(x), "left": L.Dense(2, name="left")(x)}))


@case
def losses_by_named_outputs():
    """The outputs are a dictionary whose keys are no layers' names: losses, weights, metrics and history go by them."""
    x = keras.Input((4,))
    return Case(keras.Model(x, {"right": L.Dense(1, name="a")(x), "left": L.Dense(2, name="b")(x)}),
                sgd(0.05, {"right": "mse", "left": "mae"}, loss_weights={"right": 0.5, "left": 2.0},
                    metrics={"right": ["mae"], "left": "mse"}))


@case
def model_of_several_outputs_inside():
    inner_inputs = [keras.Input((5, 4, 2)), keras.Input((5, 4, 2))]
    sum_, product = L.Add()(inner_inputs), L.Multiply()(inner_inputs)
    inner = keras.Model(inner_inputs, [L.Conv2D(3, 3)(sum_), L.Conv2D(2, 1)(product)], name="inner")
    x = keras.Input((5, 4, 2))
    first, second = inner([L.Conv2D(2, 1)(x), x])
    third, _ = inner([x, x])
    return Case(joined(x, [first, second, third]), sgd())


@case
def intermediate_outputs():
    """An output that another layer goes on with, one that comes twice, and an input that goes straight out."""
    x = keras.Input((4,))
    y = L.Dense(3)(x)
    return Case(keras.Model(x, [y, L.Dense(2)(y), y, x]))


@case
def any_image_size():
    x = keras.Input((None, None, 3))
    y = L.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
    return Case(keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(y))), inputs=[normal("any_image_size", 3, 9, 7, 3)])


@case
def open_base_inside():
    base = keras.Sequential([keras.Input((None, None, 3)), L.Conv2D(4, 3, activation="relu"), L.BatchNormalization()], name="base")
    i = keras.Input((None, None, 4))
    top = keras.Model(i, L.GlobalAveragePooling2D()(L.Conv2D(3, 2)(i)), name="top")
    x = keras.Input((9, 7, 3))
    return Case(keras.Model(x, L.Dense(2)(top(base(L.Resizing(8, 6)(x))))), sgd())


@case
def any_sizes_of_a_decoder():
    i, j, x = keras.Input((None, None, 3)), keras.Input((None, None, 4)), keras.Input((None, None, 3))
    encoder = keras.Model(i, L.Conv2D(4, 3, strides=2, padding="same", activation="relu")(i), name="encoder")
    decoder = keras.Model(j, L.Conv2DTranspose(2, 3, strides=2, padding="same")(j), name="decoder")
    return Case(keras.Model(x, decoder(encoder(x))), inputs=[normal("any_sizes_of_a_decoder", 3, 8, 6, 3)])


@case
def any_sizes_of_several_inputs():
    image, other, sequence = keras.Input((None, None, 1)), keras.Input((None, None, 3)), keras.Input((None, 4))
    y = L.Conv2D(3, 3, activation="relu")(L.Concatenate()([image, L.PReLU(shared_axes=[1, 2])(other)]))
    name = "any_sizes_of_several_inputs"
    return Case(joined([image, other, sequence], [L.GlobalMaxPooling2D()(y), L.GlobalAveragePooling1D()(sequence)]),
                inputs=[normal(f"{name}/x{i}", 3, *s) for i, s in enumerate([(6, 7, 1), (6, 7, 3), (5, 4)])])


@case
def scalar_operations():
    """Arithmetic on symbolic tensors: Keras writes ops where other nodes have layers."""
    x = keras.Input((4, 3, 2))
    y = L.Conv2D(3, 1)(x)
    hard = L.Multiply()([y, L.ReLU(6.0)(y + 3.0) * (1.0 / 6.0)])
    return Case(joined(x, [hard, y * 2 + 1, y - 0.5, y / 4, 1 - y, -y, y + y, y * hard]), sgd(0.02))


def guide(trainable, honest):
    base = block("base")
    base.trainable = trainable
    inputs = keras.Input((6, 6, 3))
    x = L.GlobalAveragePooling2D()(base(L.Rescaling(0.5, offset=0.1)(inputs), training=False))
    return Case(keras.Model(inputs, L.Dense(1)(L.Dropout(0.0)(x))), adam(), honest=honest)


@case
def training_false_and_frozen():
    return guide(False, False)


@case
def training_false_and_unfrozen():
    return guide(True, True)


@case
def training_true_where_nothing_moves():
    x = keras.Input((6, 6, 3))
    return Case(keras.Model(x, L.Flatten()(L.Dropout(0.0)(L.Conv2D(2, 3)(x), training=True))), sgd())


@case
def frozen_layers():
    x = keras.Input((6, 6, 3))
    frozen = L.Conv2D(4, 3, use_bias=False, trainable=False)
    y = L.BatchNormalization(momentum=0.8)(frozen(x))
    dense = L.Dense(3, activation="relu")
    dense.trainable = False
    return Case(keras.Model(x, L.Dense(2)(dense(L.GlobalAveragePooling2D()(y)))), sgd())


@case
def frozen_inside_a_model():
    base = block("base")
    for layer in base.layers[:3]:
        layer.trainable = False
    x = keras.Input((6, 6, 3))
    return Case(keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(base(x)))), sgd())


@case
def a_trainable_layer_in_a_frozen_model():
    base = block("base")
    base.trainable = False
    base.layers[1].trainable = True
    x = keras.Input((6, 6, 3))
    return Case(keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(base(x)))), sgd())
