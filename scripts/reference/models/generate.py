"""Small Keras models of every layer and option that tanuki reads: the models, and what Keras computes with them.

    python scripts/reference/models/generate.py [--out tests/goldens/models] [--seed 0] [--only NAME…]

For each model NAME.keras (architecture, weights, compile settings) and NAME.safetensors (inputs, predictions, and for
those that are trained labels, history and the predictions afterwards). The keys are in tests/goldens/README.md.
Another seed makes other weights, inputs and labels of the same models.
"""

import argparse
import fnmatch
import pathlib
import time
import traceback

import case

import activations
import convolutions
import losses_of_models
import merging
import normalizations
import optimizers_of_models
import pooling
import random_layers
import regularization
import reshaping
import small_networks
import topologies


def record(name, out, seed):
    """case.record(); where Keras' own training of what was drawn diverges it is drawn anew, but not the goldens."""
    for case.SEED in range(seed, seed + 10 * 10**6, 10**6) if seed else [seed]:
        try:
            return case.record(name, out)
        except case.Diverged:
            print(f"{name}: with seed {case.SEED} Keras' own training diverges", flush=True)
    raise case.Diverged(name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=case.common.GOLDENS / "models")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=["*"], help="names or patterns")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    names = [n for n in case.CASES if any(fnmatch.fnmatch(n, p) for p in arguments.only)]
    begin, failed = time.time(), []
    for name in names:
        try:
            record(name, arguments.out, arguments.seed)
        except Exception:
            failed.append(name)
            print(f"{name}: {traceback.format_exc()}", flush=True)
    size = sum(f.stat().st_size for f in arguments.out.iterdir())
    print(f"{len(names)} models in {time.time() - begin:.0f} s; {arguments.out} holds {size:,} bytes")
    if failed:
        raise SystemExit(f"{len(failed)} models could not be made: {', '.join(failed)}")
