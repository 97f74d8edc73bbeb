"""Task `known_then`: the last value that was known at the moment of a decision."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import history
from labkit.exercise.drawing import until

Record = dict[str, Any]

CASES = 3
NOTHING = -1.0
APART = 6
"""Moments, of 150, at which each known mistake gives another value."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: seeds and sizes, the ``truth``, and what ``traps`` lead to."""
    return {
        "cases": [
            until(partial(_case, rng), _all_apart, "every mistake at several moments")
            for _ in range(CASES)
        ]
    }


def _whenever(at: int, cut: int) -> bool:
    return True


def _all_apart(case: dict[str, Any]) -> bool:
    true = np.array(case["truth"])
    return all((np.array(other) != true).sum() >= APART for other in case["traps"].values())


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "customers": int(rng.integers(18, 26)),
        "each": int(rng.integers(7, 11)),
        "cuts": 150,
    }
    events, cuts = history(case)
    records: dict[int, list[Record]] = {}
    for record in events.to_dict("records"):
        records.setdefault(record["customer"], []).append(record)
    moments = [(records[customer], cut) for customer, cut in cuts.to_numpy().tolist()]

    def find(**mistake: Any) -> list[float]:
        return [_value(own, cut, **mistake) for own, cut in moments]

    case["truth"] = find()
    case["traps"] = {
        "latest": find(recorded=_whenever, happened=_whenever),
        "happened": find(recorded=_whenever),
        "ahead": find(happened=_whenever),
        "at the cut": find(recorded=operator.le, happened=operator.le),
        "by recording": find(order="recorded"),
        "first record": find(last=False),
        "withdrawn": find(withdraw=False),
    }
    return case


def _value(
    own: list[Record],
    cut: int,
    recorded: Callable[..., bool] = operator.lt,
    happened: Callable[..., bool] = operator.lt,
    order: str = "happened",
    last: bool = True,
    withdraw: bool = True,
) -> float:
    """The value of one customer at a cut; every option but the defaults is a mistake."""
    known: dict[int, Record] = {}
    for record in sorted(own, key=lambda one: one["recorded"], reverse=not last):
        missing = record["value"] != record["value"]
        if recorded(record["recorded"], cut) and (withdraw or not missing):
            known[record["event"]] = record
    holds = [
        one
        for one in known.values()
        if one["value"] == one["value"] and happened(one["happened"], cut)
    ]
    found = max(holds, key=lambda one: one[order], default=None)
    return float(found["value"]) if found else NOTHING
