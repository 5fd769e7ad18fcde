#!/usr/bin/env python3
"""Writes tests/data/resize_golden.hpp and, given a folder of images, tests/data/decode_golden.hpp.

What TensorFlow and Keras say about resizing and decoding. The numbers in the repository were made with
TensorFlow 2.21.0 and Keras 3.15.1:

    python3 scripts/reference/resize.py [--images DIR]
"""
import argparse
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf

TESTS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data"
VERSIONS = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"

# height, width, channels -> height, width; every step-th value is stored
RESIZES = [
    (7, 5, 3, 3, 4, 1), (3, 4, 3, 7, 9, 1), (1, 1, 3, 3, 2, 1), (33, 195, 3, 6, 5, 1), (39, 60, 3, 5, 5, 1),
    (5, 5, 3, 5, 5, 1), (2, 9, 1, 4, 4, 1), (1, 6, 2, 5, 3, 1), (375, 499, 3, 150, 150, 997),
    (39, 60, 3, 150, 150, 997),
]
SMART_RESIZES = [(7, 12, 3, 4, 4, 1), (12, 7, 3, 3, 5, 1), (9, 16, 3, 5, 4, 1), (10, 10, 3, 3, 7, 1),
                 (1, 50, 3, 4, 3, 1), (375, 499, 3, 150, 150, 997)]


def pattern(height, width, channels):
    """Pixels that the test makes too."""
    i = np.arange(height * width * channels, dtype=np.int64)
    return ((i * i * 7 + i * 31) % 251).astype(np.uint8).reshape(height, width, channels)


def resize_golden():
    lines = []
    for smart, cases in ((False, RESIZES), (True, SMART_RESIZES)):
        for height, width, channels, to_height, to_width, step in cases:
            image = tf.constant(pattern(height, width, channels))
            if smart:
                resized = keras.preprocessing.image.smart_resize(image, (to_height, to_width))
            else:
                resized = tf.image.resize(image, (to_height, to_width))
            values = np.asarray(resized, np.float32).reshape(-1)[::step]
            numbers = ", ".join(np.format_float_positional(v, unique=True, trim="0") + "f" for v in values)
            lines.append(f"    {{{height}, {width}, {channels}, {to_height}, {to_width}, {step}, "
                         f"{str(smart).lower()}, {{{numbers}}}}},")
    write("resize_golden.hpp", "resize.py", f"""
#include <vector>

// tf.image.resize, or Keras' smart_resize, of pixels (7 i^2 + 31 i) mod 251; every step-th value.
struct ResizeGolden {{
  int height, width, channels, to_height, to_width, step;
  bool smart;
  std::vector<float> values;
}};

// clang-format off
inline const std::vector<ResizeGolden> resize_golden = {{
{chr(10).join(lines)}
}};
// clang-format on
""")


def decode_golden(folder):
    lines = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        try:
            keras_pixels = tf.io.decode_image(data, channels=3, expand_animations=False).numpy()
        except tf.errors.InvalidArgumentError:
            lines.append(f'    {{"{path.name}", 0, 0, {{}}, {{}}}},')
            continue
        is_jpeg = data[:2] == b"\xff\xd8"
        exact = tf.io.decode_jpeg(data, channels=3, dct_method="INTEGER_ACCURATE").numpy() if is_jpeg else keras_pixels
        means = ["{" + ", ".join(f"{m:.3f}" for m in pixels.mean(axis=(0, 1))) + "}" for pixels in
                 (keras_pixels, exact)]
        lines.append(f'    {{"{path.name}", {exact.shape[0]}, {exact.shape[1]}, {means[0]}, {means[1]}}},')
    write("decode_golden.hpp", "resize.py --images", f"""
#include <array>
#include <vector>

// The channel means of tf.io.decode_image (what Keras loads), and with the exact transform of JPEG's
// blocks (dct_method="INTEGER_ACCURATE"). Height 0: TensorFlow rejects the file.
struct DecodeGolden {{
  const char* name;
  int height, width;
  std::array<double, 3> mean, exact_mean;
}};

// clang-format off
inline const std::vector<DecodeGolden> decode_golden = {{
{chr(10).join(lines)}
}};
// clang-format on
""")


def write(name, command, text):
    head = f"#pragma once\n\n// Made by scripts/reference/{command} with {VERSIONS}.\n"
    (TESTS / name).write_text(head + text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=pathlib.Path, help="a folder of images for decode_golden.hpp")
    arguments = parser.parse_args()
    resize_golden()
    if arguments.images:
        decode_golden(arguments.images)
