"""Right and wrong answers of task `contract`, which prove its judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

NUMBERS = ("hour", "income", "rate", "age")


def _checker(
    numbers=lambda known, new: ks_2samp(known, new).statistic > 0.35 or _outside(known, new) > 0.05,
    types=True,
    missing=0.2,
    keys=True,
    fresh=True,
    regions=0.12,
    joined=True,
):
    def broken(reference, batch):
        found = []
        if keys and batch["id"].duplicated().any():
            found.append("id")
        if fresh and batch["day"].min() <= reference["day"].max():
            found.append("day")
        if (~batch["region"].isin(reference["region"])).mean() > regions:
            found.append("region")
        for name in NUMBERS:
            known, new = reference[name].dropna(), batch[name]
            if not pd.api.types.is_numeric_dtype(new):
                if types:
                    found.append(name)
            elif new.isna().mean() > missing or numbers(known, new.dropna()):
                found.append(name)
        if joined and not {"income", "rate"} & set(found) and _misjoined(reference, batch):
            found.append("rate")
        return found

    return broken


def _misjoined(reference, batch):
    """Whether rates and incomes belong together less than they did."""
    pairs = (table[["income", "rate"]].astype(float) for table in (reference, batch))
    old, new = (np.log(pair).corr().iloc[0, 1] for pair in pairs)
    return new > old / 2


def _outside(known, new):
    return np.mean((new < known.min()) | (new > known.max()))


def by_quantiles(reference, batch):
    """Quantiles instead of a distance, and rules for each column."""
    found = set()
    if len(set(batch["id"])) < len(batch):
        found.add("id")
    if set(batch["day"]) & set(reference["day"]):
        found.add("day")
    known = set(reference["region"])
    if sum(region not in known for region in batch["region"]) > 0.1 * len(batch):
        found.add("region")
    for name in NUMBERS:
        if batch[name].dtype == object:
            found.add(name)
            continue
        old, new = reference[name].dropna(), batch[name].dropna()
        if len(new) < 0.8 * len(batch):
            found.add(name)
        spread = old.std()
        if abs(new.median() - old.median()) > spread or new.std() < 0.2 * spread:
            found.add(name)
        if ((new > old.max()).mean() > 0.06) or ((new < old.min()).mean() > 0.06):
            found.add(name)
    if found.isdisjoint({"income", "rate"}):
        poor = batch["income"] < batch["income"].median()
        if batch["rate"][poor].median() < 1.2 * batch["rate"][~poor].median():
            found.add("rate")
    return list(found)


def any_new_value(reference, batch):
    """Every value must be one that the reference has."""
    return [n for n in batch.columns if not batch[n].isin(reference[n]).all()]


def _names_both(reference, batch):
    """Where rows are misjoined, income is named beside the rate."""
    found, apart = _checker()(reference, batch), _checker(joined=False)(reference, batch)
    return found if found == apart else [*found, "income"]


def _clock(broken):
    """Hours are compared by their mean, as if the day had no end."""

    def checker(reference, batch):
        found = [name for name in _checker()(reference, batch) if name != "hour"]
        later = batch["hour"].mean() - reference["hour"].mean()
        return [*found, "hour"] if broken(later) else found

    return checker


RIGHT = {"distances": _checker(), "quantiles": by_quantiles}

WRONG = {
    "extremes of the reference": (
        _checker(numbers=lambda known, new: _outside(known, new) > 0, regions=0),
        "may be larger than ever",
    ),
    "types only": (_checker(numbers=lambda known, new: False), "the right type"),
    "any new value": (any_new_value, "are named that are fine"),
    "p-values": (
        _checker(numbers=lambda known, new: ks_2samp(known, new).pvalue < 0.05),
        "A p-value says",
    ),
    "the mean alone": (
        _checker(numbers=lambda known, new: abs(new.mean() - known.mean()) > known.std()),
        "are missed",
    ),
    "distance alone": (
        _checker(numbers=lambda known, new: ks_2samp(known, new).statistic > 0.35),
        "are missed",
    ),
    "any new region": (_checker(regions=0), "may be larger than ever"),
    "any missing value": (_checker(missing=0), "some are not"),
    "texts are let through": (_checker(types=False), "are missed"),
    "keys are not looked at": (_checker(keys=False), "are missed"),
    "a stale day passes": (_checker(fresh=False), "are missed"),
    "column by column": (_checker(joined=False), "by itself"),
    "income beside the rate": (_names_both, "beside the broken one"),
    "a day without midnight": (_clock(lambda later: 3 < later < 7), "After 23 comes 0"),
    "only over midnight": (_clock(lambda later: later < -3), "are missed"),
    "a new day is a fault": (
        lambda reference, batch: [*_checker()(reference, batch), "day"],
        "That is no fault",
    ),
    "nothing": (lambda reference, batch: [], "are missed"),
    "everything": (lambda reference, batch: list(batch.columns), "are named that are fine"),
}

HARMLESS = {
    "guard always: if 'income' not in found and *": "only a swap with age misleads it, in two "
    "batches at most, and three wrong names are allowed",
    "operator: …f 'income' not in found and *": "the same",
    "constant: …ined[1] - joined[0] > 0.4: -> *": "joined wrongly, it rises by 0.54 to 1.0",
    "comparison: … joined[1] - joined[0] > 0.4: -> … joined[1] - joined[0] >= 0.4:": "no "
    "difference is exactly the limit",
    "function: if batch['day'].min() <= reference['day'].m… -> *": "a batch has one day",
    "constant: …'region'])).mean() > 0.12: -> *": "a share within the tolerance",
    "comparison: …nce['region'])).mean() > 0.12: -> *": "hardly any share is exactly the limit",
    "constant: …r new.isna().mean() > 0.2: -> *": "a share within the tolerance",
    "comparison: …) or new.isna().mean() > 0.2: -> *": "hardly any share is exactly the limit",
    "comparison: outside = ((new < known.min()) | (new > known.max())).mean() -> *": "one value "
    "more or less at the edge",
    "comparison: … < known.min()) | (new > known.max())).mean() -> *": "one value more or less at "
    "the edge",
    "constant: if outside > 0.05 *": "a share within the tolerance",
    "comparison: if outside > 0.05 *": "hardly any share is exactly the limit",
    "constant: …dropna()).statistic > 0.35: -> *": "faults lie further apart than this",
    "comparison: …ew.dropna()).statistic > 0.35: -> *": "no distance is exactly the limit",
    "argument order: …side > 0.05 or *": "the distance is the same from either side",
}
