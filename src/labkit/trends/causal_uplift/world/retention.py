"""Customers who may leave, and an offer that keeps some of them.

The most endangered customers are not those whom the offer keeps: some are lost whatever one does,
some would stay anyway, and some are reminded by the offer that they could leave. A draw returns
what a churn model would see, and apart from it both probabilities of staying. Choosing whom to
contact is left to the learner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

RETENTION_FEATURES = ("tenure", "complaints", "usage", "price_rise", "contact", "age")
"""What is known of a customer before the offer, as standard scores (mean 0, deviation 1)."""


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


def draw_retention(n: int, seed: int, confounding: float = 0.0) -> Retention:
    """Draw `n` customers; one seed gives the same customers again.

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
    value = np.exp(4.3 + 0.5 * rng.standard_normal(n))
    offer_luck, stay_luck = rng.random((2, n))

    danger = _danger(x)
    stay_without = expit(1.2 - 1.6 * danger)
    stay_with = expit(1.2 - 1.6 * danger + _response(x))
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


def _danger(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """What makes customers leave: mean 0, deviation 1."""
    tenure, complaints, usage, price_rise, _, _ = x.T
    return 0.3 * price_rise + 0.7 * complaints - 0.5 * usage - 0.4 * tenure


def _response(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of staying that the offer adds.

    It answers a price rise and reaches those who like to be contacted; it annoys who complained
    already, and the others it reminds of leaving.
    """
    _, complaints, _, price_rise, contact, _ = x.T
    return 0.45 + 0.8 * price_rise + 0.8 * contact - 0.7 * complaints
