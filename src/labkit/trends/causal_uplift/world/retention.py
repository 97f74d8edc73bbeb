"""Customers who may leave, and an offer that keeps some of them.

The most endangered customers are not those whom the offer keeps: some are lost whatever one does,
some would stay anyway, and some are reminded by the offer that they could leave. A draw returns
what a churn model would see, and apart from it both probabilities of staying. Choosing whom to
contact is left to the learner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

RETENTION_FEATURES = ("tenure", "complaints", "usage", "price_rise", "contact", "age")
"""What is known of a customer before the offer, as standard scores (mean 0, deviation 1)."""


@dataclass(frozen=True)
class Temper:
    """How customers of a company take to leaving, and to an offer.

    `danger` weighs `RETENTION_FEATURES` into what makes customers leave: the log-odds of staying
    are ``1.2 - 1.6 * danger``. An offer adds `welcome`, and the features weighed by `response`.
    `value_spread` is the deviation of the logarithm of a customer's value.

    As it stands, an offer answers a price rise and reaches those who like to be contacted; it
    annoys who complained already, and the others it reminds of leaving.
    """

    danger: Sequence[float] = (-0.4, 0.7, -0.5, 0.3, 0.0, 0.0)
    welcome: float = 0.45
    response: Sequence[float] = (0.0, -0.7, 0.0, 0.8, 0.8, 0.0)
    value_spread: float = 0.5


@dataclass(frozen=True)
class Retention:
    """A draw of customers: what is observed of them, and the truth that nobody sees.

    `observed` has the columns `RETENTION_FEATURES`, ``value`` (euros that a customer is worth who
    stays), ``offer`` and ``stayed`` (0 or 1). `truth` has ``stay_without`` and ``stay_with``, the
    probabilities of staying without and with an offer, their difference ``uplift``, below 0 for
    customers whom the offer drives away, and ``propensity``, the probability of an offer.
    """

    observed: pd.DataFrame
    truth: pd.DataFrame

    @property
    def x(self) -> NDArray[np.float64]:
        """`RETENTION_FEATURES`, shape (n, 6)."""
        return self.observed[list(RETENTION_FEATURES)].to_numpy()


def draw_retention(
    n: int,
    seed: int,
    confounding: float = 0.0,
    temper: Temper = Temper(),  # noqa: B008
) -> Retention:
    """Draw `n` customers of a `temper`; one seed gives the same customers again.

    With `confounding` 0 the offer went to half of them by lot. Above it the sales team preferred
    customers in danger of leaving: the log-odds of an offer rise by `confounding` with each
    deviation of the danger.

    Raises:
        ValueError: `confounding` is below 0.
    """
    if confounding < 0:
        raise ValueError(f"confounding must be at least 0, got {confounding}")
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, len(RETENTION_FEATURES)))
    value = np.exp(4.3 + temper.value_spread * rng.standard_normal(n))
    offer_luck, stay_luck = rng.random((2, n))

    danger = x @ np.asarray(temper.danger)
    stay_without = expit(1.2 - 1.6 * danger)
    stay_with = expit(1.2 - 1.6 * danger + temper.welcome + x @ np.asarray(temper.response))
    propensity = expit(confounding * danger)
    offer = offer_luck < propensity
    # One draw decides both futures, so whoever stays without a helpful offer stays with it too.
    stayed = stay_luck < np.where(offer, stay_with, stay_without)
    observed = pd.DataFrame(x, columns=list(RETENTION_FEATURES)).assign(
        value=value, offer=offer.astype(float), stayed=stayed.astype(float)
    )
    truth = pd.DataFrame(
        {
            "stay_without": stay_without,
            "stay_with": stay_with,
            "uplift": stay_with - stay_without,
            "propensity": propensity,
        }
    )
    return Retention(observed, truth)
