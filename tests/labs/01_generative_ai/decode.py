"""Right and wrong answers of the task `decode`."""

from __future__ import annotations

import struct

import numpy as np


def one_by_one(raw, rows, columns):
    """In plain Python."""
    weights = []
    for at in range(0, len(raw), 20):
        scale, least = struct.unpack_from("<ee", raw, at)
        packed = raw[at + 4 : at + 20]
        codes = [byte & 15 for byte in packed] + [byte >> 4 for byte in packed]
        weights += [scale * code + least for code in codes]
    return [weights[row * columns : (row + 1) * columns] for row in range(rows)]


def structured(raw, rows, columns):
    """With a structured type of NumPy."""
    block = np.dtype([("scale", "<f2"), ("least", "<f2"), ("codes", "u1", 16)])
    blocks = np.frombuffer(raw, block)
    codes = np.concatenate([blocks["codes"] & 0x0F, blocks["codes"] >> 4], axis=1)
    scale, least = (blocks[name].astype(np.float64)[:, None] for name in ("scale", "least"))
    return (codes * scale + least).reshape(rows, columns)


def _parts(raw, order="<f2"):
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, 20)
    scale, least = blocks[:, :4].copy().view(order).astype(np.float64).T[:, :, None]
    return scale, least, blocks[:, 4:] & 15, blocks[:, 4:] >> 4


def in_turn(raw, rows, columns):
    scale, least, low, high = _parts(raw)
    codes = np.stack([low, high], axis=2).reshape(len(low), 32)
    return (scale * codes + least).reshape(rows, columns)


def high_first(raw, rows, columns):
    scale, least, low, high = _parts(raw)
    return (scale * np.c_[high, low] + least).reshape(rows, columns)


def from_the_middle(raw, rows, columns):
    """As Q4_0 has it."""
    scale, least, low, high = _parts(raw)
    return (scale * (np.c_[low, high] - 8.0) + least).reshape(rows, columns)


def subtracted(raw, rows, columns):
    scale, least, low, high = _parts(raw)
    return (scale * np.c_[low, high] - least).reshape(rows, columns)


def swapped(raw, rows, columns):
    least, scale, low, high = _parts(raw)
    return (scale * np.c_[low, high] + least).reshape(rows, columns)


def big_end(raw, rows, columns):
    scale, least, low, high = _parts(raw, ">f2")
    return (np.nan_to_num(scale) * np.c_[low, high] + np.nan_to_num(least)).reshape(rows, columns)


def by_columns(raw, rows, columns):
    return structured(raw, columns, rows).T


RIGHT = {"one by one": one_by_one, "structured": structured}
WRONG = {
    "in turn": (in_turn, "taken for neighbours"),
    "high half first": (high_first, "before the low ones"),
    "from the middle": (from_the_middle, "counted from"),
    "least subtracted": (subtracted, "is added"),
    "swapped": (swapped, "for each other"),
    "big end first": (big_end, "other order"),
    "by columns": (by_columns, "weights are wrong"),
    "codes alone": (
        lambda raw, rows, columns: np.c_[_parts(raw)[2:]].reshape(rows, columns),
        "weights are wrong",
    ),
}

HARMLESS = {
    "constant: …raw, np.uint8).reshape(-1, 20) -> *": "NumPy takes any negative number for "
    "'as many as there are'",
}
