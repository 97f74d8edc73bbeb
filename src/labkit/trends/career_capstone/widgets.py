"""Two explorations: the path to a role, and a year whose decisions one takes by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np

from labkit.pictures.explorer import Explorer, choice, decimal, whole
from labkit.pictures.plot import Plot
from labkit.trends.career_capstone.plots import balance, path
from labkit.trends.career_capstone.world import skills, year

DONE = 0.5
"""Share of a module from which on it counts as done here, as a certificate asks."""


def explore_path(progress: Mapping[str, Any]) -> Explorer:
    """The role that one wants, and the hours that one has; what is done is left out.

    Args:
        progress: the learner's own file, empty for somebody who begins.
    """
    reached = skills.reached(progress)
    done = tuple(name for name, share in reached.items() if share >= DONE)
    return Explorer(
        partial(_path, done),
        {
            "role": choice("role", "Data scientist", list(skills.OCCUPATIONS)),
            "hours": whole("hours you have", 20, 2, 60),
        },
    )


def _path(done: tuple[str, ...], role: str, hours: int) -> Plot:
    return path(skills.path(role, done), role, hours)


def explore_year() -> Explorer:
    """To how many the plan is offered, by what, the parts ordered, and the week of noticing."""
    return Explorer(
        _year,
        {
            "by": choice("offers go to", "whom an offer adds most", list(RANKINGS)),
            "share": decimal("share of customers", 0.25, 0.0, 1.0, 0.05),
            "parts": whole("parts ordered", 600, 0, 1_200),
            "noticed": whole("competitor noticed in week", 0, 0, year.WEEKS),
        },
    )


RANKINGS = ("whom an offer adds most", "the same, region by region", "who brings most")


@cache
def _drawn() -> tuple[year.Year, float]:
    drawn = year.draw_year(1)
    return drawn, year.balance(drawn, *year.oracle(drawn))["sum"]


def _year(by: str, share: float, parts: int, noticed: int) -> Plot:
    drawn, best = _drawn()
    return balance(year.balance(drawn, offers_by(drawn, by, share, noticed), parts), best)


def offers_by(drawn: year.Year, by: str, share: float, noticed: int = 0) -> year.Flags:
    """Offers to a share of the customers, those who come first in one of `RANKINGS`."""
    value = drawn.usual if by == RANKINGS[2] else drawn.worth(noticed)
    within = drawn.region if by == RANKINGS[1] else np.zeros_like(drawn.region)
    first = np.zeros(len(value), bool)
    for one in np.unique(within):
        group = np.flatnonzero(within == one)
        first[group] = value[group].argsort().argsort() >= len(group) * (1 - share)
    return first
