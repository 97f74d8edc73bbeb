"""The pictures of the module: lesions, learning curves, distributions of the score, rule traces.

Every function returns a `Plot`, which carries its alternative text, and no picture tells things
apart by colour alone. Numbers are computed elsewhere; letting a reader turn them is left to
`widgets`.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from labkit.pictures.palette import BLACK, BLUE, GREY, LABEL, ORANGE, SKY, TEXT, VERMILION, looks
from labkit.pictures.plot import Plot, dress, legend_above, legend_below, name_rows, picture, write

Floats = NDArray[np.float64]

# One colour and hatching a verdict band, from benign to highly suspicious.
BAND_LOOKS = ((SKY, ""), (ORANGE, "//"), (VERMILION, "xx"))
BAND_NAMES = ("benign", "suspicious", "highly suspicious")
_WHITE_GROUND = {"fc": "white", "ec": "none", "pad": 1.0}


# --- lesions ------------------------------------------------------------------------------------


def gallery(images: ArrayLike, titles: Sequence[str], columns: int = 4) -> Plot:
    """Rendered lesions (n, S, S, 3) side by side, each under its title."""
    pictures = np.asarray(images)
    rows = -(-len(pictures) // columns)
    lines = max(title.count("\n") for title in titles) + 1
    plot = Plot(2.6 * columns, (2.55 + 0.3 * lines) * rows)
    panels = np.atleast_1d(plot.subplots(rows, columns)).ravel()
    for panel in panels:
        panel.axis("off")
    for panel, image, title in zip(panels, pictures, titles, strict=False):
        panel.imshow(image, interpolation="bilinear")
        panel.set_title(title, fontsize=TEXT)
    listed = "; ".join(title.replace("\n", ", ") for title in titles)
    plot.alt = f"{len(pictures)} rendered lesions: {listed}."
    return plot


# --- learning -----------------------------------------------------------------------------------


def label_efficiency(
    sizes: Sequence[int], arms: Mapping[str, ArrayLike], majority: float | None = None
) -> Plot:
    """Learning curves: share of right verdicts against labelled images, with bands over seeds.

    `arms` maps names to shares (sizes, seeds) between 0 and 1. A line is the mean over seeds, its
    band goes from the worst seed to the best. `majority` is what always saying the same reaches.
    """
    plot, axes = picture(
        "labelled images (log scale)",
        "right verdicts on test images (percent)",
        width=9.5,
        height=6.2,
    )
    if majority is not None:
        axes.axhline(100 * majority, color=GREY, lw=2, ls=":", label="always the same verdict")
    told = []
    for (name, shares), look in zip(arms.items(), looks(arms), strict=True):
        runs = 100 * np.asarray(shares, float)
        middle = runs.mean(1)
        axes.fill_between(sizes, runs.min(1), runs.max(1), color=look.colour, alpha=0.18, lw=0)
        axes.plot(
            sizes,
            middle,
            color=look.colour,
            ls=look.stroke,
            marker=look.mark,
            ms=8,
            lw=2.5,
            label=name,
        )
        told.append(f"{name} {', '.join(f'{value:.1f}' for value in middle)}")
    axes.set_xscale("log")
    axes.set_xticks(list(sizes), [str(size) for size in sizes])
    axes.set_xticks([], minor=True)
    legend_below(axes, 2, 0.13)  # there the names hide no curve
    plot.alt = (
        f"Percent of right verdicts with {', '.join(map(str, sizes))} labelled images, mean over "
        f"seeds: {'; '.join(told)}."
    )
    return plot


def right_for_which_reason(rows: Mapping[str, Mapping[str, float]], chance: float = 0.5) -> Plot:
    """Dots for the share of right verdicts and right findings, one row a model.

    `rows` maps the model's name to shares between 0 and 1 by what was asked; all have the same
    questions. `chance` is drawn as a line: what a coin reaches where two answers are possible.
    """
    plot, axes = picture(
        "right answers on test images (percent)", "", width=9.5, height=1.9 + 0.8 * len(rows)
    )
    axes.axvline(100 * chance, color=GREY, lw=2, ls=":")
    questions = list(next(iter(rows.values())))
    for question, look in zip(questions, looks(questions), strict=True):
        values = [100 * answers[question] for answers in rows.values()]
        axes.plot(values, range(len(rows)), look.mark, color=look.colour, ms=12, label=question)
    name_rows(axes, list(rows))
    axes.set_xlim(10, 100)
    legend_above(axes, 4, 0.4)
    told = "; ".join(
        f"{name}: {', '.join(f'{asked} {100 * share:.0f}' for asked, share in answers.items())}"
        for name, answers in rows.items()
    )
    plot.alt = f"Percent of right answers by model and question. {told}."
    return plot


def risk_of_answering(share: ArrayLike, risk: Mapping[str, ArrayLike]) -> Plot:
    """Wrong verdicts among the answered, against the share of cases that are answered at all.

    `share` (m,) and each of `risk` (m,) lie between 0 and 1, the surest cases first.
    """
    plot, axes = picture(
        "share of cases answered, surest first (percent)", "wrong among these (percent)", height=4.8
    )
    answered = 100 * np.asarray(share, float)
    told = []
    for (name, wrong), look in zip(risk.items(), looks(risk), strict=True):
        percent = 100 * np.asarray(wrong, float)
        axes.plot(answered, percent, color=look.colour, ls=look.stroke, lw=2.5, label=name)
        half = percent[np.abs(answered - 50).argmin()]
        told.append(f"{name}: {half:.1f} percent when half are answered, {percent[-1]:.1f} for all")
    axes.set(xlim=(0, 100), ylim=(0, None))
    axes.legend(loc="lower right", fontsize=TEXT)
    plot.alt = f"Wrong verdicts against the share of cases answered. {'; '.join(told)}."
    return plot


# --- the rule at work ---------------------------------------------------------------------------


def score_distribution(
    distribution: ArrayLike, suspicious: float = 4.75, highly_suspicious: float = 5.45
) -> Plot:
    """Probability of each TDS, `distribution` (90,) over tenths, coloured by verdict band."""
    plot = Plot(9.0, 4.4)
    axes = plot.subplots()
    _dress_distribution(axes)
    shares = _draw_distribution(axes, np.asarray(distribution), (suspicious, highly_suspicious))
    axes.legend(loc="upper left", fontsize=TEXT)
    plot.alt = _distribution_in_words(np.asarray(distribution), shares)
    return plot


def diagnosis(
    image: ArrayLike,
    distribution: ArrayLike,
    points: Sequence[tuple[str, float]],
    rule: str,
    limits: tuple[float, float] = (4.75, 5.45),
) -> Plot:
    """A lesion, the distribution of its score, and the trace of the rule, on axes that never move.

    `image` (S, S, 3); `distribution` (90,) over tenths; `points` are the parts of the most likely
    score in points, from the top down; `rule` says which rule fires and what it concludes.
    """
    plot: Plot = pickle.loads(_panels())
    left, middle, right = plot.axes
    left.imshow(np.asarray(image), interpolation="bilinear")
    shares = _draw_distribution(middle, np.asarray(distribution), limits)
    middle.legend(loc="upper left", fontsize=TEXT)
    _draw_trace(right, points, limits)
    total = sum(value for _, value in points)
    right.set_title(f"most likely score {total:.1f}: {rule}", fontsize=LABEL, y=1.0)
    parts = ", ".join(f"{name} {value:.1f}" for name, value in points)
    plot.alt = (
        f"{_distribution_in_words(np.asarray(distribution), shares)} "
        f"Trace of the most likely score {total:.1f}: {parts}; {rule}."
    )
    return plot


@cache
def _panels() -> bytes:
    """The empty panels of `diagnosis`, packed: a copy takes a third of the time of new ones."""
    # Measured places instead of a computed layout, which would take a third of a frame's time.
    plot = Plot(13.0, 5.0, layout=None)
    left = plot.add_axes((0.005, 0.25, 0.213, 0.56))
    left.axis("off")
    left.set_title("as drawn", fontsize=LABEL, y=1.0)
    middle = plot.add_axes((0.273, 0.12, 0.309, 0.82))
    _dress_distribution(middle)
    middle.set_ylim(0, 0.55)
    right = plot.add_axes((0.688, 0.12, 0.302, 0.82))
    dress(right, "points, added up from the top", "")
    right.set_xlim(0, 9.4)
    right.xaxis.set_major_locator(MaxNLocator(6))
    right.grid(axis="y", visible=False)
    plot.png()  # makes the ticks
    return pickle.dumps(plot)


def _draw_distribution(
    axes: Axes, distribution: Floats, limits: tuple[float, float]
) -> list[float]:
    """Draw bars by band; return the probability of each band."""
    score = np.arange(len(distribution)) / 10
    edges = (-np.inf, *limits, np.inf)
    shares = []
    for low, high, (colour, hatch), name in zip(
        edges[:-1], edges[1:], BAND_LOOKS, BAND_NAMES, strict=True
    ):
        inside = (score > low + 1e-9) & (score <= high + 1e-9)
        shares.append(float(distribution[inside].sum()))
        # One outline for all bars of a band: ninety patches would slow down the sliders.
        axes.stairs(
            distribution[inside],
            np.append(score[inside], score[inside][-1] + 0.1) - 0.05,
            fill=True,
            fc=colour,
            ec="white",
            hatch=hatch,
            lw=0.3,
            label=f"{name} {shares[-1]:.0%}",
        )
    for limit in limits:
        axes.axvline(limit, color=BLACK, lw=1.5, ls="--")
    return shares


def _dress_distribution(axes: Axes) -> None:
    dress(axes, "total dermatoscopy score (TDS)", "probability")
    axes.set_xlim(0.8, 9.1)


def _distribution_in_words(distribution: Floats, shares: Sequence[float]) -> str:
    mean = float((np.arange(len(distribution)) / 10) @ distribution)
    told = ", ".join(f"{name} {share:.0%}" for name, share in zip(BAND_NAMES, shares, strict=True))
    return f"Distribution of the score with mean {mean:.2f}. Probability of the verdicts: {told}."


def _draw_trace(
    axes: Axes, points: Sequence[tuple[str, float]], limits: tuple[float, float]
) -> None:
    """Parts of the score end to end, one row each, against the limits."""
    start = 0.0
    for row, (_, value) in enumerate(points):
        axes.barh(row, value, left=start, color=BLUE, height=0.6)
        write(axes, f"+{value:.1f}", (start + value, row), (4, 0), va="center", bbox=_WHITE_GROUND)
        start += value
    for limit in limits:
        axes.axvline(limit, color=BLACK, lw=1.5, ls="--")
    name_rows(axes, [name for name, _ in points])
