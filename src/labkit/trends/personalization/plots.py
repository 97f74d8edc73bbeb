"""The pictures of the module: a session, weights, what policies earn, what a promise is worth.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike

from labkit.pictures.palette import BLACK, BLUE, GREY, ORANGE, SILVER, looks
from labkit.pictures.plot import Plot, dress, legend_above, name_rows, picture, write


def coverage(effective: Sequence[float], held: Mapping[str, Sequence[float]]) -> Plot:
    """How often 95 % intervals hold the truth, against the effective share of the log."""
    plot, axes = picture(
        "effective sample, share of the visits", "intervals that hold the truth", height=4.8
    )
    for (name, shares), look in zip(held.items(), looks(held), strict=True):
        axes.plot(effective, shares, color=look.colour, ls=look.stroke, marker=look.mark, ms=8,
                  lw=2.8, label=name)  # fmt: skip
    axes.axhline(0.95, color=GREY, ls=":", lw=2)
    axes.set_xscale("log")
    axes.set_xticks([0.02, 0.05, 0.1, 0.2, 0.5])
    axes.minorticks_off()
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, 0, " %"))
    axes.set_ylim(0.5, 1.02)
    legend_above(axes, 2)
    plot.alt = "How often 95 % intervals hold the truth, by the effective share of the log. " + (
        "; ".join(
            f"{name}: {shares[0]:.0%} at {effective[0]:.1%}, {shares[-1]:.0%} at "
            f"{effective[-1]:.1%}"
            for name, shares in held.items()
        )
        + "."
    )
    return plot


def batches(earned: Mapping[str, Sequence[float]]) -> Plot:
    """Items watched per visit, batch by batch, for each way to serve."""
    plot, axes = picture("batch of 100 visits", "items watched per visit", width=10.0, height=5.2)
    for (name, line), look in zip(earned.items(), looks(earned), strict=True):
        at = np.arange(1, len(line) + 1)
        axes.plot(at, line, color=look.colour, ls=look.stroke, marker=look.mark, markevery=4, ms=8,
                  lw=2.6, label=name)  # fmt: skip
    axes.set_ylim(0)
    legend_above(axes, 3)
    plot.alt = "Items watched per visit, in the first and the last batch. " + "; ".join(
        f"{name}: {line[0]:.2f} and {line[-1]:.2f}" for name, line in earned.items()
    ) + "."  # fmt: skip
    return plot


def shares(found: Mapping[str, Sequence[float]], unit: str) -> Plot:
    """One row for each way: the median over worlds, and the span from the least to the most."""
    plot, axes = picture(unit, "", width=10.0, height=5.0)
    for row, values in enumerate(found.values()):
        axes.plot([min(values), max(values)], [row, row], color=SILVER, lw=7, zorder=1)
        middle = float(np.median(values))
        axes.plot(middle, row, "o", color=BLUE, mec=BLACK, ms=12)
        write(axes, f"{middle:.0%}", (middle, row), (0, 10), ha="center")
    name_rows(axes, list(found))
    axes.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axes.set_xlim(0, 1.03)
    worlds = len(next(iter(found.values())))
    plot.alt = f"{unit}, median and span over {worlds} worlds: " + "; ".join(
        f"{name} {np.median(values):.0%} ({min(values):.0%} to {max(values):.0%})"
        for name, values in found.items()
    ) + "."  # fmt: skip
    return plot


def privacy(
    epsilon: Sequence[float], use: Sequence[float], audit: Mapping[str, Sequence[float]]
) -> Plot:
    """On the left what private counts are still good for, on the right what an audit measures."""
    plot = Plot(12.0, 5.2)
    left, right = plot.subplots(1, 2)
    dress(left, "epsilon promised", "clicks, share of those without noise")
    left.plot(epsilon, use, color=BLUE, marker="o", ms=9, lw=2.8)
    left.yaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
    dress(right, "epsilon promised", "epsilon measured, at least")
    right.plot(epsilon, epsilon, color=GREY, ls=":", lw=2.5, label="kept up to here")
    for (name, told), look in zip(audit.items(), looks(audit), strict=True):
        right.plot(epsilon, told, color=look.colour, ls=look.stroke, marker=look.mark, ms=8, lw=2.6,
                   label=name)  # fmt: skip
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xticks(epsilon, [f"{one:g}" for one in epsilon])
        axes.minorticks_off()
    right.set_yscale("symlog", linthresh=0.1)
    right.set_yticks([0, 0.1, 1, 10], ["0", "0.1", "1", "10"])
    right.set_ylim(-0.01, 14)
    legend_above(right, 2)
    one = list(epsilon).index(1.0)
    plot.alt = (
        f"Left: at epsilon {epsilon[0]:g}, 1 and {epsilon[-1]:g} private counts keep {use[0]:.0%}, "
        f"{use[one]:.0%} and {use[-1]:.0%} of the clicks. Right: at a promised epsilon of 1 the "
        "audit measures at least "
        + ", ".join(f"{told[one]:.2f} ({name})" for name, told in audit.items())
        + "."
    )
    return plot


def log_weights(weights: ArrayLike, truth: float, estimate: float, margin: float) -> Plot:
    """On the left how the weight of a log is shared out, on the right the estimate it gives.

    Args:
        weights: (visits,), how much each visit counts for the new policy.
        truth: clicks per visit under the new policy.
        estimate: by inverse propensity scores.
        margin: half of its 95 % interval.
    """
    found = np.sort(np.asarray(weights, float))[::-1]
    effective = found.sum() ** 2 / (found**2).sum()
    plot = Plot(12.0, 4.8, layout=None)
    left = plot.add_axes((0.08, 0.16, 0.44, 0.68))
    right = plot.add_axes((0.62, 0.16, 0.34, 0.68))
    dress(left, "visits, the heaviest first", "share of the whole weight")
    at = np.arange(1, len(found) + 1) / len(found)
    left.plot(at, found.cumsum() / found.sum(), color=BLUE, lw=3)
    left.set(xlim=(0, 1), ylim=(0, 1.02))
    for axis in (left.xaxis, left.yaxis):
        axis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    dress(right, "clicks per visit", "")
    right.errorbar(estimate, 1, xerr=margin, fmt="o", color=BLUE, ms=11, lw=3, capsize=7)
    right.plot(truth, 0, "D", color=ORANGE, mec=BLACK, ms=12)
    name_rows(right, ["truth", "estimate"])
    right.invert_yaxis()
    right.set_xlim(0, 0.8)
    plot.suptitle(
        f"effective sample: {effective:,.0f} of {len(found):,} visits", x=0.3, y=0.96, fontsize=14
    )
    top = found[: max(len(found) // 100, 1)].sum() / found.sum()
    plot.alt = (
        f"The heaviest hundredth of the visits carries {top:.1%} of the weight; the log is worth "
        f"{effective:,.1f} of {len(found):,} visits. It estimates {estimate:.3f} ± {margin:.3f} "
        f"clicks per visit; the truth is {truth:.3f}."
    )
    return plot


def live_session(
    moods: Mapping[str, float], scores: Mapping[str, tuple[float, float, float]], epsilon: str
) -> Plot:
    """On the left the moods of the viewer now, on the right what each genre may be worth.

    Args:
        moods: probability of each mood.
        scores: for each genre the estimate, the bonus, and the true chance.
        epsilon: the promise under which the counts were released, in words.
    """
    plot = Plot(12.0, 5.0, layout=None)
    left = plot.add_axes((0.12, 0.16, 0.27, 0.66))
    right = plot.add_axes((0.50, 0.16, 0.46, 0.66))
    dress(left, "probability", "")
    left.barh(range(len(moods)), list(moods.values()), color=SILVER, ec=BLACK)
    name_rows(left, list(moods))
    left.set_xlim(0, 1)
    left.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    dress(right, "chance that it is watched", "")
    best = max(scores, key=lambda genre: scores[genre][0] + scores[genre][1])
    for row, (_, (estimate, bonus, truth)) in enumerate(scores.items()):
        right.plot([estimate, estimate + bonus], [row, row], color=BLUE, lw=7, alpha=0.6)
        right.plot(estimate, row, "o", color=BLUE, mec=BLACK, ms=11,
                   label="estimate, with bonus" if row == 0 else None)  # fmt: skip
        right.plot(truth, row, "D", color=ORANGE, mec=BLACK, ms=10,
                   label="truth" if row == 0 else None)  # fmt: skip
    name_rows(right, list(scores))
    right.set_xlim(-0.1, 1.3)
    legend_above(right, 2)
    most = max(truth for _, _, truth in scores.values())
    plot.suptitle(
        f"shown: {best}, truly watched {scores[best][2]:.0%} (the best: {most:.0%})", x=0.5, y=0.98,
        fontsize=14,
    )  # fmt: skip
    plot.alt = (
        "Moods: "
        + ", ".join(f"{name} {share:.1%}" for name, share in moods.items())
        + f". Counts released under {epsilon}. Estimate and bonus: "
        + ", ".join(f"{name} {mean:.3f} + {bonus:.3f}" for name, (mean, bonus, _) in scores.items())
        + f". Shown is {best}, which is watched with {scores[best][2]:.0%}; the best genre with "
        f"{most:.0%}."
    )
    return plot
