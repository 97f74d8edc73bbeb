"""Task `fair_offer`: the most profitable offers under a limit, with no region left out."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from labkit.exercise.drawing import until

Floats = NDArray[np.float64]
BINDS = (True, True, False, False)
"""Whether the limit on offers binds; where it does not, spending it all costs money."""

APART = 0.985
"""Every known mistake that keeps the rules earns at most this share of the best profit."""

BETWEEN = 0.995
"""What two rates earn at most in one of the cases, however they are chosen (see `two_rates`)."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has the task's ``worth``, ``people``, ``most`` and ``bound``; ``best``, the programme's
    profit; and ``traps``, profits of known mistakes.
    """
    return {
        "cases": [
            until(
                partial(_case, rng, BINDS[kind]),
                partial(_apart, BINDS[kind], kind == 0),
                "mistakes apart from the best",
            )
            for kind in rng.permutation(len(BINDS))
        ]
    }


def _case(rng: np.random.Generator, binds: bool) -> dict[str, Any]:
    segments, regions = int(rng.integers(5, 9)), int(rng.integers(3, 6))
    people = rng.integers(20, 400, size=(segments, regions)).astype(float)
    rich = rng.permutation(np.linspace(-9, 9, regions))
    worth = rng.normal(1.0, 9.0, size=(segments, regions)) + rich
    case: dict[str, Any] = {
        "worth": worth.round(2).tolist(),
        "people": people.tolist(),
        "most": int(people.sum()),
        "bound": round(float(rng.uniform(0.04, 0.2)), 3),
    }
    useful = float((reference(case) * people).sum())
    share = rng.uniform(0.4, 0.7) if binds else rng.uniform(1.2, 1.5)
    case["most"] = int(share * useful)
    case["best"] = earned(case, reference(case))
    case["traps"] = {name: earned(case, shares) for name, shares in _mistakes(case, binds).items()}
    return case


def earned(case: dict[str, Any], shares: Floats) -> float:
    """Expected profit of offers to these shares of every cell."""
    return float((np.array(case["worth"]) * np.array(case["people"]) * shares).sum())


def rates(case: dict[str, Any], shares: Floats) -> Floats:
    """Share of each region's customers who get an offer."""
    people = np.array(case["people"])
    return np.asarray((people * shares).sum(axis=0) / people.sum(axis=0))


def reference(case: dict[str, Any], bound: float | None = None) -> Floats:
    """Shares of a linear programme; another bound replaces the case's."""
    people, worth = np.array(case["people"]), np.array(case["worth"])
    segments, regions = people.shape
    bound = case["bound"] if bound is None else bound
    size = people.sum(axis=0)
    rows, limits = [people.ravel()], [float(case["most"])]
    for one in range(regions):
        for other in range(regions):
            if one != other:
                row = np.zeros((segments, regions))
                row[:, one] = people[:, one] / size[one]
                row[:, other] = -people[:, other] / size[other]
                rows.append(row.ravel())
                limits.append(bound)
    found = linprog(-(worth * people).ravel(), A_ub=rows, b_ub=limits, bounds=(0, 1))
    return np.asarray(found.x).reshape(people.shape)


def _mistakes(case: dict[str, Any], binds: bool) -> dict[str, Floats]:
    """Shares that are often tried first, by name."""
    people, worth = np.array(case["people"]), np.array(case["worth"])
    size = people.sum(axis=1)
    mean = (worth * people).sum(axis=1) / size
    blind = fill(mean, size * (mean > 0) + 1e-9, case["most"]) * (mean > 0)
    counts = np.full(people.shape[1], min(case["most"] / people.shape[1], people.sum(axis=0).min()))
    found = {
        "no bound": reference(case, 1.0),
        "no slack": reference(case, 0.0),
        "region dropped": np.repeat(blind[:, None], people.shape[1], axis=1),
        "equal counts": np.column_stack(
            [fill(worth[:, one], people[:, one], counts[one]) for one in range(len(counts))]
        ),
        "same for all": np.full(people.shape, min(case["most"] / people.sum(), 1.0)),
    }
    # Where the limit binds, this is the best policy without slack.
    return found if binds else found | {"limit spent": _one_rate(case)}


def fill(worth: Floats, people: Floats, offers: float) -> Floats:
    """Shares that give so many offers to the best segments first."""
    shares, left = np.zeros(len(worth)), offers
    for place in np.argsort(-worth):
        shares[place] = min(left / people[place], 1.0)
        left -= shares[place] * people[place]
    return shares


def _one_rate(case: dict[str, Any]) -> Floats:
    """Cut each region at the same quantile, at the rate the limit allows."""
    people, worth = np.array(case["people"]), np.array(case["worth"])
    rate = min(case["most"] / people.sum(), 1.0)
    size = people.sum(axis=0)
    return np.column_stack(
        [fill(worth[:, one], people[:, one], rate * size[one]) for one in range(len(size))]
    )


def two_rates(case: dict[str, Any]) -> float:
    """The highest profit of one rate for all regions, to which some may add the bound."""
    people, worth = np.array(case["people"]), np.array(case["worth"])
    size = people.sum(axis=0)
    order = np.argsort(-(worth.clip(0) * people).sum(axis=0) / size)
    best = 0.0
    for low in np.linspace(0, 1 - case["bound"], 50):
        rates = np.full(len(size), low)
        for region in [None, *order]:
            if region is not None:
                rates[region] += case["bound"]
            if rates @ size > case["most"]:
                break
            offers = zip(worth.T, people.T, rates * size, strict=True)
            best = max(best, earned(case, np.column_stack([fill(*one) for one in offers])))
    return best


def _apart(binds: bool, between: bool, case: dict[str, Any]) -> bool:
    """Every mistake breaks a rule clearly, or earns clearly less, and no two earn the same."""
    people = np.array(case["people"])
    values = sorted([case["best"], *case["traps"].values()])
    if case["best"] < 500 or np.diff(values).min() < 1.0:
        return False
    apart = all(
        np.ptp(rates(case, shares)) > case["bound"] + 0.01
        or (people * shares).sum() > 1.01 * case["most"]
        or earned(case, shares) < APART * case["best"]
        for shares in _mistakes(case, binds).values()
    )
    return apart and (not between or two_rates(case) < BETWEEN * case["best"])
