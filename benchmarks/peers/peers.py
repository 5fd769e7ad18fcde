"""Xception without its top on the CPU: tanuki beside Keras/TensorFlow, PyTorch (timm) and ONNX Runtime, as one table.

    python benchmarks/peers/peers.py [--rows infer32 full32 …] [--networks EfficientNetB0 …] [--rounds 3] [--reps 3]
                                     [--threads N] [--resume] [--weights F.safetensors --keras-weights F.keras] [--photos FOLDER]

infer is one forward pass in inference mode (other networks of keras.applications have rows of their own name, with their
tops); head is a training step of GlobalAveragePooling2D, Dropout, Dense(1) over the frozen base; full is a training step of
everything, statistics still (Adam, binary cross-entropy on logits), of Xception or of the network that the row names.
--networks makes two rows, infer and full, of each network of keras.applications that it names, which tanuki reads from a file
that Keras writes. The row `start` (process start to the first prediction) needs both files of weights, the row `photos`
(photos to a fine-tuned net, some minutes a peer, once each) these and --photos. Each measurement is a process of its own; the peers take turns within a round,
and a cell is the median of the rounds' medians with the largest peak memory. Each result is kept in --state at once, and
--resume goes on from there. Run it on a quiet machine: OpenMP (PyTorch) slows down many times where others want the cores.
"""

import argparse
import dataclasses
import datetime
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
NAMES = {"tanuki": "tanuki", "tensorflow": "TensorFlow", "pytorch": "PyTorch", "onnxruntime": "ONNX Runtime"}
CONVERTED = ("tanuki", "tensorflow", "onnxruntime")  # the same network in each, from Keras
TRAINERS = ("tanuki", "tensorflow", "pytorch")  # "_bf16" after a name: in mixed bfloat16


@dataclasses.dataclass
class Row:
    label: str
    work: str  # mode:batch:size; the mode may be a network of keras.applications, or "full-" and one
    peers: tuple
    aim: str
    against: tuple = ()  # whom tanuki is compared with; nobody: the fastest peer
    quick: bool = False  # short work: seven times the repetitions


ROWS = {
    "infer32": Row("inference fp32, batch 32, 150 px", "infer:32:150", tuple(NAMES), "≥ 1.03 × ONNX Runtime"),
    "infer1": Row("inference fp32, batch 1, 150 px", "infer:1:150", tuple(NAMES), "≥ 1.08 × ONNX Runtime", quick=True),
    "infer8": Row("inference fp32, batch 8, 299 px", "infer:8:299", tuple(NAMES), "≥ 1.03 × ONNX Runtime"),
    "infer_bf16": Row("inference bf16, batch 32, 150 px", "infer:32:150",
                      ("tanuki_bf16", "tensorflow_bf16", "pytorch_bf16", "onnxruntime"), "≥ 1.8 × ONNX Runtime fp32",
                      ("onnxruntime",)),
    "head32": Row("head step, base frozen, batch 32", "head:32:150", TRAINERS, "≥ 1.18 × TensorFlow"),
    "full32": Row("full fine-tune step fp32, batch 32", "full:32:150", TRAINERS, "≥ 1.3 × TensorFlow and PyTorch"),
    "full_bf16": Row("full fine-tune step bf16, batch 32", "full:32:150",
                     ("tanuki_bf16", "tensorflow", "tensorflow_bf16", "pytorch_bf16"),
                     "≥ 1.15 × PyTorch bf16, ≥ 2.2 × TensorFlow fp32", ("pytorch_bf16", "tensorflow")),
    "resnet50": Row("ResNet50, fp32, batch 8, 224 px", "ResNet50:8:224", CONVERTED, "≥ 0.9 × ONNX Runtime", ("onnxruntime",)),
    "mobilenet_v2": Row("MobileNetV2, fp32, batch 8, 224 px", "MobileNetV2:8:224", CONVERTED, "≥ 0.9 × ONNX Runtime",
                        ("onnxruntime",)),
    "vgg16": Row("VGG16, fp32, batch 8, 224 px", "VGG16:8:224", CONVERTED, "≥ 0.9 × ONNX Runtime", ("onnxruntime",)),
    "resnet50_full": Row("ResNet50, full fine-tune step fp32, batch 8, 224 px", "full-ResNet50:8:224", TRAINERS, ""),
    "vgg16_full": Row("VGG16, full fine-tune step fp32, batch 8, 224 px", "full-VGG16:8:224", TRAINERS, ""),
    "start": Row("process start → first prediction, real weights (tanuki: mmap)", "start", ("tanuki", "tensorflow"), "≤ 0.4 s, ≤ 200 MB"),
    "photos": Row("photos → fine-tuned net", "photos", ("tanuki", "tanuki_bf16", "tensorflow"), "≥ 2.5 × Keras"),
}
BUILT = ("InceptionV3", "MobileNetV2", "ResNet50", "VGG16", "Xception")  # by bench_model itself
MEMORY = {"infer32": "≤ 300 MiB", "full32": "≤ 1,500 MiB"}  # rows that get a row of their peak memory


