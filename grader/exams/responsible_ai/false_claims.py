"""Task `false_claims`: cards with twelve claims, of which some do not survive recomputation.

A false claim is what a named mistake leads to. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.responsible_ai.redraw import hiring
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.cards import ORIGINS, SEXES

CARDS = 4
APART = 0.02
"""A false claim lies at least so far from the right figure."""

NEAR = 0.0035
"""Half of the true claims are off by so much, which the limit of .005 allows."""

ABOUT = (
    ("accuracy", ()), ("unknown share", ()), ("selection rate", ("sex",)),
    ("selection rate", ("origin",)), ("accuracy", ("origin",)), ("true positive rate", ("sex",)),
    ("precision", ("sex",)), ("precision", ("origin",)), ("impact ratio", ("sex",)),
    ("impact ratio", ("origin",)), ("impact ratio", ("sex", "origin")),
    ("impact ratio", ("sex", "origin")),
)  # fmt: skip
"""Metric and columns of the twelve claims of a card."""

MISTAKES = {
    "accuracy": ("training rows", "all rows"),
    "unknown share": ("one column",),
    "selection rate": ("training rows", "overall figure"),
    "true positive rate": ("overall figure", "turned round"),
    "precision": ("training rows", "overall figure", "turned round"),
    "impact ratio": (
        "median by group",
        "over the average",
        "cut-off",
        "no unknowns",
        "unknown highest",
    ),
}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people``, ``slope`` and ``unknown``, which draw the people; ``claims``,
    twelve of ``name``, ``metric``, ``where`` and ``value``; and ``false``, pairs of a false claim's
    name and the mistake behind it.
    """
    fits = "four to eight false claims, and mistakes that show"
    return {
        "cases": [until(lambda: _case(rng), lambda case: 4 <= len(case["false"]) <= 8, fits)
                  for _ in range(CARDS)]
    }  # fmt: skip


def _case(rng: np.random.Generator) -> dict[str, Any]:
    case: dict[str, Any] = {
        "seed": int(rng.integers(2**31)),
        "people": int(rng.integers(5_000, 7_000)),
        "slope": round(float(rng.uniform(1.0, 1.5)), 2),
        "unknown": round(float(rng.uniform(20, 26)), 1),
        "claims": [],
        "false": [],
    }
    people = hiring(case)
    order = rng.permutation(len(ABOUT))
    for number, place in enumerate(order, start=1):
        metric, columns = ABOUT[place]
        where = {column: str(rng.choice(_known(column))) for column in columns}
        right = figure(people, metric, where)
        wrong = {
            mistake: figure(people, metric, where, mistake)
            for mistake in MISTAKES[metric]
            if abs(figure(people, metric, where, mistake) - right) > APART
        }
        name, value = f"claim {number}", right
        if wrong and rng.random() < 0.55:
            mistake = str(rng.choice(list(wrong)))
            case["false"].append([name, mistake])
            value = wrong[mistake]
        elif rng.random() < 0.5:
            value += (-1 if right > 0.99 else rng.choice((-1, 1))) * NEAR
        case["claims"].append(
            {"name": name, "metric": metric, "where": where, "value": round(float(value), 3)}
        )
    return case


def _known(column: str) -> tuple[str, ...]:
    return {"sex": SEXES, "origin": ORIGINS}[column][:-1]


def figure(people: pd.DataFrame, metric: str, where: dict[str, str], mistake: str = "") -> float:
    """A figure of the card, on the test rows; or what a mistake makes of it."""
    wanted = {"training rows": ["train"], "all rows": ["train", "test"]}.get(mistake, ["test"])
    rows = people[people["split"].isin(wanted)]
    if metric == "unknown share":
        unknown = (rows[["sex", "origin"]] == "unknown").to_numpy()
        return float(unknown[:, 0].mean() if mistake else unknown.any(axis=1).mean())
    if metric == "impact ratio":
        return _impact_ratio(rows, where, mistake)
    if mistake != "overall figure":
        for column, value in where.items():
            rows = rows[rows[column] == value]
    decided, label = rows["decided"] == 1, rows["label"] == 1
    if mistake == "turned round":
        metric = {"precision": "true positive rate", "true positive rate": "precision"}[metric]
    return float(
        {
            "selection rate": decided,
            "accuracy": decided == label,
            "true positive rate": decided[label],
            "precision": label[decided],
        }[metric].mean()
    )


def _impact_ratio(rows: pd.DataFrame, where: dict[str, str], mistake: str) -> float:
    """New York's ratio for scores: the share above the sample's median, over the highest."""
    known = rows[(rows[list(where)] != "unknown").all(axis=1)]
    if mistake == "unknown highest":
        known = rows
    groups = known.groupby(list(where))["score"]
    line = (known if mistake == "no unknowns" else rows)["score"].median()
    if mistake == "median by group":
        line = groups.transform("median")
    above = known["decided"] == 1 if mistake == "cut-off" else known["score"] > line
    shares = above.groupby([known[column] for column in where]).mean()
    own = shares[tuple(where.values()) if len(where) > 1 else next(iter(where.values()))]
    return float(own / (above.mean() if mistake == "over the average" else shares.max()))
