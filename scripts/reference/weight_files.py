"""Small Keras files in every format that tanuki reads, and what they hold.

    python scripts/reference/weight_files.py [--out tests/goldens/keras]

Two models: `functional` (a nested Functional and a nested Sequential, automatic names that do not start at
zero, layers made in another order than they are called) and `sequential` (an adapted Normalization, a depth multiplier).
The list of the files is in tests/goldens/README.md.
"""

import argparse
import json
import pathlib
import re
import zipfile

import numpy as np

import common
import h5py
import keras
from keras.src.legacy.saving import legacy_h5_format
from keras.src.saving import saving_lib

STAMP = (1980, 1, 1, 0, 0, 0)


def functional():
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    layers = keras.layers
    for _ in range(3):  # automatic names will start at conv2d_3, batch_normalization_2
        layers.Conv2D(1, 1)
    for _ in range(2):
        layers.BatchNormalization()
    inner = keras.Input((8, 8, 4))
    residual_norm, residual = layers.BatchNormalization(), layers.Conv2D(6, 1, strides=2, padding="same", use_bias=False)
    x = layers.SeparableConv2D(6, 3, padding="same", use_bias=False, name="sepconv")(inner)
    x = layers.BatchNormalization(name="sepconv_bn")(x)
    x = layers.Activation("relu", name="sepconv_act")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool")(x)
    x = layers.Add()([x, residual_norm(residual(inner))])
    backbone = keras.Model(inner, x, name="backbone")
    neck = keras.Sequential([keras.Input((6,)), layers.Dense(7, activation="relu"),
                             layers.BatchNormalization(momentum=0.9)], name="neck")

    inputs = keras.Input((16, 16, 3), name="image")
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="stem")(x)
    x = backbone(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = neck(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(5, name="logits")(x), name="classifier")


def sequential():
    keras.utils.clear_session()
    keras.utils.set_random_seed(2)
    layers = keras.layers
    normalization = layers.Normalization()
    normalization.adapt(common.rng("adapt").uniform(0, 255, (5, 9, 7, 3)).astype(np.float32))
    return keras.Sequential([keras.Input((9, 7, 3)), normalization, layers.DepthwiseConv2D(3, depth_multiplier=2),
                             layers.ReLU(), layers.AveragePooling2D(2, padding="same"), layers.Flatten(),
                             layers.Dense(4, activation="softmax")], name="small")


def leaves(model, prefix=""):
    """(path, weight) of every weight: names of the layers from the outside in, then the weight's."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer, f"{prefix}{layer.name}/")
        else:
            yield from ((f"{prefix}{layer.name}/{w.name}", w) for w in layer.weights)


def randomize(model):
    for path, weight in leaves(model):
        if path.startswith("normalization/"):
            continue
        g = common.rng(f"{model.name}/{path}")
        positive = weight.name in ("gamma", "moving_variance")
        weight.assign(g.uniform(0.5, 1.5, weight.shape) if positive else 0.5 * g.standard_normal(weight.shape))


def write_published(path, model):
    """Weights alone, as keras.applications publishes them: Keras 2's names, automatic ones from another session,
    layer_names and weight_names cut in chunks, no group of top-level weights."""
    def other(name):
        found = re.fullmatch(r"(conv2d|batch_normalization|add|dense|input_layer|rescaling)(?:_(\d+))?", name)
        return f"{found[1]}_{int(found[2] or 0) + 40}" if found else name

    def chunks(group, key, names):
        parts = np.array_split(np.array([n.encode() for n in names]), 3) if len(names) > 6 else None
        if parts is None:
            group.attrs[key] = [n.encode() for n in names]
        for i, part in enumerate(parts or []):
            group.attrs[f"{key}{i}"] = part

    with h5py.File(path, "w") as file:
        file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.1.6"
        chunks(file, "layer_names", [other(layer.name) for layer in model.layers])
        for layer in model.layers:
            group = file.create_group(other(layer.name))
            weights = layer.trainable_weights + layer.non_trainable_weights
            names = [f"{other(w.path.split('/')[-2])}/{w.name}:0" for w in weights]
            chunks(group, "weight_names", names)
            for name, weight in zip(names, weights):
                group.create_dataset(name, data=weight.numpy())


def rewrite(path, out, change):
    """Copies a .keras file with its config changed."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            target.writestr(zipfile.ZipInfo(name, STAMP), data)


def as_keras_3_3(config):
    """What files of Keras 3.3 have: a single input or output in a list of one, `mask` at a nested call."""
    inner = config["config"]
    for key in ("input_layers", "output_layers"):
        if isinstance(inner[key][0], str):
            inner[key] = [inner[key]]
    for layer in inner["layers"]:
        if layer["class_name"] in ("Functional", "Sequential"):
            for node in layer["inbound_nodes"]:
                node["kwargs"]["mask"] = None
        if layer["class_name"] == "Functional":
            as_keras_3_3(layer)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    tensors, models = {}, {}

    def keep(name, model, shape):
        x = common.rng(f"{name}/input").uniform(0, 255, (3, *shape)).astype(np.float32)
        tensors.update({f"{name}/input": x, f"{name}/output": model.predict(x, verbose=0)})
        tensors.update({f"{name}/weights/{path}": w.numpy() for path, w in leaves(model)})
        models[name] = [path for path, _ in leaves(model)]

    model = functional()
    randomize(model)
    model.compile(keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.train_on_batch(np.zeros((4, 16, 16, 3)), np.array([0, 1, 2, 3]))  # the files carry an optimizer's state
    keep("functional", model, (16, 16, 3))
    model.save(out / "functional.keras")
    model.save_weights(out / "functional.weights.h5")
    model.save(out / "functional.h5")
    rewrite(out / "functional.keras", out / "functional_3_3.keras", as_keras_3_3)
    # Keras 3.15.1 pickles the arrays of a .npz, and does not read its own file back: a file to refuse.
    saving_lib.save_model(model, out / "functional_npz.keras", weights_format="npz")
    write_published(out / "functional_published.h5", model)
    model.get_layer("backbone").trainable = False  # then all of its weights are "non-trainable", in another order
    model.compile()
    model.save(out / "functional_frozen.h5")

    model = sequential()
    randomize(model)
    keep("sequential", model, (9, 7, 3))
    model.save(out / "sequential.keras")
    model.save_weights(out / "sequential.weights.h5")
    model.save(out / "sequential.h5")
    common.write(out / "contents.safetensors", tensors, {"weights": models})

    for name in models:  # Keras itself reads every whole model back to the same prediction
        for path in sorted(out.glob(f"{name}*")):
            if path.name.endswith((".keras", f"{name}.h5", "_frozen.h5")) and "npz" not in path.name:
                read = keras.models.load_model(path, compile=False)
                assert np.allclose(read.predict(tensors[f"{name}/input"], verbose=0), tensors[f"{name}/output"], atol=1e-6), path
    fresh = functional()
    with h5py.File(out / "functional_published.h5") as file:
        legacy_h5_format.load_weights_from_hdf5_group(file, fresh)
    assert np.allclose(fresh.predict(tensors["functional/input"], verbose=0), tensors["functional/output"], atol=1e-6)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=common.GOLDENS / "keras")
    main(parser.parse_args().out)
