"""Computes the scores and masks of score files anew in PyTorch, in double precision, from these files alone.

    python3 recompute.py FILE...          a table, as Markdown; the exit status is 1 where a file does not agree
    --json FILE                           everything that was measured
    --draws N                             8: how often float32 is computed

A ReLU whose input lies within rounding of zero, or a maximum of two values within rounding of each other, goes one way in float32
and the other in float64, and moves gradients by far more than rounding does. So PyTorch's own float32 stands beside: once as
the file has its numbers, and then with every parameter one unit in its last place up or down; and scores in double precision with the
branches that this float32 takes. Where neither explains the distance, ReLUs within rounding of zero are turned one by one. Scores
agree where they differ by at most 1e-5 (relative L2) with some of these branches, or by no more than PyTorch's float32 does
from its float64.
"""
import argparse
import json
import os
import sys
import time

import numpy as np
import torch

from branches import apart, as_float32, nearest
from criteria import scores_of
from score_file import ScoreFile
from selection import differing, in_common, kept, masks_from

CLOSE = 1e-5


def ranks(values):
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def spearman(a, b):
    a, b = (ranks(np.concatenate([part.ravel() for part in parts.values()])) for parts in (a, b))
    return float(np.corrcoef(a, b)[0, 1])


def rows(file, draws):
    """What one file comes to: the last round's scores, every round's mask from the file's own mask before, and the whole way."""
    count = len(file.rounds)
    changed, found, known = [], None, {}
    for n in range(1, count + 1):
        before = file.masks_before(n)
        found = known[n] = scores_of(file, n, before, torch.float64)
        changed.append(differing(masks_from(file, found, file.rounds[n - 1]["target"], before), file.masks_after(n)))
    last = {name: part.astype(np.float64) for name, part in file.scores().items()}
    before = file.masks_before(count)
    generators = [None, *(torch.Generator().manual_seed(i) for i in range(1, draws))]
    spread = [apart(scores_of(file, count, before, torch.float32, draw), found) for draw in generators]
    distance, alike = apart(last, found), apart(last, as_float32(file, count, before))
    near = min(distance, alike) <= CLOSE or distance <= max(spread)
    turned = None if near else nearest(file, count, before, last, distance)
    result = {
        "criterion": file.record["criterion"],
        "batchNorm": file.record.get("batchNorm"),
        "rounds": count,
        "sparsity": file.rounds[-1]["target"],
        "relativeL2": distance,
        "sameBranches": alike,
        "turned": turned,
        "float32": spread,
        "spearman": spearman(last, found),
        "differing": changed,
        "kept": kept(file.masks_after(count)),
        "agrees": near or (turned is not None and turned["relativeL2"] <= CLOSE),
    }
    if count > 1:
        whole = {torch.float64: ladder(file, torch.float64, known), torch.float32: ladder(file, torch.float32, {})}
        result["shared"] = in_common(whole[torch.float64], file.masks_after(count))
        result["sharedFloat32"] = in_common(whole[torch.float64], whole[torch.float32])
    return result


def ladder(file, dtype, known):
    """All rounds, each from the masks that this one made before; `known` are scores at the file's own masks."""
    masks = file.masks_before(1)
    for n, stage in enumerate(file.rounds, 1):
        same = n in known and differing(masks, file.masks_before(n)) == 0
        scores = known[n] if same else scores_of(file, n, masks, dtype)
        masks = masks_from(file, scores, stage["target"], masks)
    return masks


def line(name, r):
    share = lambda part: f"{100 * part / r['kept']:.4g} %"
    spread = sorted(r["float32"])
    own = f"{spread[0]:.1e} to {spread[-1]:.1e}" if spread[0] != spread[-1] else f"{spread[0]:.1e}"
    cells = [
        name,
        r["batchNorm"] or "–",
        str(r["rounds"]),
        f"{r['relativeL2']:.1e}",
        own,
        f"{r['sameBranches']:.1e}",
        "{relativeL2:.1e} ({turned} of {near})".format(**r["turned"]) if r["turned"] else "–",
        f"{r['spearman']:.7f}",
        f"{r['differing'][-1]} / {r['kept']}",
        f"{max(r['differing'])}" if r["rounds"] > 1 else "–",
        share(r["shared"]) if "shared" in r else "–",
        share(r["sharedFloat32"]) if "sharedFloat32" in r else "–",
        "yes" if r["agrees"] else "NO",
    ]
    return "| " + " | ".join(cells) + " |"


HEAD = [
    "file", "batch norm", "rounds", "relative L2", "PyTorch float32", "its branches", "ReLUs turned", "Spearman", "mask differs / kept", "most in a round",
    "whole way", "whole way, float32", "agrees",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--json")
    parser.add_argument("--draws", type=int, default=8)
    options = parser.parse_args()
    torch.use_deterministic_algorithms(True)
    # It warns before every convolution where the processor has none of it.
    torch.backends.nnpack.set_flags(False)
    print(f"PyTorch {torch.__version__}, NumPy {np.__version__}, {torch.get_num_threads()} threads\n")
    print("| " + " | ".join(HEAD) + " |\n|" + " --- |" * len(HEAD), flush=True)
    measured = {}
    for path in options.files:
        started = time.perf_counter()
        name = os.path.basename(path).removesuffix(".safetensors")
        measured[name] = rows(ScoreFile(path), options.draws)
        measured[name]["seconds"] = time.perf_counter() - started
        print(line(name, measured[name]), flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(measured, file, indent=2)
    sys.exit(0 if all(r["agrees"] for r in measured.values()) else 1)


main()
