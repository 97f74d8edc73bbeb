"""Right and wrong answers of task `anonymise`, which prove its judge."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict

import numpy as np
import pandas as pd


def _published(columns, hierarchies, levels):
    parts = zip(columns.T, hierarchies, levels, strict=True)
    return np.column_stack([h[level][values] for values, h, level in parts])


def _left_out(columns, secret, hierarchies, levels, k, different):
    rows = [tuple(row) for row in _published(columns, hierarchies, levels).tolist()]
    size, secrets = Counter(rows), defaultdict(set)
    for row, value in zip(rows, secret.tolist(), strict=True):
        secrets[row].add(value)
    return sum(n for row, n in size.items() if n < k or len(secrets[row]) < different)


def _loss(levels, hierarchies):
    return sum(level / (len(h) - 1) for level, h in zip(levels, hierarchies, strict=True))


def _nodes(hierarchies):
    return itertools.product(*[range(len(h)) for h in hierarchies])


def plain_python(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    """All levels by loss, counted with dictionaries; the first that fits."""
    for levels in sorted(_nodes(hierarchies), key=lambda node: _loss(node, hierarchies)):
        if _left_out(columns, secret, hierarchies, levels, k, l) <= limit:
            return list(levels)
    return None


def in_pandas(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    """By loss, from below, with groupby."""
    for levels in sorted(_nodes(hierarchies), key=lambda node: _loss(node, hierarchies)):
        frame = pd.DataFrame(_published(columns, hierarchies, levels))
        groups = pd.Series(secret).groupby([frame[name] for name in frame])
        bad = (groups.transform("size") < k) | (groups.transform("nunique") < l)
        if bad.sum() <= limit:
            return np.array(levels)
    return None


def k_alone(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return plain_python(columns, secret, hierarchies, k, 1, limit)


def nobody_left_out(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return plain_python(columns, secret, hierarchies, k, l, 0)


def without_a_limit(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return [0] * len(hierarchies)


def column_by_column(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return [
        next(i for i, called in enumerate(h) if min(Counter(called[v].tolist()).values()) >= k)
        for v, h in zip(columns.T, hierarchies, strict=True)
    ]


def everything_hidden(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return [len(h) - 1 for h in hierarchies]


def widest_first(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    levels = [0] * len(hierarchies)
    while _left_out(columns, secret, hierarchies, levels, k, l) > limit:
        parts = zip(columns.T, hierarchies, levels, strict=True)
        levels[int(np.argmax([len(set(h[i][v].tolist())) for v, h, i in parts]))] += 1
    return levels


def all_columns_together(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    for step in range(6):
        levels = [min(step, len(h) - 1) for h in hierarchies]
        if _left_out(columns, secret, hierarchies, levels, k, l) <= limit:
            return levels
    return None


def fewest_steps(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    """The least sum of levels, as if a step cost the same in every column."""
    for levels in sorted(_nodes(hierarchies), key=sum):
        if _left_out(columns, secret, hierarchies, levels, k, l) <= limit:
            return levels[::-1]
    return None


def smaller_k(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return plain_python(columns, secret, hierarchies, k - 1, l, limit)


def larger_k(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    return plain_python(columns, secret, hierarchies, k + 1, l, limit)


def over_the_number(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    """A level counts by the number of levels, not by the last one."""

    def lost(levels):
        return sum(level / len(h) for level, h in zip(levels, hierarchies, strict=True))

    for levels in sorted(_nodes(hierarchies), key=lost):
        if _left_out(columns, secret, hierarchies, levels, k, l) <= limit:
            return levels
    return None


def step_by_step(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    """From the top down, the step that wins most, until none is left."""
    levels = [len(h) - 1 for h in hierarchies]
    while True:
        steps = []
        for j, h in enumerate(hierarchies):
            lower = [level - (i == j) for i, level in enumerate(levels)]
            if levels[j] and _left_out(columns, secret, hierarchies, lower, k, l) <= limit:
                steps.append((1 / (len(h) - 1), j, lower))
        if not steps:
            return levels
        levels = max(steps)[2]


def groups_counted(columns, secret, hierarchies, k, l, limit):  # noqa: E741
    """The limit is held against groups, not against people."""
    for levels in sorted(_nodes(hierarchies), key=lambda node: _loss(node, hierarchies)):
        rows = [tuple(row) for row in _published(columns, hierarchies, levels).tolist()]
        size, secrets = Counter(rows), defaultdict(set)
        for row, value in zip(rows, secret.tolist(), strict=True):
            secrets[row].add(value)
        if sum(n < k or len(secrets[row]) < l for row, n in size.items()) <= limit:
            return levels
    return None


RIGHT = {"dictionaries": plain_python, "pandas": in_pandas}

WRONG = {
    "k alone": (k_alone, "share the secret"),
    "nobody left out": (nobody_left_out, "costs all others a level"),
    "no limit": (without_a_limit, "may be left out"),
    "column by column": (column_by_column, "not rare values"),
    "everything hidden": (everything_hidden, "is possible"),
    "widest first": (widest_first, "not the least loss"),
    "all columns together": (all_columns_together, ""),
    "fewest steps, turned round": (fewest_steps, ""),
    "a smaller k": (smaller_k, "may be left out"),
    "a larger k": (larger_k, "is possible"),
    "over the number of levels": (over_the_number, "is possible"),
    "step by step": (step_by_step, "is possible"),
    "groups counted": (groups_counted, "may be left out"),
}

HARMLESS = {
    "argument order: whole = tables.Table(*": "the loss asks the hierarchies alone",
}
