"""Scores of boosted trees by hand, right and with known mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rules:
    """How trees are read; the defaults are LightGBM's rules."""

    strict: bool = False
    missing_right: bool = False
    shops_are_numbers: bool = False
    link: bool = True
    single: bool = False
    mean: bool = False
    zeros_stay: bool = False


def scored(trees: list[dict[str, Any]], rows: Floats, rules: Rules) -> Floats:
    """Return the chance of each row, shape (n,)."""
    if rules.single:
        rows = rows.astype(np.float32).astype(float)
    sums = np.array([sum(_leaf(tree, row, rules) for tree in trees) for row in rows])
    if rules.mean:
        sums = sums / len(trees)
    return 1 / (1 + np.exp(-sums)) if rules.link else sums


def _leaf(node: dict[str, Any], row: Floats, rules: Rules) -> float:
    while "leaf_value" not in node:
        left = _goes_left(node, float(row[node["split_feature"]]), rules)
        node = node["left_child" if left else "right_child"]
    return float(node["leaf_value"])


def _goes_left(node: dict[str, Any], value: float, rules: Rules) -> bool:
    if node["decision_type"] == "==":
        members = [int(one) for one in node["threshold"].split("||")]
        return value <= max(members) if rules.shops_are_numbers else int(value) in members
    missing = node["missing_type"]
    gone = np.isnan(value)
    if missing == "Zero" and not rules.zeros_stay:
        gone = gone or abs(value) <= 1e-35
    if missing == "None" and gone and not rules.missing_right:
        value, gone = 0.0, False
    if gone:
        return bool(node["default_left"]) and not rules.missing_right
    return value < node["threshold"] if rules.strict else value <= node["threshold"]
