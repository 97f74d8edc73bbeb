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
APART = 1.09
"""Every known mistake costs at least so many times the best possible; 1.04 is allowed."""

FEW, FEW_APART = 200, 1.055
"""In one case a fit on the first labelled mails alone costs at least so many times the best
possible; in the others that is luck, 1.003 to 1.1."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``clear``, ``sharp`` and ``shift``, which draw the mails; ``costs`` (3, 4);
    ``best``, the least possible mean cost; and ``traps``, the mean costs of known mistakes.
    """
    return {
        "cases": [
            until(
                partial(_case, rng, int(shouted)),
                partial(_tells_apart, thrifty=place == 0),
                "every mistake well above the least cost",
            )
            for place, shouted in enumerate(rng.permutation(CASES))
        ]
    }


def _tells_apart(case: dict[str, Any], thrifty: bool) -> bool:
    """Whether known mistakes are expensive; with `thrifty`, also to fit on few of the mails."""
    if min(case["traps"].values()) < APART * case["best"]:
        return False
    if not thrifty:
        return True
    known, new = mails(case)
    fitted = LogisticRegression(max_iter=1000).fit(known.scores[:FEW], known.labels[:FEW])
    table = np.array(case["costs"])
    decisions = (fitted.predict_proba(new.scores) @ table).argmin(axis=1)
    return mean_cost(new.chances, table, decisions) >= FEW_APART * case["best"]


def _case(rng: np.random.Generator, shouted: int) -> dict[str, Any]:
    """`shouted` is the priority that the model is taken in by."""
    shift = [round(float(rng.uniform(0.0, 0.6)), 2) for _ in range(3)]
    shift[shouted] = round(float(rng.uniform(3.0, 5.0)), 2)
    costs = [
        [0.0, rng.uniform(25, 40), rng.uniform(60, 100)],
        [rng.uniform(4, 7), 0.0, rng.uniform(20, 35)],
        # A little too early is cheap, so the second likeliest priority is often the best decision.
        [rng.uniform(9, 15), rng.uniform(1, 2), 0.0],
    ]
    ask = round(float(rng.uniform(3.0, 4.0)), 2)
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "clear": round(float(rng.uniform(1.4, 2.0)), 2),
        "sharp": round(float(rng.uniform(2.2, 3.5)), 2),
        "shift": shift,
        "costs": [[round(float(value), 2) for value in row] + [ask] for row in costs],
    }
    known, new = mails(case)
    table = np.array(case["costs"])
    case["best"] = mean_cost(new.chances, table, (new.chances @ table).argmin(axis=1))
    fitted = LogisticRegression(max_iter=1000).fit(known.scores, known.labels)
    sober, raw = fitted.predict_proba(new.scores), softmax(new.scores, axis=1)
    n, likely = len(raw), sober.argmax(axis=1)
    expected = sober @ table
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
