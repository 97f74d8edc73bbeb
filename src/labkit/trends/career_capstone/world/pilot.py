"""A pilot of the maintenance plan: who was offered it by lot, what each customer then brought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEATURES = 5
USUAL = 60.0
"""Euros a customer brings on average without an offer."""


@dataclass(frozen=True)
class Pilot:
    """A pilot, customers to come, and the truth about these.

    Attributes:
        x: features of the pilot's customers, shape (n, 5).
        offered: 1 where the lot fell on the customer, shape (n,).
        profit: euros each brought afterwards, before what the offer costs, shape (n,).
        new: features of the customers to come, shape (m, 5).
        gain: euros that an offer adds to each of these, expected, before its cost, shape (m,).
    """

    x: Floats
    offered: NDArray[np.int64]
    profit: Floats
    new: Floats
    gain: Floats


def draw_pilot(
    n: int, m: int, seed: int, mean: float, spread: float, usual: float, along: float, noise: float
) -> Pilot:
    """Draw a pilot with n customers and m customers to come.

    Args:
        n: customers in the pilot.
        m: customers to come.
        seed: of everything random.
        mean: of what an offer adds (euros); for some it takes away.
        spread: standard deviation of that among customers.
        usual: standard deviation of what customers bring without an offer.
        along: correlation of both, from -1 to 1.
        noise: of a single customer's profit.
    """
    rng = np.random.default_rng(seed)
    ways = np.linalg.qr(rng.normal(size=(FEATURES, FEATURES)))[0]
    adds, other = ways[:, 0], ways[:, 1]
    brings = along * adds + np.sqrt(1 - along**2) * other
    x, new = rng.normal(size=(n, FEATURES)), rng.normal(size=(m, FEATURES))
    offered = (rng.uniform(size=n) < 0.5).astype(np.int64)
    expected = USUAL + usual * (x @ brings) + offered * (mean + spread * (x @ adds))
    return Pilot(
        x, offered, expected + noise * rng.normal(size=n), new, mean + spread * (new @ adds)
    )
