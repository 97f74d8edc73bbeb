"""What a shop writes down: when customers were scored, and what they bought.

The rules for folds and features are not here; they are the lab's business.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def draw_rows(n: int, customers: int, days: int, seed: int) -> pd.DataFrame:
    """Draw `n` rows of a training table: ``customer`` (whole number) and ``day`` of the score.

    Rows are in no order, days run from 0 to `days` - 1, and both ends occur.
    """
    rng = np.random.default_rng(seed)
    day = rng.integers(0, days, n)
    day[:2] = 0, days - 1
    rows = pd.DataFrame({"customer": rng.integers(0, customers, n), "day": day})
    return rows.sample(frac=1.0, random_state=seed % 2**31).reset_index(drop=True)


def draw_events(
    n: int, customers: int, days: int, late: float, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw `n` purchases and three cut-offs a customer.

    Args:
        n: purchases.
        customers: the last one buys nothing.
        days: purchases lie on days 0 to `days` - 1.
        late: mean days from a purchase to its booking.
        seed: of the draw.

    Returns:
        Purchases with ``customer``, ``day``, ``booked`` (day on which it reached the table) and
        ``amount`` (euros), in order of booking; and cut-offs with ``customer`` and ``day``, in no
        order. Days are whole, so purchases lie on cut-offs and on the edges of windows.
    """
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, customers - 1, n)
    day = rng.integers(0, days, n)
    worth = rng.lognormal(3.0, 0.5, customers)
    events = pd.DataFrame(
        {
            "customer": customer,
            "day": day,
            "booked": day + rng.poisson(late, n),
            # Prices rise, so a mean over all years is not the mean that was known.
            "amount": np.round(worth[customer] * (1 + day / days) * rng.lognormal(0, 0.3, n), 2),
        }
    )
    cutoffs = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(customers), 3),
            "day": rng.integers(days // 4, days, 3 * customers),
        }
    )
    shuffled = cutoffs.iloc[rng.permutation(len(cutoffs))].reset_index(drop=True)
    return events.sort_values("booked", kind="stable", ignore_index=True), shuffled
