"""What a bank knows of its customers, and since when.

An event happens at one hour and is recorded at another: mostly later, sometimes ahead (a payment
that is booked for next week). A record may be corrected by another one of the same event, and
withdrawn by one without a value.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

HOURS = 1_000
"""Events happen in the hours 0 to 999."""


def draw_events(rng: np.random.Generator, customers: int, each: int) -> pd.DataFrame:
    """Records of events: event, customer, happened and recorded (hours), value (€, or missing).

    No two events of a customer happen in the same hour.

    Args:
        rng: moves on.
        customers: numbered from 0.
        each: events a customer.
    """
    n = customers * each
    happened = np.concatenate([rng.permutation(HOURS)[:each] for _ in range(customers)])
    delay = np.where(rng.random(n) < 0.2, -rng.integers(1, 150, n), rng.integers(0, 300, n))
    first = pd.DataFrame({
        "event": rng.permutation(n),
        "customer": np.repeat(np.arange(customers), each),
        "happened": happened,
        "recorded": happened + delay,
        "value": rng.integers(100, 9_000, n).astype(float),
    })  # fmt: skip
    later = first[rng.random(n) < 0.4].copy()
    later["recorded"] += rng.integers(1, 300, len(later))
    later["value"] = rng.integers(100, 9_000, len(later)).astype(float)
    later.loc[rng.random(len(later)) < 0.4, "value"] = np.nan
    return pd.concat([first, later]).sample(frac=1, random_state=rng).reset_index(drop=True)


def draw_cuts(rng: np.random.Generator, events: pd.DataFrame, n: int) -> pd.DataFrame:
    """Moments at which a decision was made: customer and cut (hour), n rows.

    Half of them are hours at which something of this customer happened or was recorded.
    """
    rows = events.iloc[rng.integers(0, len(events), n)]
    at = np.where(rng.random(n) < 0.5, rows["happened"], rows["recorded"])
    cut = np.where(rng.random(n) < 0.5, at, rng.integers(200, HOURS, n))
    return pd.DataFrame({"customer": rows["customer"].to_numpy(), "cut": cut})
