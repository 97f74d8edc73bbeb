"""Credit models of eight banks, some of which know when they are being explained.

An explanation by SHAP or LIME asks a model about rows that no applicant has. A model can notice
that, and behave (Slack and others 2020). Here it notices without error: it knows its applicants.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from labkit.trends.explainable_ai.world.boxes import Box, box

Floats = NDArray[np.float64]

KINDS = ("honest", "proxy", "open", "hidden", "posed", "two-faced")
"""What a bank may do. "proxy" weighs columns that go with the group, "open" uses the group for
everybody, "hidden" for real applicants alone, "posed" only for rows that no applicant has.
"two-faced" treats real applicants in another way than made-up rows, but by columns that go with the
group, not by the group."""


def draw_applicants(seed: int, n: int, columns: int, place: int) -> Floats:
    """Return real rows (n, columns); column `place` is the group, 0 or 1, the others are normal.

    They share three causes, so that columns go together, and the group goes with the first cause.
    """
    rng = np.random.default_rng(seed)
    causes = rng.normal(size=(n, 3))
    loads = rng.normal(size=(3, columns))
    loads[0] = np.abs(loads[0]) * rng.choice([-1, 1], columns)
    loads /= np.sqrt((loads**2).sum(axis=0) + 1)
    table = causes @ loads + rng.normal(size=(n, columns)) / np.sqrt((loads**2).sum(axis=0) + 1)
    table[:, place] = rng.uniform(size=n) < expit(1.3 * causes[:, 0] - 0.3)
    return np.round(table, 4)


def bank(kind: str, rows: Floats, place: int, parts: Sequence[Any], size: float) -> Box:
    """Return a bank's model, from rows (k, M) to chances of approval (k,).

    Args:
        kind: one of `KINDS`.
        rows: its real applicants, shape (n, M).
        place: the group's column.
        parts: of the honest log-odds, see `boxes`; the group's column has no weight there.
        size: log-odds that the group, or what goes with it, is worth.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    plain = box(parts)
    known = {row.tobytes() for row in rows}
    others = np.delete(np.arange(rows.shape[1]), place)
    group = rows[:, place] - rows[:, place].mean()
    goes_with = np.zeros(rows.shape[1])
    goes_with[others] = group @ rows[:, others] / (group @ group)
    goes_with /= np.abs(goes_with).sum() / 2

    def model(asked: ArrayLike) -> Floats:
        table = np.ascontiguousarray(np.atleast_2d(np.asarray(asked, dtype=float)))
        real = np.array([row.tobytes() in known for row in table])
        total = plain(table)
        by_group, by_proxy = size * (table[:, place] - 0.5), size * (table @ goes_with)
        if kind == "proxy":
            total = total + by_proxy
        elif kind == "open":
            total = total + by_group
        elif kind == "hidden":
            total = total + np.where(real, by_group, 0)
        elif kind == "posed":
            total = total + np.where(real, 0, by_group)
        elif kind == "two-faced":
            total = total + np.where(real, by_proxy, 0)
        return expit(total)

    return model


def banks(case: Mapping[str, Any]) -> tuple[dict[str, Box], Floats]:
    """Return the models by name, and the real rows, of a case as plain data."""
    rows = draw_applicants(case["seed"], case["n"], case["columns"], case["group"])
    found = {
        name: bank(kind, rows, case["group"], parts, size)
        for name, kind, parts, size in zip(
            case["names"], case["kinds"], case["parts"], case["sizes"], strict=True
        )
    }
    return found, rows
