"""Judge of the task `version`: equal content has an equal id, other content another."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_text
from labkit.exercise.task import Instance, Task

QUICK = 1.0
"""CPU-seconds of a call; the reference needs a thousandth."""

LENGTH = 32
"""Hexadecimal digits, 128 bits: among 2^64 tables, two would meet by chance."""

WORDS = {
    "rows": "the same rows in another order",
    "columns": "the same columns in another order",
    "index": "the same content under another index",
    "nothing": "a copy",
    "name": "a column has another name",
    "names": "two columns have exchanged their names",
    "type": "the numbers of a column have become texts",
    "flag": "True has become the text 'True'",
    "twice": "a row comes twice more",
    "pair": "another one of the rows comes twice",
    "cell": "a cell has a point more",
    "digit": "a number differs by 1e-12",
    "across": "two values of a column have changed places, so each row is another one",
    "edge": "a comma has moved from one cell into the next",
    "moved": "two cells of a row have changed places",
    "longer": "a row is missing",
    "missing": "a missing text has become the text 'None'",
}

TRAPS = {
    "order": "The id depends on the order of rows, on that of columns, or on the index. None of "
    "them changes what a model learns from the table.",
    "text": "Written as text, 1 and '1' look alike, and so do a comma in a cell and one between "
    "two cells.",
    "names": "The names of the columns are not in the id, or not beside their values.",
    "rows": "The id does not count rows: what comes twice must not cancel out or be dropped.",
    "columns": "Each column by itself is in the id, but not which values stand in one row.",
}
KINDS = {
    "rows": "order", "columns": "order", "index": "order", "type": "text", "flag": "text",
    "edge": "text", "missing": "text", "name": "names", "names": "names", "twice": "rows",
    "pair": "rows", "across": "columns",
}  # fmt: skip


def judge(answer: Any, instance: Instance) -> Outcome:
    """Ids of the pairs must be equal or not, as their content is."""
    for pair in instance["pairs"]:
        one, other = _frame(pair["one"]), _frame(pair["other"], pair["index"])
        ids = [as_text(call(answer, frame, seconds=QUICK), "id") for frame in (one, other)]
        for found in ids:
            if not re.fullmatch(rf"[0-9a-f]{{{LENGTH},}}", found):
                raise UnusableError(
                    f"The id is {found[:80]!r}; at least {LENGTH} hexadecimal digits are asked "
                    "(0 to 9, a to f).",
                    "hashlib.sha256(...).hexdigest() has 64 of them. 64 bits are few, and Python's "
                    "own hash of texts is another one in every process.",
                )
        if (ids[0] == ids[1]) != pair["same"]:
            kind = KINDS.get(pair["what"], "")
            return failed(
                f"The ids of two tables {'differ' if pair['same'] else 'are equal'}, and should "
                f"{'be equal' if pair['same'] else 'differ'}: {WORDS[pair['what']]}.",
                on=f"a table of {len(one)} rows with the columns {', '.join(map(str, one))}",
                next_step="Bring columns and rows into an order of their own, and hash a text "
                "that shows type and edge of every cell.",
                misconception=TRAPS.get(kind, ""),
            )
    return passed("Equal content has an equal id, and every change another one.")


def _frame(columns: list[Instance], index: list[int] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column["name"]: pd.Series(column["values"], dtype=column["dtype"], index=index)
            for column in columns
        }
    )


TASK = Task(
    "version",
    10,
    judge,
    (
        "Sort the names of the columns, then the rows, then hash what stands there.",
        "repr shows types: 1 and '1' differ in it, and texts stand in quotes.",
        "hashlib.sha256(repr(...).encode()).hexdigest()",
    ),
    title="The version of a table",
    traps=TRAPS,
)
