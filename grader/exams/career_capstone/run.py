"""Task `run`: deliveries of one ledger, in any order, and figures that must not move."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.drawing import until

CASES = 3
Row = tuple[str, int, float]
"""Number of the order, version, amount."""


SKEWED = (0.5, 0.7)
"""Skewness of the mean of a ledger's amounts: few large orders decide it."""

APART = 0.27
"""Standard errors by which a normal interval misses an end at least."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``files``, names and texts; ``again``, the same current orders in files of other names,
    order and size, with other rows delivered twice and fewer old ones; ``others``, by what was
    changed in one or two current orders, files whose fingerprint must be another; ``seeds``;
    ``rows``, ``mean``, ``low`` and ``high``, the exact figures (ends of a bootstrap of 200,000
    draws); ``error``, the standard error of the mean; ``normal``, ends of a normal interval; and
    ``traps``, means that known mistakes lead to.
    """
    return {
        "cases": [
            until(partial(_case, rng), _apart, "ends that no normal interval has")
            for _ in range(CASES)
        ]
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    rows = until(partial(_rows, rng), _skewed, "amounts that are skewed enough", tries=1_000)
    current = _current(rows)
    amounts = np.array([amount for _, amount in current.values()])
    error = float(amounts.std(ddof=1) / np.sqrt(len(amounts)))
    delivered = _delivered(rng, rows)
    mean = float(amounts.mean())
    case: dict[str, Any] = {
        "files": _files(rng, delivered),
        "again": _files(rng, _delivered(rng, _without_some_old(rng, rows))),
        "others": {
            what: _files(rng, _changed(delivered, change))
            for what, change in _changes(rng, current).items()
        },
        "seeds": rng.choice(10_000, size=2, replace=False).tolist(),
        "rows": len(amounts),
        "mean": mean,
        "error": error,
        "normal": [mean - 1.96 * error, mean + 1.96 * error],
    }
    case["low"], case["high"] = _ends(rng, amounts)
    case["traps"] = _mistakes(rows, delivered)
    return case


def _rows(rng: np.random.Generator) -> list[Row]:
    """Orders with their versions; corrections lower what was booked first."""
    rows = []
    for name in rng.choice(8_999, size=int(rng.integers(35, 60)), replace=False) + 1_000:
        versions = int(rng.choice([1, 1, 1, 2, 3]))
        amount = float(rng.gamma(0.3, 200.0)) + 5
        for version in range(1, versions + 1):
            last = int(rng.integers(0, 2)) * 8 * (version == versions)
            rows.append((f"A{name}", version + last, round(amount * 0.7**version, 2)))
    return rows


def _skewed(rows: list[Row]) -> bool:
    """The mean's skewness lies in `SKEWED`, and some cents leave room for `_changes`."""
    current = _current(rows)
    amounts = np.array([amount for _, amount in current.values()])
    skewness = float(((amounts - amounts.mean()) ** 3).mean() / amounts.std() ** 3)
    low, high = SKEWED
    return low < skewness / np.sqrt(len(amounts)) < high and bool(_roomy(current))


def _apart(case: dict[str, Any]) -> bool:
    """Whoever takes the mean for normal misses an end."""
    ends = (case["low"], case["high"])
    off = [abs(end - normal) for end, normal in zip(ends, case["normal"], strict=True)]
    return bool(max(off) > APART * case["error"])


def _delivered(rng: np.random.Generator, rows: list[Row]) -> list[Row]:
    """The rows, a fifth of them twice."""
    twice = rng.choice(len(rows), size=len(rows) // 5, replace=False)
    return rows + [rows[place] for place in twice]


def _without_some_old(rng: np.random.Generator, rows: list[Row]) -> list[Row]:
    """The rows without half of the versions that were replaced."""
    current = _current(rows)
    return [row for row in rows if row[1] == current[row[0]][0] or rng.uniform() < 0.5]


def _roomy(current: dict[str, tuple[int, float]]) -> list[str]:
    """Orders whose amount has room for a cent that neither euros nor tenths show."""
    return sorted(
        name for name, (_, amount) in current.items() if round(amount * 100) % 10 in (1, 2, 6, 7)
    )


def _changes(
    rng: np.random.Generator, current: dict[str, tuple[int, float]]
) -> dict[str, dict[Row, Row]]:
    """By what is changed: rows, and what stands in their place."""
    one, other = (str(name) for name in rng.choice(sorted(current), size=2, replace=False))
    (version, amount), (version_2, amount_2) = current[one], current[other]
    # The next number, so that what sorts by number puts the order where it was.
    moved = str(rng.choice([name for name in sorted(current) if _next(name) not in current]))
    cent = str(rng.choice(_roomy(current)))
    version_3, amount_3 = current[cent]
    return {
        "two orders have each other's amount": {
            (one, version, amount): (one, version, amount_2),
            (other, version_2, amount_2): (other, version_2, amount),
        },
        "one order has a version more": {(one, version, amount): (one, version + 1, amount)},
        "one order has another number": {(moved, *current[moved]): (_next(moved), *current[moved])},
        "one amount is a cent higher": {
            (cent, version_3, amount_3): (cent, version_3, round(amount_3 + 0.01, 2))
        },
    }


def _next(name: str) -> str:
    """The number after an order's."""
    return f"A{int(name[1:]) + 1}"


def _changed(rows: list[Row], change: dict[Row, Row]) -> list[Row]:
    """The rows with some replaced; an order that gets another number gets it in all its rows."""
    names = {old[0]: new[0] for old, new in change.items()}
    return [change.get(row, (names.get(row[0], row[0]), *row[1:])) for row in rows]


def _ends(rng: np.random.Generator, amounts: NDArray[np.float64]) -> tuple[float, float]:
    """Ends of the middle 95 % of the means of draws with replacement."""
    means = np.concatenate(
        [rng.choice(amounts, size=(5_000, len(amounts))).mean(axis=1) for _ in range(40)]
    )
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _current(rows: list[Row]) -> dict[str, tuple[int, float]]:
    """The highest version of each order, with its amount."""
    found: dict[str, tuple[int, float]] = {}
    for name, version, amount in rows:
        if name not in found or version > found[name][0]:
            found[name] = (version, amount)
    return found


def _files(rng: np.random.Generator, rows: list[Row]) -> dict[str, str]:
    """The rows in any order, in a few files whose names say nothing."""
    shuffled = [rows[place] for place in rng.permutation(len(rows))]
    parts = int(rng.integers(3, 6))
    return {
        f"{rng.integers(10**6)}": "order,version,amount\n"
        + "".join(f"{name},{version},{amount}\n" for name, version, amount in shuffled[part::parts])
        for part in range(parts)
    }


def _mistakes(rows: list[Row], delivered: list[Row]) -> dict[str, float]:
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
