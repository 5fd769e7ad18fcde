"""Xception without its top on a GPU, by PyTorch (timm's legacy_xception, channels last): the steps that `bench_xception
--backend cuda` times, eager and compiled, as lines of a Markdown table.

    python benchmarks/peers/pytorch_gpu.py [--batch 32] [--size 150] [--reps 20] [--no-compile]
"""

import argparse
import statistics
import time

import timm  # noqa: F401, said to be missing before anything is timed
import torch
import workers


def milliseconds(step, reps):
    """The median of steps each of which ends with a number on the host."""
    for _ in range(5):
        step()
    times = []
    for _ in range(reps):
        begin = time.perf_counter()
        step()
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--size", type=int, default=150)
    parser.add_argument("--reps", type=int, default=20)
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out: it takes a minute")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        raise SystemExit("pytorch_gpu: PyTorch finds no GPU")
    for compiled in (False,) if options.no_compile else (False, True):
        for mode in ("infer", "head", "full"):
            for precision in ("float32", "TF32", "bfloat16"):
                torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "TF32"
                torch.compiler.reset()  # more than eight of one function would be left uncompiled
                step = workers.pytorch_step(mode, options.batch, options.size, 1, None, precision == "bfloat16", "cuda",
                                            compiled)
                ms = milliseconds(step, options.reps)
                name = "PyTorch " + torch.__version__ + (", compiled" if compiled else ", eager")
                print(f"| {mode} | {name} | {precision} | {ms:.3f} | {1e3 * options.batch / ms:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
