"""Right and wrong answers of task `version`, which prove its judge."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import numpy as np
import pandas as pd


def _sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(frame, show=repr):
    names = sorted(frame.columns)
    return names, [show(row) for row in zip(*(frame[name].tolist() for name in names), strict=True)]


def as_json(frame):
    """Each row as a JSON object with sorted keys, then the rows sorted."""
    rows = [
        json.dumps({str(k): v for k, v in row.items()}, sort_keys=True)
        for row in frame.to_dict("records")
    ]
    kinds = sorted((str(name), str(kind)) for name, kind in frame.dtypes.items())
    return _sha(json.dumps([kinds, sorted(rows)]))


def as_sum(frame):
    """Digests of rows added up, so that their order cannot matter."""
    names, rows = _rows(frame)
    total = sum(int(_sha(row), 16) for row in rows) % 2**256
    return _sha(repr((names, len(rows), total)))


def exclusive_or(frame):
    names, rows = _rows(frame)
    total = 0
    for row in rows:
        total ^= int(_sha(row), 16)
    return _sha(repr((names, total)))


def as_set(frame):
    names, rows = _rows(frame)
    return _sha(repr((names, sorted(set(rows)))))


def in_order(frame):
    return _sha(repr(_rows(frame)))


def as_csv(frame):
    return _sha(frame.to_csv())


def sorted_csv(frame):
    lines = frame[sorted(frame.columns)].to_csv(index=False).splitlines()
    return _sha("\n".join(sorted(lines)))


def joined(frame):
    """Cells joined by commas, with the types of the columns."""
    kinds = sorted((str(name), str(kind)) for name, kind in frame.dtypes.items())
    names, rows = _rows(frame, lambda row: ",".join(map(str, row)))
    return _sha(repr((kinds, names, sorted(rows))))


def by_pandas(frame):
    """The library's own hashes of rows, added up; it does not see the names of columns."""
    hashes = pd.util.hash_pandas_object(frame[sorted(frame.columns)], index=False)
    return _sha(str(int(hashes.to_numpy().sum(dtype=np.uint64))) + str(len(frame)))


def column_by_column(frame):
    parts = [(name, sorted(map(repr, frame[name].tolist()))) for name in sorted(frame.columns)]
    return _sha(repr(parts))


def without_names(frame):
    names, rows = _rows(frame)
    return _sha(repr(sorted(rows)))


def names_beside(frame):
    """Names and cells are both in it, but cells are sorted within a row."""
    names, rows = _rows(frame, lambda row: repr(sorted(map(repr, row))))
    return _sha(repr((names, sorted(rows))))


def six_digits(frame):
    names, rows = _rows(frame.round(6))
    return _sha(repr((names, sorted(rows))))


def described(frame):
    return _sha(frame[sorted(frame.columns)].describe(include="all").to_json())


def built_in(frame):
    names, rows = _rows(frame)
    return f"{hash((tuple(names), frozenset(Counter(rows).items()))) % 2**64:016x}"


RIGHT = {"rows as JSON": as_json, "digests added up": as_sum}

WRONG = {
    "exclusive or": (exclusive_or, "does not count rows"),
    "a set of rows": (as_set, "does not count rows"),
    "rows in their order": (in_order, "depends on the order"),
    "a CSV file": (as_csv, "The ids of two tables"),
    "a sorted CSV file": (sorted_csv, "1 and '1' look alike"),
    "joined by commas": (joined, "look alike"),
    "hash_pandas_object": (by_pandas, "names of the columns"),
    "column by column": (column_by_column, "which values stand in one row"),
    "without names": (without_names, "names of the columns"),
    "cells sorted": (names_beside, "are equal"),
    "rounded": (six_digits, "1e-12"),
    "described": (described, "The ids of two tables"),
    "the built-in hash": (built_in, "another one in every process"),
    "one id for all": (lambda frame: "0" * 64, "are equal"),
}
