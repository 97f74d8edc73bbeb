"""Task `leaks`: reviews of models with none, one or two columns that know the outcome."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.special import expit

from labkit.checks.explainable_ai.redraw import review
from labkit.exercise.drawing import until
from labkit.trends.explainable_ai.world.reviews import COLUMNS, WORDS, Table

WEIGHTS = {
    "strong": (1.3, 1.6),
    "leak": (0.8, 1.05),
    "faded": (0.75, 1.0),
    "moved": (0.5, 0.9),
    "masked": (0.55, 0.8),
    "useless": (0.4, 0.5),
    "honest": (0.45, 0.8),
}
"""Log-odds a standard deviation of the column; a leak is never the strongest."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, reviews of numbers and of words, at least one without a leak.

    Each has ``seed``, ``names``, ``roles`` and ``is_text``, which draw it, and ``leaks``.
    """
    counts = rng.permutation([0, 1, 2, *rng.integers(0, 3, 3)])
    text = rng.permutation([True, False] * 3)
    return {
        "cases": [
            until(partial(_case, rng, int(count), bool(is_text)), _shows, "gains that are clear")
            for count, is_text in zip(counts, text, strict=True)
        ]
    }


def _case(rng: np.random.Generator, count: int, is_text: bool) -> dict[str, Any]:
    kinds = ["strong", "shadow", "masked"] + ["honest"] * int(rng.integers(2, 6)) + ["leak"] * count
    kinds += ["useless"] * int(rng.integers(1, 3)) + ["faded"] * int(rng.integers(1, 3)) + ["moved"]
    roles = [_role(rng, kind, is_text) for kind in rng.permutation(kinds)]
    names = rng.permutation(WORDS if is_text else COLUMNS)[: len(roles)].tolist()
    case = {
        "seed": int(rng.integers(2**31)),
        "is_text": is_text,
        "names": names,
        "roles": roles,
    }
    case["leaks"] = [
        name for name, role in zip(names, case["roles"], strict=True) if role["kind"] == "leak"
    ]
    return case


def _role(rng: np.random.Generator, kind: str, is_text: bool) -> dict[str, Any]:
    low, high = WEIGHTS.get(kind, (0.0, 0.0))
    rate = round(float(rng.uniform(0.25, 0.5)), 3) if is_text else 0.0
    spread = np.sqrt(rate * (1 - rate)) if is_text else 1.0
    weight = rng.choice([-1, 1]) * rng.uniform(low, high) / spread
    return {"kind": kind, "weight": round(float(weight), 3), "rate": rate}


def _shows(case: dict[str, Any]) -> bool:
    drawn = review(case)
    before, since = (gains(drawn.base, table) for table in (drawn.validation, drawn.production))
    for place, role in enumerate(case["roles"]):
        if role["kind"] == "shadow":
            continue
        pays = {"leak": (1, -1), "useless": (-1, -1)}.get(role["kind"], (1, 1))
        if before[place] * pays[0] < 3 or since[place] * pays[1] < 3:
            return False
    return True


def gains(base: float, table: Table) -> np.ndarray:
    """Gain in log loss by each contribution, in standard errors, shape (M,)."""
    total = base + table.contributions.sum(axis=1)
    sign = 2.0 * table.default - 1
    with_all = np.log(expit(sign * total))
    found = []
    for said in table.contributions.T:
        gain = with_all - np.log(expit(sign * (total - said)))
        spread = gain.std() / np.sqrt(len(gain))
        found.append(gain.mean() / spread if spread > 0 else 0.0)
    return np.array(found)
