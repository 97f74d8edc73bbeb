"""The pictures of the module: who needs whom, gaps by round, what noise hides, what a camera sends.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from labkit.pictures.palette import BLACK, BLUE, GREY, ORANGE, SILVER, TEXT, fills, looks
from labkit.pictures.plot import (
    Plot,
    dress,
    legend_above,
    name_rows,
    picture,
    plain_log_ticks,
    white_rim,
    write,
)

Floats = NDArray[np.float64]


# --- learning apart -----------------------------------------------------------------------------


def own_and_common(
    own_here: ArrayLike, common_here: ArrayLike, own_everywhere: ArrayLike, common_everywhere: float
) -> Plot:
    """Accuracy of each clinic's own model and of the common one, on two kinds of new patients.

    The first three hold one share a clinic: the own and the common model on new patients of the
    clinic's own kind, and the own model on new patients from everywhere. `common_everywhere` is
    that of the common model.
    """
    here, common, away = (np.asarray(a, float) for a in (own_here, common_here, own_everywhere))
    plot = Plot(11.0, 5.0)
    panels = plot.subplots(1, 2, sharey=True)
    pairs = (
        ("new patients of the clinic's kind", here, common),
        ("new patients from everywhere", away, np.full(len(away), common_everywhere)),
    )
    rows = np.arange(len(here))
    for axes, (name, own, shared) in zip(panels, pairs, strict=True):
        dress(axes, f"correct, {name}", "")
        axes.hlines(rows, own, shared, color=SILVER, lw=2, zorder=1)
        axes.plot(own, rows, "s", color=ORANGE, mec=BLACK, ms=10, label="own model")
        axes.plot(shared, rows, "o", color=BLUE, ms=10, label="common model")
        axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        axes.set_xlim(0, 1.03)
    name_rows(panels[0], [f"clinic {number}" for number in range(1, len(here) + 1)])
    legend_above(panels[0], 2)
    plot.alt = (
        f"Accuracy in {len(here)} clinics. On new patients of its own kind a clinic's own model is "
        f"right in {here.mean():.0%} on average and the common one in {common.mean():.0%}; on new "
        f"patients from everywhere the own model is right in {away.mean():.0%}, from "
        f"{away.min():.0%} to {away.max():.0%}, and the common one in {common_everywhere:.0%}."
    )
    return plot


def gaps_by_round(methods: Mapping[str, Mapping[str, Sequence[float]]]) -> Plot:
    """What is left of the gap after each round, a line a method on a log scale.

    `methods` maps up to six names to ``{"median", "low", "high"}``, shares of the gap from the
    first round on; the band reaches from low to high.
    """
    plot, axes = picture("rounds", "gap that is left (log scale)", width=10.0, height=5.6)
    for (name, runs), look in zip(methods.items(), looks(methods), strict=True):
        low, middle, high = (np.asarray(runs[part], float) for part in ("low", "median", "high"))
        number = np.arange(1, len(middle) + 1)
        axes.fill_between(number, low, high, color=look.colour, alpha=0.12, lw=0)
        axes.plot(number, middle, color=look.colour, ls=look.stroke, lw=2.8, label=name)
    _gap_axis(axes, 1e-4)
    axes.set_xlim(1, None)
    legend_above(axes, 3)
    ends = ", ".join(f"{name} {runs['median'][-1]:.2%}" for name, runs in methods.items())
    plot.alt = (
        f"The gap to the best common model by round, on a log scale. After {len(number)} rounds "
        f"is left, in the median: {ends}."
    )
    return plot


def mixes_and_gap(shares: ArrayLike, gaps: Mapping[str, ArrayLike]) -> Plot:
    """On the left which diagnoses each clinic sees, on the right the gap by round.

    `shares` is (clinics, diagnoses), rows that sum to 1. `gaps` maps names of up to six ways to
    learn to the gap after each round.
    """
    mix = np.asarray(shares, float)
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(12.0, 5.0, layout=None)
    left = plot.add_axes((0.075, 0.14, 0.36, 0.70))
    right = plot.add_axes((0.54, 0.14, 0.44, 0.70))
    dress(left, "share of the clinic's patients", "clinic")
    start = np.zeros(len(mix))
    for number, fill in enumerate(fills(mix[0])):
        left.barh(
            np.arange(1, len(mix) + 1), mix[:, number], left=start, height=0.8,
            color=fill.colour, hatch=fill.hatch, ec="white", label=f"{number + 1}",
        )  # fmt: skip
        start = start + mix[:, number]
    left.set(xlim=(0, 1), ylim=(len(mix) + 0.6, 0.4))
    left.set_yticks(range(1, len(mix) + 1))
    left.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    left.legend(
        title="diagnosis", title_fontsize=TEXT, loc="lower center", bbox_to_anchor=(0.5, 1.0),
        ncols=5, fontsize=TEXT, frameon=False, columnspacing=1.0, handlelength=1.2,
    )  # fmt: skip
    dress(right, "rounds", "gap that is left (log scale)")
    for (name, gap), look in zip(gaps.items(), looks(gaps), strict=True):
        left_over = np.asarray(gap, float)
        right.plot(
            np.arange(1, len(left_over) + 1), left_over, color=look.colour, ls=look.stroke, lw=3,
            label=name,
        )  # fmt: skip
    _gap_axis(right, 1e-3)
    right.set_xlim(1, None)
    legend_above(right, 2)
    ends = ", ".join(f"{name} {np.asarray(gap)[-1]:.2%}" for name, gap in gaps.items())
    plot.alt = (
        f"Left: the diagnoses of {len(mix)} clinics; the most frequent one takes "
        f"{mix.max(axis=1).mean():.0%} of a clinic's patients on average. Right: the gap by round, "
        f"which ends at: {ends}."
    )
    return plot


def _gap_axis(axes: Axes, lowest: float) -> None:
    axes.set_yscale("log")
    axes.set_ylim(lowest, 1.5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    axes.minorticks_off()


# --- what noise hides ---------------------------------------------------------------------------


def accuracy_against_epsilon(by_size: Mapping[str, Mapping[str, Any]]) -> Plot:
    """Accuracy on new patients against the epsilon promised, a line a size.

    `by_size` maps up to six names, for example "300 clients", to ``{"epsilon", "accuracy",
    "without"}``: two sequences, and the accuracy without noise, which stands at the right edge.
    """
    plot, axes = picture(
        "epsilon promised (log scale)", "correct, new patients", width=10.0, height=5.4
    )
    axes.set_xscale("log")
    for (name, row), look in zip(by_size.items(), looks(by_size), strict=True):
        axes.plot(
            row["epsilon"], row["accuracy"], color=look.colour, ls=look.stroke, marker=look.mark,
            ms=9, lw=2.8, label=name,
        )  # fmt: skip
        axes.plot(
            0.97, row["without"], look.mark, color=look.colour, ms=11, mfc="white", mew=2,
            transform=axes.get_yaxis_transform(), clip_on=False,
        )  # fmt: skip
    axes.set_xlim(right=2 * max(max(row["epsilon"]) for row in by_size.values()))
    plain_log_ticks(axes.xaxis)
    axes.yaxis.set_major_locator(MultipleLocator(0.05))
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
    legend_above(axes, 4)
    listed = "; ".join(
        f"{name} {row['accuracy'][0]:.0%} at epsilon {row['epsilon'][0]:g}, "
        f"{row['accuracy'][-1]:.0%} at {row['epsilon'][-1]:g}, {row['without']:.0%} without noise"
        for name, row in by_size.items()
    )
    plot.alt = f"Accuracy on new patients against the epsilon promised. {listed}."
    return plot


def two_worlds(z: float, cohort: float, move: float, accuracies: Mapping[str, float], mark: str,
               epsilon: float) -> Plot:  # fmt: skip
    """On the left one round with and without a client, on the right what the promise costs.

    Args:
        z: the noise over what one client can move.
        cohort: clients expected in a round.
        move: how far the mean of the updates moves the model, in clips.
        accuracies: by name of a size, at this epsilon.
        mark: the name of the size shown on the left.
        epsilon: what is promised over all rounds.
    """
    plot = Plot(12.0, 5.0, layout=None)
    left = plot.add_axes((0.07, 0.14, 0.45, 0.74))
    right = plot.add_axes((0.66, 0.14, 0.31, 0.74))
    dress(left, "mean update of a round (clips)", "likelihood (highest is 1)")
    spread = z / cohort
    at = np.linspace(-0.9, 1.5, 601)
    for name, centre, look in zip(
        ("with the client", "without"), (move, move - 1 / cohort), looks("ab"), strict=True
    ):
        height = norm.pdf(at, centre, spread) / norm.pdf(0, 0, spread)
        left.plot(at, height, color=look.colour, ls=look.stroke, lw=3, label=name)
    left.axvline(0, color=GREY, lw=1.5)
    write(left, "stand still", (0, 1.04), (-6, 0), ha="right", va="top", color=GREY,
          path_effects=white_rim())  # fmt: skip
    left.set(xlim=(at[0], at[-1]), ylim=(0, 1.08))
    legend_above(left, 2)
    dress(right, f"correct at epsilon {epsilon:g}", "")
    for row, (name, accuracy) in enumerate(accuracies.items()):
        chosen = name == mark
        right.barh(
            row, accuracy, height=0.65, color=BLUE if chosen else SILVER,
            hatch="" if chosen else "//", ec="white",
        )  # fmt: skip
        write(right, f"{accuracy:.0%}", (accuracy, row), (-6, 0), ha="right", va="center",
              color=BLACK, path_effects=white_rim())  # fmt: skip
    name_rows(right, list(accuracies))
    right.set_xlim(0, 1)
    right.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    plot.alt = (
        f"Left: the noisy mean of a round with {cohort:g} clients expected, as two bells: one with "
        f"a client, one without. Each is {spread:.3f} clips wide and they lie {1 / cohort:.3f} "
        f"apart; the step itself is {move:.2f} long. Right: accuracy at epsilon {epsilon:g}: "
        + ", ".join(f"{name} {accuracy:.0%}" for name, accuracy in accuracies.items())
        + f"; marked is {mark}."
    )
    return plot


# --- the edge -----------------------------------------------------------------------------------


def sending_curves(curves: Mapping[str, tuple[ArrayLike, ArrayLike]], device: float) -> Plot:
    """Accuracy against the bytes that a camera sends up, a line a rule.

    `curves` maps up to six names to (share of all bytes, share of correct answers), each (points,).
    `device` is the share of correct answers with nothing sent.
    """
    plot, axes = picture("share of all bytes that is sent", "correct answers", height=5.0)
    axes.axhline(device, color=GREY, lw=2, ls=":", label="nothing sent")
    for (name, (share, right)), look in zip(curves.items(), looks(curves), strict=True):
        axes.plot(share, right, color=look.colour, ls=look.stroke, lw=3, label=name)
    axes.yaxis.set_major_locator(MultipleLocator(0.05))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, 0, " %"))
    axes.set_xlim(0, 1)
    legend_above(axes, 3)
    tops = "; ".join(
        f"{name} at most {np.max(right):.1%}, at {np.asarray(share)[np.argmax(right)]:.0%} of the "
        "bytes"
        for name, (share, right) in curves.items()
    )
    plot.alt = (
        f"Correct answers against the share of bytes sent to the cloud. With nothing sent "
        f"{device:.1%}; {tops}."
    )
    return plot
