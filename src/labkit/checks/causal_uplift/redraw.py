"""Draw again the data that an instance names by seeds and parameters.

An instance is small plain data; what learners analyse is drawn from it here, for the judges and for
the exams alike, so that both always see the same. What is right about it stands in the instance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labkit.trends.causal_uplift.data import lalonde
from labkit.trends.causal_uplift.world.budget import BudgetModel, draw_weeks
from labkit.trends.causal_uplift.world.claims import Claim, draw_claims
from labkit.trends.causal_uplift.world.graphs import Study, draw_study
from labkit.trends.causal_uplift.world.retailer import Customers, Market, draw_customers
from labkit.trends.causal_uplift.world.retention import Retention, draw_retention

Case = dict[str, Any]


def study(case: Case) -> Study:
    """The study of a case of `adjustment`."""
    return draw_study(case["rows"], case["seed"])


def customers(case: Case) -> Customers:
    """The customers of a world of `aipw`, or of a case of `cate`: its new people come last."""
    return draw_customers(case["n"] + case.get("new", 0), case["seed"], Market(**case["market"]))


def people(case: Case) -> pd.DataFrame:
    """The trained, with earnings of 1978 raised, and a random share of the survey, shuffled.

    Columns as in `lalonde`; `case` has ``seed``, ``kept`` (share of the survey) and ``lift`` (US
    dollars).
    """
    everybody = lalonde()
    trained = everybody[everybody["treat"] == 1]
    rng = np.random.default_rng(case["seed"])
    survey = everybody[everybody["treat"] == 0]
    kept = survey.iloc[rng.permutation(len(survey))[: round(case["kept"] * len(survey))]]
    raised = trained.assign(re78=trained["re78"] + case["lift"])
    together = pd.concat([raised, kept], ignore_index=True)
    return together.iloc[rng.permutation(len(together))].reset_index(drop=True)


def campaign(case: Case) -> Retention:
    """The customers of a case of `targeting`: first the history, then the new ones."""
    return draw_retention(case["history"] + case["customers"], case["seed"], case["confounding"])


def claims(case: Case) -> list[Claim]:
    """The six claims of a batch of `triage`."""
    return draw_claims(case["seed"], case["customers"])


def weeks(case: Case) -> pd.DataFrame:
    """The weeks of a shop of `budget`, with sales that come every week whatever is done."""
    drawn = draw_weeks(case["weeks"], case["seed"], BudgetModel(**case["model"]))
    return drawn.assign(sales=drawn["sales"] + case["steady_sales"])
