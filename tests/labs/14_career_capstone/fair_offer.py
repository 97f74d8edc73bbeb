"""Right and wrong answers of the task `fair_offer`."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def by_pairs(worth, people, most, bound, limit=True, weigh=True):
    counted = people if weigh else np.ones(people.shape)
    size = counted.sum(axis=0)
    each = np.eye(len(size))
    rows = [
        (counted / size * (one - other)).ravel()
        for one in each
        for other in each
        if (one != other).any()
    ]
    limits = [bound] * len(rows)
    if limit:
        rows.append(people.ravel())
        limits.append(most)
    found = linprog(-(worth * people).ravel(), A_ub=rows, b_ub=limits, bounds=(0, 1))
    return found.x.reshape(worth.shape).clip(0, 1)


def between_two_rates(worth, people, most, bound):
    """One variable more, the lowest rate; every region lies within the bound above it."""
    size = people.sum(axis=0)
    rates = np.array([(people / size * one).ravel() for one in np.eye(len(size))])
    one = np.ones((len(size), 1))
    rows = np.block([[rates, -one], [-rates, one], [people.ravel()[None], np.zeros((1, 1))]])
    limits = np.r_[np.full(len(size), bound), np.zeros(len(size)), most]
    goal = np.r_[-(worth * people).ravel(), 0.0]
    found = linprog(goal, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs-ipm")
    return found.x[:-1].reshape(worth.shape).clip(0, 1)


def _fill(worth, people, offers):
    shares, left = np.zeros(worth.shape), offers
    for place in np.argsort(-worth, axis=None):
        at = np.unravel_index(place, worth.shape)
        shares[at] = min(max(left, 0) / people[at], 1.0)
        left -= shares[at] * people[at]
    return shares


def _columns(shares_of):
    def fair_offer(worth, people, most, bound):
        columns = range(worth.shape[1])
        return np.column_stack([shares_of(worth, people, most, bound, one) for one in columns])

    return fair_offer


def _same_count(worth, people, most, bound, one):
    regions = worth.shape[1]
    return _fill(worth[:, one], people[:, one], min(most / regions, people.sum(axis=0).min()))


def _same_rate(worth, people, most, bound, one):
    return _fill(worth[:, one], people[:, one], most / people.sum() * people[:, one].sum())


def _dropped(worth, people, most, bound):
    mean = (worth * people).sum(axis=1) / people.sum(axis=1)
    shares = _fill(np.where(mean > 0, mean, -1), people.sum(axis=1), most) * (mean > 0)
    return np.repeat(shares[:, None], worth.shape[1], axis=1)


def _best_cells(worth, people, most, bound):
    return _fill(worth, people, most) * (worth > 0)


def _around_the_mean(worth, people, most, bound):
    """Every region within half of the bound of the rate of all."""
    size = people.sum(axis=0)
    rows = [
        (people / size * one - people / people.sum()).ravel() * sign
        for one in np.eye(len(size))
        for sign in (1, -1)
    ]
    limits = [bound / 2] * len(rows)
    found = linprog(
        -(worth * people).ravel(),
        A_ub=[*rows, people.ravel()],
        b_ub=[*limits, most],
        bounds=(0, 1),
    )
    return found.x.reshape(worth.shape).clip(0, 1)


def one_rate_and_the_bound(worth, people, most, bound):
    """One rate for all regions, to which the best ones add the bound; the best of two hundred."""
    size = people.sum(axis=0)
    order = np.argsort(-(worth.clip(0) * people).sum(axis=0) / size)
    best, chosen = -np.inf, np.zeros(worth.shape)
    for low in np.linspace(0, 1 - bound, 100):
        for some in range(len(size) + 1):
            rates = np.full(len(size), low)
            rates[order[:some]] += bound
            if rates @ size > most:
                continue
            shares = np.column_stack(
                [_fill(worth[:, j], people[:, j], rates[j] * size[j]) for j in range(len(size))]
            )
            if (worth * people * shares).sum() > best:
                best, chosen = (worth * people * shares).sum(), shares
    return chosen


RIGHT = {"by pairs": by_pairs, "between two rates": between_two_rates}
WRONG = {
    "best cells": (_best_cells, "without the bound"),
    "bound ignored": (lambda w, p, most, bound: by_pairs(w, p, most, 1.0), "without the bound"),
    "no slack": (lambda w, p, most, bound: by_pairs(w, p, most, 0.0), "slack is worth money"),
    "no limit": (lambda *a: by_pairs(*a, limit=False), "may be"),
    "equal counts": (_columns(_same_count), "Equal numbers"),
    "one rate": (_columns(_same_rate), "of what is possible"),
    "region dropped": (_dropped, "dropped"),
    "same for all": (lambda w, p, most, bound: np.full(w.shape, most / p.sum()), "same chance"),
    "people forgotten": (
        lambda *arguments: by_pairs(*arguments, weigh=False),
        "apart",
    ),
    "one rate and the bound": (one_rate_and_the_bound, "of what is possible"),
    "half of the bound": (lambda w, p, most, bound: by_pairs(w, p, most, bound / 2), "of what is"),
}
