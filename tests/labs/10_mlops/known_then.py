"""Right and wrong answers of task `known_then`, which prove its judge."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _walk(
    recorded=lambda at, cut: at < cut,
    happened=lambda at, cut: at < cut,
    order=lambda record: record["happened"],
    last=True,
    withdraw=True,
    nothing=-1.0,
):
    def known_then(events, cuts):
        records = events.sort_values("recorded", ascending=last).to_dict("records")
        values = []
        for customer, cut in zip(cuts["customer"], cuts["cut"], strict=True):
            state = {}
            for record in records:
                if record["customer"] == customer and recorded(record["recorded"], cut):
                    if withdraw or not pd.isna(record["value"]):
                        state[record["event"]] = record
            fits = [
                record
                for record in state.values()
                if happened(record["happened"], cut) and not pd.isna(record["value"])
            ]
            values.append(max(fits, key=order)["value"] if fits else nothing)
        return values

    return known_then


def by_join(events, cuts):
    """One join instead of a loop over the cuts."""
    rows = cuts.reset_index(names="row").merge(events, on="customer")
    rows = rows[rows["recorded"] < rows["cut"]].sort_values("recorded")
    rows = rows.groupby(["row", "event"]).tail(1)
    rows = rows[rows["value"].notna() & (rows["happened"] < rows["cut"])]
    last = rows.sort_values("happened").groupby("row")["value"].last()
    return last.reindex(range(len(cuts)), fill_value=-1.0).to_numpy()


def as_of(events, cuts):
    """pandas.merge_asof on the hour at which things happened, as every tutorial has it."""
    left = cuts.reset_index(names="row").sort_values("cut")
    right = events.dropna().sort_values("happened")
    joined = pd.merge_asof(
        left, right, left_on="cut", right_on="happened", by="customer", allow_exact_matches=False
    )
    return joined.sort_values("row")["value"].fillna(-1.0).to_numpy()


def as_of_recorded(events, cuts):
    left = cuts.reset_index(names="row").sort_values("cut")
    right = events.dropna().sort_values("recorded")
    joined = pd.merge_asof(
        left, right, left_on="cut", right_on="recorded", by="customer", allow_exact_matches=False
    )
    return joined.sort_values("row")["value"].fillna(-1.0).to_numpy()


def _whenever(at, cut):
    return True


RIGHT = {"a walk over records": _walk(), "one join": by_join}

WRONG = {
    "the values of today": (_walk(recorded=_whenever, happened=_whenever), "values of today"),
    "happened is known": (_walk(recorded=_whenever), "not recorded yet"),
    "booked ahead counts": (_walk(happened=_whenever), "has not happened yet"),
    "the hour of the cut counts": (
        _walk(recorded=lambda at, cut: at <= cut, happened=lambda at, cut: at <= cut),
        "before means before",
    ),
    "recorded in the hour of the cut": (_walk(recorded=lambda at, cut: at <= cut), "values differ"),
    "the last record": (_walk(order=lambda r: r["recorded"]), "values differ"),
    "first record holds": (_walk(last=False), "A correction"),
    "withdrawn ones stay": (_walk(withdraw=False), "withdraws its event"),
    "as-of join": (as_of, "values differ"),
    "as-of join on records": (as_of_recorded, "values differ"),
    "the mean": (lambda e, c: np.full(len(c), e["value"].mean()), "values differ"),
    "nothing is known": (lambda e, c: np.full(len(c), -1.0), "values differ"),
}
