"""PyTorch's side of the training benchmark: builds the very network that Espalier trains and times its steps.

Reads one JSON request a line: {"open": {...}}, {"steps": n, "train": bool}; answers one JSON line each.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F


class Graph(torch.nn.Module):
    """Espalier's network description as a PyTorch module."""

    def __init__(self, nodes, shapes, output):
        super().__init__()
        self.output = output
        self.values = torch.nn.ParameterDict(
            {name.replace(".", "/"): torch.nn.Parameter(torch.zeros(shape)) for name, shape in shapes.items()}
        )
        self.statistics = {}
        self.calls = [self.call(node) for node in nodes]

    def weight(self, node, role):
        name = node["params"].get(role)
        return None if name is None else self.values[name.replace(".", "/")]

    def call(self, node):
        attrs, op = node["attrs"], node["op"]
        inputs, output = node["inputs"], node["outputs"][0]
        weight, bias = self.weight(node, "weight"), self.weight(node, "bias")
        if op == "Conv2D":
            top, left, bottom, right = attrs["pads"]
            assert (top, left) == (bottom, right)
            function = lambda x: F.conv2d(x, weight, bias, attrs["strides"], (top, left), 1, attrs["group"])
        elif op == "Dense":
            function = lambda x: F.linear(x, weight, bias)
        elif op == "BatchNorm":
            norm = torch.nn.BatchNorm2d(self.weight(node, "scale").numel())
            norm.weight, norm.bias = self.weight(node, "scale"), self.weight(node, "shift")
            self.add_module(node["name"].replace(".", "/"), norm)
            function = norm
        elif op == "Relu":
            function = F.relu
        elif op == "Clip":
            function = F.relu6
        elif op == "MaxPool":
            assert not any(attrs["pads"])
            function = lambda x: F.max_pool2d(x, attrs["kernel"], attrs["strides"])
        elif op == "GlobalAvgPool":
            function = lambda x: x.mean((2, 3), keepdim=True)
        elif op == "Flatten":
            function = lambda x: x.flatten(1)
        elif op == "Add":
            function = torch.add
        else:
            raise ValueError(f"no PyTorch form of {op}")
        return inputs, output, function

    def forward(self, x):
        values = {"": x}
        for inputs, output, function in self.calls:
            values[output] = function(*[values[name] for name in inputs])
        return values[self.output]


class Peer:
    def __init__(self, request):
        torch.manual_seed(1)
        torch.set_num_threads(request["threads"])
        nodes = request["nodes"]
        for node in nodes:
            node["inputs"] = ["" if name == request["input"] else name for name in node["inputs"]]
        self.model = Graph(nodes, request["shapes"], request["output"])
        for parameter in self.model.values.values():
            torch.nn.init.normal_(parameter, 1 if parameter.dim() == 1 else 0, 0.05)
        self.x = torch.randn([request["batch"], *request["sample"]])
        if request["layout"] == "channels_last" and self.x.dim() == 4:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.contiguous(memory_format=torch.channels_last)
        self.y = torch.arange(request["batch"]) % request["classes"]
        self.optimizer = torch.optim.SGD(self.model.values.parameters(), 0.01, momentum=0.9)

    def train(self):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(self.x), self.y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def evaluate(self):
        return self.model(self.x)[0, 0].item()

    def run(self, steps, train):
        self.model.train(train)
        step = self.train if train else self.evaluate
        started, busy = time.perf_counter(), time.process_time()
        for _ in range(steps):
            step()
        wall, cpu = time.perf_counter() - started, time.process_time() - busy
        return {"ms": wall * 1000 / steps, "cpuMs": cpu * 1000 / steps, "peakBytes": peak_bytes()}


def peak_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


peer = None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        peer = Peer(request["open"])
        answer = {"version": torch.__version__}
    else:
        answer = peer.run(request["steps"], request["train"])
    print(json.dumps(answer), flush=True)
