"""Right and wrong answers of task `blind_policy`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from labkit.trends.responsible_ai.world.cells import Cells, accuracy, gap


def _tilt(group, mass):
    one, zero = mass * group, mass * (1 - group)
    return zero / zero.sum() - one / one.sum()


def programme(good, group, mass, bound):
    """The linear programme with a slightly tighter bound, rounded."""
    tilt = _tilt(group, mass)
    for tighter in (bound, 0.97 * bound, 0.93 * bound, 0.88 * bound, 0.8 * bound):
        found = linprog(
            mass * (1 - 2 * good), A_ub=[tilt, -tilt], b_ub=[tighter, tighter], bounds=(0, 1)
        )
        chosen = np.rint(found.x)
        if abs(tilt @ chosen) <= bound:
            return chosen.astype(bool).tolist()
    return None


def bisection(good, group, mass, bound):
    """A price, halved in until the gap is just small enough."""
    tilt, sign = _tilt(group, mass), 1.0
    if tilt @ (good > 0.5) < 0:
        sign = -1.0
    low, high = 0.0, 2.0
    for _ in range(80):
        price = (low + high) / 2
        wide = sign * tilt @ (mass * (good - 0.5) > sign * price * tilt) > bound
        low, high = (price, high) if wide else (low, price)
    return (mass * (good - 0.5) > sign * high * tilt).astype(int)


def column_dropped(good, group, mass, bound):
    return good > 0.5


def _best(cuts, good, group, mass, bound):
    cells = Cells(good, group, mass)
    allowed = [chosen for chosen in cuts if abs(gap(cells, chosen)) <= bound]
    return max(allowed, key=lambda chosen: accuracy(cells, chosen)) if allowed else good > 0.5


def one_cut_off(good, group, mass, bound):
    cuts = [good > cut for cut in np.r_[-1.0, good]]
    return _best(cuts, good, group, mass, bound)


def cut_offs_by_group(good, group, mass, bound):
    """Two cut-offs, as if a cell with more than half of group 1 were group 1."""
    cuts = [
        good > np.where(group > 0.5, a, b)
        for a in np.linspace(0.2, 0.8, 25)
        for b in np.linspace(0.2, 0.8, 25)
    ]
    return _best(cuts, good, group, mass, bound)


def telling_cells_left_out(good, group, mass, bound):
    """Cells that tell much of the group are refused."""
    cuts = [(good > 0.5) & (np.abs(group - 0.5) < far) for far in np.linspace(0, 0.5, 200)]
    return _best(cuts, good, group, mass, bound)


def everybody(good, group, mass, bound):
    return np.ones(len(good), dtype=int)


def nobody(good, group, mass, bound):
    return np.zeros(len(good), dtype=int)


def no_gap_at_all(good, group, mass, bound):
    return bisection(good, group, mass, 0.0)


def by_lot(good, group, mass, bound):
    return np.random.default_rng(1).random(len(good)) < 0.5


def counts_cells(good, group, mass, bound):
    """Every cell counts the same."""
    return bisection(good, group, np.full(len(mass), 1 / len(mass)), bound)


def row_numbers(good, group, mass, bound):
    return np.flatnonzero(bisection(good, group, mass, bound))


def remembered(good, group, mass, bound, known={}):  # noqa: B006
    """The first answer for as many cells again."""
    if len(good) not in known:
        known[len(good)] = bisection(good, group, mass, bound)
    return known[len(good)]


RIGHT = {"linear programme": programme, "bisection": bisection}

WRONG = {
    "column dropped": (column_dropped, "does not make a decision fair"),
    "one cut-off moved": (one_cut_off, "stricter or laxer for all"),
    "cut-offs by group": (cut_offs_by_group, "decisions are right"),
    "telling cells left out": (telling_cells_left_out, "decisions are right"),
    "everybody": (everybody, "decisions are right"),
    "nobody": (nobody, "decisions are right"),
    "no gap at all": (no_gap_at_all, "decisions are right"),
    "by lot": (by_lot, ""),
    "every cell the same": (counts_cells, ""),
    "remembered": (remembered, ""),
    "numbers of cells": (row_numbers, "should have shape"),
}

HARMLESS = {
    "comparison: chosen = worth > price * tilt -> chosen = worth >= price * tilt": "the cell that "
    "sets the price is accepted or not; the next price says the other",
    "comparison: …bs(tilt[chosen].sum()) <= bound: -> …bs(tilt[chosen].sum()) < bound:": "no "
    "gap is the bound to the last digit",
}
