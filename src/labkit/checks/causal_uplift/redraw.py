"""Draw again the data that an instance names by seeds and parameters.

An instance is small plain data; what learners analyse is drawn from it here, for the judges and for
the exams alike, so that both always see the same. What is right about it stands in the instance.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from labkit.trends.causal_uplift.data import COVARIATES, cps, nsw, propensity_terms
from labkit.trends.causal_uplift.world.budget import BudgetModel, draw_weeks
from labkit.trends.causal_uplift.world.claims import Claim, draw_claims
from labkit.trends.causal_uplift.world.graphs import Study, draw_study
from labkit.trends.causal_uplift.world.retailer import Customers, Market, draw_customers
from labkit.trends.causal_uplift.world.retention import Retention, Temper, draw_retention

Case = dict[str, Any]


def study(case: Case) -> Study:
    """The study of a case of `adjustment`."""
    return draw_study(case["rows"], case["seed"])


def customers(case: Case) -> Customers:
    """The customers of a case of `aipw` or `cate`; in `cate` the new people come last."""
    return draw_customers(case["n"] + case.get("new", 0), case["seed"], Market(**case["market"]))


def programme(case: Case) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The people of a case of `lalonde`, shuffled, and the true effect on each in US dollars.

    Columns as in `data.lalonde`. Who they are is real; ``treat`` and ``re78`` follow from the
    case's rule.
    """
    rng = np.random.default_rng(case["seed"])
    drawn = [
        frame.iloc[rng.integers(len(frame), size=size)]
        for frame, size in ((nsw(), case["alike"]), (cps(), case["survey"]))
    ]
    together = pd.concat(drawn, ignore_index=True)[list(COVARIATES)]
    people = together.iloc[rng.permutation(len(together))].reset_index(drop=True)
    terms = propensity_terms(people)

    def weighed(weights: dict[str, float]) -> NDArray[np.float64]:
        names = [name for name in weights if name != "intercept"]
        return np.asarray(weights["intercept"] + terms[names] @ [weights[name] for name in names])

    treat = (rng.random(len(people)) < expit(weighed(case["trained"]))).astype(float)
    effect = weighed(case["effect"])
    luck = case["noise"] * rng.standard_normal(len(people))
    earned = weighed(case["earnings"]) + luck + treat * effect
    return people.assign(treat=treat, re78=earned), effect


def campaign(case: Case) -> Retention:
    """The customers of a case of `targeting`: first the history, then the new ones."""
    people = case["history"] + case["customers"]
    drawn = draw_retention(people, case["seed"], case["confounding"], Temper(**case["temper"]))
    worth = case["unit"] * drawn.observed["value"]
    return replace(drawn, observed=drawn.observed.assign(value=worth))


def claims(case: Case) -> list[Claim]:
    """The six claims of a batch of `triage`."""
    return draw_claims(case["seed"], case["customers"])


def weeks(case: Case) -> pd.DataFrame:
    """The weeks of a shop of `budget`, with sales that come every week whatever is done."""
    drawn = draw_weeks(case["weeks"], case["seed"], BudgetModel(**case["model"]))
    return drawn.assign(sales=drawn["sales"] + case["steady_sales"])
