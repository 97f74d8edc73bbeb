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

VARYING = 28
"""Digits that must not be the same in all ids. In a UUID one is; of a hash of 64 bits, filled up
with noughts, sixteen are."""

WORDS = {
    "nothing": "a copy",
    "rows": "the same rows in another order",
    "columns": "the same columns in another order",
    "index": "the same content under another index",
    "name": "a column has another name",
    "names": "two columns have exchanged their names",
    "type": "the whole numbers of a column have become texts",
    "float type": "the floats of a column have become texts",
    "float": "the whole numbers of a column have become floats",
    "flag": "True has become the text 'True'",
    "bit": "True has become 1, and False 0",
    "bit float": "True has become 1.0, and False 0.0",
    "twice": "a row comes twice more",
    "pair": "another one of the rows comes twice",
    "cell": "a cell has a point more",
    "case": "a cell begins with a capital letter",
    "space": "a cell has a space more at one end",
    "letter": "a letter is ä in one and ö in the other",
    "digit": "a number differs by 1e-12",
    "large": "a whole number of nineteen digits differs by 1",
    "across": "two values of a column have changed places, so each row is another one",
    "edge": "the end of a cell has moved into the next one, and both rows read alike where "
    "{mark!r} joins cells",
    "line": "one has two rows, the other one row with a line's end in a cell",
    "head": "the end of a column's name has moved into the next one, and the names read alike "
    "where {mark!r} joins them",
    "moved": "two cells of a row have changed places",
    "longer": "a row is missing",
    "missing": "a missing text has become the text 'None'",
    "empty": "a missing text has become an empty one",
    "nan": "a missing text has become the text 'nan'",
    "zero": "a missing number has become 0",
    "far": "one cell differs, in the middle of many rows",
    "twin": "two numbers of a row differ, chosen so that pandas' hashes of the row are equal",
}

"""What differs in a pair; where several are wrong, the one named first here is told."""

TRAPS = {
    "blind": "Hardly any of what stands in the table is in the id.",
    "random": "The same table must have the same id each time: nothing random, no time, no count "
    "of calls.",
    "order": "The id depends on the order of rows, on that of columns, or on the index. None of "
    "them changes what a model learns from the table.",
    "text": "Written as text, 1 and '1' look alike, and so do a comma in a cell and one between "
    "two cells.",
    "types": "The type of a value is not in the id: 1, 1.0 and True are three values.",
    "missing": "What is missing was filled up, with a value that may stand there as well.",
    "cleaned": "Cells were cleaned before they were hashed. For the model it is other data.",
    "names": "The names of the columns are not in the id, or not beside their values.",
    "rows": "The id does not count rows: what comes twice must not cancel out or be dropped.",
    "columns": "Each column by itself is in the id, but not which values stand in one row.",
    "part": "Only a part of the rows is in the id.",
    "twin": "hash_pandas_object has 64 bits and no cryptography: other content with the same hash "
    "can be computed. A hash such as SHA-256 is made against that.",
}
KINDS = {
    "nothing": "random", "rows": "order", "columns": "order", "index": "order", "type": "text",
    "float type": "text", "flag": "text", "edge": "text", "line": "text", "missing": "text",
    "nan": "text", "float": "types", "bit": "types", "bit float": "types", "large": "types",
    "empty": "missing", "zero": "missing", "case": "cleaned", "space": "cleaned",
    "letter": "cleaned", "name": "names", "names": "names", "head": "names", "twice": "rows",
    "pair": "rows", "across": "columns", "far": "part", "twin": "twin",
}  # fmt: skip


def judge(answer: Any, instance: Instance) -> Outcome:
    """Ids of the pairs must be equal or not, as their content is."""
    seen: set[str] = set()
    wrong: list[tuple[Instance, pd.DataFrame]] = []
    for pair in instance["pairs"]:
        one, other = _frame(pair["one"]), _frame(pair["other"], pair["index"])
        ids = [_id(answer, frame) for frame in (one, other)]
        seen.update(ids)
        if (ids[0] == ids[1]) != pair["same"]:
            wrong.append((pair, one))
    if wrong:
        return _told(wrong, len(instance["pairs"]))
    digits = zip(*(found[:LENGTH] for found in seen), strict=True)
    if sum(len(set(digit)) > 1 for digit in digits) < VARYING:
        raise UnusableError(
            f"Of the first {LENGTH} digits of an id, many are the same in all ids, as in "
            f"{min(seen)[:LENGTH]!r}: it says less than 128 bits can.",
            FEW,
        )
    return passed("Equal content has an equal id, and every change another one.")


def _told(wrong: list[tuple[Instance, pd.DataFrame]], pairs: int) -> Outcome:
    """What is said of the pairs whose ids are wrong."""
    order = list(WORDS)
    pair, table = min(wrong, key=lambda one: order.index(one[0]["what"]))
    blind = len(wrong) > pairs / 2 and not pair["same"]
    return failed(
        f"The ids of {len(wrong)} of {pairs} pairs are wrong. Those of one "
        f"{'differ' if pair['same'] else 'are equal'}, and should "
        f"{'be equal' if pair['same'] else 'differ'}: "
        f"{WORDS[pair['what']].format(mark=pair.get('mark', ''))}.",
        on=f"a table of {len(table)} rows with the columns {', '.join(map(repr, table))}",
        next_step="Bring columns and rows into an order of their own, and hash a text that shows "
        "type and edge of every cell, all of them.",
        misconception=TRAPS.get("blind" if blind else KINDS.get(pair["what"], ""), ""),
    )


FEW = (
    "hashlib.sha256(...).hexdigest() has 64 digits. 64 bits are few, and Python's own hash of "
    "texts is another one in every process."
)


def _id(answer: Any, frame: pd.DataFrame) -> str:
    """The id of a table, in small letters."""
    found = as_text(call(answer, frame, seconds=QUICK), "id")
    if not re.fullmatch(rf"[0-9a-fA-F]{{{LENGTH},}}", found):
        raise UnusableError(
            f"The id is {found[:80]!r}; at least {LENGTH} hexadecimal digits are asked (0 to 9, "
            "a to f).",
            FEW,
        )
    return found.lower()


def _frame(columns: list[Instance], index: list[int] | None = None) -> pd.DataFrame:
    return pd.DataFrame({column["name"]: _series(column, index or None) for column in columns})


def _series(column: Instance, index: list[int] | None) -> pd.Series:
    if "values" in column:
        return pd.Series(column["values"], dtype=column["dtype"], index=index)
    first, rows = column["range"]
    series = pd.Series(range(first, first + rows), dtype=column["dtype"])
    if column["but"]:
        place, value = column["but"]
        series[place] = value
    return series


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
