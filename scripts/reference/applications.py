"""Goldens of keras.applications: of the families that tanuki builds layers, weights, parameters, and outputs on weights by
formula; of every module what its preprocess_input makes of pixels.

    python scripts/reference/applications.py     writes tests/goldens/applications.safetensors

The keys are in tests/goldens/README.md.
"""

import unittest.mock

import numpy as np

import common
import formula
import keras

SAMPLES = 16
FAMILIES = {  # name: (class, its options, size)
    "VGG16": ("VGG16", {}, 32), "VGG19": ("VGG19", {}, 32), "ResNet50": ("ResNet50", {}, 40),
    "ResNet101": ("ResNet101", {}, 32), "ResNet152": ("ResNet152", {}, 32), "InceptionV3": ("InceptionV3", {}, 75),
    "InceptionResNetV2": ("InceptionResNetV2", {}, 75), "MobileNetV2": ("MobileNetV2", {}, 45),
    "MobileNetV2_half": ("MobileNetV2", {"alpha": 0.5}, 32), "MobileNetV2_wide": ("MobileNetV2", {"alpha": 1.4}, 32),
    "EfficientNetB0": ("EfficientNetB0", {}, 45),
    "EfficientNetB0_imagenet": ("EfficientNetB0", {"weights": "imagenet", "classes": 1000}, 224),
}
COMPUTED = ["VGG16", "VGG19", "ResNet50", "InceptionV3", "InceptionResNetV2", "MobileNetV2", "EfficientNetB0",
            "EfficientNetB0_imagenet"]
TENSORS, ABOUT = {}, {}


def build(name, include_top):
    keras.utils.clear_session()
    function, options, size = FAMILIES[name]
    options = {"weights": None, "classes": 10} | options
    with unittest.mock.patch.object(keras.src.utils.file_utils, "get_file"), \
            unittest.mock.patch.object(keras.Model, "load_weights"):  # the network is wanted, not the download
        return getattr(keras.applications, function)(input_shape=(size, size, 3), include_top=include_top,
                                                     classifier_activation=None, **options)


def described(model):
    shape = lambda extents: "(" + ", ".join(str(e) for e in extents) + ("," if len(extents) == 1 else "") + ")"
    layers = [f"{layer.name} {type(layer).__name__} {shape(layer.output.shape[1:])}"
              for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    weights = [f"{layer.name}/{w.name} {shape(w.shape)}" for layer in model.layers for w in layer.weights
               if "seed_generator" not in w.path]
    count = lambda ws: int(sum(np.prod(w.shape) for w in ws if "seed_generator" not in w.path))
    return {"name": model.name, "layers": common.fnv1a("".join(l + "\n" for l in layers)).__format__("016x"),
            "weights": common.fnv1a("".join(w + "\n" for w in weights)).__format__("016x"),
            "parameters": count(model.weights), "trainable": count(model.trainable_weights),
            "first": layers[:3], "last": layers[-3:]}


def compute(name, model):
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            continue
        for weight in layer.weights:
            if "seed_generator" not in weight.path:
                weight.assign(formula.value(f"{layer.name}/{weight.name}", weight.shape))
    size = model.input_shape[1]
    x = common.uniform(common.fnv1a("input"), size * size * 3).reshape(1, size, size, 3)
    if name.startswith("EfficientNetB0"):
        x = (x + np.float32(1)) * np.float32(127.5)
    layers = model.layers[1:]
    chosen = [layers[i].name for i in np.linspace(0, len(layers) - 1, 9).astype(int)]
    outputs = keras.Model(model.inputs, {n: model.get_layer(n).output for n in chosen})([x], training=False)
    for n in chosen:
        values = np.asarray(outputs[n])
        TENSORS[f"{name}/{n}/magnitude"] = np.abs(values).max()
        TENSORS[f"{name}/{n}/samples"] = common.samples(values[0], SAMPLES)
    ABOUT[name]["computed"] = chosen


def preprocess():
    images = common.uniform(common.fnv1a("pixels"), 2 * 3 * 4 * 3, 0, 255).reshape(2, 3, 4, 3)
    TENSORS["preprocess_input/images"] = images
    modules = [name for name in dir(keras.applications) if hasattr(getattr(keras.applications, name), "preprocess_input")]
    for name in sorted(set(modules) - {"imagenet_utils"}):
        TENSORS[f"preprocess_input/{name}"] = getattr(keras.applications, name).preprocess_input(images.copy())
    for mode in ["caffe", "tf", "torch"]:
        TENSORS[f"preprocess_input/{mode}"] = keras.applications.imagenet_utils.preprocess_input(images.copy(), mode=mode)


if __name__ == "__main__":
    preprocess()
    for name, (_, options, size) in FAMILIES.items():
        model = build(name, True)
        ABOUT[name] = {"options": options, "size": size, "top": described(model)}
        if name in COMPUTED:
            compute(name, model)
        ABOUT[name]["features"] = described(build(name, False))
    common.write(common.GOLDENS / "applications.safetensors", TENSORS, {"families": ABOUT})
