"""Right and wrong answers of the task `triage`."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from labkit.trends.causal_uplift.world.claims import draw_claims


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


def _by_how_it_was_made(claims):
    """Estimates nothing: reads what was adjusted for, how often was looked, and how faint it is."""
    return [
        claim["name"]
        for claim in claims
        if "spend" not in claim["adjusted_for"]
        or "survey" in claim["adjusted_for"]
        or (claim["looks"] >= 20 and abs(claim["estimate"]) < 3 * claim["error"])
    ]


def _left_in_common(claim):
    """Correlation of the margin then and now, beyond what the known columns explain."""
    *known, past = claim["before"]
    both = claim["data"][[claim["outcome"], past]].to_numpy()
    columns = claim["data"][[claim["treatment"], *known]]
    left = both - LinearRegression().fit(columns, both).predict(columns)
    return np.corrcoef(left.T)[0, 1]


def _steepness(claim):
    """How much the known columns tell of who was treated, in log odds."""
    known = StandardScaler().fit_transform(claim["data"][claim["before"][:-1]])
    model = LogisticRegression(C=1e6).fit(known, claim["data"][claim["treatment"]])
    return float(np.linalg.norm(model.coef_))


def _fit(claim, outcome):
    """The treatment's coefficient and all else of a regression on what was known before."""
    table = sm.add_constant(claim["data"][[claim["treatment"], *claim["before"][:-1]]])
    return sm.OLS(claim["data"][outcome], table).fit()


def _hidden_where(sign):
    """Adjusts rightly and counts the looks, but has a sign of its own for a hidden confounder."""

    def spurious(claims):
        return [
            claim["name"]
            for claim in claims
            if _strength(claim, "margin", claim["before"][:-1]) * claim["looks"] > 0.05
            or sign(claim)
        ]

    return spurious


def _weighs_much_in_the_past(claim):
    """The past moves by a good share of the effect, however large the error of that is."""
    effect, past = (_fit(claim, name).params[claim["treatment"]] for name in _MARGINS)
    return abs(past) > abs(effect) / 3


_MARGINS = ("margin", "margin_before")


def _differed_before(claim):
    """Those treated had another past, whatever else was known of them."""
    return _strength(claim, "margin_before", []) < 0.005


def _by_rank(claims):
    """Adjusts rightly and counts the looks, and accuses who moves the past most of each batch."""
    faded = _hidden_where(lambda claim: False)(claims)
    rest = [claim for claim in claims if claim["name"] not in faded]
    most = max(rest, key=lambda claim: abs(_fit(claim, "margin_before").tvalues.iloc[1]))
    return [*faded, most["name"]]


def _by_change(claims):
    """Takes the change since before for the outcome, as if then had been worth as much as now."""
    changed = [
        {**claim, "data": claim["data"].eval("margin = margin - margin_before")} for claim in claims
    ]
    return _triage(control=False)(changed)


def _signs(claim):
    """How strong all is in a claim's data, but for the treatment and the past together."""
    now = _fit(claim, "margin")
    return [
        abs(now.tvalues[claim["treatment"]]),
        abs(now.params[claim["treatment"]]) / np.sqrt(now.scale),
        abs(now.params["spend"]) / np.sqrt(now.scale),
        _steepness(claim),
        _left_in_common(claim),
        abs(np.corrcoef(claim["data"]["visits_after"], claim["data"][claim["treatment"]])[0, 1]),
        np.log(claim["looks"]),
    ]


@lru_cache
def _learned_at_home():
    """A model of which claim of the package's world has a hidden confounder, by its signs."""
    drawn = [claim for seed in range(60) for claim in draw_claims(seed)]
    signs = [_signs(claim.public()) for claim in drawn]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return model.fit(signs, [claim.kind == "hidden confounder" for claim in drawn])


def _looks_hidden(claim):
    """More like a hidden confounder than not, to a model that never set the past to the test."""
    return _learned_at_home().predict([_signs(claim)])[0]


def _by_one_bar(bar):
    """Adjusts rightly and asks the past, but takes the same bar for one look and for forty."""

    def spurious(claims):
        names = []
        for claim in claims:
            before = [name for name in claim["before"] if name != "margin_before"]
            strength = stats.norm.isf(_strength(claim, "margin", before) / 2)
            if strength < bar or _strength(claim, "margin_before", before) < 0.005:
                names.append(claim["name"])
        return names

    return spurious