def run(command):
    """Runs a process to its end: its output, seconds, and peak memory in MiB."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    with tempfile.TemporaryFile("w+") as output:
        begin = time.perf_counter()
        process = subprocess.Popen([str(c) for c in command], env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"status {process.returncode} from {' '.join(map(str, command))}\n{text[-2000:]}")
    return text, seconds, usage.ru_maxrss / 1024


def last_line(text, first_character):
    return [line for line in text.splitlines() if line.startswith(first_character)][-1]


def time_step(peer, row, options, folder):
    mode, batch, size = row.work.split(":")
    reps = options.reps * (7 if row.quick else 1)
    name, _, precision = peer.partition("_")
    if name == "tanuki":
        network = mode.removeprefix("full-")
        if mode in ("infer", "head", "full"):
            program = ["bench_xception", "--mode", mode]
        else:
            if network not in BUILT:
                network = folder / f"{mode}_{size}.keras"
                if not network.exists():
                    run([sys.executable, HERE / "workers.py", "save", mode, size, folder])
            program = ["bench_model", "--model", network, *(["--train"] if mode.startswith("full-") else [])]
        command = [options.bin / program[0], *program[1:], "--batch", batch, "--size", size, "--reps", reps,
                   "--threads", options.threads, "--json", *(["--precision", "mixed_bfloat16"] if precision else [])]
    else:
        if name == "onnxruntime" and not (folder / f"{mode}_{batch}_{size}.onnx").exists():
            run([sys.executable, HERE / "workers.py", "export", mode, batch, size, folder])
        command = [sys.executable, HERE / "workers.py", "time", peer, mode, batch, size, options.threads, reps, folder]
    return json.loads(last_line(run(command)[0], "{"))


def time_start(peer, row, options, folder):
    command = [sys.executable, HERE / "workers.py", "start", options.keras_weights]
    if peer == "tanuki":
        command = [options.bin / "bench_xception", "--mode", "start", "--weights", options.weights,
                   "--mmap", "--threads", options.threads]
    runs = [run(command) for _ in range(options.reps)]
    return {"ms": statistics.median(1e3 * r[1] for r in runs), "ms_min": min(1e3 * r[1] for r in runs),
            "peak_rss_mib": max(r[2] for r in runs)}


def time_photos(peer, row, options, folder):
    epochs = ["--no-augment", "--epochs", options.epochs[0], "--fine-tune-epochs", options.epochs[1]]
    if peer == "tensorflow":
        text, seconds, peak = run([sys.executable, HERE / "keras_guide.py", options.photos, options.keras_weights, *epochs,
                                   "--variants", "still"])
        accuracy = float(last_line(text, "|").split("|")[-2])  # of the table's last row
    else:
        precision = ["--precision", "mixed_bfloat16"] if peer.endswith("_bf16") else []
        _, seconds, peak = run([options.bin / "cats_vs_dogs", "--data", options.photos, "--weights", options.weights, *epochs,
                                "--threads", options.threads, "--out", folder / peer, *precision])
        history = json.loads((folder / peer / "history.json").read_text())
        accuracy = history["fine_tune"]["val_binary_accuracy"][-1]
    return {"ms": 1e3 * seconds, "ms_min": 1e3 * seconds, "peak_rss_mib": peak, "accuracy": accuracy}


def measure_all(rows, state, options):
    with tempfile.TemporaryDirectory() as temporary:
        for key in rows:
            row = ROWS[key]
            measure = {"start": time_start, "photos": time_photos}.get(key, time_step)
            for round_ in range(1 if key == "photos" else options.rounds):
                for peer in row.peers:
                    results = state["results"].setdefault(key, {}).setdefault(peer, [])
                    if len(results) > round_ or None in results:
                        continue
                    try:
                        results.append(measure(peer, row, options, pathlib.Path(temporary)))
                        said = f"{results[-1]['ms']:,.1f} ms"
                    except (RuntimeError, OSError) as error:
                        results.append(None)  # the peer cannot do this work
                        said = f"failed: {error}"
                    print(f"{key} round {round_ + 1} {peer}: {said}", file=sys.stderr, flush=True)
                    options.state.parent.mkdir(parents=True, exist_ok=True)
                    options.state.write_text(json.dumps(state, indent=1))


def rows_of_networks(names):
    """Inference and a full step of each network, 8 images of 224 px. PyTorch is left out: timm's networks are not always Keras'."""
    rows = {}
    for name in names:
        rows[name] = Row(f"{name}, fp32, batch 8, 224 px", f"{name}:8:224", CONVERTED, "")
        rows[f"full-{name}"] = Row(f"{name}, full fine-tune step fp32, batch 8, 224 px", f"full-{name}:8:224", ("tanuki", "tensorflow"), "")
    return rows


def milliseconds(results):
    return statistics.median(r["ms"] for r in results)


def peak(results):
    return max(r["peak_rss_mib"] for r in results)


def label(peer, row):
    """"PyTorch bf16"; the precision where not all of the row's peers have the same."""
    name, _, precision = peer.partition("_")
    mixed = len({p.partition("_")[2] for p in row.peers}) > 1
    return NAMES[name] + (f" {precision or 'fp32'}" if mixed else "")


