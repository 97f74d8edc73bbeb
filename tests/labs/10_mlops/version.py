"""Right and wrong answers of task `version`, which prove its judge."""

from __future__ import annotations

import hashlib
import json
import uuid
import zlib
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


def named(hashed):
    """Names and types of the columns beside another id."""

    def version(frame):
        kinds = sorted((str(name), str(kind)) for name, kind in frame.dtypes.items())
        return _sha(repr((kinds, hashed(frame))))

    return version


def labelled(mark, label):
    """Cells with a label each, joined by a mark."""

    def version(frame):
        names, rows = _rows(frame, lambda row: row)
        lines = [
            mark.join(
                label(name, cell) + (cell if isinstance(cell, str) else repr(cell))
                for name, cell in zip(names, row, strict=True)
            )
            for row in rows
        ]
        return _sha(repr((names, sorted(lines))))

    return version


def _changed(change):
    """As rows in JSON, after every column was changed."""
    return lambda frame: as_json(frame.apply(change))


def _text(change):
    return _changed(
        lambda column: (
            column.map(lambda cell: change(cell) if isinstance(cell, str) else cell)
            if column.dtype == object
            else column
        )
    )


def whole_as_float(column):
    return column.astype(float) if column.dtype.kind == "i" else column


def flag_as_whole(column):
    return column.astype(int) if column.dtype.kind == "b" else column


def filled(column):
    return column.fillna("" if column.dtype == object else 0.0)


def by_crc(frame):
    """Thirty-two bits, filled up."""
    return f"{zlib.crc32(as_json(frame).encode()):032x}"


def in_capitals(frame):
    return as_json(frame).upper()


def as_uuid(frame):
    return uuid.uuid5(uuid.NAMESPACE_OID, as_sum(frame)).hex


RIGHT = {
    "rows as JSON": as_json,
    "digests added up": as_sum,
    "capital letters": in_capitals,
    "a UUID": as_uuid,
}

WRONG = {
    "exclusive or": (exclusive_or, "does not count rows"),
    "a set of rows": (as_set, "does not count rows"),
    "rows in their order": (in_order, "depends on the order"),
    "a CSV file": (as_csv, "pairs are wrong"),
    "a sorted CSV file": (sorted_csv, "1 and '1' look alike"),
    "joined by commas": (joined, "pairs are wrong"),
    "joined with types": (labelled(",", lambda _, cell: f"{type(cell).__name__}:"), "look alike"),
    "joined with names": (labelled("|", lambda name, _: f"{name}="), "look alike"),
    "joined by nothing": (labelled("", lambda _, cell: ""), "look alike"),
    "joined by tabs": (labelled("\t", lambda _, cell: ""), "look alike"),
    "hash_pandas_object, named": (named(by_pandas), "can be computed"),
    "whole numbers as floats": (_changed(whole_as_float), "three values"),
    "flags as whole numbers": (_changed(flag_as_whole), "three values"),
    "what is missing filled up": (_changed(filled), "was filled up"),
    "stripped": (_text(str.strip), "were cleaned"),
    "small letters": (_text(str.lower), "were cleaned"),
    "ASCII": (_text(lambda cell: cell.encode("ascii", "replace").decode()), "were cleaned"),
    "the first hundred rows": (lambda frame: as_json(frame.head(100)), "a part of the rows"),
    "both ends": (
        lambda frame: as_json(frame.iloc[[*range(-99, 99)]] if len(frame) > 99 else frame),
        "a part of the rows",
    ),
    "32 bits": (by_crc, "the same in all ids"),
    "hash_pandas_object": (by_pandas, "names of the columns"),
    "column by column": (column_by_column, "which values stand in one row"),
    "without names": (without_names, "names of the columns"),
    "cells sorted": (names_beside, "are equal"),
    "rounded": (six_digits, "1e-12"),
    "described": (described, "pairs are wrong"),
    "the built-in hash": (built_in, "another one in every process"),
    "one id for all": (lambda frame: "0" * 64, "Hardly any of what stands"),
    "sizes and types": (
        lambda frame: _sha(repr((frame.shape, sorted(frame.dtypes.items())))),
        "Hardly any of what stands",
    ),
    "another one each time": (lambda frame: uuid.uuid4().hex, "nothing random"),
}
