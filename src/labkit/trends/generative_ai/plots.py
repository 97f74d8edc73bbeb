"""The pictures of the module: models, prompts, next tokens, masks, codes, flows, seen items.

Every function returns a `Plot` with its alternative text. Numbers are computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.pictures.palette import BLUE, GREEN, GREY, ORANGE, SILVER, TEXT, VERMILION, looks
from labkit.pictures.plot import Plot, legend_above, name_rows, picture, write

Floats = NDArray[np.float64]


def model_map(points: Sequence[Mapping[str, Any]]) -> Plot:
    """Share of records that are right against megabytes, in known words and in new ones.

    Args:
        points: each with ``name``, ``megabytes``, ``seen`` and ``held_out`` (shares).
    """
    plot, axes = picture("megabytes (log scale)", "records that are right (%)", height=5.6)
    for key, marker, colour, label in (
        ("seen", "o", BLUE, "tickets in known words"),
        ("held_out", "D", VERMILION, "tickets in new words"),
    ):
        axes.plot(
            [point["megabytes"] for point in points],
            [100 * point[key] for point in points],
            marker,
            color=colour,
            ms=12,
            label=label,
        )
    for point in points:
        ends = 100 * np.array([point["seen"], point["held_out"]])
        axes.plot([point["megabytes"]] * 2, ends, color=SILVER, lw=2, zorder=0)
        if not point.get("quiet"):
            left = point["megabytes"] > 10
            write(
                axes,
                point["name"],
                (point["megabytes"], float(ends.max())),
                (-12 if left else 12, 4),
                ha="right" if left else "left",
            )
    axes.set_xscale("log")
    axes.set_ylim(-4, 112)
    legend_above(axes, 2)
    said = "; ".join(
        f"{point['name']}, {point['megabytes']:.2g} MB: {100 * point['seen']:.0f} % in known "
        f"words, {100 * point['held_out']:.0f} % in new words"
        for point in points
    )
    plot.alt = f"Right records against the size of a model. {said}."
    return plot


def prompts(rows: Sequence[tuple[str, float, float, float]]) -> Plot:
    """A row a prompt: its share of right answers with both ends of an interval."""
    plot, axes = picture("tickets whose component is right (%)", "", height=1.2 + 0.42 * len(rows))
    for place, (_, share, low, high) in enumerate(rows):
        axes.plot([100 * low, 100 * high], [place, place], color=SILVER, lw=5, zorder=0)
        axes.plot(100 * share, place, "o", color=BLUE, ms=10)
    axes.set_xlim(-2, None)
    name_rows(axes, [row[0] for row in rows])
    said = "; ".join(f"{name} {100 * share:.0f} %" for name, share, _, _ in rows)
    plot.alt = f"Tickets whose component is right, with 95 % intervals by customer: {said}."
    return plot


def next_tokens(free: Mapping[str, float], allowed: Sequence[str], temperature: float) -> Plot:
    """What may be written next: chances without a schema, and under it, at a temperature.

    Args:
        free: log-probabilities of the likeliest tokens.
        allowed: those that a schema leaves.
        temperature: log-probabilities are divided by it.
    """
    names = list(free)
    powers = np.exp((np.array(list(free.values())) - max(free.values())) / temperature)
    shares = powers / powers.sum()
    kept = np.array([name in allowed for name in names])
    under = powers * kept / max(float(powers[kept].sum()), 1e-300)
    shown = np.argsort(-np.maximum(shares, under), kind="stable")[:10]
    plot, axes = picture("chance (%)", "", height=5.2)
    rows = np.arange(len(shown))
    axes.barh(rows - 0.2, 100 * shares[shown], 0.4, color=ORANGE, label="free")
    axes.barh(rows + 0.2, 100 * under[shown], 0.4, color=BLUE, hatch="//", label="under the schema")
    axes.set_xlim(0, 100)
    name_rows(axes, [repr(names[place])[1:-1] for place in shown])
    legend_above(axes, 2)
    first, best = names[int(shares.argmax())], names[int(under.argmax())]
    plot.alt = (
        f"Bars of chances of the next token at temperature {temperature:.2g}. Free, {first!r} "
        f"leads with {100 * shares.max():.1f} %; under the schema, {best!r} with "
        f"{100 * under.max():.1f} %."
    )
    return plot


def two_ways(chances: Mapping[str, Mapping[str, float]]) -> Plot:
    """Chances of valid texts, a group of bars a text and a bar a way to write them."""
    texts = list(next(iter(chances.values())))
    plot, axes = picture("chance (%)", "", height=3.6)
    for place, ((name, shares), colour, hatch) in enumerate(
        zip(chances.items(), (ORANGE, BLUE), ("", "//"), strict=True)
    ):
        axes.barh(
            np.arange(len(texts)) + 0.4 * place - 0.2,
            [100 * shares[text] for text in texts],
            0.4,
            color=colour,
            hatch=hatch,
            label=name,
        )
    axes.set_xlim(0, 100)
    name_rows(axes, texts)
    legend_above(axes, 2)
    said = "; ".join(
        f"{name}: " + ", ".join(f"{text} {100 * share:.0f} %" for text, share in shares.items())
        for name, shares in chances.items()
    )
    plot.alt = f"Chances of the valid texts, written in two ways. {said}."
    return plot


def bits_and_error(bits: Sequence[int], errors: Mapping[str, ArrayLike]) -> Plot:
    """Relative error of a layer's outputs by bits, a line a way to choose the codes."""
    plot, axes = picture("bits of a weight", "error of the outputs (%, log scale)", height=4.6)
    for (name, values), look in zip(errors.items(), looks(list(errors)), strict=True):
        axes.plot(
            bits,
            100 * np.asarray(values, float),
            color=look.colour,
            ls=look.stroke,
            marker=look.mark,
            lw=3,
            ms=9,
            label=name,
        )
    axes.set_yscale("log")
    axes.set_xticks(list(bits))
    legend_above(axes, 2)
    said = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{100 * value:.2g} % with {bit} bits"
            for bit, value in zip(bits, np.asarray(values, float), strict=True)
        )
        for name, values in errors.items()
    )
    plot.alt = f"Lines fall with the number of bits. {said}."
    return plot


