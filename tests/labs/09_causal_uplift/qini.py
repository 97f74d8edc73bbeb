"""Right and wrong answers of the task `qini`."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd


def _curves(score, treated, outcome, *, ties=True, ascending=False):
    """Corners of both curves by a loop over the distinct scores."""
    order = np.argsort(score if ascending else -np.asarray(score), kind="stable")
    rows = pd.DataFrame({"score": score, "t": treated, "y": outcome}).iloc[order]
    groups = rows.groupby("score", sort=False) if ties else rows.groupby(np.arange(len(rows)))
    share, gain, qini = [0.0], [0.0], [0.0]
    n_t = n_c = y_t = y_c = 0.0
    for _, group in groups:
        n_t += group["t"].sum()
        n_c += (1 - group["t"]).sum()
        y_t += (group["t"] * group["y"]).sum()
        y_c += ((1 - group["t"]) * group["y"]).sum()
        if n_t > 0 and n_c > 0:
            share.append((n_t + n_c) / len(rows))
            gain.append((y_t / n_t - y_c / n_c) * (n_t + n_c))
            qini.append(y_t - y_c * n_t / n_c)
    return np.array(share), np.array(gain), np.array(qini)


def _areas(score, treated, outcome, **flags):
    share, gain, qini = _curves(score, treated, outcome, **flags)
    width = np.diff(share)
    under = [width @ (height[1:] + height[:-1]) / 2 for height in (qini, gain)]
    return (under[0] - qini[-1] / 2) / len(score), under[1] / len(score)


def _areas_by_simpson_of_lines(score, treated, outcome):
    """Exact integrals of both piecewise linear curves, returned as a dictionary's values."""
    share, gain, qini = _curves(score, treated, outcome)
    middle = (share[1:] + share[:-1]) / 2

    def area(height):
        between = np.interp(middle, share, height)
        return ((height[1:] + height[:-1] + 4 * between) / 6 * np.diff(share)).sum()

    line = qini[-1] * share
    return np.array([area(qini - line), area(gain)], dtype=np.float64) / len(score)


def _areas_in_loops(score, treated, outcome):
    """Customer by customer, without pandas or NumPy's sums."""
    rows = sorted(zip(score, treated, outcome, strict=True), reverse=True)
    n = [0, 0]
    y = [0.0, 0.0]
    corners = [(0.0, 0.0, 0.0)]
    for place, (own, group, result) in enumerate(rows):
        n[int(group)] += 1
        y[int(group)] += result
        last = place + 1 == len(rows) or rows[place + 1][0] != own
        if last and min(n) > 0:
            gain = (y[1] / n[1] - y[0] / n[0]) * sum(n)
            corners.append((sum(n) / len(rows), gain, y[1] - y[0] * n[1] / n[0]))
    areas = [
        sum((b[0] - a[0]) * (a[k] + b[k]) / 2 for a, b in itertools.pairwise(corners))
        for k in (1, 2)
    ]
    return (areas[1] - corners[-1][2] / 2) / len(rows), areas[0] / len(rows)


def _by_causalml(score, treated, outcome):
    from causalml.metrics import auuc_score, qini_score

    frame = pd.DataFrame({"s": score, "y": outcome, "w": treated})
    return tuple(
        float(measure(frame, outcome_col="y", treatment_col="w", normalize=False)["s"]) / len(frame)
        for measure in (qini_score, auuc_score)
    )


def _random_line_kept(score, treated, outcome):
    share, gain, qini = _curves(score, treated, outcome)
    return np.trapezoid(qini, share) / len(score), np.trapezoid(gain, share) / len(score)


RIGHT = {
    "a loop over the groups": _areas,
    "integrals of straight lines": _areas_by_simpson_of_lines,
    "customer by customer": _areas_in_loops,
}

WRONG = {
    "ties in the order of the rows": (
        lambda *a: _areas(*a, ties=False),
        "order of the rows",
    ),
    "lowest score first": (lambda *a: _areas(*a, ascending=True), "lowest score"),
    "no random line": (_random_line_kept, "straight line of a random order"),
    "totals": (
        lambda s, t, y: tuple(len(s) * area for area in _areas(s, t, y)),
        "divide by the number",
    ),
    "swapped": (lambda *a: _areas(*a)[::-1], "swapped"),
    "causalml as it is": (_by_causalml, "is right"),
    "the curve instead of areas": (lambda *a: _curves(*a)[2], "should have shape"),
    "the Qini alone": (lambda *a: _areas(*a)[0], "should have shape"),
}
