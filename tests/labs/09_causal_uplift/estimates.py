"""Estimates that answers of several tasks are made from."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression

from labkit.trends.causal_uplift import baselines


def as_tensor(number):
    """A number as a tensor of one, which a judge must read as well."""
    import torch

    return torch.tensor(float(number))


def weighting(x, treated, outcome):
    chance = baselines.fit_propensity(x, treated)
    odds = (chance / (1 - chance))[treated == 0]
    return outcome[treated == 1].mean() - np.average(outcome[treated == 0], weights=odds)


def imputation(x, treated, outcome):
    others = treated == 0
    without = LinearRegression().fit(x[others], outcome[others]).predict(x[~others])
    return (outcome[~others] - without).mean()
