"""Right and wrong answers of the task `hides_discrimination`."""

from __future__ import annotations

import numpy as np

BAR = 0.3
"""Log-odds: a group's coefficient that counts."""


def _logit(chance):
    return np.log(chance / (1 - chance))


def _given_all(model, rows, group):
    table = np.column_stack([np.ones(len(rows)), rows])
    return np.linalg.lstsq(table, _logit(model(rows)), rcond=None)[0][1 + group]


def _flip(model, rows, group):
    changed = rows.copy()
    changed[:, group] = 1 - changed[:, group]
    sign = 2 * rows[:, group] - 1
    return (sign * (_logit(model(rows)) - _logit(model(changed)))).mean()


def _made_up(model, rows, group):
    low, high = rows + 1e-6, rows + 1e-6
    low[:, group], high[:, group] = 0, 1
    return (_logit(model(high)) - _logit(model(low))).mean()


def by_regression(models, rows, group):
    return [
        name
        for name, model in models.items()
        if abs(_given_all(model, rows, group)) > BAR and abs(_made_up(model, rows, group)) < BAR
    ]


def by_twins(models, rows, group):
    """Real applicants of both groups who are nearest to each other, after a straight line."""
    others = np.delete(rows, group, axis=1)
    ones, zeros = np.flatnonzero(rows[:, group] == 1), np.flatnonzero(rows[:, group] == 0)
    far = ((others[ones][:, None] - others[zeros][None]) ** 2).sum(axis=2)
    twin = zeros[far.argmin(axis=1)]
    found = set()
    for name, model in models.items():
        said = _logit(model(rows))
        slope = np.linalg.lstsq(np.column_stack([np.ones(len(rows)), rows]), said, rcond=None)[0]
        left = said - others @ np.delete(slope[1:], group)
        gap = (left[ones] - left[twin]).mean()
        if abs(gap) > BAR and abs(_made_up(model, rows, group)) < BAR:
            found.add(name)
    return found


def by_difference(models, rows, group):
    """What a model says of real rows and of copies moved by nothing: does the group explain it?"""
    table = np.column_stack([np.ones(len(rows)), rows])
    found = []
    for name, model in models.items():
        change = _logit(model(rows)) - _logit(model(rows + 1e-7))
        on_group = np.linalg.lstsq(table, change, rcond=None)[0][1 + group]
        on_real = _given_all(model, rows, group)
        if abs(on_group) > BAR and abs(on_real) > BAR:
            found.append(name)
    return np.array(found, dtype=object)


def _raw(models, rows, group):
    ones = rows[:, group] == 1
    return [
        name
        for name, model in models.items()
        if abs(_logit(model(rows[ones])).mean() - _logit(model(rows[~ones])).mean()) > BAR
    ]


def _raw_and_denied(models, rows, group):
    return [
        name for name in _raw(models, rows, group)
        if abs(_made_up(models[name], rows, group)) < BAR
    ]  # fmt: skip


def _shap(models, rows, group):
    """Kernel SHAP as it comes, on a few rows."""
    import shap

    found = []
    for name, model in models.items():
        explainer = shap.KernelExplainer(lambda x, m=model: _logit(m(x)), rows[:8])
        said = explainer.shap_values(rows[:3], nsamples=80, silent=True, l1_reg=False)
        if np.abs(said[:, group]).mean() > 0.2:
            found.append(name)
    return found


def _without_the_column(models, rows, group):
    """The column is set to one value; whoever changes used it."""
    flat = rows.copy()
    flat[:, group] = 0
    return [
        name for name, model in models.items()
        if np.abs(_logit(model(rows)) - _logit(model(flat))).mean() > 0.1
    ]  # fmt: skip


def _differs(models, rows, group):
    """Whoever says something else of a row moved by nothing hides something."""
    return [
        name for name, model in models.items()
        if np.abs(model(rows) - model(rows + 1e-7)).max() > 1e-3
    ]  # fmt: skip


def _differs_by_group(models, rows, group):
    ones = rows[:, group] == 1
    found = []
    for name, model in models.items():
        change = _logit(model(rows)) - _logit(model(rows + 1e-7))
        if abs(change[ones].mean() - change[~ones].mean()) > BAR:
            found.append(name)
    return found


def _rounded(models, rows, group):
    """Rows of two digits are nobody's, and are taken for real ones."""
    return by_regression(models, np.round(rows, 2), group)


RIGHT = {"regression": by_regression, "twins": by_twins, "what changes": by_difference}
WRONG = {
    "shap": (_shap, "is named"),
    "raw gap": (_raw, "is named"),
    "raw gap that attributions deny": (_raw_and_denied, "is named"),
    "column dropped": (_without_the_column, "is named"),
    "gap given all, shown or not": (
        lambda models, rows, group: [
            name for name in models if abs(_given_all(models[name], rows, group)) > BAR
        ],
        "attributions show it",
    ),
    "group flipped": (
        lambda models, rows, group: [
            name for name in models if abs(_flip(models[name], rows, group)) > BAR
        ],
        "is named",
    ),
    "rounded rows": (_rounded, "missing"),
    "behaves differently": (_differs, "is named"),
    "behaves differently by group": (_differs_by_group, "is named"),
    "nobody": (lambda *_: [], "missing"),
    "everybody": (lambda models, rows, group: list(models), "is named"),
}

BETWEEN = "nothing lies between 0.1 and 1"
HARMLESS = {
    "constant: odds = np.log(chance / (1 - chance)) -> *": "another curve, nearly as straight",
    "constant: … worth(model, rows) > 0.4 and worth(model, rows +… -> *": BETWEEN,
    "comparison: … if worth(model, rows) > 0.4 and worth(model, rows + 1e-07) < 0.4] -> *": BETWEEN,
    "constant: …odel, rows + 1e-07) < 0.4] -> *": BETWEEN,
    "comparison: …h(model, rows + 1e-07) < 0.4] -> *": BETWEEN,
}
