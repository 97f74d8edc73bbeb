"""Task `monday_report`: totals to the cent out of messy files, and what nobody knows left open."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_mapping, as_names, as_number, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a hundredth."""

EXACT = 1e-9
"""Totals are whole cents; adding up in floating point moves them by less."""

SPELLED = (
    "Its keys are the branches in lower case, with all their letters: UTF-8 where a file is "
    "UTF-8, else Windows-1252."
)

NO_BRANCHES = ("total", "Total", "TOTAL", "branch", "")
"""What stands where a branch does in rows that are no records."""

TRAPS = {
    "all": "Every row was counted, also records that came twice and amounts that were corrected.",
    "weeks": "Records of other weeks are in the sum.",
    "dollars": "Dollars were added as if they were euros.",
    "open": "An amount that nobody knows stays open: it is neither nought nor left out silently.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Every branch's total to the cent, and exactly the open records."""

    def one(case: Instance) -> Outcome:
        files = {name: text.encode("latin-1") for name, text in case["files"].items()}
        raw = call(answer, files, tuple(case["week"]), case["rates"], seconds=QUICK)
        totals, unknown = as_parts(raw, ("totals", "open"))
        due = dict(case["totals"])
        branches = list(due)
        entries = as_mapping(totals, branches, "totals", SPELLED, NO_BRANCHES)
        if more := [name for name in NO_BRANCHES if name in entries]:
            return failed(
                f"The totals have {more[0]!r}, which is no branch.",
                on=f"{len(files)} files",
                next_step="Rows without an id are no records, whatever stands in their cells.",
            )
        found = [as_number(entries[branch], f"total of {branch}") for branch in branches]
        on = f"{len(files)} files, week from {case['week'][0]} to {case['week'][1]}"
        for branch, cents in zip(branches, found, strict=True):
            if abs(cents - due[branch]) > EXACT * (1 + abs(cents)):
                return failed(
                    f"Your total of {branch} is {cents:,.2f} cents; {due[branch]:,} are right.",
                    on=on,
                    next_step="Print the rows of one file as you read them, and compare them with "
                    "the file.",
                    misconception=trap(found, case["traps"], TRAPS, EXACT),
                )
        left = as_names(unknown, "open records", _ids(case))
        if left != set(case["open"]):
            wrong = sorted(left ^ set(case["open"]))[0]
            return failed(
                f"{wrong} {'is open' if wrong in case['open'] else 'is not open'}; the answer "
                f"names {len(left)} records, {len(case['open'])} are open.",
                on=on,
                next_step="Open is what has no amount in its newest version, in this week.",
                misconception=TRAPS["open"] if len(left) < len(case["open"]) else "",
            )
        return passed("")

    return each_case(instance, one, "The report is right to the cent, and says what is open.")


def _ids(case: Instance) -> list[str]:
    """The open records, and whatever else in the files looks like an id."""
    words = " ".join(case["files"].values()).replace(";", " ").replace(",", " ").split()
    return sorted({word for word in words if word[:1] == "B" and word[1:].isdigit()})


TASK = Task(
    "monday_report",
    10,
    judge,
    (
        'bytes.decode("utf-8-sig") takes a byte-order mark away, and raises UnicodeDecodeError '
        "where the file is Windows-1252.",
        "csv.reader takes lines and a delimiter, and knows quoted cells. Find the header by its "
        "cell id.",
        "Keep the newest version of each record first, by the version as a number; then look at "
        "its week and its amount.",
        "Numbers: drop what is neither digit nor point nor comma, then the marks for thousands.",
    ),
    title="The Monday report",
    traps=TRAPS,
)
