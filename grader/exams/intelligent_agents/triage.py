"""Task `triage`: decisions of least expected cost from a model that is too sure of itself.

The true chances are known, so the least possible cost is exact. The traps' costs are those of known
mistakes. Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

from labkit.checks.intelligent_agents.redraw import mails
from labkit.exercise.drawing import until
from labkit.trends.intelligent_agents.world.mail import ASK, mean_cost

CASES = 3
WAYS = ("early", "late, other two", "early, other two")
"""What is expensive, one for each case: another one than where the task is tried, so that the costs
of one are 1.2 times the best possible at least in any other."""

APART = 1.09
"""Every known mistake costs at least so many times the best possible; 1.04 is allowed."""

CLOSE = 1.02
"""A logistic regression costs so many times the best possible at most; in one case of thirty it
would be more, 1.03 at most."""

FEW, FEW_APART = 200, 1.055
"""In one case a fit on the first labelled mails alone costs at least so many times the best
possible; in the others that is luck, 1.003 to 1.1."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``clear``, ``sharp`` and ``shift``, which draw the mails; ``costs`` (3, 4);
    ``best``, the least possible mean cost; ``reached``, that of a regression; and ``traps``, the
    mean costs of known mistakes.
    """
    return {
        "cases": [
            until(
                partial(_case, rng, int(shouted), way),
                partial(_tells_apart, thrifty=place == 0),
                "every mistake well above the least cost",
            )
            for place, (shouted, way) in enumerate(
                zip(rng.permutation(CASES), rng.permutation(WAYS), strict=True)
            )
        ]
    }


def _tells_apart(case: dict[str, Any], thrifty: bool) -> bool:
    """Whether known mistakes are expensive; with `thrifty`, also to fit on few of the mails."""
    if min(case["traps"].values()) < APART * case["best"]:
        return False
    if case["reached"] > CLOSE * case["best"]:
        return False
    if not thrifty:
        return True
    known, new = mails(case)
    fitted = LogisticRegression(max_iter=1000).fit(known.scores[:FEW], known.labels[:FEW])
    table = np.array(case["costs"])
    decisions = (fitted.predict_proba(new.scores) @ table).argmin(axis=1)
    return mean_cost(new.chances, table, decisions) >= FEW_APART * case["best"]


def _costs(rng: np.random.Generator, way: str) -> list[list[float]]:
    """What the three priorities cost; rows are the true ones.

    To go one too far is cheap in one place, so the second likeliest priority is often the best
    decision there. With "other two" the priorities 1 and 2 change their parts.
    """
    if way.startswith("late"):
        costs = [
            [0.0, rng.uniform(25, 40), rng.uniform(60, 100)],
            [rng.uniform(4, 7), 0.0, rng.uniform(20, 35)],
            [rng.uniform(9, 15), rng.uniform(1, 2), 0.0],
        ]
    else:
        costs = [
            [0.0, rng.uniform(4, 7), rng.uniform(9, 15)],
            [rng.uniform(20, 35), 0.0, rng.uniform(1, 2)],
            [rng.uniform(60, 100), rng.uniform(25, 40), 0.0],
        ]
    order = [0, 2, 1] if way.endswith("other two") else [0, 1, 2]
    return [[round(float(costs[row][column]), 2) for column in order] for row in order]


def _case(rng: np.random.Generator, shouted: int, way: str) -> dict[str, Any]:
    """`shouted` is the priority that the model is taken in by, `way` what costs are like."""
    shift = [round(float(rng.uniform(0.0, 0.6)), 2) for _ in range(3)]
    shift[shouted] = round(float(rng.uniform(3.0, 5.0)), 2)
    costs = _costs(rng, way)
    ask = round(float(rng.uniform(3.0, 4.0)), 2)
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "clear": round(float(rng.uniform(1.4, 2.0)), 2),
        "sharp": round(float(rng.uniform(2.2, 3.5)), 2),
        "shift": shift,
        "costs": [[*row, ask] for row in costs],
    }
    known, new = mails(case)
    table = np.array(case["costs"])
    case["best"] = mean_cost(new.chances, table, (new.chances @ table).argmin(axis=1))
    fitted = LogisticRegression(max_iter=1000).fit(known.scores, known.labels)
    sober, raw = fitted.predict_proba(new.scores), softmax(new.scores, axis=1)
    n, likely = len(raw), sober.argmax(axis=1)
    expected = sober @ table
    case["reached"] = mean_cost(new.chances, table, expected.argmin(axis=1))
    decisions = {
        "believed": (raw @ table).argmin(axis=1),
        "largest": raw.argmax(axis=1),
        "likeliest": likely,
        "two": np.where(expected[np.arange(n), likely] <= table[0, ASK], likely, ASK),
        "half": np.where(sober.max(axis=1) > 0.5, likely, ASK),
        "never": expected[:, :3].argmin(axis=1),
        "always": np.full(n, ASK),
    }
    case["traps"] = {key: mean_cost(new.chances, table, d) for key, d in decisions.items()}
    return case
