"""Task `version`: pairs of tables with equal or different content."""

from __future__ import annotations

from typing import Any

import numpy as np

Column = dict[str, Any]
ROWS = 12
SAME = ("rows", "columns", "index", "nothing")
CHANGES = (
    *SAME, "name", "names", "type", "flag", "twice", "pair", "cell", "digit", "across", "edge",
    "moved", "longer", "missing",
)  # fmt: skip


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``pairs``: ``one``, ``other`` (lists of columns), ``index``, ``same`` and ``what``.

    A column has ``name``, ``dtype`` and ``values``; a missing text is None.
    """
    pairs = []
    for what in CHANGES:
        pairs.append(_pair(rng, _table(rng), what))
    return {"pairs": [pairs[place] for place in rng.permutation(len(pairs))]}


def _table(rng: np.random.Generator) -> list[Column]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choice(list(letters), 4)) for _ in range(ROWS)]
    return [
        _column("count", "int64", [int(n) for n in rng.permutation(90)[:ROWS] + 2]),
        _column("share", "float64", [round(float(x), 6) for x in rng.random(ROWS)]),
        _column("word", "object", words),
        _column("note", "object", [f"{word[::-1]} {place}" for place, word in enumerate(words)]),
    ]


def _column(name: str, dtype: str, values: list[Any]) -> Column:
    return {"name": name, "dtype": dtype, "values": values}


def _copy(table: list[Column]) -> list[Column]:
    return [{**column, "values": list(column["values"])} for column in table]


def _reordered(table: list[Column], order: list[int]) -> list[Column]:
    return [{**column, "values": [column["values"][i] for i in order]} for column in table]


def _pair(rng: np.random.Generator, one: list[Column], what: str) -> dict[str, Any]:
    index, other = list(range(ROWS)), _copy(one)
    i, j = (int(n) for n in rng.choice(ROWS, 2, replace=False))
    if what == "rows":
        other = _reordered(one, [int(n) for n in rng.permutation(ROWS)])
    elif what == "columns":
        other = other[::-1]
    elif what == "index":
        index = [int(n) for n in rng.permutation(1_000)[:ROWS]]
    elif what == "name":
        other[int(rng.integers(4))]["name"] += "_"
    elif what == "names":
        other[2]["name"], other[3]["name"] = "note", "word"
    elif what == "type":
        other[0] = _column("count", "object", [str(n) for n in one[0]["values"]])
    elif what == "flag":
        flags = [bool(n) for n in rng.integers(0, 2, ROWS)]
        one = [*one, _column("open", "bool", flags)]
        other.append(_column("open", "object", [str(n) for n in flags]))
    elif what == "twice":
        # Two rows that are alike come in or go; an exclusive or does not see them.
        other = _reordered(one, [*range(ROWS), i, i])
    elif what == "pair":
        one, other = _reordered(one, [*range(ROWS), i]), _reordered(one, [*range(ROWS), j])
    elif what == "cell":
        other[3]["values"][i] += "."
    elif what == "digit":
        other[1]["values"][i] += 1e-12
    elif what == "across":
        # Each column by itself holds the same values.
        values = other[0]["values"]
        values[i], values[j] = values[j], values[i]
    elif what == "edge":
        # Joined without a mark, both rows read alike.
        one[2]["values"][i], one[3]["values"][i] = "ab,c", "d"
        other[2]["values"][i], other[3]["values"][i] = "ab", "c,d"
    elif what == "moved":
        row = other[2]["values"][i], other[3]["values"][i]
        other[3]["values"][i], other[2]["values"][i] = row
    elif what == "longer":
        other = _reordered(one, list(range(ROWS - 1)))
    elif what == "missing":
        one[2]["values"][i], other[2]["values"][i] = None, "None"
    if len(other[0]["values"]) != ROWS:
        index = list(range(len(other[0]["values"])))
    return {"one": one, "other": other, "index": index, "same": what in SAME, "what": what}
