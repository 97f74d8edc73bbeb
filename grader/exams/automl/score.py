"""Task `score`: LightGBM models with rows on every threshold, and what they say of them."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until

from .trees import Rules, scored

Floats = NDArray[np.float64]
ROWS, SHOWN, FEATURES = 900, 160, 5
MISSING: dict[str, dict[str, Any]] = {
    "NaN": {},
    "Zero": {"zero_as_missing": True},
    "None": {"use_missing": False},
}
"""LightGBM's three ways with missing values, by the parameters that lead to them."""

KEPT = ("split_feature", "threshold", "decision_type", "default_left", "missing_type", "leaf_value")
MISTAKES = {
    "strict": Rules(strict=True),
    "missing to the right": Rules(missing_right=True),
    "numbers of shops": Rules(shops_are_numbers=True),
    "no link": Rules(link=False),
    "single precision": Rules(single=True),
    "mean of trees": Rules(mean=True),
    "zeros are not missing": Rules(zeros_stay=True),
}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, a model for each way with missing values.

    Each has as JSON texts ``trees``, as LightGBM's `dump_model` has them, and ``rows`` (null is
    missing); the model's own ``chances``, and ``traps``, mean chances under known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng, missing), partial(_shows, missing), "every mistake to show")
            for missing in rng.permutation(list(MISSING))
        ]
    }


def _case(rng: np.random.Generator, missing: str) -> dict[str, Any]:
    x = np.round(rng.normal(size=(ROWS, FEATURES)), 3)
    x[:, 3] = np.maximum(x[:, 3], 0)  # many zeros
    x[:, 4] = rng.integers(0, 12, ROWS)
    shops = rng.normal(0, 1.2, 12)
    logit = x[:, 0] + x[:, 1] * (x[:, 2] > 0) + x[:, 3] + shops[x[:, 4].astype(int)] - 0.3
    gone = rng.uniform(size=(ROWS, 3)) < 0.15
    logit += gone @ np.array([0.8, -0.8, 0.6])
    x[:, :3][gone] = np.nan
    y = rng.uniform(size=ROWS) < 1 / (1 + np.exp(-logit))
    settings = {"objective": "binary", "num_leaves": 7, "verbose": -1, "num_threads": 1,
                "learning_rate": 0.3, "min_data_per_group": 10, "cat_smooth": 2,
                "max_cat_to_onehot": 1, "seed": int(rng.integers(2**20))}  # fmt: skip
    data = lightgbm.Dataset(x, y.astype(float), categorical_feature=[4], params={"verbose": -1})
    model = lightgbm.train({**settings, **MISSING[missing]}, data, num_boost_round=9)
    trees = [_kept(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    rows = _on_thresholds(x[rng.permutation(ROWS)[:SHOWN]], trees, rng)
    return {
        "trees": json.dumps(trees),
        "rows": json.dumps(
            [[None if np.isnan(value) else value for value in row] for row in rows.tolist()]
        ),
        "chances": np.asarray(model.predict(rows)).tolist(),
        "traps": {
            name: float(scored(trees, rows, rules).mean()) for name, rules in MISTAKES.items()
        },
    }


def _kept(node: dict[str, Any]) -> dict[str, Any]:
    """What a node needs, without counts and gains."""
    kept = {key: node[key] for key in KEPT if key in node}
    for side in ("left_child", "right_child"):
        if side in node:
            kept[side] = _kept(node[side])
    return kept


def _on_thresholds(rows: Floats, trees: list[dict[str, Any]], rng: np.random.Generator) -> Floats:
    """Every other row gets a feature that lies exactly on a split."""
    splits = [split for tree in trees for split in _splits(tree)]
    rows = rows.copy()
    for row in range(0, len(rows), 2):
        feature, threshold = splits[rng.integers(len(splits))]
        rows[row, feature] = threshold
    return rows


def _splits(node: dict[str, Any]) -> list[tuple[int, float]]:
    if "leaf_value" in node:
        return []
    # Splits next to zero are left out: there LightGBM says what a zero is.
    used = node["decision_type"] == "<=" and abs(node["threshold"]) > 1e-9
    own = [(node["split_feature"], node["threshold"])] if used else []
    return own + _splits(node["left_child"]) + _splits(node["right_child"])


def _shows(missing: str, case: dict[str, Any]) -> bool:
    right = float(np.mean(case["chances"]))
    hidden = {
        "NaN": ("zeros are not missing",),
        "Zero": (),
        "None": ("missing to the right", "zeros are not missing"),
    }[missing]
    return all(
        abs(value - right) > 1e-5 for name, value in case["traps"].items() if name not in hidden
    )
