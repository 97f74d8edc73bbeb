"""Right and wrong answers of task `send_up`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def by_program(chances, size, cloud, budget):
    """The linear programme, whole pictures only."""
    worth = cloud - chances.max(axis=1)
    found = linprog(-worth, A_ub=[size], b_ub=[budget], bounds=(0, 1))
    return np.floor(found.x + 1e-9).astype(int).tolist()


def by_price(chances, size, cloud, budget):
    """A price for a byte, found by bisection."""
    worth = cloud - np.max(chances, 1)
    low, high = 0.0, float((worth / size).max())
    for _ in range(60):
        price = (low + high) / 2
        sent = (worth > price * size) & (worth > 0)
        low, high = (low, price) if size[sent].sum() <= budget else (price, high)
    return (worth > high * size) & (worth > 0)


def _in_order(order, size, budget):
    sent = np.zeros(len(size), dtype=bool)
    left = budget
    for place in order:
        if size[place] <= left:
            sent[place] = True
            left -= size[place]
    return sent


def least_sure(chances, size, cloud, budget):
    return _in_order(np.argsort(chances.max(1), kind="stable"), size, budget)


def smallest(chances, size, cloud, budget):
    return _in_order(np.argsort(size, kind="stable"), size, budget)


def surest(chances, size, cloud, budget):
    return _in_order(np.argsort(-chances.max(1), kind="stable"), size, budget)


def as_they_come(chances, size, cloud, budget):
    return _in_order(range(len(size)), size, budget)


def by_lot(chances, size, cloud, budget):
    return _in_order(np.random.default_rng(3).permutation(len(size)), size, budget)


def below_a_half(chances, size, cloud, budget):
    return chances.max(1) < 0.5


def all_of_them(chances, size, cloud, budget):
    return np.ones(len(size), dtype=bool)


def none_of_them(chances, size, cloud, budget):
    return np.zeros(len(size), dtype=bool)


def doubt_a_byte(chances, size, cloud, budget):
    """Doubt over bytes, whatever the cloud knows."""
    return _in_order(np.argsort(-(1 - chances.max(1)) / size), size, budget)


def entropy_first(chances, size, cloud, budget):
    entropy = -(chances * np.log(chances + 1e-12)).sum(1)
    return _in_order(np.argsort(-entropy), size, budget)


def stops_at_the_first_too_large(chances, size, cloud, budget):
    worth = cloud - chances.max(1)
    order = np.argsort(-worth)
    within = np.cumsum(size[order]) <= budget
    sent = np.zeros(len(size), dtype=bool)
    sent[order[within]] = True
    return sent & (worth > 0)


def row_numbers(chances, size, cloud, budget):
    return np.flatnonzero(by_price(chances, size, cloud, budget))


RIGHT = {"linear programme": by_program, "a price for a byte": by_price}

WRONG = {
    "least sure first": (least_sure, "it looks at doubt alone"),
    "smallest first": (smallest, "it looks at bytes alone"),
    "surest first": (surest, "Turn the order"),
    "as they come": (as_they_come, "as they come until the budget is gone"),
    "by lot": (by_lot, "of what is possible"),
    "all below a half": (below_a_half, ""),
    "all": (all_of_them, "the budget is"),
    "none": (none_of_them, "of what is possible"),
    "doubt over bytes": (doubt_a_byte, "surer than the cloud"),
    "entropy": (entropy_first, "of what is possible"),
    "least sure, useful ones alone": (stops_at_the_first_too_large, "of what is possible"),
    "row numbers": (row_numbers, "should have shape"),
}

HARMLESS = {
    "comparison: …e] > 0 and size[place] <= left: -> …e] > 0 and size[place] < left:": (
        "no picture fills the budget to the last byte"
    ),
    "comparison: if worth[place] > 0 and size[place] <= left: -> if worth[place] >= 0 and "
    "size[place] <= left:": "no picture is worth exactly nothing",
}
