"""Task `version`: pairs of tables with equal or different content."""

from __future__ import annotations

from typing import Any

import numpy as np

from exams.mlops.twins import twin

Column = dict[str, Any]
Pair = dict[str, Any]
ROWS, MANY = 5, 1_500
SAME = ("rows", "columns", "index", "nothing")
CHANGES = (
    *SAME, "name", "names", "type", "float type", "float", "flag", "bit", "bit float", "twice",
    "pair", "cell", "case", "space", "letter", "digit", "large", "across", "moved", "longer",
    "missing", "empty", "nan", "zero", "far", "twin",
)  # fmt: skip
NAMES = (
    "age", "branch", "city", "debt", "email", "floor", "grade", "house", "iban", "job", "kind",
    "limit", "month", "note", "office", "plan", "quota", "rate", "state", "term", "unit", "visit",
    "word", "year", "zone",
)  # fmt: skip
MARKS = ("", " ", ",", ", ", ";", "|", "\t", "\n", ":", "-", "_", "/", "\x00", "\x1f")
"""What may stand between two cells that were joined to one text."""
LETTERS = list("abcdefghijklmnopqrstuvwxyz")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``pairs``: ``one``, ``other`` (lists of columns), ``index``, ``same`` and ``what``.

    A column has ``name``, ``dtype`` and ``values`` (a missing one is None), or ``range``, the first
    of so many whole numbers in a row, and ``but``, a place and what stands there. ``mark`` is the
    text that moves, in a pair where one does.
    """
    pairs = [_pair(rng, what) for what in CHANGES]
    pairs += [_edge(rng, mark, mark) for mark in MARKS]
    for mark in (",", "|", " "):
        # Cells that are joined with a label each, as in "name=Ann,city=Rome".
        pairs += [_edge(rng, mark, None, sign) for sign in (":", "=")]
        pairs += [
            _edge(rng, mark, mark + label + sign)
            for label in ("str", "text")
            for sign in (":", "=")
        ]
    pairs += [_lines(rng, mark) for mark in ("", " ", ",", "|", "\t")]
    pairs += [_heads(rng, mark) for mark in ("", " ", ",", "|")]
    return {"pairs": [pairs[place] for place in rng.permutation(len(pairs))]}


def _word(rng: np.random.Generator, length: int = 4) -> str:
    return "".join(rng.choice(LETTERS, length))


def _names(rng: np.random.Generator, n: int) -> list[str]:
    """So many names of columns, sorted."""
    return sorted(str(name) for name in rng.choice(NAMES, n, replace=False))


def _column(name: str, dtype: str, values: list[Any]) -> Column:
    return {"name": name, "dtype": dtype, "values": values}


def _table(rng: np.random.Generator) -> list[Column]:
    """Whole numbers, floats and two columns of text, under names in any order."""
    names = rng.permutation(_names(rng, 4)).tolist()
    words = [_word(rng) for _ in range(2 * ROWS)]
    return [
        _column(names[0], "int64", [int(n) for n in rng.permutation(90)[:ROWS] + 2]),
        _column(names[1], "float64", [round(float(x), 6) for x in rng.random(ROWS)]),
        _column(names[2], "object", words[:ROWS]),
        _column(names[3], "object", words[ROWS:]),
    ]


def _copy(table: list[Column]) -> list[Column]:
    return [{**column, "values": list(column["values"])} for column in table]


def _reordered(table: list[Column], order: list[int]) -> list[Column]:
    return [{**column, "values": [column["values"][i] for i in order]} for column in table]


def _joined(what: str, one: list[Column], other: list[Column], **more: Any) -> Pair:
    index = list(range(len(other[0].get("values", ()))))
    pair = {"one": one, "other": other, "index": index, "same": what in SAME, "what": what}
    return {**pair, **more}


def _pair(rng: np.random.Generator, what: str) -> Pair:
    """A table and the same, or another one that differs in what the word says."""
    if what == "far":
        return _far(rng)
    if what == "twin":
        return _twin(rng)
    one = _table(rng)
    other, more = _copy(one), {}
    i, j = (int(n) for n in rng.choice(ROWS, 2, replace=False))
    text = int(rng.integers(2, 4))
    if what == "rows":
        order = [int(n) for n in rng.permutation(ROWS)]
        other = _reordered(one, order if order != sorted(order) else order[::-1])
    elif what == "columns":
        other = other[::-1]
    elif what == "index":
        more["index"] = [int(n) for n in rng.permutation(1_000)[:ROWS]]
    elif what == "name":
        other[int(rng.integers(4))]["name"] += "_"
    elif what == "names":
        other[2]["name"], other[3]["name"] = other[3]["name"], other[2]["name"]
    elif what == "type":
        other[0] = {**one[0], "dtype": "object", "values": [str(n) for n in one[0]["values"]]}
    elif what == "float type":
        other[1] = {**one[1], "dtype": "object", "values": [str(n) for n in one[1]["values"]]}
    elif what == "float":
        other[0] = {**one[0], "dtype": "float64"}
    elif what in ("flag", "bit", "bit float"):
        flags = [True, False, *(bool(n) for n in rng.integers(0, 2, ROWS - 2))]
        dtype, as_type = {"flag": ("object", str), "bit": ("int64", int),
                          "bit float": ("float64", float)}[what]  # fmt: skip
        one[0] = {**one[0], "dtype": "bool", "values": flags}
        other[0] = {**one[0], "dtype": dtype, "values": [as_type(flag) for flag in flags]}
    elif what == "twice":
        # Two rows that are alike come in or go; an exclusive or does not see them.
        other = _reordered(one, [*range(ROWS), i, i])
    elif what == "pair":
        one, other = _reordered(one, [*range(ROWS), i]), _reordered(one, [*range(ROWS), j])
    elif what == "cell":
        other[text]["values"][i] += "."
    elif what == "case":
        other[text]["values"][i] = other[text]["values"][i].capitalize()
    elif what == "space":
        cell = other[text]["values"][i]
        other[text]["values"][i] = f" {cell}" if rng.random() < 0.5 else f"{cell} "
    elif what == "letter":
        one[text]["values"][i] += "ä"
        other[text]["values"][i] += "ö"
    elif what == "digit":
        other[1]["values"][i] += 1e-12
    elif what == "large":
        # As floats both are the same number.
        one[0]["values"][i] = 2**60 + 256 * int(rng.integers(2**40))
        other[0]["values"][i] = one[0]["values"][i] + 1
    elif what == "across":
        # Each column by itself holds the same values.
        values = other[0]["values"]
        values[i], values[j] = values[j], values[i]
    elif what == "moved":
        row = other[2]["values"][i], other[3]["values"][i]
        other[3]["values"][i], other[2]["values"][i] = row
    elif what == "longer":
        other = _reordered(one, list(range(ROWS - 1)))
    elif what in ("missing", "empty", "nan"):
        one[text]["values"][i] = None
        other[text]["values"][i] = {"missing": "None", "empty": "", "nan": "nan"}[what]
    elif what == "zero":
        one[1]["values"][i], other[1]["values"][i] = None, 0.0
    return _joined(what, one, other, **more)


def _far(rng: np.random.Generator) -> Pair:
    """Two long tables that differ in one cell, far from both ends."""
    one: list[Column] = [
        {"name": name, "dtype": "int64", "range": [int(rng.integers(10**6)), MANY], "but": None}
        for name in _names(rng, 2)
    ]
    place = int(rng.integers(MANY // 3, 2 * MANY // 3))
    other = [one[0], {**one[1], "but": [place, one[1]["range"][0] - 1]}]
    return _joined("far", one, other)


def _twin(rng: np.random.Generator) -> Pair:
    """Two tables whose rows have equal hashes in pandas."""
    first, second, word = _names(rng, 3)
    row, start = rng.integers(10**6, 10**9, 2).tolist(), int(rng.integers(10**6, 10**9))
    others = rng.integers(10**9, size=(2, 2)).tolist()
    words = [_word(rng) for _ in range(3)]
    one, other = (
        [
            _column(first, "int64", [pair[0], *others[0]]),
            _column(second, "int64", [pair[1], *others[1]]),
            _column(word, "object", words),
        ]
        for pair in (row, [start, twin(row[0], row[1], start)])
    )
    return _joined("twin", one, other)


def _neighbours(rng: np.random.Generator) -> tuple[list[Column], int]:
    """Three columns, of which two that follow each other by name are texts; place of the first."""
    at = int(rng.integers(2))
    columns = [
        _column(name, "object", [_word(rng) for _ in range(3)])
        if place in (at, at + 1)
        else _column(name, "int64", [int(n) for n in rng.integers(0, 99, 3)])
        for place, name in enumerate(_names(rng, 3))
    ]
    return columns, at


def _edge(rng: np.random.Generator, mark: str, moves: str | None, sign: str = "") -> Pair:
    """Two rows that read alike where cells are joined by a mark: it stands in a cell itself.

    Args:
        rng: moves on.
        mark: what stands between two cells.
        moves: the text that moves into the next cell; None: mark, name of the column and sign.
        sign: what stands between name and cell.
    """
    one, at = _neighbours(rng)
    other = _copy(one)
    moves = mark + one[at + 1]["name"] + sign if moves is None else moves
    i, (left, middle, right) = int(rng.integers(3)), (_word(rng, 2) for _ in range(3))
    one[at]["values"][i], one[at + 1]["values"][i] = left + moves + middle, right
    other[at]["values"][i], other[at + 1]["values"][i] = left, middle + moves + right
    order = rng.permutation(3)
    return _joined("edge", [one[n] for n in order], [other[n] for n in order], mark=moves)


def _lines(rng: np.random.Generator, mark: str) -> Pair:
    """One row that reads like two, where cells are joined by a mark and rows by a line's end."""
    names = _names(rng, 2)
    cells = sorted(_word(rng) for _ in range(4))
    one = [[cells[0]], [f"{cells[1]}\n{cells[2]}{mark}{cells[3]}"]]
    other = [cells[::2], cells[1::2]]
    columns = [
        [_column(name, "object", values) for name, values in zip(names, table, strict=True)]
        for table in (one, other)
    ]
    return _joined("line", *columns, mark=f"\n … {mark}")


def _heads(rng: np.random.Generator, mark: str) -> Pair:
    """Tables whose names read alike where they are joined by a mark."""
    left, middle, right = _names(rng, 3)
    values = [[int(n) for n in rng.integers(0, 99, 3)] for _ in range(2)]
    one, other = (
        [_column(name, "int64", column) for name, column in zip(names, values, strict=True)]
        for names in ((left + mark + middle, right), (left, middle + mark + right))
    )
    return _joined("head", one, other, mark=mark)
