"""Scores in PyTorch from the formulas of docs/scores.md, at whichever precision the caller asks for."""
import torch
import torch.nn.functional as F

from graph import logits


class Scoring:
    """One round: where the network stands, and the samples. `draw` moves every parameter by one unit in its last place, up or down,
    and permutes the samples within their batches; `branches` are those that ReLUs and maximum poolings take, by batch."""

    def __init__(self, file, n, masks, dtype, draw=None, branches=None):
        self.file, self.record, self.dtype = file, file.record, dtype
        self.weights = {name: moved(torch.tensor(value, dtype=dtype), draw) for name, value in file.weights().items()}
        self.masks = {name: torch.tensor(mask, dtype=dtype) for name, mask in masks.items()}
        self.training = self.record.get("batchNorm") == "training"
        batches = [self.batch(x, y, draw) for x, y in file.batches(n)]
        self.batches = [(x, y, branches and branches[i]) for i, (x, y) in enumerate(batches)]

    def batch(self, x, y, draw):
        turn = torch.arange(len(x)) if draw is None else torch.randperm(len(x), generator=draw)
        return torch.tensor(x, dtype=self.dtype)[turn], torch.tensor(y)[turn]

    def point(self, of=lambda value: value):
        """All parameters where the network stands, and those of them that are scored, which gradients are taken by."""
        values = {name: of(value * self.masks[name] if name in self.masks else value) for name, value in self.weights.items()}
        scored = [values[name].requires_grad_() for name in self.file.params]
        return values, scored

    def loss(self, values, x, y, branches):
        out = logits(self.file, values, x, self.training, branches=branches) / self.record["temperature"]
        if self.record["loss"] == "softmax":
            return F.cross_entropy(out, y.long())
        target = y.to(self.dtype) if y.dim() == 2 else F.one_hot(y.long(), out.shape[1]).to(self.dtype)
        return F.binary_cross_entropy_with_logits(out, target)

    @torch.no_grad()
    def branches_taken(self, look=lambda batch: lambda node, x: None):
        """The branches of each batch; `look` sees what goes into each layer of it."""
        taken = [{} for _ in self.batches]
        values, _ = self.point()
        for i, (x, _, _) in enumerate(self.batches):
            logits(self.file, values, x, self.training, look(i), taken[i])
        return taken

    def named(self, parts):
        return dict(zip(self.file.params, parts))

    def mean_gradients(self):
        values, scored = self.point()
        sums, count = [torch.zeros_like(value) for value in scored], 0
        for x, y, branches in self.batches:
            count += len(x)
            for total, part in zip(sums, torch.autograd.grad(self.loss(values, x, y, branches), scored)):
                total += len(x) * part
        return [total / count for total in sums]

    def mean_squares(self):
        values, scored = self.point()
        sums = [torch.zeros_like(value) for value in scored]
        for x, y, branches in self.batches:
            for total, part in zip(sums, torch.autograd.grad(self.loss(values, x, y, branches), scored)):
                total += part**2
        return [total / len(self.batches) for total in sums]

    def original(self):
        return [self.weights[name] for name in self.file.params]


def moved(value, draw):
    if draw is None:
        return value
    up = torch.randint(2, value.shape, generator=draw, dtype=torch.bool)
    return torch.nextafter(value, torch.where(up, torch.inf, -torch.inf).to(value.dtype))


def snip(s):
    scores = s.named([(w * g).abs() for w, g in zip(s.original(), s.mean_gradients())])
    return silenced(s, scores) if s.training else scores


def silenced(s, scores):
    """Scores of zero where a channel is the same for all samples of every batch."""
    norms = {node["inputs"][0]: node for node in s.file.nodes if node["op"] == "BatchNorm"}
    behind = {
        node["params"]["weight"]: norms[node["outputs"][0]]
        for node in s.file.nodes
        if node["op"] in ("Conv2D", "Dense") and node["outputs"][0] in norms
    }
    largest = {}

    def look(node, x):
        if node["op"] != "BatchNorm":
            return
        variance = x.transpose(0, 1).flatten(1).var(1)
        largest[node["name"]] = torch.maximum(variance, largest.get(node["name"], variance))

    with torch.no_grad():
        values = {name: value.detach() for name, value in s.point()[0].items()}
        for x, _, _ in s.batches:
            logits(s.file, values, x, True, look)
    for weight, node in behind.items():
        if weight in scores:
            scores[weight][largest[node["name"]] < 1e-4 * node["attrs"]["epsilon"]] = 0
    return scores


def grasp(s):
    direction = s.mean_gradients()
    values, scored = s.point()
    products, count = [torch.zeros_like(value) for value in scored], 0
    for x, y, branches in s.batches:
        count += len(x)
        gradients = torch.autograd.grad(s.loss(values, x, y, branches), scored, create_graph=True)
        slope = sum((gradient * part).sum() for gradient, part in zip(gradients, direction))
        for total, part in zip(products, torch.autograd.grad(slope, scored)):
            total += len(x) * part
    return s.named([w * total / count for w, total in zip(s.original(), products)])


def taylor(s):
    return s.named([w**2 * square for w, square in zip(s.original(), s.mean_squares())])


def fisher(s):
    return s.named([w**2 * square / 2 for w, square in zip(s.original(), s.mean_squares())])


def synflow(s):
    values, scored = s.point(torch.abs)
    ones = torch.ones([1, *s.record["network"]["inputs"][0]["shape"]], dtype=s.dtype)
    flow = logits(s.file, values, ones).sum()
    return s.named([w.detach() * g for w, g in zip(scored, torch.autograd.grad(flow, scored))])


CRITERIA = {"snip": snip, "grasp": grasp, "taylor": taylor, "fisher": fisher, "synflow": synflow}


def scores_of(file, n, masks, dtype, draw=None, branches=None):
    """Scores of round n at the given masks, as NumPy arrays of float64."""
    name = file.record["criterion"]
    if name not in CRITERIA:
        raise SystemExit(f"'{name}' is not recomputed here; these are: {', '.join(CRITERIA)}.")
    scores = CRITERIA[name](Scoring(file, n, masks, dtype, draw, branches))
    sign = -1 if file.record["selection"]["invert"] else 1
    return {param: sign * part.detach().double().numpy() for param, part in scores.items()}
