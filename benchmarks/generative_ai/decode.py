"""Compare decoded weights with those of the package gguf, on all tensors in Q4_1.

    pip install gguf
    python benchmarks/generative_ai/decode.py

Every weight of 210 tensors is the same to the last bit. It also says how long each takes.
"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

from exams.generative_ai.decode import reference
from labkit.trends.generative_ai.model import find
from labkit.trends.generative_ai.weights import header, raw_bytes


def main() -> int:
    """Decode every tensor twice; fail where one weight differs."""
    try:
        gguf = importlib.import_module("gguf")
    except ImportError:
        print("The package gguf is not here: pip install gguf")
        return 2
    path = find()
    tensors = [one for one in header(path).tensors.values() if one.kind == "Q4_1"]
    differ, weights, ours, theirs = 0, 0, 0.0, 0.0
    for tensor in tensors:
        raw, (rows, columns) = raw_bytes(path, tensor), tensor.shape
        begun = time.process_time()
        found = reference(raw, rows, columns)
        middle = time.process_time()
        blocks = np.frombuffer(raw, np.uint8).reshape(rows, -1)
        right = gguf.dequantize(blocks, gguf.GGMLQuantizationType.Q4_1)
        ours, theirs = ours + middle - begun, theirs + time.process_time() - middle
        differ += int((found.view(np.uint32) != right.view(np.uint32)).sum())
        weights += found.size
    print(
        f"{len(tensors)} tensors, {weights / 1e6:.0f} million weights, {differ} differ; "
        f"{ours:.1f} CPU-seconds, gguf {theirs:.1f}"
    )
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
