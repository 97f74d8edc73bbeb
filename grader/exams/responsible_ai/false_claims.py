"""Task `false_claims`: cards with twelve claims, of which some do not survive recomputation.

A false claim is what a named mistake leads to. Judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.responsible_ai.redraw import hiring
from labkit.exercise.drawing import until
from labkit.trends.responsible_ai.world.cards import ORIGINS, SEXES

WANTED = ({"little", "mean"}, {"little"}, {"little"}, {"little"})
"""Mistakes that a card must have, beside whatever is drawn; four cards."""

APART, MEAN = 0.02, 0.008
"""A false claim lies at least so far from the right figure; where a mean stands for the median,
at least the second."""

NEAR, OFF = 0.0035, 0.0065
"""Half of the true claims are off by so much, which the limit of .005 allows; and so much is one
false claim of each card at least, which it does not."""

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
        "mean",
    ),
}


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, ``people``, ``slope`` and ``unknown``, which draw the people; ``claims``,
    twelve of ``name``, ``metric``, ``where`` and ``value``; and ``false``, pairs of a false claim's
    name and the mistake behind it.
    """
    return {
        "cases": [
            until(
                partial(_case, rng, "mean" in wanted),
                partial(_shows, wanted),
                "four to eight false claims",
            )
            for wanted in WANTED
        ]
    }


def _shows(wanted: set[str], case: dict[str, Any]) -> bool:
    return 4 <= len(case["false"]) <= 8 and wanted <= set(dict(case["false"]).values())


def _case(rng: np.random.Generator, mean: bool) -> dict[str, Any]:
    """Draw a card; with `mean` the first ratio that can show it is over a mean score."""
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
            if abs(figure(people, metric, where, mistake) - right)
            > (MEAN if mistake == "mean" else APART)
        }
        name, value = f"claim {number}", right
        wanted = not any(mistake == "mean" for _, mistake in case["false"])
        if wrong and (rng.random() < 0.55 or (mean and wanted and "mean" in wrong)):
            mistake = "mean" if mean and wanted and "mean" in wrong else str(rng.choice([*wrong]))
            case["false"].append([name, mistake])
            value = wrong[mistake]
        else:
            off = rng.choice((0.0, NEAR, OFF), p=(0.4, 0.4, 0.2))
            value += (-1 if right > 0.99 else rng.choice((-1, 1))) * off
            if off == OFF:
                case["false"].append([name, "little"])
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
    if mistake == "mean":
        line = rows["score"].mean()
    if mistake == "median by group":
        line = groups.transform("median")
    above = known["decided"] == 1 if mistake == "cut-off" else known["score"] > line
    shares = above.groupby([known[column] for column in where]).mean()
    own = shares[tuple(where.values()) if len(where) > 1 else next(iter(where.values()))]
    return float(own / (above.mean() if mistake == "over the average" else shares.max()))
