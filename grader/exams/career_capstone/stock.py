"""Task `stock`: parts for those who buy the plan, in winters that hit all of them at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.exercise.drawing import until

Floats = NDArray[np.float64]
RATIOS = ((0.92, 0.975), (0.92, 0.975), (0.04, 0.12), (0.04, 0.12))
"""Where the share of the cost of a missing part lies: above the middle, and below it."""

APART = 0.03
"""What every mistake costs at least above the least cost: three times what the judge allows."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has the task's arguments; ``costs``, the expected cost of 0, 1, … parts; ``least``, the
    lowest of them; and ``traps``, quantities of known mistakes.
    """
    return {
        "cases": [
            until(partial(_case, rng, RATIOS[kind]), _apart, "mistakes that cost enough")
            for kind in rng.permutation(len(RATIOS))
        ]
    }


def _case(rng: np.random.Generator, ratios: tuple[float, float]) -> dict[str, Any]:
    offers = int(rng.integers(15, 31))
    mild, hard = float(rng.uniform(0.6, 0.8)), float(rng.uniform(1.4, 1.9))
    chance = float(rng.uniform(0.15, 0.3))
    over = round(float(rng.uniform(4, 20)), 2)
    ratio = rng.uniform(*ratios)
    case: dict[str, Any] = {
        "chances": rng.beta(2.0, 3.0, size=offers).round(3).tolist(),
        "rate": round(float(rng.uniform(5, 8)), 2),
        "base": round(float(rng.uniform(5, 12)), 1),
        "winters": [[round(1 - chance, 3), round(mild, 2)], [round(chance, 3), round(hard, 2)]],
        "short": round(over * ratio / (1 - ratio), 2),
        "over": over,
    }
    case["winters"] = [case["winters"][place] for place in rng.permutation(2)]
    sizes, chances = demand(case)
    costs = expected_cost(case, sizes, chances)
    case["least"] = float(costs.min())
    case["costs"] = costs.round(3).tolist()
    case["traps"] = _mistakes(case)
    return case


def buyers(chances: list[float]) -> Floats:
    """Chances of 0, 1, … buyers, when each buys with a chance of their own."""
    found: NDArray[Any] = np.ones(1)
    for chance in chances:
        found = np.convolve(found, [1 - chance, chance])
    return found


def demand(case: dict[str, Any], bought: Floats | None = None) -> tuple[Floats, Floats]:
    """Numbers of parts, and the chance of each: a mixture over winters and buyers.

    ``bought`` replaces the distribution of the number of buyers.
    """
    bought = buyers(case["chances"]) if bought is None else bought
    most = len(bought) - 1
    hardest = max(factor for _, factor in case["winters"])
    mean = hardest * (case["base"] + case["rate"] * most)
    parts = np.arange(int(mean + 8 * np.sqrt(mean)) + 10)
    found = np.zeros(len(parts))
    known = np.flatnonzero(bought > 1e-12)
    for chance, factor in case["winters"]:
        means = factor * (case["base"] + case["rate"] * known)
        found += chance * bought[known] @ stats.poisson.pmf(parts, means[:, None])
    return parts.astype(float), found


def expected_cost(case: dict[str, Any], parts: Floats, chances: Floats) -> Floats:
    """Expected cost of each quantity in `parts` (consecutive whole numbers from 0)."""
    below = np.cumsum(chances)
    left_over = np.r_[0.0, np.cumsum(below)[:-1]]
    mean = parts @ chances
    return case["over"] * left_over + case["short"] * (mean - parts + left_over)


def best(case: dict[str, Any], parts: Floats, chances: Floats) -> int:
    """The least quantity whose chance of no shortage reaches the ratio of the costs."""
    ratio = case["short"] / (case["short"] + case["over"])
    return int(parts[np.searchsorted(np.cumsum(chances), ratio)])


def _mistakes(case: dict[str, Any]) -> dict[str, int]:
    """Quantities that known mistakes lead to."""
    ratio = case["short"] / (case["short"] + case["over"])
    all_buy = np.eye(len(case["chances"]) + 1)[-1]
    nobody = np.ones(1)
    factor = sum(chance * size for chance, size in case["winters"])
    mean = factor * (case["base"] + case["rate"] * sum(case["chances"]))
    even = case | {"winters": [[1.0, factor]]}
    alike = case | {"winters": [[0.5, size] for _, size in case["winters"]]}
    parts, chances = demand(case)
    spread = float(np.sqrt(chances @ (parts - mean) ** 2))
    swapped = case | {"short": case["over"], "over": case["short"]}
    found = {
        "mean": round(mean),
        "last year": best(case, *demand(case, nobody)),
        "offers are sales": best(case, *demand(case, all_buy)),
        "one winter": best(even, *demand(even)),
        "winters alone": round(_winter(case, ratio) * mean / factor),
        "known buyers": _mixed(case, ratio),
        "normal": round(mean + spread * float(stats.norm.ppf(ratio))),
        "swapped": best(swapped, parts, chances),
        "without base": best(case | {"base": 0.0}, *demand(case | {"base": 0.0})),
    }
    # Below the middle, the hard winter hardly counts.
    return found | {"winters alike": best(alike, *demand(alike))} if ratio > 0.5 else found


def _winter(case: dict[str, Any], ratio: float) -> float:
    """The factor that is enough in so large a share of winters."""
    winters = sorted(case["winters"], key=lambda winter: float(winter[1]))
    below = np.cumsum([chance for chance, _ in winters])
    return float(winters[min(int(np.searchsorted(below, ratio)), len(winters) - 1)][1])


def _mixed(case: dict[str, Any], ratio: float) -> int:
    """The quantity for as many buyers as are expected, in either winter."""
    mean = case["base"] + case["rate"] * sum(case["chances"])
    parts = np.arange(len(case["costs"]))
    below = sum(share * stats.poisson.cdf(parts, size * mean) for share, size in case["winters"])
    return int(np.argmax(below >= ratio))


def _apart(case: dict[str, Any]) -> bool:
    costs = np.array(case["costs"])
    traps = list(case["traps"].values())
    if len(set(traps)) < len(traps):
        return False
    return all(
        quantity >= len(costs) or costs[quantity] > (1 + APART) * case["least"]
        for quantity in traps
    )
