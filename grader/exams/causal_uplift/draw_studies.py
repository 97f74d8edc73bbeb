"""Tasks `adjustment` and `triage`: secret graphs, and claims that are real or are nothing.

Both instances hold seeds, from which the judge draws the same studies again, and what a right
answer is. Which study is fit for an exam is decided here: every trap must show, and a right method
must not fail by bad luck. Judging is left to the checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from labkit.trends.causal_uplift.world.claims import SPURIOUS, Claim, draw_claims
from labkit.trends.causal_uplift.world.graphs import Study, draw_study

from .adjustment import valid_adjustment_sets

ROWS = 4_000
"""Rows of a study. Over 40 studies no valid set was more than 0.05 off the true effect."""

MISLEADING = 0.15
"""A study is used only if adjusting for nothing is off by at least this much."""

WANTED = ("m_collider", "proxy", "m_collider", "second confounder")
"""A role that each of the four studies must have, besides those that every study has."""

BATCHES, CUSTOMERS = 3, 1_500
CLEAR, VANISHED = 4.5, 1.6
"""Size in standard errors from which a true effect is clear, and below which one is gone, for
whichever usual threshold is taken."""


def draw_adjustment(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four studies.

    Each has ``rows`` and ``seed``, which draw the study, ``valid_sets``, the true ``effect`` and
    ``traps``, estimates of known mistakes by name.
    """
    rng = np.random.default_rng(seed)
    return {"cases": [_adjustment_case(role, rng) for role in WANTED]}


def _adjustment_case(role: str, rng: np.random.Generator) -> dict[str, Any]:
    while True:
        own_seed = int(rng.integers(2**31))
        study = draw_study(ROWS, own_seed)
        if role not in study.roles.values():
            continue
        measured = [name for name in study.data if name not in (study.treatment, study.outcome)]
        traps = {
            "adjusts for nothing": regress(study, []),
            "adjusts for everything": regress(study, measured),
        }
        if min(abs(value - study.effect) for value in traps.values()) > MISLEADING:
            break
    sets = valid_adjustment_sets(study.edges, study.treatment, study.outcome, measured)
    return {
        "rows": ROWS,
        "seed": own_seed,
        "valid_sets": sets,
        "effect": study.effect,
        "traps": traps,
    }


def regress(study: Study, adjusted_for: Sequence[str]) -> float:
    """Effect of the treatment by linear regression on it and the columns `adjusted_for`."""
    return _slope(study.data, study.treatment, study.outcome, adjusted_for)[0]


def draw_triage(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three batches of six claims.

    Each has ``customers`` and ``seed``, which draw the claims, and ``spurious``, the names of
    those without any effect. Each way of being spurious occurs in at least two batches.
    """
    rng = np.random.default_rng(seed)
    while True:
        batches = [_clear_batch(rng) for _ in range(BATCHES)]
        kinds = [claim.kind for _, claims in batches for claim in claims]
        if all(kinds.count(kind) >= 2 for kind in SPURIOUS):
            break
    return {
        "cases": [
            {
                "customers": CUSTOMERS,
                "seed": own_seed,
                "spurious": [claim.name for claim in claims if claim.is_spurious],
            }
            for own_seed, claims in batches
        ]
    }


def _clear_batch(rng: np.random.Generator) -> tuple[int, list[Claim]]:
    while True:
        seed = int(rng.integers(2**31))
        claims = draw_claims(seed, CUSTOMERS)
        if all(_is_clear(claim) for claim in claims):
            return seed, claims


def _is_clear(claim: Claim) -> bool:
    """Whether the attacks on a claim end as they should, with room for other thresholds."""
    again, control = attacks(claim.public())
    if claim.kind == "hidden confounder":
        return control > CLEAR
    if claim.kind == "best of many looks":
        return control < VANISHED
    if claim.is_spurious:
        return again < VANISHED
    return again > CLEAR and control < VANISHED


def attacks(claim: dict[str, Any]) -> tuple[float, float]:
    """Attack a public claim twice; two effects in standard errors, without sign.

    The first adjusts for all that was measured before the treatment but the outcome's own past,
    the second takes that past, which no treatment can change, in place of the outcome.
    """
    past = f"{claim['outcome']}_before"
    before = [name for name in claim["before"] if name != past]
    found = []
    for outcome in (claim["outcome"], past):
        slope, error = _slope(claim["data"], claim["treatment"], outcome, before)
        found.append(abs(slope / error))
    return found[0], found[1]


def spurious(claims: list[dict[str, Any]]) -> list[str]:
    """Reference triage: adjust again, ask the past, and count the looks (Bonferroni)."""
    names = []
    for claim in claims:
        again, control = attacks(claim)
        # Two-sided 5 % shared among the looks: 1.96 for one, about 3.2 for forty.
        limit = _normal_quantile(1 - 0.025 / claim["looks"])
        if again < limit or control > _normal_quantile(1 - 0.005):
            names.append(claim["name"])
    return names


def _normal_quantile(share: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(share))


def _slope(
    data: pd.DataFrame, treatment: str, outcome: str, adjusted_for: Sequence[str]
) -> tuple[float, float]:
    """Coefficient of the treatment in a linear regression, and its standard error."""
    table = np.column_stack([np.ones(len(data)), data[[treatment, *adjusted_for]]])
    result = data[outcome].to_numpy()
    coefficients = np.linalg.lstsq(table, result, rcond=None)[0]
    residuals = result - table @ coefficients
    variance = residuals @ residuals / (len(data) - table.shape[1])
    error = np.sqrt(variance * np.linalg.inv(table.T @ table)[1, 1])
    return float(coefficients[1]), float(error)
