"""Task `decode`: random blocks of Q4_1, and what they hold."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.generative_ai.decode import mark
from labkit.exercise.drawing import until

Floats = NDArray[np.float32]
CASES = 3
BLOCK, HEAD = 32, 4


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``raw``, the bytes in hexadecimal digits; ``weights``, what they hold, row by row; and
    ``traps``, the marks of what known mistakes read.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "numbers in both orders of bytes")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    rows, columns = int(rng.integers(2, 5)), BLOCK * int(rng.integers(2, 4))
    blocks = rows * columns // BLOCK
    head = np.empty((blocks, 2), np.float16)
    head[:, 0] = rng.uniform(0.01, 0.05, blocks)
    head[:, 1] = -rng.uniform(0.1, 0.5, blocks)
    raw = np.c_[head.view(np.uint8), rng.integers(0, 256, (blocks, BLOCK // 2))].astype(np.uint8)
    weights = reference(raw.tobytes(), rows, columns)
    scale, least = head.astype(np.float32).T[:, :, None]
    low, high = raw[:, HEAD:] & 15, raw[:, HEAD:] >> 4
    codes = np.c_[low, high].astype(np.float32)
    turned = np.nan_to_num(head.byteswap().astype(np.float32)).T[:, :, None]
    wrong = {
        "in turn": scale * np.stack([low, high], axis=2).reshape(blocks, BLOCK) + least,
        "high half first": scale * np.c_[high, low] + least,
        "from the middle": scale * (codes - 8) + least,
        "least subtracted": scale * codes - least,
        "swapped": least * codes + scale,
        "big end first": turned[0] * codes + turned[1],
    }
    return {
        "raw": raw.tobytes().hex(),
        "weights": weights.tolist(),
        "traps": {key: mark(values) for key, values in wrong.items()},
    }


def reference(raw: bytes, rows: int, columns: int) -> Floats:
    """Decode Q4_1: blocks of 32 weights, each with scale, least value and 16 bytes of codes."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, HEAD + BLOCK // 2)
    scale, least = blocks[:, :HEAD].copy().view("<f2").astype(np.float32).T
    codes = np.c_[blocks[:, HEAD:] & 15, blocks[:, HEAD:] >> 4].astype(np.float32)
    return (scale[:, None] * codes + least[:, None]).reshape(rows, columns)


def _shows(case: dict[str, Any]) -> bool:
    right = mark(np.array(case["weights"]))
    return all(
        abs(one - other) > 0.01
        for marks in case["traps"].values()
        for one, other in zip(marks, right, strict=True)
    )
