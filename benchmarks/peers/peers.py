"""Xception without its top on the CPU: tanuki beside Keras/TensorFlow, PyTorch (timm) and ONNX Runtime.

    python benchmarks/peers/peers.py [--work infer:32:150 head:32:150 full:32:150] [--threads N] [--rounds 3] [--reps 5]

Each peer runs in a process of its own, the peers take turns within a round, and the table has the median of the rounds'
medians. Run it on a quiet machine: OpenMP (PyTorch) slows down many times where others want the cores.
Work is mode:batch:size. infer is one forward pass in inference mode; head is a training step of GlobalAveragePooling2D,
Dropout, Dense(1) over the frozen base; full is a training step of everything, statistics still (Adam, binary
cross-entropy on logits). Weights are random: the time does not depend on them.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_WORK = ["infer:32:150", "infer:1:150", "infer:8:299", "head:32:150", "full:32:150"]


def keras_step(mode, batch, size, threads, folder):
    os.environ["TF_CPP_MIN_LOG_LEVEL"], os.environ["CUDA_VISIBLE_DEVICES"] = "3", ""
    import keras
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    x = tf.constant(np.random.default_rng(0).uniform(-1, 1, (batch, size, size, 3)), tf.float32)
    y = tf.constant(np.arange(batch) % 2, tf.float32)[:, None]
    base = keras.applications.Xception(weights=None, include_top=False, input_shape=(size, size, 3))
    if mode == "infer":
        forward = tf.function(lambda images: base(images, training=False))
        return lambda: forward(x).numpy()

    class Classifier(keras.Model):  # a call() of its own: there Keras 3 honours training=False
        def __init__(self):
            super().__init__()
            self.base, self.pool = base, keras.layers.GlobalAveragePooling2D()
            self.dropout, self.head = keras.layers.Dropout(0.2), keras.layers.Dense(1)

        def call(self, images, training=False):
            return self.head(self.dropout(self.pool(self.base(images, training=False)), training=training))

    base.trainable = mode == "full"
    model = Classifier()
    model.compile(keras.optimizers.Adam(1e-5), keras.losses.BinaryCrossentropy(from_logits=True))
    return lambda: model.train_on_batch(x, y)


def pytorch_step(mode, batch, size, threads, folder, bfloat16=False):
    import timm
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    base = timm.create_model("legacy_xception", pretrained=False, num_classes=0, global_pool="")
    base = base.to(memory_format=torch.channels_last).eval()  # eval: the statistics stand still
    x = (torch.rand(batch, 3, size, size) * 2 - 1).contiguous(memory_format=torch.channels_last)
    y = (torch.arange(batch) % 2).float()[:, None]
    precision = torch.autocast("cpu", torch.bfloat16, enabled=bfloat16)

    def infer():
        with torch.inference_mode(), precision:
            return base(x).float().numpy()

    if mode == "infer":
        return infer
    base.requires_grad_(mode == "full")
    head = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Dropout(0.2),
                               torch.nn.Linear(2048, 1))
    parameters = [p for p in (*base.parameters(), *head.parameters()) if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, 1e-5, eps=1e-7)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with precision:
            logits = head(base(x))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def onnx_export(batch, size, folder):
    """Writes the network for onnxruntime_step, which then needs no PyTorch in its process."""
    import timm
    import torch

    base = timm.create_model("legacy_xception", pretrained=False, num_classes=0, global_pool="").eval()
    torch.onnx.export(base, (torch.rand(batch, 3, size, size),), str(folder / f"{batch}_{size}.onnx"), dynamo=True,
                      verbose=False)


def onnxruntime_step(mode, batch, size, threads, folder):
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(folder / f"{batch}_{size}.onnx"), options, ["CPUExecutionProvider"])
    x = np.random.default_rng(0).uniform(-1, 1, (batch, 3, size, size)).astype(np.float32)
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: x})


STEPS = {"keras": keras_step, "pytorch": pytorch_step, "onnxruntime": onnxruntime_step,
         "pytorch_bf16": lambda *a: pytorch_step(*a, bfloat16=True)}
LABELS = {"tanuki": "tanuki", "keras": "Keras / TensorFlow", "pytorch": "PyTorch (channels_last)",
          "pytorch_bf16": "PyTorch, bf16 autocast", "onnxruntime": "ONNX Runtime"}


def worker(peer, mode, batch, size, threads, reps, folder):
    """Runs in the peer's own process; its last line is like that of `bench_xception --json`."""
    if peer == "export":
        onnx_export(batch, size, folder)
        return
    step = STEPS[peer](mode, batch, size, threads, folder)
    for _ in range(2):
        step()
    times = []
    for _ in range(reps):
        start = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": statistics.median(times), "ms_min": min(times), "peak_rss_mib": peak}))


