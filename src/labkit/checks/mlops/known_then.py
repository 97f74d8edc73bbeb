"""Judge of the task `known_then`: features as they were known at the moment of a decision."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import history
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a tenth."""

EXACT = 1e-9

TRAPS = {
    "latest": "These are the values of today. At the moment of the decision nobody knew them.",
    "happened": "These values had happened, but were not recorded yet: nobody knew them then.",
    "ahead": "What is booked ahead has not happened yet at the cut.",
    "at the cut": "What is recorded in the hour of the cut comes too late: before means before.",
    "by recording": "The latest event counts, not the latest record: an old event may be recorded "
    "late.",
    "first record": "A correction that was known before the cut replaces the first record.",
    "withdrawn": "A record without a value withdraws its event; the event before it counts then.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Every value must be the one that was known."""

    def one(case: Instance) -> Outcome:
        events, cuts = history(case)
        found = as_array(call(answer, events, cuts, seconds=QUICK), "values", (len(cuts),))
        true = np.array(case["truth"])
        off = np.flatnonzero(np.abs(found - true) > EXACT * (1 + np.abs(true)))
        if not len(off):
            return passed("")
        row = cuts.iloc[int(off[0])]
        return failed(
            f"{len(off)} of {len(true)} values differ. Customer {row['customer']}, cut "
            f"{row['cut']}: you have {found[off[0]]:g}, known was {true[off[0]]:g}.",
            on=f"{len(events)} records of {events['event'].nunique()} events",
            next_step="Print all records of this customer, sorted by event and recorded, and "
            "cross out what was not known before the cut.",
            misconception=trap(found, case["traps"], TRAPS, EXACT),
        )

    return each_case(
        instance, one, "Every value was known then, and nothing that came later is in it."
    )


TASK = Task(
    "known_then",
    15,
    judge,
    (
        "For each cut: keep what was recorded before it, then the last record of each event.",
        "Leave out events without a value and those that had not happened, then take the one that "
        "happened last.",
        'sort_values("recorded").drop_duplicates("event", keep="last") keeps the last record.',
    ),
    title="What was known then",
    traps=TRAPS,
)
