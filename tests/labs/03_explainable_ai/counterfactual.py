"""Right and wrong answers of the task `counterfactual`."""

from __future__ import annotations

import itertools

import numpy as np


def _all(f, x, grid, costs, rules, fixed=True, up=True, ties="follow", rank=None, no_way="x"):
    """Every combination; the keywords make the known mistakes."""
    choices = []
    for column, values in enumerate(grid):
        places = range(len(values))
        if fixed and column in rules["fixed"]:
            places = [place for place in places if values[place] == x[column]]
        if up and column in rules["up"]:
            places = [place for place in places if values[place] >= x[column]]
        choices.append(list(places))
    places = np.array(list(itertools.product(*choices)))
    rows = np.column_stack([np.asarray(grid[m])[places[:, m]] for m in range(len(x))])
    cost = np.sum([np.asarray(costs[m])[places[:, m]] for m in range(len(x))], axis=0)
    moved = rows - x
    for i, j, rate in rules["tied"]:
        if ties == "follow":
            rows[:, j] += rate * moved[:, i]
        elif ties == "last":
            rows[:, j] = x[j] + rate * moved[:, i]
        elif ties == "of values":
            rows[:, j] = rate * rows[:, i]
    approved = f(rows) >= 0
    if not approved.any():
        return x if no_way == "x" else rows[f(rows).argmax()]
    order = cost if rank is None else rank(rows, x, cost)
    return rows[np.where(approved, order, np.inf).argmin()]


def by_product(f, x, grid, costs, rules):
    return _all(f, x, grid, costs, rules)


def by_cost_order(f, x, grid, costs, rules):
    """Plain Python: candidates from the cheapest on, until one is approved."""
    options = []
    for column, (values, prices) in enumerate(zip(grid, costs, strict=True)):
        kept = []
        for value, price in zip(values, prices, strict=True):
            if column in rules["fixed"] and value != x[column]:
                continue
            if column in rules["up"] and value < x[column]:
                continue
            kept.append((float(price), float(value)))
        options.append(kept)
    candidates = sorted(itertools.product(*options), key=lambda row: sum(p for p, _ in row))
    rows = []
    for candidate in candidates:
        row = [value for _, value in candidate]
        for i, j, rate in rules["tied"]:
            row[j] += rate * (row[i] - x[i])
        rows.append(row)
    approved = np.flatnonzero(f(np.array(rows)) >= 0)
    return rows[approved[0]] if len(approved) else list(x)


def _nearest_approved(f, x, grid, costs, rules):
    """The nearest of a thousand approved rows on the grid, as DiCE's and others' first idea."""
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.choice(values, 1000) for values in grid])
    rows = rows[f(rows) >= 0]
    return rows[np.abs(rows - x).sum(axis=1).argmin()] if len(rows) else x


def _one_column(f, x, grid, costs, rules):
    best, least = x, np.inf
    for column in range(len(x)):
        for value, price in zip(grid[column], costs[column], strict=True):
            if column in rules["fixed"] or (column in rules["up"] and value < x[column]):
                continue
            row = np.array(x)
            row[column] = value
            for i, j, rate in rules["tied"]:
                row[j] += rate * (row[i] - x[i])
            if f(row[None])[0] >= 0 and price < least:
                best, least = row, price
    return best


def _greedy(f, x, grid, costs, rules):
    """The step with the most gain a cost, until approved."""
    targets = {j for _, j, _ in rules["tied"]}
    now = np.array(x)
    for _ in range(len(x)):
        if f(now[None])[0] >= 0:
            return now
        best = None
        for column in range(len(x)):
            if column in rules["fixed"] or column in targets or now[column] != x[column]:
                continue
            for value, price in zip(grid[column], costs[column], strict=True):
                if price <= 0 or (column in rules["up"] and value < x[column]):
                    continue
                row = now.copy()
                row[column] = value
                for i, j, rate in rules["tied"]:
                    if i == column:
                        row[j] += rate * (value - x[i])
                gain = (f(row[None])[0] - f(now[None])[0]) / price
                if best is None or gain > best[0]:
                    best = (gain, row)
        if best is None:
            break
        now = best[1]
    return now if f(now[None])[0] >= 0 else x


def _steps(rows, x, cost):
    return (rows != x).sum(axis=1) + 1e-6 * np.abs(rows - x).sum(axis=1)


RIGHT = {"all combinations": by_product, "from the cheapest on": by_cost_order}
WRONG = {
    "nearest approved row": (_nearest_approved, "allowed"),
    "one column": (_one_column, "costs"),
    "greedy": (_greedy, "costs"),
    "fixed moved": (lambda *a: _all(*a, fixed=False), "is fixed"),
    "downward": (lambda *a: _all(*a, up=False), "may only rise"),
    "ties forgotten": (lambda *a: _all(*a, ties="forgotten"), "allowed"),
    "the last tie alone": (lambda *a: _all(*a, ties="last"), "allowed"),
    "rate times the value": (lambda *a: _all(*a, ties="of values"), "allowed"),
    "fewest columns": (lambda *a: _all(*a, rank=_steps), "the cheapest that"),
    "shortest way": (
        lambda *a: _all(*a, rank=lambda rows, x, cost: np.abs(rows - x).sum(axis=1)),
        "the cheapest that",
    ),
    "always something": (lambda *a: _all(*a, no_way="best"), "x itself"),
    "never anything": (lambda f, x, *_: x, "There is an allowed way"),
    "highest score": (
        lambda *a: _all(*a, rank=lambda rows, x, cost: -a[0](rows)),
        "the cheapest that",
    ),
}

HARMLESS = {
    "function: …or m in range(len(x))]).sum(axis=1) -> *": "the least mean is the least sum",
    "comparison: price[f(rows) < 0] = np.inf -> *": "no score is exactly 0",
}
