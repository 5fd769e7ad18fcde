"""Goldens of Grad-CAM: a small model with a nested base, and the heat map that Keras' gradients give for each class.

    python scripts/reference/grad_cam.py [--out tests/goldens/grad_cam.safetensors]

The keys are in tests/goldens/README.md; tests/training/test_grad_cam.cpp makes the same model. The map is that of
https://keras.io/examples/vision/grad_cam/, of the logits.
"""

import argparse

import numpy as np

import common
import keras
import tensorflow as tf
from keras import layers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=common.GOLDENS / "grad_cam.safetensors")
    args = parser.parse_args()
    g = common.rng("grad_cam")

    first = layers.Conv2D(4, 3, strides=2, activation="relu", name="first")
    apart = layers.SeparableConv2D(4, 3, padding="same", use_bias=False, name="apart")
    norm = layers.BatchNormalization(name="norm")
    relu = layers.Activation("relu", name="relu")
    add = layers.Add(name="add")  # so that two layers read what "first" gives
    last = layers.Conv2D(6, 3, activation="elu", name="last")
    pool = layers.GlobalAveragePooling2D(name="pool")
    heads = {"softmax": layers.Dense(3, name="out"), "sigmoid": layers.Dense(1, name="out")}

    tensors = {"image": g.uniform(-1, 1, (11, 13, 3)).astype(np.float32)}
    image = tensors["image"][None]
    end = lambda shortcut, x: last(add([shortcut, x]))
    branch = lambda x: relu(norm(apart(x), training=False))
    end(first(image), branch(first(image)))
    for head in heads.values():
        head(np.zeros((1, 6), np.float32))
    for layer in (first, apart, norm, last):
        for weight in layer.weights:
            low, high = (0.5, 1.5) if weight.name in ("gamma", "moving_variance") else (-0.8, 0.8)
            weight.assign(g.uniform(low, high, weight.shape).astype(np.float32))
            tensors[f"weights/base/{layer.name}/{weight.name}"] = weight.numpy()
    for name, head in heads.items():
        for weight in head.weights:
            weight.assign(g.uniform(-0.8, 0.8, weight.shape).astype(np.float32))
            tensors[f"weights/{name}/{weight.name}"] = weight.numpy()

    shortcut = first(image)
    inner = branch(shortcut)
    # What a layer gives, and what the base makes of it.
    seen = {"base/first": (shortcut, lambda x: end(x, branch(x))),
            "base/relu": (inner, lambda x: end(shortcut, x)),
            "base": (end(shortcut, inner), lambda x: x)}
    for name, head in heads.items():
        for layer, (activation, rest) in seen.items():
            for k in range(max(2, head.units)):
                with tf.GradientTape() as tape:
                    tape.watch(activation)
                    logits = head(pool(rest(activation)))
                    score = logits[:, k] if head.units > 1 else (1 if k else -1) * logits[:, 0]
                gradient = tape.gradient(score, activation)
                heat = tf.squeeze(activation[0] @ tf.reduce_mean(gradient, axis=(0, 1, 2))[:, None], -1)
                heat = tf.maximum(heat, 0) / tf.reduce_max(heat)
                tensors[f"{name}/{layer}/{k}"] = heat.numpy()
                print(name, layer, k, "mean", float(tf.reduce_mean(heat)))
        tensors[f"{name}/logits"] = logits.numpy()
    common.write(args.out, tensors, {})


if __name__ == "__main__":
    main()
