"""The pictures of the module: a radar of skills, a path to a role, chains of decisions in euros.

Every function returns a `Plot` with its alternative text. Numbers are computed elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from labkit.pictures.palette import BLUE, GREEN, GREY, LABEL, ORANGE, SILVER, TEXT, VERMILION, fills
from labkit.pictures.plot import Plot, legend_above, name_rows, picture, write
from labkit.trends.career_capstone.world.skills import Module

if TYPE_CHECKING:
    from matplotlib.projections.polar import PolarAxes


def radar(own: Mapping[str, float], asked: Sequence[str], role: str) -> Plot:
    """What a learner has reached of each module, from 0 to 1, against what a role asks for."""
    plot = Plot(7.4, 6.6)
    axes = cast("PolarAxes", plot.add_subplot(projection="polar"))
    names = list(own)
    turn = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    wanted = np.array([float(name in asked) for name in names])
    axes.bar(turn, wanted, width=2 * np.pi / len(names) * 0.8, color=SILVER, alpha=0.6, label=role)
    reached = np.array(list(own.values()))
    axes.plot(
        np.append(turn, turn[0]), np.append(reached, reached[0]), color=BLUE, lw=3, marker="o",
        label="reached so far",
    )  # fmt: skip
    axes.fill(turn, reached, color=BLUE, alpha=0.2)
    axes.set_xticks(turn, [name[:2] for name in names], fontsize=TEXT)
    axes.set_xlabel("module", fontsize=LABEL)
    axes.set_yticks([0.5, 1.0], ["half", "all"], fontsize=TEXT, color=GREY)
    axes.set_ylim(0, 1.05)
    axes.set_rlabel_position(-180 / len(names))
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.06), ncols=2, fontsize=TEXT, frameon=False
    )
    covered = float(reached @ wanted / wanted.sum())
    plot.alt = (
        f"A radar with a spoke for each of {len(names)} modules. {role} asks for "
        f"{int(wanted.sum())} of them: {', '.join(name[:2] for name in asked)}. Of these "
        f"{covered:.0%} is reached so far."
    )
    return plot


def path(steps: Sequence[Module], role: str, hours: float) -> Plot:
    """Modules still to take, one after the other, in hours; a line where the hours end."""
    ends = np.cumsum([step.minutes / 60 for step in steps]) if steps else np.zeros(0)
    plot, axes = picture("hours", "", height=1.9 + 0.42 * max(len(steps), 1), width=9.6)
    inside = int((ends <= hours).sum())
    for place, (step, end) in enumerate(zip(steps, ends, strict=True)):
        length = step.minutes / 60
        colour = BLUE if place < inside else SILVER
        axes.barh(place, length, left=end - length, height=0.6, color=colour)
    axes.axvline(hours, color=VERMILION, lw=2.5, ls="--")
    write(axes, "your hours", (hours, -0.5), (4, 2), color=VERMILION)
    name_rows(axes, [f"{step.name[:2]} {step.title}" for step in steps] or ["nothing left"])
    axes.set_xlim(0, max([hours * 1.25, *ends * 1.05]))
    total = ends[-1] if len(ends) else 0.0
    plot.alt = (
        f"Bars one after the other: {len(steps)} modules on the way to {role}, {total:.0f} hours "
        f"in all. In {hours:.0f} hours {inside} of them are done"
        + (f", the first is {steps[0].title}." if steps else "; nothing is left to do.")
    )
    return plot


def chains(euros: Mapping[str, Mapping[str, float]]) -> Plot:
    """What a year brings, a row a chain of decisions."""
    names = list(euros)
    plot, axes = picture(
        "thousand € a year, expected", "", width=9.6, height=1.8 + 0.5 * len(names)
    )
    sums = [euros[name]["sum"] / 1_000 for name in names]
    colours = [GREEN] + [ORANGE if one > 0 else VERMILION for one in sums[1:]]
    axes.barh(range(len(names)), sums, height=0.6, color=colours)
    axes.axvline(0, color=GREY, lw=1.5)
    name_rows(axes, names)
    axes.set_xlim(min([*sums, 0]) * 1.15 - 1.2, max(sums) * 1.15 + 1.2)
    for place, one in enumerate(sums):
        write(
            axes, f"{one:.1f}", (one, place), (5 if one > 0 else -5, 0),
            va="center", ha="left" if one > 0 else "right",
        )  # fmt: skip
    said = "; ".join(f"{name} {one:.1f}" for name, one in zip(names, sums, strict=True))
    plot.alt = f"Bars of what a year brings in thousand euros, one a chain of decisions: {said}."
    return plot


def balance(parts: Mapping[str, float], best: float) -> Plot:
    """What offers, parts and the fine bring in a year, their sum, and the oracle's sum."""
    plot, axes = picture("thousand € a year, expected", "", height=4.2)
    names = {
        "offers": "offers add",
        "parts": "parts missing or left over",
        "regions": "fine for a region left out",
        "sum": "together",
    }
    for place, ((key, _), fill) in enumerate(zip(names.items(), fills(names), strict=True)):
        axes.barh(
            place, parts[key] / 1_000, height=0.6, color=fill.colour, hatch=fill.hatch,
            edgecolor="white",
        )  # fmt: skip
    axes.axvline(best / 1_000, color=GREEN, lw=3, ls="--", label="the oracle, together")
    axes.axvline(0, color=GREY, lw=1.5)
    name_rows(axes, list(names.values()))
    axes.set_xlim(-30, 12)
    axes.set_xlabel("thousand € a year, expected", fontsize=LABEL)
    legend_above(axes, 1)
    plot.alt = (
        f"Bars in thousand euros: offers add {parts['offers'] / 1_000:.1f}, parts cost "
        f"{-parts['parts'] / 1_000:.1f}, the fine is {-parts['regions'] / 1_000:.1f}; together "
        f"{parts['sum'] / 1_000:.1f}. The oracle reaches {best / 1_000:.1f}."
    )
    return plot
