"""Which way ReLUs and maximum poolings go, where rounding may decide it."""
import numpy as np
import torch

from criteria import Scoring, scores_of

# Beside the root mean square of what goes into the layer.
TINY = 3e-6
MOST = 80


def apart(a, b):
    """Relative L2 distance."""
    a, b = (np.concatenate([part.ravel() for part in parts.values()]) for parts in (a, b))
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def as_float32(file, n, masks):
    """Scores in double precision with the branches that PyTorch's float32 takes."""
    taken = Scoring(file, n, masks, torch.float32).branches_taken()
    return scores_of(file, n, masks, torch.float64, branches=taken)


def nearest(file, n, masks, wanted, distance):
    """Turns ReLUs whose input lies within rounding of zero, one after the other, where that brings the scores nearer to the wanted.

    Gives how many there are, how many were turned, and the distance then; None where there are too many to try.
    """
    scoring = Scoring(file, n, masks, torch.float64)
    close = []

    def look(batch):
        def at(node, x):
            if node["op"] == "Relu":
                size = x.abs() / x.pow(2).mean().sqrt()
                close.extend((batch, node["name"], int(i)) for i in ((size < TINY) & (size > 0)).flatten().nonzero())

        return at

    taken = scoring.branches_taken(look)
    if len(close) > MOST:
        return None
    turned = 0
    for batch, name, i in close:
        turn(taken[batch][name], i)
        found = apart(wanted, scores_of(file, n, masks, torch.float64, branches=taken))
        if found < distance:
            distance, turned = found, turned + 1
        else:
            turn(taken[batch][name], i)
    return {"near": len(close), "turned": turned, "relativeL2": distance}


def turn(mask, i):
    mask.view(-1)[i] = ~mask.view(-1)[i]
