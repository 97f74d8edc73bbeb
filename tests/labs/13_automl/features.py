"""Right and wrong answers of the task `features`."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _features(events, cutoffs, window, known=None, start=None, everybody=None, empty=(-1, 0.0)):
    known = known or (lambda table, day: table["booked"] < day)
    start = start or (lambda table, day: table["day"] >= day - window)
    rows = []
    for who, day in zip(cutoffs["customer"], cutoffs["day"], strict=True):
        past = events[known(events, day)]
        own = past[past["customer"] == who]
        recent = own[start(own, day)]
        all_of_them = past if everybody is None else everybody(events, day)
        rows.append(
            [len(recent), recent["amount"].sum()]
            + (
                [day - own["day"].max(), own["amount"].mean() - all_of_them["amount"].mean()]
                if len(own)
                else list(empty)
            )
        )
    return np.array(rows, float)


def by_join(events, cutoffs, window):
    """One join of all purchases to all cut-offs."""
    left = cutoffs.reset_index(names="at").rename(columns={"day": "cutoff"})
    pairs = left.merge(events, on="customer")
    pairs = pairs[pairs["booked"] < pairs["cutoff"]]
    own = pairs.groupby("at").agg(last=("day", "max"), mean=("amount", "mean"))
    inside = pairs[pairs["day"] >= pairs["cutoff"] - window].groupby("at")["amount"]
    order = events.sort_values("booked")
    running = np.append(0, np.cumsum(order["amount"]))
    count = np.searchsorted(order["booked"], cutoffs["day"], side="left")
    table = pd.DataFrame(index=range(len(cutoffs)))
    table["count"] = inside.size()
    table["sum"] = inside.sum()
    table["since"] = cutoffs["day"] - own["last"]
    table["mean"] = own["mean"]
    table["above"] = table.pop("mean") - running[count] / np.maximum(count, 1)
    return table.fillna({"count": 0, "sum": 0, "since": -1, "above": 0})


def by_arrays(events, cutoffs, window):
    who, day, booked, amount = (
        events[name].to_numpy() for name in ("customer", "day", "booked", "amount")
    )
    rows = []
    for customer, cutoff in cutoffs[["customer", "day"]].to_numpy():
        known = booked < cutoff
        own = known & (who == customer)
        recent = own & (day >= cutoff - window)
        last = cutoff - day[own].max() if own.any() else -1
        above = amount[own].mean() - amount[known].mean() if own.any() else 0
        rows.append((recent.sum(), amount[recent].sum(), last, above))
    return rows


def _last_known(events, cutoffs, window):
    """Days since the last purchase in the window alone."""
    table = _features(events, cutoffs, window)
    table[table[:, 0] == 0, 2] = -1
    return table


def _whole_table(events, cutoffs, window):
    """A plain groupby: what everybody writes first."""
    own = events.groupby("customer")["amount"].agg(["size", "sum", "mean"])
    own = own.reindex(cutoffs["customer"]).fillna(0).to_numpy()
    return np.c_[own[:, :2], cutoffs["day"], own[:, 2] - events["amount"].mean()]


RIGHT = {"one join": by_join, "arrays": by_arrays}
WRONG = {
    "cut-off included": (
        lambda *a: _features(*a, known=lambda t, day: t["booked"] <= day),
        "came after it",
    ),
    "bookings ignored": (
        lambda *a: _features(*a, known=lambda t, day: t["day"] < day),
        "not in the table yet",
    ),
    "edge left out": (
        lambda e, c, w: _features(e, c, w, start=lambda t, day: t["day"] > day - w),
        "that day counts",
    ),
    "whole life": (
        lambda *a: _features(*a, start=lambda t, day: t["day"] > -1),
        "whole life",
    ),
    "mean of all time": (
        lambda *a: _features(*a, everybody=lambda t, day: t),
        "came later",
    ),
    "window by booking": (
        lambda e, c, w: _features(e, c, w, start=lambda t, day: t["booked"] >= day - w),
        "not right",
    ),
    "window for the last purchase too": (_last_known, "not right"),
    "a plain groupby": (_whole_table, "not right"),
    "nobody as zero": (lambda *a: _features(*a, empty=(0, 0.0)), "not right"),
}
