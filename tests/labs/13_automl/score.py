"""Right and wrong answers of the task `score`."""

from __future__ import annotations

import numpy as np


def _score(
    trees,
    rows,
    strict=False,
    missing=None,
    shops=True,
    link=True,
    single=False,
    mean=False,
    smallest=1e-35,
):
    if single:
        rows = rows.astype(np.float32)

    def leaf(node, row):
        if "leaf_value" in node:
            return node["leaf_value"]
        value = float(row[node["split_feature"]])
        if node["decision_type"] == "==" and shops:
            left = str(int(value)) in node["threshold"].split("||")
        elif node["decision_type"] == "==":
            left = value <= max(map(int, node["threshold"].split("||")))
        elif missing is None and (
            (node["missing_type"] == "NaN" and np.isnan(value))
            or (node["missing_type"] == "Zero" and (np.isnan(value) or abs(value) <= smallest))
        ):
            left = node["default_left"]
        else:
            value = missing if np.isnan(value) and missing is not None else np.nan_to_num(value)
            left = value < node["threshold"] if strict else value <= node["threshold"]
        return leaf(node["left_child" if left else "right_child"], row)

    sums = np.array([[leaf(tree, row) for tree in trees] for row in rows])
    sums = sums.mean(axis=1) if mean else sums.sum(axis=1)
    return 1 / (1 + np.exp(-sums)) if link else sums


def in_sets(trees, rows):
    """All rows of a node at once."""
    total = np.zeros(len(rows))

    def walk(node, at):
        if "leaf_value" in node:
            total[at] += node["leaf_value"]
            return
        value = rows[at, node["split_feature"]]
        if node["decision_type"] == "==":
            left = np.isin(value, [float(one) for one in node["threshold"].split("||")])
        else:
            kind = node["missing_type"]
            gone = {"None": np.zeros(len(at), bool), "NaN": np.isnan(value)}.get(
                kind, np.isnan(value) | (np.abs(value) <= 1e-35)
            )
            left = np.where(
                gone, node["default_left"], np.nan_to_num(value, nan=0.0) <= node["threshold"]
            )
        walk(node["left_child"], at[left])
        walk(node["right_child"], at[~left])

    for tree in trees:
        walk(tree, np.arange(len(rows)))
    return (0.5 * (1 + np.tanh(total / 2))).tolist()


RIGHT = {"row by row": _score, "all rows of a node": in_sets}
WRONG = {
    "strict": (lambda *a: _score(*a, strict=True), "sign is <="),
    "missing is zero": (lambda *a: _score(*a, missing=0.0), "rows differ"),
    "missing is large": (lambda *a: _score(*a, missing=np.inf), "rows differ"),
    "shops are numbers": (lambda *a: _score(*a, shops=False), "is a name"),
    "log-odds": (lambda *a: _score(*a, link=False), "log-odds"),
    "labels": (lambda *a: (_score(*a) > 0.5).astype(int), "rows differ"),
    "single precision": (lambda *a: _score(*a, single=True), "32 bits"),
    "zeros are not missing": (lambda *a: _score(*a, smallest=-1.0), "a zero is missing too"),
    "mean of trees": (lambda *a: _score(*a, mean=True), "Trees are summed"),
    "rounded": (lambda *a: np.round(_score(*a), 5), "rows differ"),
    "the first tree": (lambda trees, rows: _score(trees[:1], rows), "rows differ"),
}

HARMLESS = {
    "comparison: … 'Zero' and abs(value) <= 1e-35)): -> … 'Zero' and abs(value) < 1e-35)):": "no "
    "row has a value of exactly that size; zeros are 0",
    "wheel: exam argument 0 is in practice argument 0": "1.000000018e-35 is LightGBM's own "
    "constant for zero, and a threshold in every model it makes",
}
