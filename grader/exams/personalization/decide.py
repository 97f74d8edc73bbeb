"""Task `decide`: which of several ways to run the service is worth most, within a risk that is set.

Every entry is an independent draw; judging is left to the checks.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until

CASES = 6
ENTRIES = 10


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has the arguments ``table`` and ``prices``; ``best``, the name of the right entry; and
    ``traps``, those that known mistakes choose, all of them others.
    """
    return {
        "cases": [
            until(
                partial(_case, rng),
                partial(_apart, shows=("level of 90 %", "level of 99 %")[place % 2]),
                "every mistake apart from the best",
                tries=4_000,
            )
            for place in range(CASES)
        ]
    }


def worth(entry: dict[str, Any], prices: dict[str, float]) -> float:
    """Euros a viewer and month."""
    return float(prices["minute"] * entry["minutes"] - prices["lost"] * entry["leave"] / 100)


def _case(rng: np.random.Generator) -> dict[str, Any]:
    prices = {
        "minute": round(float(rng.uniform(0.004, 0.008)), 4),
        "lost": round(float(rng.uniform(60, 120)), 0),
        "cap": round(float(rng.uniform(0.56, 0.6)), 3),
    }
    names = [str(name) for name in rng.permutation(list("abcdefghijklmnop"))[:ENTRIES]]
    table: list[dict[str, Any]] = []
    for name in names:
        epsilon = round(float(np.exp(rng.uniform(np.log(0.3), np.log(30)))), 2)
        baits = rng.uniform(0, 1)
        attack = 0.5 + 0.08 * np.log1p(epsilon) / np.log(31) * 2 + rng.normal(0, 0.015)
        table.append(
            {
                "name": name,
                "epsilon": epsilon,
                "minutes": round(900 + 250 * baits + 60 * np.log1p(epsilon) + rng.normal(0, 60)),
                "leave": round(float(3 + 3 * baits + rng.normal(0, 0.5)), 2),
                "attack": round(float(attack), 3),
                "attack_error": round(float(rng.uniform(0.004, 0.03)), 3),
            }
        )
    case: dict[str, Any] = {"table": table, "prices": prices}

    def best(rows: list[dict[str, Any]]) -> str:
        return str(max(rows, key=lambda row: worth(row, prices))["name"]) if rows else ""

    def within(errors: float) -> list[dict[str, Any]]:
        return [r for r in table if r["attack"] + errors * r["attack_error"] <= prices["cap"]]

    upper, measured = within(1.96), within(0.0)
    case["best"] = best(upper)
    case["traps"] = {
        "no cap": best(table),
        "no error": best(measured),
        "level of 90 %": best(within(1.645)),
        "level of 99 %": best(within(2.576)),
        "smallest epsilon": min(table, key=lambda row: row["epsilon"])["name"],
        "weakest attack": min(table, key=lambda row: row["attack"])["name"],
        "most minutes": max(upper, key=lambda row: row["minutes"])["name"] if upper else "",
        "fewest leave": min(upper, key=lambda row: row["leave"])["name"] if upper else "",
        "per cent as share": max(
            upper, key=lambda row: prices["minute"] * row["minutes"] - prices["lost"] * row["leave"]
        )["name"]
        if upper
        else "",
    }
    case["lead"] = _lead(upper, prices)
    return case


def _lead(rows: list[dict[str, Any]], prices: dict[str, float]) -> float:
    """By how many euros the best entry is ahead of the second."""
    worths = sorted((worth(row, prices) for row in rows), reverse=True)
    return worths[0] - worths[1] if len(worths) > 1 else 0.0


def _apart(case: dict[str, Any], shows: str) -> bool:
    """Mistakes show in every case, a wrong level of the interval in every other one."""
    seldom = {"per cent as share", "level of 90 %", "level of 99 %"} - {shows}
    traps = {name: found for name, found in case["traps"].items() if name not in seldom}
    return case["lead"] > 0.05 and case["best"] not in traps.values()
