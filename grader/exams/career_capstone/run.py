"""Task `run`: deliveries of one ledger, in any order, and figures that must not move."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CASES = 3


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``files``, names and texts; ``again``, the same rows in files of other names, order and
    size; ``swapped``, where two orders have each other's amount; ``seeds``; ``rows``, ``mean``,
    ``low`` and ``high``, the exact figures (ends of a bootstrap of 100,000 draws); ``error``, the
    standard error of the mean; and ``traps``, means that known mistakes lead to.
    """
    return {"cases": [_case(rng) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    orders = int(rng.integers(60, 110))
    names = rng.choice(9_000, size=orders, replace=False) + 1_000
    rows = []
    for name in names:
        versions = int(rng.choice([1, 1, 1, 2, 3]))
        amount = float(rng.gamma(2.0, 40.0))
        for version in range(1, versions + 1):
            # Corrections lower what was booked first, so that old versions are no small mistake.
            rows.append((f"A{name}", version + int(rng.integers(0, 2)) * 8 * (version == versions),
                         round(amount * 0.7**version, 2)))  # fmt: skip
    twice = [rows[place] for place in rng.choice(len(rows), size=len(rows) // 5, replace=False)]
    delivered = rows + twice
    current = _current(rows)
    one, other = (str(name) for name in rng.choice(sorted(current), size=2, replace=False))
    swap = {(one, current[one][0]): current[other][1], (other, current[other][0]): current[one][1]}
    swapped = [
        (name, version, swap.get((name, version), amount)) for name, version, amount in delivered
    ]
    amounts = np.array([amount for _, amount in current.values()])
    case: dict[str, Any] = {
        "files": _files(rng, delivered),
        "again": _files(rng, delivered),
        "swapped": _files(rng, swapped),
        "seeds": rng.choice(10_000, size=2, replace=False).tolist(),
        "rows": len(amounts),
        "mean": float(amounts.mean()),
        "error": float(amounts.std(ddof=1) / np.sqrt(len(amounts))),
    }
    case["low"], case["high"] = _ends(rng, amounts)
    case["traps"] = _mistakes(rows, delivered)
    return case


def _ends(rng: np.random.Generator, amounts: NDArray[np.float64]) -> tuple[float, float]:
    """Ends of the middle 95 % of the means of draws with replacement."""
    means = np.concatenate(
        [rng.choice(amounts, size=(5_000, len(amounts))).mean(axis=1) for _ in range(20)]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _current(rows: list[tuple[str, int, float]]) -> dict[str, tuple[int, float]]:
    """The highest version of each order, with its amount."""
    found: dict[str, tuple[int, float]] = {}
    for name, version, amount in rows:
        if name not in found or version > found[name][0]:
            found[name] = (version, amount)
    return found


def _files(rng: np.random.Generator, rows: list[tuple[str, int, float]]) -> dict[str, str]:
    """The rows in any order, in a few files whose names say nothing."""
    shuffled = [rows[place] for place in rng.permutation(len(rows))]
    parts = int(rng.integers(3, 6))
    return {
        f"{rng.integers(10**6)}": "order,version,amount\n"
        + "".join(f"{name},{version},{amount}\n" for name, version, amount in shuffled[part::parts])
        for part in range(parts)
    }


def _mistakes(
    rows: list[tuple[str, int, float]], delivered: list[tuple[str, int, float]]
) -> dict[str, float]:
    first: dict[str, tuple[int, float]] = {}
    for name, version, amount in rows:
        if name not in first or version < first[name][0]:
            first[name] = (version, amount)
    by_text: dict[str, tuple[str, float]] = {}
    for name, version, amount in rows:
        if name not in by_text or str(version) > by_text[name][0]:
            by_text[name] = (str(version), amount)
    return {
        "delivered twice": float(np.mean([amount for *_, amount in delivered])),
        "old versions": float(np.mean([amount for *_, amount in rows])),
        "first version": float(np.mean([amount for _, amount in first.values()])),
        "versions as texts": float(np.mean([amount for _, amount in by_text.values()])),
    }
