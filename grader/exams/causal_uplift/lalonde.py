"""Task `lalonde`: versions of the observational problem."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.data import COVARIATES, EXPERIMENT, propensity_terms

KEPT = 0.95


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three versions of the observational problem.

    Each has ``seed`` and ``kept``, the share of the survey that the judge keeps, ``lift``, by how
    many dollars it raises the earnings of the trained, ``effect``, which the experiment then shows,
    and ``traps``, estimates of known mistakes by name.
    """
    cases = []
    for _ in range(3):
        case = {
            "seed": int(rng.integers(2**31)),
            "kept": KEPT,
            "lift": float(rng.integers(24, 60) * 50),
        }
        people = redraw.people(case)
        effect = EXPERIMENT + case["lift"]
        cases.append({**case, "effect": effect, "traps": _lalonde_traps(people)})
    return {"cases": cases}


def _lalonde_traps(people: pd.DataFrame) -> dict[str, float]:
    treated, outcome = people["treat"].to_numpy(), people["re78"].to_numpy()
    propensity = baselines.fit_propensity(propensity_terms(people), treated)
    return {
        "naive": baselines.difference_in_means(treated, outcome),
        "regression": baselines.ols(people[list(COVARIATES)], treated, outcome),
        "effect on all": baselines.ipw_ate(propensity, treated, outcome),
    }
