"""The Monday report: what four branches send, with the mess that such files have.

`write_report` puts records into a file as an office would send it. The kinds of mess:

1. UTF-8 or Windows-1252, 2. a byte-order mark or none, 3. semicolons or commas between cells,
4. a decimal comma or point, 5. points, commas or narrow spaces for thousands, 6. dates with the day
first, with the month first, or ISO, 7. columns in another order, 8. title lines above the header,
9. the header once more in the middle, 10. a row of totals at the end, 11. the same record in two
files, written in another way there, 12. a late correction with a higher version, 13. minus before,
minus behind, or brackets, 14. cents, thousands of euros and dollars beside euros, 15. amounts that
nobody knows, 16. branches in capitals or with spaces around, 17. records of other weeks, 18. a row
above the header whose cells were merged over several columns.

Files with semicolons have the decimal comma and the day first, files with commas the decimal point
and the month first. How to read them is left to whoever calls.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

COLUMNS = ("id", "version", "date", "branch", "amount", "unit")
UNITS = {"EUR": 100, "ct": 1, "TEUR": 100_000, "USD": 100}
"""Hundredths of a euro, or of a dollar, in one."""

UNKNOWN = ("", "?", "n/a")


def write_report(
    rng: np.random.Generator,
    records: Sequence[Mapping[str, Any]],
    mark: str,
    encoding: str,
    titled: bool = True,
) -> bytes:
    """Write records as a branch's file.

    Args:
        rng: chooses among the kinds of mess.
        records: each has ``id``, ``version``, ``date`` (ISO), ``branch``, ``hundredths`` of a euro
            or dollar (None where nobody knows) and ``unit``, one of `UNITS`.
        mark: between cells, ";" or ",".
        encoding: "utf-8", "utf-8-sig" or "cp1252".
        titled: whether lines with a title stand above the header.
    """
    names = [str(name) for name in rng.permutation(COLUMNS)]
    rows = [[_cells(rng, record, mark == ";")[name] for name in names] for record in records]
    rows.insert(len(rows) // 2, names)
    total = {"id": "", "branch": "Total", "amount": f"{rng.integers(1_000, 9_000)}", "unit": "EUR"}
    text = io.StringIO()
    if titled:
        text.write(f"Weekly report of the branch\nprinted by machine {rng.integers(1, 9)}\n\n")
    writer = csv.writer(text, delimiter=mark, lineterminator="\n")
    if titled:
        writer.writerow(_merged(names))
    writer.writerows([names, *rows, [total.get(name, "") for name in names]])
    return text.getvalue().encode(encoding)


def _merged(names: Sequence[str]) -> list[str]:
    """Titles over groups of columns; of a merged cell the first has the text, the others none."""
    groups = ["Money" if name in ("amount", "unit") else "Record" for name in names]
    before = ["", *groups]
    return [group if group != last else "" for group, last in zip(groups, before, strict=False)]


def _cells(rng: np.random.Generator, record: Mapping[str, Any], comma: bool) -> dict[str, str]:
    day = date.fromisoformat(record["date"])
    local = f"{day:%d.%m.%Y}" if comma else f"{day:%m/%d/%Y}"
    branch = record["branch"]
    spelled = (branch, branch.upper(), f" {branch} ")
    return {
        "id": str(record["id"]),
        "version": str(record["version"]),
        "date": str(rng.choice([local, local, day.isoformat()])),
        "branch": spelled[int(rng.integers(3))],
        "amount": _amount(rng, record["hundredths"], record["unit"], comma),
        "unit": record["unit"],
    }


def _amount(rng: np.random.Generator, hundredths: int | None, unit: str, comma: bool) -> str:
    if hundredths is None:
        return str(rng.choice(UNKNOWN))
    places = {"EUR": 2, "USD": 2, "TEUR": 3, "ct": 0}[unit]
    text = f"{abs(hundredths) / UNITS[unit]:,.{places}f}"
    if comma:
        thousands = str(rng.choice([".", "\N{NO-BREAK SPACE}"]))
        text = text.replace(",", "_").replace(".", ",").replace("_", thousands)
    if hundredths < 0:
        return (f"-{text}", f"{text}-", f"({text})")[int(rng.integers(3))]
    return text