def launch(peer, mode, batch, size, threads, reps, folder, tanuki):
    """One process of one peer: {"ms", "ms_min", "peak_rss_mib"}."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    environment["OMP_NUM_THREADS"] = str(threads)
    if peer == "tanuki":
        command = [tanuki, "--mode", mode, "--batch", batch, "--size", size, "--threads", threads, "--reps", reps, "--json"]
    else:
        command = [sys.executable, __file__, "--worker", peer, mode, batch, size, threads, reps, folder]
    run = subprocess.run([str(c) for c in command], env=environment, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"{peer} {mode}:{batch}:{size} failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    if peer == "export":
        return None
    return json.loads(run.stdout.strip().splitlines()[-1])


def machine():
    lines = subprocess.run(["lscpu"], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout.splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return f"{fields.get('Model name', 'unknown CPU').strip()}, {len(os.sched_getaffinity(0))} CPUs"


def versions(peers):
    packages = {"keras": ["keras", "tensorflow-cpu"], "pytorch": ["torch", "timm"], "pytorch_bf16": ["torch"],
                "onnxruntime": ["onnxruntime"]}
    names = dict.fromkeys(p for peer in peers for p in packages.get(peer, []))
    found = [f"{name} {importlib.metadata.version(name)}" for name in names]
    if "tanuki" in peers:
        commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
        found.insert(0, f"tanuki {commit.stdout.strip()}")
    return ", ".join(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", nargs="+", default=DEFAULT_WORK, metavar="MODE:BATCH:SIZE")
    parser.add_argument("--peers", nargs="+", default=["tanuki", "keras", "pytorch", "onnxruntime"], choices=LABELS)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--tanuki", type=pathlib.Path, default=ROOT / "build" / "bin" / "bench_xception")
    parser.add_argument("--json", type=pathlib.Path, help="also write every round there")
    parser.add_argument("--worker", nargs=7, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        peer, mode, *numbers, folder = arguments.worker
        batch, size, threads, reps = map(int, numbers)
        return worker(peer, mode, batch, size, threads, reps, pathlib.Path(folder))

    peers = [p for p in arguments.peers if p != "tanuki" or arguments.tanuki.exists()]
    if len(peers) < len(arguments.peers):
        print(f"no {arguments.tanuki}: the table is without tanuki", file=sys.stderr)
    cells = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for work in arguments.work:
            mode, batch, size = work.split(":")
            takes_part = [p for p in peers if p != "onnxruntime" or mode == "infer"]
            if "onnxruntime" in takes_part:
                launch("export", mode, batch, size, arguments.threads, arguments.reps, folder, None)
            for round_ in range(arguments.rounds):
                for peer in takes_part:
                    result = launch(peer, mode, batch, size, arguments.threads, arguments.reps, folder, arguments.tanuki)
                    cells.setdefault((work, peer), []).append(result)
                    print(f"{work} round {round_ + 1} {peer}: {result['ms']:.1f} ms", file=sys.stderr)

    print(f"\n{datetime.date.today()}, {machine()}, {arguments.threads} threads; {versions(peers)}. "
          f"Median ms (least), images a second, peak memory; {arguments.rounds} rounds in turn.\n")
    print("| work | " + " | ".join(LABELS[p] for p in peers) + " |\n" + "| --- " * (len(peers) + 1) + "|")
    for work in arguments.work:
        row = [work]
        for peer in peers:
            results = cells.get((work, peer))
            if results is None:
                row.append("")
                continue
            median = statistics.median(r["ms"] for r in results)
            row.append(f"{median:,.1f} ({min(r['ms_min'] for r in results):,.1f}), "
                       f"{1e3 * int(work.split(':')[1]) / median:,.1f}/s, {max(r['peak_rss_mib'] for r in results):,.0f} MiB")
        print("| " + " | ".join(row) + " |")
    if arguments.json:
        arguments.json.write_text(json.dumps([{"work": w, "peer": p, "rounds": r} for (w, p), r in cells.items()], indent=1))


if __name__ == "__main__":
    main()
