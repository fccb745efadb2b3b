"""Runs the graph of a score file in PyTorch."""
import torch
import torch.nn.functional as F


def logits(file, values, x, training=False, look=lambda node, x: None, branches=None):
    """The network's last output for x; `values` are all parameters by name. `look` sees what goes into each layer.

    `branches` are those that ReLUs and maximum poolings take: an empty dictionary is filled with them, a full one followed.
    """
    network = file.record["network"]
    found = {network["inputs"][0]["name"]: x}
    for node in needed(network["nodes"], network["outputs"][-1]):
        inputs = [found[name] for name in node["inputs"]]
        look(node, inputs[0])
        if branches is not None and node["op"] in BRANCHING:
            found[node["outputs"][0]] = BRANCHING[node["op"]](node, inputs[0], branches)
        else:
            found[node["outputs"][0]] = apply(node, inputs, values, training)
    return found[network["outputs"][-1]].flatten(1)


def needed(nodes, output):
    wanted, kept = {output}, []
    for node in reversed(nodes):
        if wanted.intersection(node["outputs"]):
            kept.append(node)
            wanted.update(node["inputs"])
    return kept[::-1]


def apply(node, inputs, values, training):
    op, attrs, x = node["op"], node["attrs"], inputs[0]

    def param(role):
        name = node["params"].get(role)
        return None if name is None else values[name]

    if op == "Conv2D":
        strides, dilations = attrs.get("strides", [1, 1]), attrs.get("dilations", [1, 1])
        return F.conv2d(padded(x, attrs), param("weight"), param("bias"), strides, 0, dilations, attrs.get("group", 1))
    if op == "Dense":
        return F.linear(x, param("weight"), param("bias"))
    if op == "BatchNorm":
        scale, shift = param("scale"), param("shift")
        if training:
            return F.batch_norm(x, None, None, scale, shift, True, 0, attrs["epsilon"])
        return F.batch_norm(x, param("mean"), param("variance"), scale, shift, False, 0, attrs["epsilon"])
    if op == "Relu":
        return F.relu(x)
    if op == "LeakyRelu":
        return F.leaky_relu(x, attrs.get("alpha", 0.01))
    if op == "Clip":
        return x.clamp(float(attrs.get("min", "-inf")), float(attrs.get("max", "inf")))
    if op == "Tanh":
        return torch.tanh(x)
    if op == "Sigmoid":
        return torch.sigmoid(x)
    if op == "MaxPool":
        return F.max_pool2d(padded(x, attrs, float("-inf")), attrs["kernel"], attrs.get("strides", [1, 1]))
    if op == "AvgPool" and not any(attrs.get("pads", [0])):
        return F.avg_pool2d(x, attrs["kernel"], attrs.get("strides", [1, 1]))
    if op == "GlobalAvgPool":
        return x.mean((2, 3), keepdim=True)
    if op == "Flatten":
        return x.flatten(1)
    if op == "Add" and len(inputs) == 2:
        return inputs[0] + inputs[1]
    if op == "Concat":
        return torch.cat(inputs, attrs.get("axis", 1))
    if op in ("Identity", "Dropout"):
        return x
    raise SystemExit(f"{op} '{node['name']}' has no form in PyTorch here.")


def branching_relu(node, x, branches):
    return x * branches.setdefault(node["name"], x > 0).to(x.dtype)


def branching_pool(node, x, branches):
    attrs = node["attrs"]
    x = padded(x, attrs, float("-inf"))
    if node["name"] not in branches:
        _, branches[node["name"]] = F.max_pool2d(x, attrs["kernel"], attrs.get("strides", [1, 1]), return_indices=True)
    places = branches[node["name"]]
    return x.flatten(2).gather(2, places.flatten(2)).view(places.shape)


BRANCHING = {"Relu": branching_relu, "MaxPool": branching_pool}


def padded(x, attrs, value=0.0):
    top, left, bottom, right = attrs.get("pads", [0, 0, 0, 0])
    return F.pad(x, (left, right, top, bottom), value=value) if any((top, left, bottom, right)) else x