def time_text(results):
    ms = milliseconds(results)
    text = f"{ms / 1e3:,.2f} s" if ms >= 10_000 or "accuracy" in results[0] else f"{ms:,.1f} ms"
    text += f", {peak(results):,.0f} MiB"
    return text + (f", accuracy {results[0]['accuracy']:.3f}" if "accuracy" in results[0] else "")


def line(title, row, measured, cell, value, aim, of_what=""):
    """One line of the table; `value` is compared: how many times as fast, or as much `of_what`."""
    cells = []
    for name in NAMES:
        mine = [p for p in row.peers if p.partition("_")[0] == name]
        texts = []
        for peer in mine:
            precision = label(peer, row)[len(NAMES[name]):].strip()
            texts.append(f"{precision} {cell(measured[peer]) if peer in measured else 'failed'}".strip())
        cells.append("; ".join(texts))
    own = [value(r) for p, r in measured.items() if p.startswith("tanuki")]
    others = {p: value(r) for p, r in measured.items() if not p.startswith("tanuki")}
    against = row.against or sorted(others, key=others.get)[:1]
    ratio = (lambda other: min(own) / other) if of_what else (lambda other: other / min(own))
    ratios = [f"{ratio(others[p]):.2f} × {label(p, row)}{of_what}" for p in against if own and p in others]
    return "| " + " | ".join([title, *cells, ", ".join(ratios), aim]) + " |"


def table(rows, state, options):
    print(f"\n{state['date']}, {state['machine']}, {state['threads']} threads; {state['versions']}. "
          f"Time and peak memory; medians of {options.rounds} × {options.reps} (seven times as many at batch 1) in turn. "
          "tanuki : fastest peer, or the aim's: how many times as fast.\n")
    print("| work | " + " | ".join(NAMES.values()) + " | tanuki : fastest peer | aim |\n" + "| --- " * (len(NAMES) + 3) + "|")
    memory = []
    for key in rows:
        row = ROWS[key]
        measured = {p: r for p, r in state["results"].get(key, {}).items() if r and None not in r}
        title = row.label
        if key == "photos":
            title += f", {options.epochs[0]} + {options.epochs[1]} epochs"
        print(line(title, row, measured, time_text, milliseconds, row.aim))
        if key in MEMORY:
            least = dataclasses.replace(row, against=())
            memory.append(line("peak memory: " + row.label, least, measured, lambda r: f"{peak(r):,.0f} MiB", peak, MEMORY[key],
                               "'s memory"))
    print("\n".join(memory))


def machine():
    lines = subprocess.run(["lscpu"], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout.splitlines()
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return f"{fields.get('Model name', 'unknown CPU').strip()}, {len(os.sched_getaffinity(0))} CPUs"


def versions():
    commit = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    packages = ("keras", "tensorflow-cpu", "torch", "timm", "onnxruntime")
    return ", ".join([f"tanuki {commit.stdout.strip()}", *(f"{p} {importlib.metadata.version(p)}" for p in packages)])


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=ROWS, metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--networks", nargs="+", default=[], metavar="NETWORK", help="of keras.applications; without --rows, these alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reps", type=int, default=3, help="of each peer in a round")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--weights", type=pathlib.Path, help="Xception without top, for tanuki")
    parser.add_argument("--keras-weights", type=pathlib.Path, help="a .keras file of a model with a layer `xception`")
    parser.add_argument("--photos", type=pathlib.Path, help="a folder with train/<class>/* and validation/<class>/*")
    parser.add_argument("--epochs", type=int, nargs=2, default=(20, 10), help="of the row `photos`: frozen, fine-tuned")
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "bin")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / "build" / "peers.json")
    parser.add_argument("--resume", action="store_true", help="keep what --state has")
    return parser, parser.parse_args()


def main():
    parser, options = parse()
    have_weights = options.weights and options.keras_weights
    missing = {} if have_weights else {"start": "--weights and --keras-weights", "photos": "--weights and --keras-weights"}
    if not options.photos:
        missing.setdefault("photos", "--photos")
    for key in missing:
        if options.rows and key in options.rows:
            parser.error(f"the row {key} needs {missing[key]}")
    ROWS.update(rows_of_networks(options.networks))
    chosen = [*(options.rows or []), *rows_of_networks(options.networks)] or ROWS
    rows = [key for key in chosen if key not in missing]

    state = {"machine": machine(), "threads": options.threads, "versions": versions(), "rounds": options.rounds,
             "reps": options.reps, "epochs": list(options.epochs)}
    if options.resume and options.state.exists():
        before = json.loads(options.state.read_text())
        for key, value in state.items():
            if before[key] != value:
                parser.error(f"{options.state} cannot be resumed: its {key} is {before[key]}, not {value}")
        state = before
        for peers in state["results"].values():  # what failed is tried again
            peers.update({peer: [] for peer, results in peers.items() if None in results})
    else:
        state |= {"date": str(datetime.date.today()), "results": {}}
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    measure_all(rows, state, options)
    table(rows, state, options)


if __name__ == "__main__":
    main()
