"""Right and wrong answers of task `accept`, which prove its judge."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from labkit.trends.responsible_ai.world.lending import Curves, above, profit, rates

HELD = {"parity": ("all",), "opportunity": ("payers",), "odds": ("payers", "others")}


def _people(good, mass, rule):
    kinds = {"all": mass, "payers": mass * good, "others": mass * (1 - good)}
    return [kinds[kind] / kinds[kind].sum(axis=0) for kind in HELD[rule]]


def with_a_level(good, mass, shares, loss, rule, bound):
    """A level a rate, which every group's rate may exceed by the bound; interior points."""
    scores, groups = good.shape
    held = _people(good, mass, rule)
    n, extra = scores * groups, len(held)
    rows, limits = [], []
    for kind, rate in enumerate(held):
        for group in range(groups):
            row = np.zeros(n + extra)
            row[group:n:groups] = rate[:, group]
            row[n + kind] = -1
            rows += [row, -row]
            limits += [bound, 0.0]
    worth = mass * (good - loss * (1 - good)) * shares
    cost = np.concatenate([-worth.ravel(), np.zeros(extra)])
    found = linprog(cost, A_ub=np.array(rows), b_ub=limits, bounds=(0, 1), method="highs")
    return np.clip(found.x[:n].reshape(scores, groups), 0, 1)


def halves(good, mass, shares, loss, rule, bound):
    """Acceptance as the sum of two halves, minimising the refused profit."""
    scores, groups = good.shape
    held = _people(good, mass, rule)
    rows = []
    for rate in held:
        for a in range(groups):
            for b in range(groups):
                if a != b:
                    row = np.zeros((scores, groups))
                    row[:, a] += rate[:, a]
                    row[:, b] -= rate[:, b]
                    rows.append(row.T.ravel())
    worth = (mass * (good - loss * (1 - good)) * shares).T.ravel()
    refused = linprog(
        worth,
        A_ub=-np.array(rows),
        b_ub=np.full(len(rows), bound),
        bounds=[(0, 1)] * len(worth),
    ).x
    return (1 - refused).reshape(groups, scores).T.tolist()


def no_rule(good, mass, shares, loss, rule, bound):
    return (good > loss / (1 + loss)).astype(float)


def one_cut(good, mass, shares, loss, rule, bound):
    curves = Curves(good, mass, shares)
    scores, groups = good.shape
    policies = [above([cut] * groups, scores) for cut in range(scores + 1)]
    return max(policies, key=lambda policy: profit(curves, policy, loss))


def another_rule(good, mass, shares, loss, rule, bound):
    other = {"parity": "opportunity", "opportunity": "parity", "odds": "opportunity"}[rule]
    return with_a_level(good, mass, shares, loss, other, bound)


def rounded(good, mass, shares, loss, rule, bound):
    return np.rint(with_a_level(good, mass, shares, loss, rule, bound))


def no_slack(good, mass, shares, loss, rule, bound):
    return with_a_level(good, mass, shares, loss, rule, 0.0)


def around_the_mean(good, mass, shares, loss, rule, bound):
    """Every group's rate within half the bound of the rate of all."""
    rows = []
    for people in _people(good, mass, rule):
        rows += [(people * (own - shares)).ravel() for own in np.eye(len(shares))]
    worth = mass * (good - loss * (1 - good)) * shares
    limits = np.full(2 * len(rows), bound / 2)
    both = np.vstack([rows, np.negative(rows)])
    return linprog(-worth.ravel(), A_ub=both, b_ub=limits, bounds=(0, 1)).x.reshape(good.shape)


def everybody(good, mass, shares, loss, rule, bound):
    return np.ones_like(good)


def nobody(good, mass, shares, loss, rule, bound):
    return np.zeros_like(good)


def a_lottery(good, mass, shares, loss, rule, bound):
    return np.full_like(good, 0.5)


def groups_alike(good, mass, shares, loss, rule, bound):
    """Every group counts the same, whatever its share."""
    return with_a_level(good, mass, np.full(len(shares), 1 / len(shares)), 1.0, rule, bound)


def cut_offs_by_group(good, mass, shares, loss, rule, bound):
    """The library's way: one rate for all groups, interpolated on each group's own curve."""
    curves, scores = Curves(good, mass, shares), good.shape[0]
    name = {"parity": 0, "opportunity": 1, "odds": 1}[rule]
    best = None
    for level in np.linspace(0, 1, 101):
        cuts = []
        for group in range(good.shape[1]):
            reached = [
                rates(curves, above([cut] * good.shape[1], scores))[name][group]
                for cut in range(scores + 1)
            ]
            cuts.append(int(np.argmin(np.abs(np.array(reached) - level))))
        policy = above(cuts, scores)
        if best is None or profit(curves, policy, loss) > profit(curves, best, loss):
            best = policy
    return best


def turned(good, mass, shares, loss, rule, bound):
    return with_a_level(good, mass, shares, loss, rule, bound).T


RIGHT = {"a level for every rate": with_a_level, "refusals": halves}

WRONG = {
    "no rule": (no_rule, "without any rule"),
    "one cut-off": (one_cut, "not the same treatment"),
    "another rule": (another_rule, "keeps another rule"),
    "rounded": (rounded, "cut-offs alone"),
    "no slack": (no_slack, "slack is worth money"),
    "around the mean of all": (around_the_mean, "of what is possible"),
    "everybody": (everybody, "of what is possible"),
    "nobody": (nobody, "of what is possible"),
    "a lottery": (a_lottery, "of what is possible"),
    "cut-offs by group": (cut_offs_by_group, "apart"),
    "groups count alike": (groups_alike, "of what is possible"),
    "rows and columns turned": (turned, "should have shape"),
}
