"""Times h5py reading every array of .keras files, which is the least that Keras does to load one: beside bench_load.

    python benchmarks/peers/read_keras.py FILE.keras… [--reps 5]
"""

import argparse
import io
import pathlib
import statistics
import time
import zipfile

import h5py


def milliseconds(path):
    start = time.perf_counter()
    with zipfile.ZipFile(path) as archive:
        weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r")
    arrays = []
    weights.visititems(lambda _, found: arrays.append(found[()]) if isinstance(found, h5py.Dataset) else None)
    return (time.perf_counter() - start) * 1e3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--reps", type=int, default=5)
    arguments = parser.parse_args()
    for path in arguments.files:
        times = [milliseconds(path) for _ in range(arguments.reps)]
        print(f"{pathlib.Path(path).name}: {statistics.median(times):.1f} ms")


if __name__ == "__main__":
    main()
