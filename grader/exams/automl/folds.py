"""Task `folds`: folds in order of time, without a customer or a label that leaks."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.automl.redraw import rows
from labkit.exercise.drawing import until

Ints = NDArray[np.int64]
CASES = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has what draws its table, the task's ``wait``, ``length`` and ``k``, and ``folds``: pairs
    of row numbers to train on and to test on.
    """
    return {
        "cases": [
            until(partial(_case, rng), _shows, "rows on every edge of a block")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "n": int(rng.integers(350, 450)),
        "customers": int(rng.integers(90, 130)),
        "days": int(rng.integers(170, 220)),
        "seed": int(rng.integers(2**31)),
        "wait": int(rng.integers(15, 28)),
        "length": int(rng.integers(9, 15)),
        "k": int(rng.integers(3, 6)),
    }
    table = rows(case)
    customer, day = table["customer"].to_numpy(), table["day"].to_numpy()
    case["folds"] = reference(customer, day, case["wait"], case["length"], case["k"])
    return case


def reference(customer: Ints, day: Ints, wait: int, length: int, k: int) -> list[list[list[int]]]:
    """Row numbers of k folds, as the task's text asks for them."""
    folds = []
    for block in range(k, 0, -1):
        first = day.max() + 1 - block * length
        test = (day >= first) & (day < first + length)
        train = (day + wait < first) & ~np.isin(customer, customer[test])
        folds.append([np.flatnonzero(train).tolist(), np.flatnonzero(test).tolist()])
    return folds


def _shows(case: dict[str, Any]) -> bool:
    """Some label comes on a block's first day, of a customer who is not in the block.

    Every block has rows on its first and last day, so that a block moved by a day is another one.
    """
    table = rows(case)
    customer, day = table["customer"].to_numpy(), table["day"].to_numpy()
    late = False
    for place, (_, test) in enumerate(case["folds"]):
        first = day.max() + 1 - (case["k"] - place) * case["length"]
        if not np.isin([first, first + case["length"] - 1], day[test]).all():
            return False
        late |= bool(((day + case["wait"] == first) & ~np.isin(customer, customer[test])).any())
    return late
