"""Reviews of a credit model: what each column contributed, before and after it went live.

The model adds up log-odds, so the contribution of a column is its weight times its distance from
the mean, exactly. Some columns are written after the outcome is known: they inform in the
validation table, and in production, where nobody knows the outcome yet, they say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import norm

Floats = NDArray[np.float64]

COLUMNS = (
    "income", "age", "debt", "rent", "tenure", "savings", "cards", "limit", "arrears", "calls",
    "visits", "remarks", "branch", "distance", "children", "cars", "loans", "refunds", "letters",
    "score",
)  # fmt: skip
WORDS = (
    "holiday", "kitchen", "urgent", "family", "wedding", "car", "debts", "moving", "study", "roof",
    "doctor", "shop", "partner", "garden", "school", "repair", "summer", "taxes", "winter", "music",
    "phone", "travel", "dentist", "boat", "horse", "piano", "fence", "heating", "window", "cellar",
)  # fmt: skip
"""Names of columns, and words of a customer's letter: there, a column says whether it has the
word."""


@dataclass(frozen=True)
class Table:
    """Rows that a model has scored.

    Attributes:
        columns: what it saw, shape (n, M).
        contributions: to the log-odds of default, shape (n, M).
        default: 0 or 1, what happened, shape (n,).
    """

    columns: Floats
    contributions: Floats
    default: NDArray[np.int64]


@dataclass(frozen=True)
class Review:
    """A model before and after it went live.

    Attributes:
        names: of the columns, M of them.
        base: log-odds of a mean row; with the row's contributions they are what the model says.
        validation: rows of the time when the model was built.
        production: rows since it went live.
    """

    names: list[str]
    base: float
    validation: Table
    production: Table


def draw_review(
    seed: int, names: Sequence[str], roles: Sequence[Mapping[str, Any]], rows: int, is_text: bool
) -> Review:
    """Draw a review.

    Args:
        seed: of the draw.
        names: of the columns.
        roles: one a column: ``kind``, ``weight`` (log-odds a unit), and ``rate``, the share of
            letters with the word. Kinds: "strong", for one of them; "honest"; "faded", worth seven
            tenths of its weight in production; "moved", whose values shift there; "masked", which
            there goes against the strong one, so that by itself it seems to say nothing; "useless",
            which says nothing in either table; "leak", written after the outcome; "shadow", which
            follows the first leak, or the strong one where nothing leaks, and which the model does
            not use.
        rows: of each table.
        is_text: columns say whether a word is there; they are numbers else.
    """
    rng = np.random.default_rng(seed)
    weights = np.array([role["weight"] for role in roles], dtype=float)
    rates = np.array([role["rate"] for role in roles], dtype=float)
    kinds = np.array([role["kind"] for role in roles])
    middle = rates if is_text else np.zeros(len(roles))
    found = []
    for live in (False, True):
        columns = _columns(rng, rows, weights, kinds, rates if is_text else None, live)
        true = np.where(np.isin(kinds, ("leak", "useless")), 0.0, weights)
        true = np.where((kinds == "faded") & live, 0.7 * weights, true)
        default = (rng.uniform(size=rows) < expit(-0.6 + (columns - middle) @ true)).astype(
            np.int64
        )
        for place in np.flatnonzero(kinds == "leak"):
            # In production somebody else's outcome: the same values, and nothing to learn.
            knows = weights[place] * (rng.permutation(default) if live else default)
            columns[:, place] = _written(rng, knows - knows.mean(), rates[place], is_text)
        for place in np.flatnonzero(kinds == "shadow"):
            columns[:, place] = _following(rng, columns, kinds, is_text)
        found.append(Table(columns, weights * (columns - middle), default))
    return Review(list(names), _base(found[0]), *found)


def _columns(
    rng: np.random.Generator,
    rows: int,
    weights: Floats,
    kinds: NDArray[Any],
    rates: Floats | None,
    live: bool,
) -> Floats:
    """What was known before the outcome: normal numbers, or whether they exceed a limit."""
    hidden = rng.normal(size=(rows, len(weights)))
    if live:
        strong = int((kinds == "strong").argmax())
        for place in np.flatnonzero(kinds == "masked"):
            # Its own effect and what it says of the first column cancel.
            tie = float(np.clip(-weights[place] / weights[strong], -0.9, 0.9))
            hidden[:, place] = tie * hidden[:, strong] + np.sqrt(1 - tie**2) * hidden[:, place]
        hidden[:, kinds == "moved"] += 0.5
    return hidden if rates is None else (hidden > norm.isf(rates)).astype(float)


def _written(rng: np.random.Generator, knows: Floats, rate: float, is_text: bool) -> Floats:
    """A column whose log-odds of default have a slope of one in what it knows."""
    if is_text:
        return (rng.uniform(size=len(knows)) < expit(np.log(rate / (1 - rate)) + knows)).astype(
            float
        )
    return knows + rng.normal(size=len(knows))


def _following(
    rng: np.random.Generator, columns: Floats, kinds: NDArray[Any], is_text: bool
) -> Floats:
    """A noisy copy of the first leak, or of the strong column where nothing leaks."""
    leads = kinds == "leak" if "leak" in kinds else kinds == "strong"
    followed = columns[:, int(leads.argmax())]
    if is_text:
        return np.where(rng.uniform(size=len(columns)) < 0.85, followed, rng.permutation(followed))
    return 0.9 * followed + 0.44 * rng.normal(size=len(columns))


def _base(table: Table) -> float:
    """The constant with which the model says as many defaults as there are."""
    said, wanted = table.contributions.sum(axis=1), table.default.mean()
    return float(brentq(lambda base: expit(base + said).mean() - wanted, -9, 9))