def drawn_digits(rows: Mapping[str, Floats], off: Mapping[str, float]) -> Plot:
    """Rows of images of 8 by 8 pixels, each with how far it is from where the flow leads."""
    names = list(rows)
    count = len(next(iter(rows.values())))
    plot = Plot(9.0, 1.35 * len(names) + 0.3, layout=None)
    for place, name in enumerate(names):
        for column, image in enumerate(rows[name][:count]):
            axes = plot.add_axes(
                (0.23 + 0.76 * column / count, 1 - (place + 0.95) / len(names),
                 0.74 / count, 0.86 / len(names))
            )  # fmt: skip
            axes.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
            axes.set_axis_off()
        middle = 1 - (place + 0.5) / len(names)
        plot.text(0.21, middle, f"{name}\noff by {off[name]:.2f}", size=TEXT, ha="right",
                  va="center")  # fmt: skip
    said = ", ".join(f"{name} by {off[name]:.2f}" for name in names)
    plot.alt = (
        f"{len(names)} rows of {count} digits drawn from the same noise. From where the flow leads "
        f"they are off, in grey levels of a pixel: {said}."
    )
    return plot


def seen_items(reference: Floats, target: Floats, seen: NDArray[np.bool_], line: Floats) -> Plot:
    """Scores of items under two models, the seen ones marked, and the line of fresh items."""
    plot, axes = picture("score with a model that saw none", "score with the model", height=5.0)
    axes.plot(reference[~seen], target[~seen], "o", color=GREY, ms=6, label="not seen")
    axes.plot(reference[seen], target[seen], "D", color=VERMILION, ms=7, label="seen in training")
    ends = np.array([reference.min(), reference.max()])
    axes.plot(ends, np.polyval(line, ends), color=GREEN, lw=3, label="line of fresh items")
    legend_above(axes, 3)
    over = target - np.polyval(line, reference)
    plot.alt = (
        f"{len(seen)} items, {int(seen.sum())} of them seen. Seen items lie "
        f"{over[seen].mean():.2f} above the line of fresh items on average, the others "
        f"{over[~seen].mean():.2f}."
    )
    return plot
