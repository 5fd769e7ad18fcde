"""Goldens of Xception with its top of 1000 classes, the weights filled by formula (formula.py).

    python scripts/reference/xception_top.py                 writes tests/goldens/xception_top.safetensors (71 px)
    python scripts/reference/xception_top.py --full DIR      writes DIR/xception.keras, .weights.h5, _legacy.h5 (the whole
                                                             model), _legacy_weights.h5 and xception.safetensors (299 px)

The keys are in tests/goldens/README.md.
"""

import argparse
import pathlib

import numpy as np

import common
import formula
import keras

SAMPLES = 16


def build(size):
    keras.utils.clear_session()
    model = keras.applications.Xception(weights=None, include_top=True, classes=1000, input_shape=(size, size, 3))
    formula.fill(model)
    return model


def golden(model, path, photos):
    shape = (photos, *model.input_shape[1:])
    inputs = common.uniform(common.fnv1a("input"), int(np.prod(shape))).reshape(shape)
    names = formula.canonical_names(model)
    outputs = keras.Model(model.inputs, {name: layer.output for layer, name in names})([inputs], training=False)
    tensors, layers = {"probabilities": outputs["predictions"].numpy()}, []
    for layer, name in names:
        values = outputs[name].numpy()
        tensors[f"{name}/magnitude"] = np.abs(values).reshape(photos, -1).max(axis=1)
        tensors[f"{name}/samples"] = np.stack([common.samples(v, SAMPLES) for v in values])
        layers.append({"name": name, "class": type(layer).__name__, "shape": list(values.shape[1:])})
    common.write(path, tensors, {"layers": layers})
    return tensors


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=common.GOLDENS / "xception_top.safetensors")
    parser.add_argument("--full", metavar="DIR", help="write the full-size files there instead (370 MB)")
    arguments = parser.parse_args()
    if arguments.full:
        import weight_files

        folder = pathlib.Path(arguments.full)
        model = build(299)
        golden(model, folder / "xception.safetensors", 1)
        model.save(folder / "xception.keras")
        model.save_weights(folder / "xception.weights.h5")
        model.save(folder / "xception_legacy.h5")
        weight_files.write_published(folder / "xception_legacy_weights.h5", model)
    else:
        tensors = golden(build(71), arguments.out, 2)
        print("largest probabilities", tensors["probabilities"].max(axis=1), "magnitudes",
              {k: float(tensors[f"{k}/magnitude"][0]) for k in ("block1_conv1", "add_2", "add_10", "block14_sepconv2_act", "avg_pool")})
