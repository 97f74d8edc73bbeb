"""Daily tables of applicants, and what breaks them on the way; what to notice is left to others.

A reference table covers many days, a batch one new day. A batch that is fine differs all the same:
incomes rise a little, the largest value is larger than ever, a small region appears for the first
time, a few values are missing. Columns belong together: who earns more pays a lower rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

NUMBERS = ("income", "rate", "age")
FAULTS = (
    "cents", "some cents", "sentinel", "swapped", "missing", "doubled", "stale", "spelled", "text",
    "frozen", "time zone", "misjoined",
)  # fmt: skip
"""Kinds of faults; each breaks one column, "swapped" two."""


@dataclass(frozen=True)
class Applicants:
    """Who applies at a bank.

    Attributes:
        income: median, euros a month.
        rate: mean interest rate, per cent.
        age: mean age, years.
        hour: mean hour of day at which people apply.
        regions: their names, common ones first; the last is new in batches.
    """

    income: float
    rate: float
    age: float
    hour: float
    regions: tuple[str, ...]


def draw_table(
    rng: np.random.Generator, who: Applicants, rows: int, days: tuple[int, int], growth: float = 0.0
) -> pd.DataFrame:
    """Draw a table: id, day, hour, income (€), rate (%), age (years), region.

    Args:
        rng: moves on.
        who: the bank's applicants.
        rows: number of applications.
        days: first and last day, as numbers.
        growth: share by which incomes are higher than in the reference.
    """
    known = who.regions[:-1] if days[0] < days[1] else who.regions
    weights = np.array([1.0] * (len(who.regions) - 1) + [0.03])[: len(known)]
    table = pd.DataFrame({
        "id": [f"A{number}" for number in rng.choice(10**9, rows, replace=False)],
        "day": rng.integers(days[0], days[1] + 1, rows),
        "hour": rng.normal(who.hour, 1.5, rows).round().clip(0, 23).astype(int),
        "income": (who.income * (1 + growth) * rng.lognormal(0, 0.5, rows)).round(2),
        "rate": rng.gamma(9, who.rate / 9, rows).round(3),
        "age": rng.normal(who.age, 10, rows).clip(18, 90).round().astype(int),
        "region": rng.choice(known, rows, p=weights / weights.sum()),
    })  # fmt: skip
    # Who earns more pays a lower rate (a rank correlation of about -0.8); the rates stay the same.
    rank = (table["rate"] / table["income"]).argsort().argsort()
    table["rate"] = np.sort(table["rate"])[rank]
    for name in ("income", "rate"):
        table.loc[rng.random(rows) < 0.02, name] = np.nan
    return table


def spoil(
    rng: np.random.Generator, table: pd.DataFrame, fault: str, column: str
) -> tuple[pd.DataFrame, set[str]]:
    """Return the table with one fault, and the names of the columns that it breaks.

    Args:
        rng: says which rows are hit, where not all are.
        table: a batch, not changed.
        fault: one of `FAULTS`.
        column: one of `NUMBERS`, for the faults that may hit any of them.

    Raises:
        ValueError: there is no such fault.
    """
    bad, some = table.copy(), rng.random(len(table)) < 0.25
    if fault == "cents":
        bad["income"] = table["income"] * 100
    elif fault == "some cents":
        bad.loc[some, "income"] = table.loc[some, "income"] * 100
    elif fault == "sentinel":
        bad.loc[rng.random(len(table)) < 0.15, column] = -999
    elif fault == "swapped":
        other = NUMBERS[(NUMBERS.index(column) + 1) % 3]
        bad[column], bad[other] = table[other], table[column]
        return bad, {column, other}
    elif fault == "missing":
        bad[column] = table[column].astype(float).mask(rng.random(len(table)) < 0.4)
    elif fault == "doubled":
        bad = pd.concat([table, table.iloc[::2]], ignore_index=True)
    elif fault == "stale":
        bad["day"] = table["day"] - 1
    elif fault == "spelled":
        bad.loc[some, "region"] = table.loc[some, "region"].str.upper() + " "
    elif fault == "text":
        bad[column] = [f"{value} " for value in table[column]]
    elif fault == "frozen":
        bad[column] = table[column].median()
    elif fault == "time zone":
        bad["hour"] = (table["hour"] + 5) % 24
    elif fault == "misjoined":
        bad["rate"] = rng.permutation(table["rate"])
    else:
        raise ValueError(f"there is no fault '{fault}'; choose from {', '.join(FAULTS)}")
    where = {
        "cents": "income", "some cents": "income", "doubled": "id", "stale": "day",
        "spelled": "region", "time zone": "hour", "misjoined": "rate",
    }  # fmt: skip
    return bad, {where.get(fault, column)}
