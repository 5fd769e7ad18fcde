"""What the reference scripts share: the golden files, the sampled indices, the integer hashes, decoding.

A golden is a safetensors file: float32 and uint8 tensors, and string
metadata. It is written here, in twenty lines, so that the same values give the same bytes.
"""

import ctypes
import json
import os
import pathlib
import subprocess
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "tests" / "goldens"
MASK = (1 << 64) - 1


def write(path, tensors, metadata):
    """Writes a safetensors file; tensors become float32 unless they are uint8. Metadata values become JSON."""
    import keras
    import tensorflow as tf

    metadata = {"keras": keras.__version__, "tensorflow": tf.__version__, **metadata}
    header = {"__metadata__": {k: v if isinstance(v, str) else json.dumps(v, sort_keys=True)
                               for k, v in sorted(metadata.items())}}
    blobs, offset = [], 0
    for name in sorted(tensors):
        value = np.asarray(tensors[name])
        value = np.asarray(value, dtype=value.dtype if value.dtype == np.uint8 else np.float32, order="C")
        if not np.all(np.isfinite(value)):
            raise ValueError(f"{path}: {name} is not finite")
        header[name] = {"dtype": "U8" if value.dtype == np.uint8 else "F32", "shape": list(value.shape),
                        "data_offsets": [offset, offset + value.nbytes]}
        blobs.append(value.tobytes())
        offset += value.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blobs))
    print(f"{path}: {len(tensors)} tensors, {path.stat().st_size:,} bytes")


def read(path):
    """The tensors and the metadata of a golden."""
    data = pathlib.Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__", {})
    kinds = {"F32": np.float32, "U8": np.uint8}
    tensors = {}
    for name, entry in header.items():
        begin, end = (start + o for o in entry["data_offsets"])
        tensors[name] = np.frombuffer(data[begin:end], kinds[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


def sample_indices(size, count):
    """The flat indices at which big tensors are sampled: (i * 2654435761 + 12345) mod size."""
    return np.array([(i * 2654435761 + 12345) % size for i in range(count)])


def samples(values, count):
    flat = np.asarray(values).reshape(-1)
    return flat[sample_indices(flat.size, count)]


def fnv1a_bytes(data):
    """The 64-bit FNV-1a hash: tanuki::hash()."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def fnv1a(text):
    return fnv1a_bytes(text.encode())


def splitmix64(x):
    """One output of SplitMix64 for each state in the uint64 array `x`."""
    with np.errstate(over="ignore"):
        z = np.asarray(x, np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def uniform(key, size, low=-1.0, high=1.0):
    """`size` float32 values in [low, high): u = (splitmix64(key + i) >> 40) * 2^-24; low + (high - low) * u.

    Every step is a float32 operation that rounds once, so C++ gets the same bits (without contraction to FMA)."""
    with np.errstate(over="ignore"):
        state = np.uint64(key) + np.arange(size, dtype=np.uint64)
    u = (splitmix64(state) >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
    low, high = np.float32(low), np.float32(high)
    return low + (high - low) * u


def signs(count, size):
    """`count` vectors of ±1: the k-th has +1 at i where bit k of splitmix64(i) is set, else -1."""
    bits = splitmix64(np.arange(size, dtype=np.uint64)) >> np.arange(count, dtype=np.uint64)[:, None]
    return np.where(bits & np.uint64(1), 1.0, -1.0)


def rng(name):
    """A generator of its own for each case, so that a new case changes no other."""
    return np.random.default_rng(fnv1a(name))


class Stb:
    """Decodes JPEG and PNG with stb_image, as tanuki does: other decoders differ by a few levels.

    $STB_INCLUDE is the folder with stb_image.h where the compiler does not find <stb/stb_image.h>; $CC the compiler."""

    def __init__(self):
        source = "#define STB_IMAGE_IMPLEMENTATION\n#include \"stb_image.h\"\n"
        folders = [os.environ.get("STB_INCLUDE", "/usr/include/stb"), "/usr/local/include/stb"]
        with tempfile.TemporaryDirectory() as folder:
            c, so = pathlib.Path(folder, "stb.c"), pathlib.Path(folder, "stb.so")
            c.write_text(source)
            subprocess.run([os.environ.get("CC", "cc"), "-O1", "-shared", "-fPIC", "-w", *(f"-I{f}" for f in folders),
                            str(c), "-o", str(so), "-lm"], check=True)
            self.library = ctypes.CDLL(str(so))
        self.library.stbi_load.restype = ctypes.POINTER(ctypes.c_ubyte)

    def __call__(self, path):
        """The photo as uint8 [height, width, 3]."""
        width, height, channels = (ctypes.c_int() for _ in range(3))
        pixels = self.library.stbi_load(os.fsencode(path), ctypes.byref(width), ctypes.byref(height),
                                        ctypes.byref(channels), 3)
        if not pixels:
            raise ValueError(f"{path}: stb_image cannot decode it")
        image = np.ctypeslib.as_array(pixels, (height.value, width.value, 3)).copy()
        self.library.stbi_image_free(pixels)
        return image


def resize(image, size):
    """float32 [size, size, 3], as tf.image.resize does it by default: bilinear, half-pixel centres, no antialias."""
    import tensorflow as tf

    return tf.image.resize(image, (size, size)).numpy()
