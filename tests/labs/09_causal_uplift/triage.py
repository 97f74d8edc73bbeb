"""Right and wrong answers of the task `triage`."""

from __future__ import annotations

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LinearRegression


def _strength(claim, outcome, names):
    table = sm.add_constant(claim["data"][[claim["treatment"], *names]])
    return sm.OLS(claim["data"][outcome], table).fit().pvalues[claim["treatment"]]


def _triage(again=None, control=True, looks=True):
    """Attack by regressions; every argument left out of the attack lets one kind through."""

    def spurious(claims):
        names = []
        for claim in claims:
            before = [name for name in claim["before"] if name != "margin_before"]
            columns = before if again is None else again(claim, before)
            fades = _strength(claim, "margin", columns) * (claim["looks"] if looks else 1) > 0.05
            past = control and _strength(claim, "margin_before", before) < 0.005
            if fades or past:
                names.append(claim["name"])
        return names

    return spurious


def _triage_by_strata(claims):
    """Residuals instead of one regression, and a permutation-free normal test."""
    found = set()
    for claim in claims:
        frame = claim["data"]
        before = frame[[n for n in claim["before"] if not n.endswith("_before")]].to_numpy()

        def z(result, before=before, frame=frame, claim=claim):
            left = result - LinearRegression().fit(before, result).predict(before)
            treated = frame[claim["treatment"]].to_numpy()
            surprise = treated - LinearRegression().fit(before, treated).predict(before)
            slope = surprise @ left / (surprise @ surprise)
            errors = (left - slope * surprise) * surprise
            return abs(slope) * (surprise @ surprise) / np.sqrt(errors @ errors)

        effect = z(frame[claim["outcome"]].to_numpy())
        if stats.norm.sf(effect) * 2 * claim["looks"] > 0.02:
            found.add(claim["name"])
        if z(frame[claim["outcome"] + "_before"].to_numpy()) > 3.3:
            found.add(claim["name"])
    return found


def _by_placebo(claims):
    """What a placebo treatment refutes: the effect of a shuffled treatment is never there."""
    rng = np.random.default_rng(0)
    names = []
    for claim in claims:
        frame = claim["data"].assign(placebo=rng.permutation(claim["data"][claim["treatment"]]))
        shuffled = {**claim, "data": frame, "treatment": "placebo"}
        if _strength(shuffled, "margin", claim["adjusted_for"]) < 1e-6:
            names.append(claim["name"])
    return names


RIGHT = {
    "regressions": _triage(),
    "residuals, another limit, as a set": _triage_by_strata,
}

WRONG = {
    "all are believed": (lambda claims: [], "same verdict"),
    "none is believed": (lambda claims: [c["name"] for c in claims], "same verdict"),
    "the claims' own numbers": (
        lambda claims: [c["name"] for c in claims if abs(c["estimate"] / c["error"]) < 1.96],
        "same verdict",
    ),
    "a placebo treatment": (_by_placebo, "same verdict"),
    "the past is not asked": (_triage(control=False), "negative control", 0.67),
    "the looks are not counted": (_triage(looks=False), "one of many looks", 0.67),
    "everything is adjusted for": (
        _triage(again=lambda claim, before: [*before, "visits_after", "survey"]),
        "",
    ),
    "the claims' own columns": (
        _triage(again=lambda claim, before: claim["adjusted_for"]),
        "",
        0.67,
    ),
    "verdicts instead of names": (lambda claims: [True] * len(claims), "list of names"),
    "treatments instead of names": (lambda claims: [claims[0]["treatment"]], "is none of"),
}
