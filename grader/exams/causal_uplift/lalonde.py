"""Task `lalonde`: the problem of Lalonde with secret earnings, so that the truth is known.

Who the people are is real, drawn again from the experiment and the survey. Who is trained, what
they earn and what the training brings to each follows from a rule of the case's own. So no
published figure is an answer, and the effect on the trained is known to the dollar.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift import baselines
from labkit.trends.causal_uplift.data import COVARIATES, propensity_terms

from .regression import slope

Floats = NDArray[np.float64]
Case = dict[str, Any]

ALIKE, SURVEY = 2_000, 6_000
"""People drawn from the experiment and from the survey."""

MISTAKES_OFF = 650.0
"""US dollars. A case is used only if every known mistake is off by at least as much."""

DISTINCT = 110.0
"""US dollars between any two mistakes; the judge names one that is met to 1 %."""

CHOICES = (0.6, 0.9, 1.3)
"""How much less often somebody is trained who earned more, in the log-odds, in the three versions;
so the plain difference is off by different sums."""

MISTAKES_APART = 1_000.0
"""US dollars. What a mistake is off by differs so much between the cases, more than twice the
judge's tolerance, that the same correction does not fit all."""

TURNED_INTERCEPT = 9_000.0
"""US dollars, which keep the mean effect above zero where the effects of the others are turned."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three versions of the observational problem.

    Each has ``seed``, ``alike`` and ``survey``, how many people are drawn from either source, and
    the rule: ``trained`` (weights of `propensity_terms` in the log-odds, with an intercept),
    ``earnings`` and ``effect`` (weights in US dollars, with an intercept), and ``noise``. ``att``
    is the true effect on the trained, ``traps`` are estimates of known mistakes by name.
    """
    return {"cases": until(lambda: _versions(rng), _no_constant_mends, "mistakes of many sizes")}


def _versions(rng: np.random.Generator) -> list[Case]:
    """Three versions; in one of them the training brings more to those who earned well.

    There what a mistake misses by whom it counts has another sign.
    """
    return [
        _version(rng, turned, choice)
        for turned, choice in zip(
            rng.permutation([False, False, True]), rng.permutation(CHOICES), strict=True
        )
    ]


def _version(rng: np.random.Generator, turned: bool, choice: float) -> Case:
    return until(
        lambda: _case(rng, turned, choice), _mistakes_show, "known mistakes that are all off"
    )


def _mistakes_show(case: Case) -> bool:
    """Whether every known mistake is off, and none is taken for another."""
    found = np.sort([*case["traps"].values()])
    return bool(
        np.abs(found - case["att"]).min() > MISTAKES_OFF and np.diff(found).min() > DISTINCT
    )


def _no_constant_mends(cases: list[Case]) -> bool:
    """Whether no mistake and a constant are near the truth in all cases."""
    off = [[value - case["att"] for value in case["traps"].values()] for case in cases]
    return bool(np.ptp(off, axis=0).min() > MISTAKES_APART)


def _case(rng: np.random.Generator, turned: bool, choice: float) -> Case:
    case: Case = {
        "seed": int(rng.integers(2**31)),
        "alike": ALIKE,
        "survey": SURVEY,
        "noise": 1000.0,
        "trained": {
            "intercept": rng.uniform(-2.4, -2.0),
            "black": rng.uniform(0.4, 0.7),
            "nodegree": rng.uniform(0.1, 0.5),
            "marr": -rng.uniform(0.2, 0.6),
            "re75": -choice * rng.uniform(0.95, 1.05),
            "no_earnings_75": rng.uniform(0.1, 0.4),
            "age": -rng.uniform(0.1, 0.5),
        },
        "earnings": {
            "intercept": rng.uniform(11_000, 13_000),
            "re75": rng.uniform(1_400, 2_100),
            "re74": rng.uniform(700, 1_400),
            "age": rng.uniform(3_500, 4_900),
            "age_2": -rng.uniform(3_500, 4_900),
            "educ_2": rng.uniform(300, 1_000),
            "no_earnings_74": -rng.uniform(300, 1_000),
            "no_earnings_75": -rng.uniform(300, 1_000),
            "black": -rng.uniform(200, 600),
        },
        "effect": {
            "intercept": rng.uniform(-4_500, 1_500),
            "no_earnings_75": rng.uniform(2_400, 4_500),
            "re75": -rng.uniform(2_400, 4_500),
            "black": rng.uniform(900, 2_700),
            "educ": rng.uniform(-1_500, 1_500),
        },
    }
    if turned:
        case["effect"] = {name: -weight for name, weight in case["effect"].items()}
        case["effect"]["intercept"] += TURNED_INTERCEPT
    people, effect = redraw.programme(case)
    return {
        **case,
        "att": float(effect[people["treat"] == 1].mean()),
        "traps": _traps(people),
    }


def _traps(people: pd.DataFrame) -> dict[str, float]:
    terms = propensity_terms(people)
    table, treated = terms.to_numpy(), people["treat"].to_numpy()
    outcome = people["re78"].to_numpy()
    chance = baselines.fit_propensity(table, treated)
    everybody = np.column_stack([np.ones(len(table)), table])
    left = outcome - everybody @ np.linalg.lstsq(everybody, outcome, rcond=None)[0]
    return {
        "naive": baselines.difference_in_means(treated, outcome),
        "regression": slope(people, "treat", "re78", COVARIATES)[0],
        "regression on the terms": slope(
            terms.assign(treat=treated, re78=outcome), "treat", "re78", list(terms)
        )[0],
        "effect on all": baselines.ipw_ate(chance, treated, outcome),
        "trimmed": baselines.ipw_ate(chance, treated, outcome, trim=0.1),
        "model of all": float(left[treated == 1].mean()),
    }
