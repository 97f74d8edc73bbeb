"""Right and wrong answers of the task `folds`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, KFold, TimeSeriesSplit


def _folds(customer, day, wait, length, k, known=True, strict=True, people=True, offset=1):
    found = []
    for block in range(k):
        first = day.max() + offset - (k - block) * length
        test = (day >= first) & (day < first + length)
        train = day < first
        if known:
            train &= (day + wait < first) if strict else (day + wait <= first)
        if people:
            train &= ~np.isin(customer, customer[test])
        found.append((np.flatnonzero(train), np.flatnonzero(test)))
    return found


def by_sets(customer, day, wait, length, k):
    """Row by row, with sets."""
    last, found = max(day), []
    for block in range(k):
        end = last - (k - 1 - block) * length
        start = end - length + 1
        test = {i for i, d in enumerate(day) if start <= d <= end}
        known = {customer[i] for i in test}
        train = {i for i, d in enumerate(day) if d + wait < start and customer[i] not in known}
        found.append([sorted(train), sorted(test)])
    return found


def by_frames(customer, day, wait, length, k):
    table = pd.DataFrame({"customer": customer, "day": day})
    table["block"] = k - 1 - (table["day"].max() - table["day"]) // length
    found = []
    for block in range(k):
        test = table[table["block"] == block]
        limit = table["day"].max() + 1 - (k - block) * length - wait
        train = table[(table["day"] < limit) & ~table["customer"].isin(test["customer"])]
        found.append((train.index, test.index))
    return found


def _backwards(*arguments):
    return _folds(*arguments)[::-1]


def _everything_else(customer, day, wait, length, k):
    """Block left out, the rest trained on."""
    rows = np.arange(len(day))
    return [(np.setdiff1d(rows, test), test) for _, test in _folds(customer, day, wait, length, k)]


RIGHT = {"row by row": by_sets, "with a frame": by_frames}
WRONG = {
    "shuffled": (
        lambda c, d, w, n, k: list(KFold(k, shuffle=True, random_state=0).split(d)),
        "test block",
    ),
    "by groups": (lambda c, d, w, n, k: list(GroupKFold(k).split(d, d, c)), "test block"),
    "the library's time split": (
        lambda c, d, w, n, k: list(TimeSeriesSplit(k, gap=w).split(d)),
        "test block",
    ),
    "all the rest": (_everything_else, "the future"),
    "labels at once": (lambda *a: _folds(*a, known=False), "after its wait"),
    "labels of the same day": (lambda *a: _folds(*a, strict=False), "comes too late"),
    "customers on both sides": (lambda *a: _folds(*a, people=False), "both sides"),
    "a day early": (lambda *a: _folds(*a, offset=0), "test block"),
    "last block first": (_backwards, "test block"),
    "no rows to train on": (lambda *a: [([], test) for _, test in _folds(*a)], "left out"),
}
