"""Task `monday_report`: files of four branches, with all kinds of mess in every case.

The reference knows the records before they are written, so it reads nothing. Judging is left to the
checks.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from labkit.trends.intelligent_agents.world.reports import write_report

CASES = 2
BRANCHES = ("Köln", "Zürich", "Malmö", "Nîmes", "Tromsø", "Besançon", "Orléans", "Lübeck")
BEYOND = ("Šibenik", "Žilina", "Šiauliai", "Žatec", "Žabljak")
"""Windows-1252 has a letter of theirs where Latin-1 has none."""
FORMS = (
    (";", "utf-8-sig", True),
    (";", "cp1252", True),
    (",", "utf-8", True),
    (",", "utf-8-sig", False),  # so the byte-order mark stands before the header
)
MONDAYS = tuple(date(2026, month, day) for month, day in ((3, 2), (5, 4), (6, 1), (8, 3), (10, 5)))
"""Of weeks whose days could also be read as months."""

Record = dict[str, Any]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``files``, by name, as Latin-1 text of their bytes; ``week``, first and last day;
    ``rates``; ``totals``, pairs of branch and cents; ``open``, the ids whose amount nobody knows;
    and ``traps``, the totals that known mistakes lead to, in the order of the branches.
    """
    return {"cases": [_case(rng) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    monday = MONDAYS[int(rng.integers(len(MONDAYS)))]
    branches = [str(name) for name in rng.choice(BRANCHES, len(FORMS), replace=False)]
    branches[1] = str(rng.choice(BEYOND))
    rate = round(float(rng.uniform(0.8, 0.97)), 2)
    numbers = iter(rng.permutation(np.arange(1_000, 9_999)).tolist())
    written: list[list[Record]] = [[] for _ in FORMS]
    newest: list[Record] = []
    everything: list[Record] = []

    def record(place: int, unit: str = "EUR", shift: int | None = None) -> Record:
        day = monday + timedelta(int(rng.integers(7)) if shift is None else shift)
        sign = -1 if rng.random() < 0.5 else 1  # often, so that each way to write it occurs
        size = {
            "EUR": int(rng.integers(120_000, 900_000)),
            "ct": int(rng.integers(1_000, 90_000)),
            "TEUR": 100 * int(rng.integers(1_100, 9_900)),
            "USD": 100 * int(rng.integers(1_100, 9_000)),
        }[unit]
        return {
            "id": f"B{next(numbers)}",
            "version": int(rng.integers(1, 10)),
            "date": day.isoformat(),
            "branch": branches[place],
            "hundredths": sign * size,
            "unit": unit,
        }

    def add(place: int, one: Record, current: bool = True) -> None:
        written[place].append(one)
        everything.append(one)
        if current:
            newest.append(one)

    for place in range(len(FORMS)):
        other = (place + 1 + int(rng.integers(3))) % len(FORMS)
        for unit in ("EUR", "EUR", "ct", "TEUR", "USD"):
            add(place, record(place, unit))
        for shift in (0, 6):
            add(place, record(place, shift=shift))
        for shift in (-1, 7):
            add(place, record(place, shift=shift))
        same = record(place)
        add(place, same)
        add(other, dict(same), current=False)
        # Corrected: as number the tenth version is newer than the ninth, as text it is not.
        early = record(place) | {"version": 9}
        add(place, early, current=False)
        add(other, {**early, **_new_amount(rng), "version": 10})
        for shift in (int(rng.integers(7)), -1, 7):  # those of other weeks are not open
            add(place, record(place, shift=shift) | {"hundredths": None})
        # Corrections of the date: out of the week, and into it.
        for old, new in ((6, 7), (-1, 0)):
            moved = record(place, shift=old)
            add(place, moved, current=False)
            day = (monday + timedelta(new)).isoformat()
            add(other, moved | {"version": moved["version"] + 1, "date": day})
        # Unknown at first, known later; and one that was known and is in doubt now.
        for before, after in ((None, 1), (1, None)):
            first = record(place)
            second = {**first, "version": first["version"] + 1}
            for one, known in ((first, before), (second, after)):
                one["hundredths"] = None if known is None else one["hundredths"] or 150_000
            second["hundredths"] = None if after is None else int(rng.integers(120_000, 300_000))
            add(place, first, current=False)
            add(other, second)
    files = {}
    for place, ((mark, encoding, titled), records) in enumerate(zip(FORMS, written, strict=True)):
        shuffled = [records[int(k)] for k in rng.permutation(len(records))]
        text = write_report(rng, shuffled, mark, encoding, titled)
        files[f"report_{place + 1}.csv"] = text.decode("latin-1")
    days = [monday.isoformat(), (monday + timedelta(6)).isoformat()]
    totals = _totals(newest, branches, days, rate)
    return {
        "files": files,
        "week": days,
        "rates": {"USD": rate},
        "totals": [list(pair) for pair in totals.items()],
        "open": sorted(
            one["id"]
            for one in newest
            if one["hundredths"] is None and days[0] <= one["date"] <= days[1]
        ),
        "traps": {
            "all": list(_totals(everything, branches, days, rate).values()),
            "weeks": list(_totals(newest, branches, ["", "9"], rate).values()),
            "dollars": list(_totals(newest, branches, days, 1.0).values()),
        },
    }


def _new_amount(rng: np.random.Generator) -> Record:
    return {"hundredths": int(rng.integers(120_000, 900_000)), "unit": "EUR"}


def _totals(
    records: list[Record], branches: list[str], days: list[str], rate: float
) -> dict[str, int]:
    """Cents by branch, of what is known and lies in the week."""
    totals = {branch.lower(): 0.0 for branch in branches}
    for one in records:
        if one["hundredths"] is not None and days[0] <= one["date"] <= days[1]:
            factor = rate if one["unit"] == "USD" else 1.0
            totals[one["branch"].lower()] += factor * one["hundredths"]
    return {branch: round(cents) for branch, cents in totals.items()}
