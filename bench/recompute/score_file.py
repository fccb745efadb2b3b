"""Reads a file that `espalier score` wrote (docs/scores.md), with NumPy alone."""
import json
import struct

import numpy as np

DTYPES = {"BOOL": "?", "U8": "u1", "I32": "<i4", "F32": "<f4", "F64": "<f8"}


class ScoreFile:
    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        self.record = json.loads(header.pop("__metadata__")["espalier.score"])
        self.tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[8 + length + begin : 8 + length + end], DTYPES[entry["dtype"]])
            self.tensors[name] = values.reshape(entry["shape"])
        self.nodes = self.record["network"]["nodes"]
        self.shapes = {name: info["shape"] for name, info in self.record["network"]["params"].items()}
        self.params = self.record["selection"]["params"]
        self.rounds = self.record["rounds"]

    def weights(self):
        return {name: self.tensors["weights/" + name] for name in self.shapes}

    def scores(self):
        return {name: self.tensors["scores/" + name] for name in self.params}

    def masks_before(self, n):
        """What was kept before round n, counted from 1."""
        sizes = [int(np.prod(self.shapes[name])) for name in self.params]
        bits = np.unpackbits(self.tensors[f"rounds/{n}/before"], bitorder="little")[: sum(sizes)]
        parts = np.split(bits.astype(bool), np.cumsum(sizes)[:-1])
        return {name: part.reshape(self.shapes[name]) for name, part in zip(self.params, parts)}

    def masks_after(self, n):
        if n < len(self.rounds):
            return self.masks_before(n + 1)
        return {name: self.tensors["masks/" + name] for name in self.params}

    def batches(self, n):
        """The samples of round n as the network saw them, and their labels."""
        data, size = self.record["data"], self.record.get("batchSize")
        if size is None:
            return []
        if not data["values"]:
            raise SystemExit("The file does not hold the samples' values; it only names their rows.")
        shape = [-1] + [1] * (len(data["sampleShape"]) - 1)
        mean, std = (np.array(data[key]).reshape(shape) for key in ("mean", "std"))
        places = self.tensors[f"rounds/{n}/samples"]
        x = ((self.tensors["samples/values"][places] - mean) / std).astype(np.float32)
        y = self.tensors["samples/label"][places]
        return [(x[i : i + size], y[i : i + size]) for i in range(0, len(places), size)]
