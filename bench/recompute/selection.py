"""Masks from scores, for the global scope with single weights."""
import numpy as np


def masks_from(file, scores, target, before):
    selection = file.record["selection"]
    if (selection["scope"], selection["structure"].get("kind", "element")) != ("global", "element"):
        raise SystemExit("Only masks of the global scope with single weights are made here.")
    ranked = {
        name: part.ravel() if selection["regrow"] else np.where(before[name].ravel(), part.ravel(), -np.inf)
        for name, part in scores.items()
    }
    total = sum(part.size for part in ranked.values())
    keep = int(np.floor((1 - target) * total + 0.5))
    # Stable: of equal scores the earlier weight wins.
    best = np.argsort(-np.concatenate([ranked[name] for name in file.params]), kind="stable")[:keep]
    flat = np.zeros(total, bool)
    flat[best] = True
    ends = np.cumsum([ranked[name].size for name in file.params])[:-1]
    masks = dict(zip(file.params, np.split(flat, ends)))
    if selection["protect"]:
        protect(masks, ranked)
    return {name: mask.reshape(file.shapes[name]) for name, mask in masks.items()}


def protect(masks, scores):
    """An emptied layer gets its best weight back, for which the lowest kept one of another goes, of equal ones the last."""
    for name in [name for name, mask in masks.items() if not mask.any()]:
        masks[name][np.argmax(scores[name])] = True
        lowest = None
        for other, mask in masks.items():
            if other == name or mask.sum() < 2:
                continue
            kept = np.flatnonzero(mask)
            value = scores[other][kept].min()
            if lowest is None or value <= lowest[0]:
                lowest = (value, other, kept[scores[other][kept] == value][-1])
        if lowest is not None:
            masks[lowest[1]][lowest[2]] = False


def differing(a, b):
    return int(sum((a[name] != b[name]).sum() for name in a))


def kept(masks):
    return int(sum(mask.sum() for mask in masks.values()))


def in_common(a, b):
    return int(sum((a[name] & b[name]).sum() for name in a))
