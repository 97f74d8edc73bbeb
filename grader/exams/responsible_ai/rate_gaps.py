"""Task `rate_gaps`: gaps of three rates with intervals, where one group is small.

The reference is Newcombe's interval; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from exams.responsible_ai.intervals import newcombe, student, swapped, wald
from labkit.checks.responsible_ai.redraw import populations
from labkit.exercise.drawing import until

POPULATIONS = 200

INTERVALS = {"newcombe": newcombe, "wald": wald, "student": student, "swapped": swapped}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: one with 20 people in a group, one with four times as many.

    Each has ``seed``, ``people``, ``good``, ``true_positive``, ``false_positive`` (two groups) and
    ``populations``, which draw the records; ``truth``, the true gaps of selection, true-positive
    and false-positive rate; and ``width``, the mean widths of the reference's intervals.
    """
    fits = "the reference near 95 % and, for 20 people, three others below"
    return {"cases": [until(partial(_case, rng, times), _apart, fits) for times in (1, 4)]}


def _drawn(rng: np.random.Generator, times: int) -> dict[str, Any]:
    high, low = rng.uniform(0.86, 0.95, 2), rng.uniform(0.05, 0.12, 2)
    good = rng.uniform(0.35, 0.65, 2)
    return {
        "seed": int(rng.integers(2**31)),
        "people": [times * int(rng.integers(40, 60)), times * int(rng.integers(19, 24))],
        "good": good.round(3).tolist(),
        "true_positive": high.round(3).tolist(),
        "false_positive": low.round(3).tolist(),
        "populations": POPULATIONS,
    }


def _filled(case: dict[str, Any]) -> bool:
    """Every group has good people and others, in every population."""
    return all(min(table[1].min(), table[3].min()) >= 2 for table in counts(case))


def _case(rng: np.random.Generator, times: int) -> dict[str, Any]:
    case = until(lambda: _drawn(rng, times), _filled, "good people and others in every group")
    good, high, low = (np.array(case[k]) for k in ("good", "true_positive", "false_positive"))
    selected = good * high + (1 - good) * low
    case["truth"] = [float(np.diff(rate)[0]) for rate in (selected, high, low)]
    tables: list[Any] = counts(case)  # four arrays each
    case["width"] = [float(np.mean(np.subtract(*newcombe(*table)[::-1]))) for table in tables]
    case["coverage"] = {
        name: [
            float(np.mean((interval(*table)[0] <= gap) & (gap <= interval(*table)[1])))
            for table, gap in zip(tables, case["truth"], strict=True)
        ]
        for name, interval in INTERVALS.items()
    }
    return case


def counts(case: dict[str, Any]) -> list[tuple[np.ndarray, ...]]:
    """For each rate: chosen and size of group 1, then of group 0, (populations,) each."""
    tables: list[list[tuple[int, ...]]] = [[], [], []]
    for y, decided, group in populations(case):
        for table, used in zip(tables, (y >= 0, y == 1, y == 0), strict=True):
            cells = [decided[used & (group == g)] for g in (1, 0)]
            table.append((cells[0].sum(), len(cells[0]), cells[1].sum(), len(cells[1])))
    return [tuple(np.array(table).T) for table in tables]


def _apart(case: dict[str, Any]) -> bool:
    """The reference covers as it should; the others do not, for 20 people."""
    covered = case["coverage"]
    fails = max(covered["wald"][1:]) <= 0.89 and all(
        min(covered[name]) <= 0.9 for name in ("student", "swapped")
    )
    return min(covered["newcombe"]) >= 0.94 and (case["people"][1] > 40 or fails)
