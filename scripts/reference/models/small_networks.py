"""The blocks of the families, small: what a whole network of each kind is made of."""

from case import Case, adam, case, classes, one_hot, sgd

import keras

L = keras.layers


def norm(x, activation=True):
    x = L.BatchNormalization(momentum=0.9)(x)
    return L.Activation("relu")(x) if activation else x


@case
def small_vgg():
    layers = [keras.Input((12, 12, 3))]
    for filters in (4, 6):
        layers += [L.Conv2D(filters, 3, padding="same", activation="relu"), L.MaxPooling2D(2, strides=2)]
    layers += [L.Flatten(), L.Dense(8, activation="relu"), L.Dense(4, activation="softmax")]
    return Case(keras.Sequential(layers), adam(0.01, "sparse_categorical_crossentropy", metrics=["accuracy"]),
                labels=[classes("small_vgg", 6, 4)])


@case
def small_resnet():
    x = keras.Input((12, 12, 3))
    y = norm(L.Conv2D(4, 5, strides=2, padding="valid", use_bias=False)(L.ZeroPadding2D(2)(x)))
    for stride in (1, 2):
        z = norm(L.Conv2D(3, 1, strides=stride, use_bias=False)(y))
        z = norm(L.Conv2D(3, 3, padding="same", use_bias=False)(z))
        z = norm(L.Conv2D(6, 1, use_bias=False)(z), False)
        y = L.ReLU()(L.Add()([norm(L.Conv2D(6, 1, strides=stride, use_bias=False)(y), False), z]))
    return Case(keras.Model(x, L.Dense(4)(L.GlobalAveragePooling2D()(y))),
                sgd(0.05, keras.losses.CategoricalCrossentropy(from_logits=True)), labels=[one_hot("small_resnet", 6, 4)])


@case
def small_xception():
    x = keras.Input((12, 12, 3))
    y = norm(L.Conv2D(4, 3, strides=2, use_bias=False)(x))
    residual = norm(L.Conv2D(6, 1, strides=2, padding="same", use_bias=False)(y), False)
    y = norm(L.SeparableConv2D(6, 3, padding="same", use_bias=False)(y))
    y = norm(L.SeparableConv2D(6, 3, padding="same", use_bias=False)(y), False)
    y = L.Add()([L.MaxPooling2D(3, strides=2, padding="same")(y), residual])
    return Case(keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(y))), sgd())


@case
def small_inception():
    x = keras.Input((10, 10, 3))
    y = norm(L.Conv2D(4, 3, strides=2, use_bias=False)(x))
    towers = [norm(L.Conv2D(3, 1, use_bias=False)(y)),
              norm(L.Conv2D(3, (3, 1), padding="same", use_bias=False)(L.Conv2D(3, (1, 3), padding="same", use_bias=False)(y))),
              norm(L.Conv2D(2, 1, use_bias=False)(L.AveragePooling2D(3, strides=1, padding="same")(y))), L.MaxPooling2D(3, strides=1, padding="same")(y)]
    return Case(keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(L.Concatenate()(towers)))), sgd())


@case
def small_mobilenet_v2():
    x = keras.Input((10, 10, 3))
    relu6 = lambda z: L.ReLU(6.0)(L.BatchNormalization(momentum=0.9, epsilon=0.01)(z))
    y = relu6(L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(x))
    z = relu6(L.Conv2D(8, 1, use_bias=False)(y))
    z = relu6(L.DepthwiseConv2D(3, padding="same", use_bias=False)(z))
    y = L.Add()([y, norm(L.Conv2D(4, 1, use_bias=False)(z), False)])
    z = relu6(L.DepthwiseConv2D(3, strides=2, padding="valid", use_bias=False)(L.ZeroPadding2D(((0, 1), (0, 1)))(y)))
    return Case(keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(z))), sgd())


@case
def small_efficientnet():
    x = keras.Input((10, 10, 3))
    swish = lambda z: L.Activation("swish")(L.BatchNormalization(momentum=0.9)(z))
    y = swish(L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(L.Rescaling(1 / 255)(x)))
    z = swish(L.DepthwiseConv2D(5, padding="same", use_bias=False)(swish(L.Conv2D(8, 1, use_bias=False)(y))))
    gate = L.Reshape((1, 1, 8))(L.GlobalAveragePooling2D()(z))
    gate = L.Conv2D(8, 1, activation="sigmoid")(L.Conv2D(2, 1, activation="swish")(gate))
    z = norm(L.Conv2D(4, 1, use_bias=False)(L.multiply([z, gate])), False)
    y = L.add([y, L.Dropout(0.0, noise_shape=(None, 1, 1, 1))(z)])
    return Case(keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(y))), sgd())


@case
def small_densenet():
    x = keras.Input((8, 8, 3))
    y = L.Conv2D(4, 3, padding="same", use_bias=False)(x)
    for _ in range(2):
        z = L.Conv2D(2, 3, padding="same", use_bias=False)(norm(L.Conv2D(4, 1, use_bias=False)(norm(y))))
        y = L.Concatenate()([y, z])
    y = L.AveragePooling2D(2, strides=2)(L.Conv2D(4, 1, use_bias=False)(norm(y)))
    return Case(keras.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(norm(y)))), sgd())


@case
def small_convnext():
    x = keras.Input((8, 8, 3))
    y = L.LayerNormalization(epsilon=1e-6)(L.Conv2D(4, 2, strides=2)(x))
    z = L.LayerNormalization(epsilon=1e-6)(L.Conv2D(4, 7, padding="same", groups=4)(y))
    y = L.Add()([y, L.Dense(4)(L.Activation("gelu")(L.Dense(8)(z)))])
    y = L.LayerNormalization(epsilon=1e-6)(L.GlobalAveragePooling2D()(y))
    return Case(keras.Model(x, L.Dense(3)(y)), sgd())


@case
def small_unet():
    x = keras.Input((8, 8, 2))
    a = L.Conv2D(3, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(4, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    up = [L.Conv2DTranspose(3, 2, strides=2)(b), L.UpSampling2D(interpolation="bilinear")(b), a]
    return Case(keras.Model(x, L.Conv2D(1, 1)(L.Concatenate()(up))), sgd(0.05, keras.losses.Huber()))


@case
def small_autoencoder():
    inputs, code = keras.Input((8, 8, 1)), keras.Input((4,))
    encoder = keras.Model(inputs, L.Dense(4)(L.Flatten()(L.Conv2D(3, 3, strides=2, activation="relu")(inputs))), name="encoder")
    y = L.Reshape((4, 4, 2))(L.Dense(32, activation="relu")(code))
    decoder = keras.Model(code, L.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")(y), name="decoder")
    x = keras.Input((8, 8, 1))
    return Case(keras.Model(x, decoder(encoder(x))), sgd(0.1))
