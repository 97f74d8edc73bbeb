"""Right and wrong answers of task `aggregate`, which prove its judge."""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch


def _layers(updates):
    return next(u for u in updates if u is not None)


def by_sums(updates, sizes):
    total, people = {}, 0
    for update, n in zip(updates, sizes, strict=True):
        if update is None or n == 0:
            continue
        people += n
        for name, value in update.items():
            total[name] = total.get(name, 0) + n * value
    return {name: (value / people).tolist() for name, value in total.items()}


def with_nan_masked(updates, sizes):
    there = [k for k, u in enumerate(updates) if u is not None and sizes[k]]
    share = torch.tensor([sizes[k] for k in there], dtype=torch.float64)
    share = share / share.sum()
    return {
        name: torch.einsum(
            "k,k...->...", share, torch.tensor(np.array([updates[k][name] for k in there]))
        )
        for name in _layers(updates)
    }


def as_a_series(updates, sizes):
    return pd.Series({name: np.array(value) for name, value in by_sums(updates, sizes).items()})


def _weighted(updates, sizes, weight, divide):
    there = [(u, n) for u, n in zip(updates, sizes, strict=True) if u is not None]
    return {
        name: sum(weight(n) * np.nan_to_num(u[name]) for u, n in there) / divide(there, sizes)
        for name in _layers(updates)
    }


def plain_mean(updates, sizes):
    there = [u for u in updates if u is not None]
    return {name: np.mean([u[name] for u in there], axis=0) for name in there[0]}


def plain_of_those_with_patients(updates, sizes):
    there = [u for u, n in zip(updates, sizes, strict=True) if u is not None and n]
    return {name: np.mean([u[name] for u in there], axis=0) for name in there[0]}


def zero_times_nan(updates, sizes):
    there = [(u, n) for u, n in zip(updates, sizes, strict=True) if u is not None]
    return {
        name: np.average([u[name] for u, _ in there], axis=0, weights=[n for _, n in there])
        for name in there[0][0]
    }


def all_sizes(updates, sizes):
    return _weighted(updates, sizes, lambda n: n, lambda there, sizes: sum(sizes))


def the_sum(updates, sizes):
    return _weighted(updates, sizes, lambda n: n, lambda there, sizes: 1)


def roots(updates, sizes):
    return _weighted(
        updates, sizes, lambda n: n**0.5, lambda there, _: sum(n**0.5 for _, n in there)
    )


def silent_as_zero(updates, sizes):
    filled = [
        {name: np.zeros_like(v) for name, v in _layers(updates).items()} if u is None else u
        for u in updates
    ]
    return _weighted(filled, sizes, lambda n: n, lambda there, sizes: sum(sizes))


def first_of_them(updates, sizes):
    return next(u for u, n in zip(updates, sizes, strict=True) if u is not None and n)


def one_layer(updates, sizes):
    return by_sums(updates, sizes)["weight"]


def rounded(updates, sizes):
    return {name: np.round(mean, 8) for name, mean in by_sums(updates, sizes).items()}


def in_single_precision(updates, sizes):
    return {name: np.float32(mean) for name, mean in by_sums(updates, sizes).items()}


RIGHT = {
    "sums, one clinic after the other": by_sums,
    "torch, shares first": with_nan_masked,
    "a series of arrays": as_a_series,
}

WRONG = {
    "plain mean": (plain_mean, ""),
    "plain mean of those with patients": (plain_of_those_with_patients, "counts alike"),
    "an empty clinic weighs zero": (zero_times_nan, "must be a finite number"),
    "patients of the silent in the divisor": (all_sizes, "in the divisor"),
    "rounded": (rounded, "round nothing"),
    "in single precision": (in_single_precision, "use double precision"),
    "not divided": (the_sum, "This is the weighted sum"),
    "root of the sizes": (roots, "not the numbers of patients"),
    "silent clinics sent zeros": (silent_as_zero, "in the divisor"),
    "the first clinic's": (first_of_them, "is right"),
    "one layer alone": (one_layer, "A dictionary was expected"),
}

HARMLESS = {
    "index: …ights) for name in used[0][0]} -> …ights) for name in used[1][0]}": (
        "every update has the same layers"
    ),
}
