"""Every estimator on Lalonde's problem, with bootstrap intervals: writes `figures/lalonde.json`.

The lesson's headline plot reads that file, because the estimators that a task asks for are not in
the wheel. Run it from the repository's root: `python benchmarks/causal_uplift/lalonde.py`. Two
minutes on one core.

The intervals are percentiles of 200 samples, drawn with replacement in each group apart. For
neighbours they are known to be off (Abadie and Imbens 2008, Econometrica 76(6)) and give an order
of size only.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2] / "grader"))

import numpy as np
import pandas as pd

import labkit.trends.causal_uplift
from exams.causal_uplift import estimators
from labkit.trends.causal_uplift import baselines, data

TARGET = Path(labkit.trends.causal_uplift.__file__).parent / "figures" / "lalonde.json"
SAMPLES = 200


def estimate_all(people: pd.DataFrame) -> dict[str, float]:
    """Return every estimate in US dollars, keys as in `ESTIMANDS`."""
    treated, earned = people["treat"].to_numpy(), people["re78"].to_numpy()
    terms = data.propensity_terms(people).to_numpy()
    chance = baselines.fit_propensity(terms, treated)
    return {
        "naive difference": baselines.difference_in_means(treated, earned),
        "weights for all (IPW)": baselines.ipw_ate(chance, treated, earned),
        "the same, trimmed .1-.9": baselines.ipw_ate(chance, treated, earned, 0.1),
        "regression (OLS)": baselines.ols(people[list(data.COVARIATES)], treated, earned),
        "one nearest neighbour": estimators.nearest_neighbour_att(chance, treated, earned),
        "five nearest neighbours": estimators.nearest_neighbour_att(chance, treated, earned, 5),
        "strata of the propensity": estimators.stratified_att(chance, treated, earned),
        "doubly robust (AIPW)": estimators.aipw_att(terms, treated, earned)[0],
        "weights for the treated (IPW)": estimators.ipw_att(chance, treated, earned),
    }


ESTIMANDS = {
    "naive difference": "unclear",
    "weights for all (IPW)": "ATE",
    "the same, trimmed .1-.9": "ATE",
    "regression (OLS)": "unclear",
}
"""What an estimate estimates, where it is not the effect on the treated."""


def main() -> None:
    """Estimate, draw the samples, write the file."""
    warnings.simplefilter("ignore")  # samples without overlap say so, 200 times
    people = data.lalonde()
    points = estimate_all(people)
    rng = np.random.default_rng(0)
    samples = pd.DataFrame([estimate_all(_resample(people, rng)) for _ in range(SAMPLES)])
    rows = [
        _row(name, ESTIMANDS.get(name, "ATT"), point, samples[name].quantile)
        for name, point in points.items()
    ]
    half = 1.96 * data.EXPERIMENT_ERROR
    experiment = {
        "name": "the experiment itself",
        "estimand": "ATT",
        "estimate": data.EXPERIMENT,
        "low": round(data.EXPERIMENT - half, 1),
        "high": round(data.EXPERIMENT + half, 1),
    }
    source = "benchmarks/causal_uplift/lalonde.py; data nsw_mixtape and cps_mixtape of causaldata"
    report = {"source": source, "unit": "US$ of 1978", "estimates": [*rows, experiment]}
    TARGET.write_text(json.dumps(report, indent=1) + "\n")


def _row(
    name: str, estimand: str, point: float, quantile: Callable[[float], float]
) -> dict[str, Any]:
    low, high = (round(float(quantile(level)), 1) for level in (0.025, 0.975))
    return {
        "name": name,
        "estimand": estimand,
        "estimate": round(point, 1),
        "low": low,
        "high": high,
    }


def _resample(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    groups = [group for _, group in people.groupby("treat")]
    return pd.concat(
        [group.iloc[rng.integers(len(group), size=len(group))] for group in groups],
        ignore_index=True,
    )


if __name__ == "__main__":
    main()
