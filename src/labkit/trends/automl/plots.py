"""The pictures of the module: regret against trials, curves that cross, promises, claims.

Every function returns a `Plot` with its alternative text. Numbers are computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.pictures.palette import BLUE, GREEN, GREY, ORANGE, SILVER, VERMILION, looks
from labkit.pictures.plot import Plot, bars_in_rows, legend_above, name_rows, picture

Floats = NDArray[np.float64]


def against_trials(regrets: Mapping[str, ArrayLike]) -> Plot:
    """Mean regret after each trial, a line a way to search; each has shape (trials,)."""
    plot, axes = picture("trials", "regret: below the best possible score", height=4.8)
    for (name, values), look in zip(regrets.items(), looks(list(regrets)), strict=True):
        regret = np.asarray(values, float)
        axes.plot(
            np.arange(1, len(regret) + 1),
            regret,
            color=look.colour,
            ls=look.stroke,
            lw=3,
            label=name,
        )
    axes.set_ylim(0, None)
    legend_above(axes, 3)
    ends = ", ".join(f"{name} {np.asarray(values)[-1]:.2f}" for name, values in regrets.items())
    trials = len(np.asarray(next(iter(regrets.values()))))
    plot.alt = (
        f"Lines fall from the left to the right: regret after 1 to {trials} trials. After the last "
        f"one the regret is: {ends}."
    )
    return plot


def gaps(excess: Mapping[str, Mapping[str, float]]) -> Plot:
    """Log loss above the oracle's as bars: for each table, each model's share of the default's."""
    plot, axes = picture("excess log loss, share of the default model's", "", height=4.6)
    tables = list(excess)
    models = list(next(iter(excess.values())))
    bars_in_rows(axes, tables, {model: [excess[one][model] for one in tables] for model in models})
    axes.axvline(1, color=GREY, lw=2)
    legend_above(axes, 2)
    said = "; ".join(
        f"{table}: " + ", ".join(f"{model} {value:.2f}" for model, value in row.items())
        for table, row in excess.items()
    )
    plot.alt = f"Bars of log loss above the oracle's, the default model's at 1. {said}."
    return plot


def crossing(trees: ArrayLike, losses: Floats, stop: int) -> Plot:
    """Losses of all runs (rows) after `trees` (columns), and a line where they are compared.

    Highlighted are the run that leads at `stop` and the one that is best at the end.
    """
    plot, axes = picture("trees (log scale)", "validation loss", height=4.8)
    shown = np.asarray(trees, float)
    at = int(np.abs(shown - stop).argmin())
    leader, best = int(losses[:, at].argmin()), int(losses[:, -1].argmin())
    for row in losses:
        axes.plot(shown, row, color=SILVER, lw=1)
    axes.plot(shown, losses[best], color=GREEN, lw=3.5, label="best at the end")
    axes.plot(shown, losses[leader], color=VERMILION, lw=3.5, ls="--", label="leads when compared")
    axes.axvline(stop, color=GREY, lw=2, ls=":", label="compared here")
    axes.set_xscale("log")
    axes.set_ylim(losses[:, -1].min() - 0.01, losses[:, 0].min() + 0.12)
    legend_above(axes, 3)
    lost = losses[leader, -1] - losses[best, -1]
    plot.alt = (
        f"Loss curves of {len(losses)} runs cross. The one that leads after {stop} trees ends "
        f"{lost:.3f} above the one that is best after {shown[-1]:.0f} trees."
    )
    return plot


def curse(tried: Sequence[int], promised: ArrayLike, true: ArrayLike, mark: int) -> Plot:
    """AUC of the best of so many models: as its folds promise it, and as it is."""
    plot, axes = picture("models tried (log scale)", "AUC of the winner", height=4.8)
    said, is_true = np.asarray(promised, float), np.asarray(true, float)
    axes.plot(tried, said, color=ORANGE, lw=3, ls="--", label="score in its folds")
    axes.plot(tried, is_true, color=BLUE, lw=3, label="on new customers")
    axes.axvline(mark, color=GREY, lw=2, ls=":")
    axes.set_xscale("log")
    legend_above(axes, 2)
    place = list(tried).index(mark)
    plot.alt = (
        f"Two lines rise with the number of models tried, the promised one faster. With {mark} "
        f"models the winner's folds say {said[place]:.3f}; on new customers it has "
        f"{is_true[place]:.3f}."
    )
    return plot


def claims(rows: Sequence[tuple[str, float, float, float]]) -> Plot:
    """A row a table: AUC as shuffled folds claim it, as careful folds do, and the truth."""
    plot, axes = picture("AUC", "", height=1.4 + 0.55 * len(rows))
    marks = (
        ("shuffled folds", "D", VERMILION),
        ("careful", "o", BLUE),
        ("new customers", "|", "#000000"),
    )
    for place, (label, marker, colour) in enumerate(marks):
        axes.plot(
            [row[1 + place] for row in rows],
            range(len(rows)),
            marker,
            color=colour,
            ms=22 if marker == "|" else 11,
            mew=3 if marker == "|" else 1,
            label=label,
        )
    name_rows(axes, [row[0] for row in rows])
    legend_above(axes, 3)
    said = "; ".join(f"{name} {a:.2f}, {b:.2f}, {c:.2f}" for name, a, b, c in rows)
    plot.alt = f"AUC claimed by shuffled folds, by careful ones, and on new customers: {said}."
    return plot
