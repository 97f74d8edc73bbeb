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
    ``rows`` to score (features in the model's order), ``breaks`` (whether the model raises), and
    ``what`` in words.
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
        what: str, text: str | list[Any], *statuses: int, table: Any = (), breaks: bool = False
    ) -> None:
        pieces = [[text, 1]] if isinstance(text, str) else text
        calls.append({"what": what, "body": pieces, "statuses": list(statuses),
                      "rows": list(table), "breaks": breaks})  # fmt: skip

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
    for text, what in (
        ("true", "true"), ("false", "false"), ("null", "null"), ('"12"', "a text"),
        ("[1]", "a list"), ("1e400", "1e400"), ("-1e999", "-1e999"),
        ("1" + "0" * 400, "1 with 400 noughts"),
    ):  # fmt: skip
        table = rows(3)
        place, name = int(rng.integers(3)), features[int(rng.integers(4))]
        listed = [spelled(row) for row in table]
        listed[place][name] = "HERE"
        add(bad + what, json.dumps({"rows": listed}).replace('"HERE"', text), 422)
    for text in ("NaN", "Infinity", "-Infinity"):
        listed = [spelled(row) for row in rows(2)]
        listed[1][features[int(rng.integers(4))]] = "HERE"
        add(bad + text, json.dumps({"rows": listed}).replace('"HERE"', text), 400)
    add("NaN beside valid rows", body(rows(1))[:-1] + ', "note": NaN}', 400)
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
    table = rows(2)
    add("a good request while the model is down", body(table), 503, table=table, breaks=True)
    return {
        "features": features,
        "weights": [round(float(w), 4) for w in rng.normal(0, 1, 5)],
        "calls": [calls[place] for place in rng.permutation(len(calls))],
    }