def _by_size(bar):
    """Asks the past and counts the looks, but takes a number of euros for the rest."""

    def spurious(claims):
        names = []
        for claim in claims:
            before = [name for name in claim["before"] if name != "margin_before"]
            table = sm.add_constant(claim["data"][[claim["treatment"], *before]])
            fit = sm.OLS(claim["data"]["margin"], table).fit()
            small = abs(fit.params[claim["treatment"]]) < bar
            faint = claim["looks"] < 20 and 2.3 < abs(fit.tvalues[claim["treatment"]]) < 3
            past = _strength(claim, "margin_before", before) < 0.005
            if past or (small and not faint):
                names.append(claim["name"])
        return names

    return spurious


def _by_many_looks(claims):
    return [claim["name"] for claim in claims if claim["looks"] >= 20]


def _by_noise(claims):
    """The right attack on shuffled margins."""
    rng = np.random.default_rng(0)
    shuffled = [
        {
            **claim,
            "data": claim["data"].assign(margin=rng.permutation(claim["data"]["margin"])),
        }
        for claim in claims
    ]
    return _triage()(shuffled)


RIGHT = {
    "regressions": _triage(),
    "the past as one more column": _triage(again=lambda claim, before: claim["before"]),
    "residuals, another limit, as a set": _triage_by_strata,
    "as an index": lambda claims: pd.Index(_triage()(claims), dtype=object),
    "as the keys of a dictionary": lambda claims: dict.fromkeys(_triage()(claims)).keys(),
}

WRONG = {
    "all are believed": (lambda claims: [], "same verdict"),
    "none is believed": (lambda claims: [c["name"] for c in claims], "same verdict"),
    "the claims' own numbers": (
        lambda claims: [c["name"] for c in claims if abs(c["estimate"] / c["error"]) < 1.96],
        "same verdict",
    ),
    "a placebo treatment": (_by_placebo, "same verdict"),
    "nothing is estimated": (_by_how_it_was_made, "is real"),
    "many looks are enough": (_by_many_looks, "is real"),
    "shuffled margins": (_by_noise, ""),
    "the past is not asked": (_triage(control=False), "negative control", 0.7),
    "the looks are not counted": (_triage(looks=False), "one of many looks", 0.7),
    "any unmeasured cause is a confounder": (
        _hidden_where(lambda claim: _left_in_common(claim) > 0.15),
        "is real",
    ),
    "an unmeasured cause, and known ones that tell little": (
        _hidden_where(lambda claim: _left_in_common(claim) > 0.15 and _steepness(claim) < 0.83),
        "",
        0.7,
    ),
    "strengths learned at home": (_hidden_where(_looks_hidden), "", 0.7),
    "the past with the claims' own columns": (
        _hidden_where(
            lambda claim: _strength(claim, "margin_before", claim["adjusted_for"]) < 0.005
        ),
        "is real",
    ),
    "the past with nothing adjusted for": (_hidden_where(_differed_before), ""),
    "the past by its share of the effect": (_hidden_where(_weighs_much_in_the_past), "is real"),
    "the most in the past of each batch": (_by_rank, "is real"),
    "the past held fixed": (
        _triage(again=lambda claim, before: claim["before"], control=False),
        "negative control",
        0.7,
    ),
    "the change since before": (_by_change, "", 0.7),
    "one bar above all that luck shows": (_by_one_bar(2.85), "is real"),
    "one bar for six claims": (_by_one_bar(stats.norm.isf(0.025 / 6)), "", 0.7),
    "one bar far above": (_by_one_bar(4.0), "is real"),
    "a bar in euros": (_by_size(1.7), "is real"),
    "a bar in cents": (_by_size(0.05), "", 0.7),
    "everything is adjusted for": (
        _triage(again=lambda claim, before: [*before, "visits_after", "survey"]),
        "",
        0.3,
    ),
    "the claims' own columns": (
        _triage(again=lambda claim, before: claim["adjusted_for"]),
        "",
        0.6,
    ),
    "verdicts instead of names": (lambda claims: [True] * len(claims), "list of names"),
    "treatments instead of names": (lambda claims: [claims[0]["treatment"]], "is none of"),
}

HARMLESS = {
    "constant: …eed_when_unidentifiable=True) -> *": "Without hidden nodes in the graph dowhy "
    "finds the effect identifiable, and does not ask.",
    "constant: limit = norm.ppf(1 - 0.025 / claim['looks']) -> *": "Limits from 5 to 7.5 % are "
    "both usual; claims are drawn to be clear at either.",
    "comparison: …aim, claim['outcome']) < limit -> *": "No effect is exactly at the limit.",
    "comparison: …m['outcome']}_before\") > norm.ppf(1 - 0.005) -> *": "No effect is exactly at "
    "the limit.",
    'constant: …re") > norm.ppf(1 - 0.005) -> *': "Limits from 1 to 1.5 % are both usual.",
}
