"""Prints the parameter counts of Xception and of the guide's model, frozen and not, as Keras has them.

    python scripts/reference/counts.py
"""

import numpy as np

import common  # quiets TensorFlow
import keras


def count(weights):
    return sum(int(np.prod(w.shape)) for w in weights)


def guide(normalization):
    base = keras.applications.Xception(weights=None, include_top=False, input_shape=(150, 150, 3))
    inputs = keras.Input((150, 150, 3))
    x = base(normalization(inputs), training=False)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return base, keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Dropout(0.2)(x)))


def show(name, base, model):
    for trainable in (False, True):
        base.trainable = trainable
        print(f"{name:42} base {'trainable' if trainable else 'frozen   '} total {model.count_params():>11,} "
              f"trainable {count(model.trainable_weights):>11,} non-trainable {count(model.non_trainable_weights):>11,}")


if __name__ == "__main__":
    top = keras.applications.Xception(weights=None)
    base, given = guide(keras.layers.Normalization(mean=[127.5] * 3, variance=[16256.25] * 3))
    print(f"{len(base.weights)} tensors without the top, {len(top.weights)} with it; output {base.output_shape}")
    show("Xception, no top", base, base)
    show("Xception, top", top, top)
    show("guide, Normalization given or Rescaling", base, given)
    adapted = keras.layers.Normalization()
    adapted.adapt(np.zeros((1, 150, 150, 3)))
    base, model = guide(adapted)
    show("guide, Normalization with weights", base, model)
