"""Task `respond`: requests that a browser, a script and an attacker send, with their statuses."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

LIMIT, MOST = 20_000, 50
NAMES = ("income", "age", "rate", "debt", "years", "loans", "late", "limit")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each case has ``features``, the model's ``weights`` and ``calls``: dictionaries of ``body``
    (pairs of a text, bytes as Latin-1, and how often it comes), ``statuses`` that are right, the
    ``rows`` to score (features in the model's order), ``breaks`` (what the model raises, or ""),
    ``what`` in words and ``trap``, the key of a known mistake, or "".
    """
    return {"cases": [_case(rng) for _ in range(2)]}


def _many(letter: str, times: int) -> list[list[Any]]:
    """A letter many times, as pieces of a body."""
    return [[letter * 100, times // 100], [letter * (times % 100), 1]]


def _case(rng: np.random.Generator) -> dict[str, Any]:
    features = [str(name) for name in rng.permutation(NAMES)[:4]]

    def rows(n: int) -> list[list[float]]:
        return [[round(float(x), 3) for x in row] for row in rng.normal(0, 40, (n, 4))]

    def spelled(row: list[Any]) -> dict[str, Any]:
        order = rng.permutation(4)
        return {features[place]: row[place] for place in order}

    def body(table: list[list[Any]]) -> str:
        return json.dumps({"rows": [spelled(row) for row in table]})

    calls = []

    def add(
        what: str,
        text: str | list[Any],
        *statuses: int,
        table: Any = (),
        breaks: str = "",
        trap: str = "",
    ) -> None:
        pieces = [[text, 1]] if isinstance(text, str) else text
        calls.append({"what": what, "body": pieces, "statuses": list(statuses),
                      "rows": list(table), "breaks": breaks, "trap": trap})  # fmt: skip

    def around(n: int) -> tuple[list[list[float]], int, int, str, str]:
        """Rows, place and feature of one number, and what stands before and after it."""
        table, place, number = rows(n), int(rng.integers(n)), int(rng.integers(4))
        listed: list[dict[str, Any]] = [spelled(row) for row in table]
        listed[place][features[number]] = "HERE"
        before, after = json.dumps({"rows": listed}).split('"HERE"')
        return table, place, number, before, after

    for n in (1, 2, 7, MOST):
        table = rows(n)
        add(f"{n} rows", body(table), 200, table=table)
    table = [[int(x) for x in row] for row in rows(3)]
    add("whole numbers", body(table), 200, table=table)
    table = rows(3)
    add(
        "spaces between everything", json.dumps(json.loads(body(table)), indent=3), 200, table=table
    )
    full = json.dumps({"rows": [spelled(row) for row in table]})
    room = LIMIT - len(full)
    add("a body of exactly the limit", [[full, 1], *_many(" ", room)], 200, table=table)
    add("a body one byte too long", [[full, 1], *_many(" ", room + 1)], 413)
    add("a body of garbage that is too long", _many("x", LIMIT + int(rng.integers(1, 999))), 413)
    # Two bytes a letter in UTF-8: fewer letters than bytes.
    add("a body too long in bytes", [['"', 1], ["Ã¤", LIMIT // 2], ['"', 1]], 413)
    bad = "a row whose number is "
    for text, trap in (
        ("true", "coerced"), ("false", "coerced"), ("null", ""), ('"12"', "coerced"), ("[1]", ""),
        ("1e400", "infinite"), ("-1e999", "infinite"),
    ):  # fmt: skip
        *_, before, after = around(3)
        add(bad + text, before + text + after, 422, trap=trap)
    for first, digit, times, trap in (
        ("1", "0", 400, "infinite"), ("1", "0", 5_000, "digits"), ("-", "9", 5_000, "digits"),
    ):  # fmt: skip
        *_, before, after = around(2)
        what = f"{bad}{first} followed by {times:,} times {digit}"
        add(what, [[before + first, 1], [digit, times], [after, 1]], 422, trap=trap)
    # Numbers that look odd and fit into a finite float.
    for text, value in (("1e-400", 0.0), ("-0.0", 0.0), ("2.5E+2", 250.0)):
        table, place, number, before, after = around(2)
        table[place][number] = value
        add(bad + text, before + text + after, 200, table=table)
    table, place, number, before, after = around(2)
    table[place][number] = 1 / 3
    add(bad + "0. and 5,000 times 3", [[before + "0.", 1], ["3", 5_000], [after, 1]], 200,
        table=table)  # fmt: skip
    for text in ("NaN", "Infinity", "-Infinity"):
        *_, before, after = around(2)
        add(bad + text, before + text + after, 400, trap="nan")
    # What Python, YAML or JavaScript read, and JSON does not.
    for text in ("+1", "01", ".5", "1.", "0x1F", "1_000", "None", "True", "1 // one"):
        *_, before, after = around(1)
        add(bad + text, before + text + after, 400)
    simple = body(rows(1))
    for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        add(
            f"a good request in {code}", simple.encode(code).decode("latin-1"), 400, trap="encoding"
        )
    marked = simple.encode("utf-8-sig").decode("latin-1")
    add("a byte order mark before a good request", marked, 400, trap="encoding")
    add("a comma after the last row", simple.replace("]}", ",]}"), 400)
    add("a good request twice", simple + simple, 400)
    add("a no-break space before a good request", "\xc2\xa0" + simple, 400)
    add("a line's end within a text", '{"rows": "a\nb"}', 400)
    table = rows(2)
    add("a key with an escape", body(table).replace("rows", "\\u0072ows"), 200, table=table)
    add("NaN beside valid rows", body(rows(1))[:-1] + ', "note": NaN}', 400, trap="nan")
    add("a row too many", body(rows(MOST + 1)), 422)
    add("no rows", '{"rows": []}', 422)
    short, long = spelled(rows(1)[0]), spelled(rows(1)[0])
    del short[features[int(rng.integers(4))]]
    add("a feature too few", json.dumps({"rows": [spelled(rows(1)[0]), short]}), 422)
    add("a feature too many", json.dumps({"rows": [{**long, "other": 1}, long]}), 422)
    add("a second key beside rows", json.dumps({"rows": [long], "debug": 1}), 422)
    add("rows that are a dictionary", json.dumps({"rows": {"0": long}}), 422)
    add("rows of a text", '{"rows": "abc"}', 422)
    add("a row that is a list", json.dumps({"rows": [list(long.values())]}), 422)
    add("a list without rows", json.dumps([long]), 422)
    add("a row without its list", json.dumps({"rows": long}), 422)
    add("null", "null", 422)
    add("nothing", "", 400)
    add("half of a body", full[: len(full) // 2], 400)
    add("single quotes", full.replace('"', "'"), 400)
    add("bytes that are no UTF-8", full.replace("rows", "r\xfcws"), 400)
    add("a hundred lists in one another, unclosed", [["[", 100]], 400)
    add("nine thousand lists in one another", [["[", 9_000], ["]", 9_000]], 400, 422)
    add("three thousand dictionaries in one another", [['{"a":', 3_000], ["1", 1], ["}", 3_000]],
        400, 422)  # fmt: skip
    for breaks in ("RuntimeError", "ValueError", "KeyError"):
        table = rows(2)
        add(f"a good request while the model raises {breaks}", body(table), 503, table=table,
            breaks=breaks)  # fmt: skip
    return {
        "features": features,
        "weights": [round(float(w), 4) for w in rng.normal(0, 1, 5)],
        "calls": [calls[place] for place in rng.permutation(len(calls))],
    }
