"""Judge of the task `contract`: broken columns are named, and hardly any others."""

from __future__ import annotations

from typing import Any

from labkit.checks.mlops import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a fiftieth."""

MISSED, ALARMS = 1, 3
"""Broken columns that may be missed (of 26), and others that may be named (of 254)."""

TRAPS = {
    "types": "Only types, missing values and repeated keys were looked at. Cents, a frozen column "
    "and a shifted clock have the right type.",
    "columns": "Each column was looked at by itself. Where rows are misjoined, every column by "
    "itself is fine; what changed is how two of them belong together.",
    "extremes": "The largest of a new day may be larger than ever, and a new region may appear. "
    "One value is no fault; a good share of the values is.",
    "p": "A p-value says whether two distributions differ, not whether by much. Incomes rise every "
    "year, and that is no fault.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """At most one broken column is missed, and at most three others are named, over all batches."""
    missed: list[tuple[str, str]] = []
    alarms: list[tuple[str, str]] = []
    drawn = redraw.batches(instance)
    for (fault, _), (reference, batch, broken) in zip(instance["batches"], drawn, strict=True):
        said = call(answer, reference, batch, seconds=QUICK)
        named = as_names(said, "broken columns", list(reference.columns))
        missed += [(fault, name) for name in sorted(broken - named)]
        alarms += [(fault or "a batch that is fine", name) for name in sorted(named - broken)]
    on = f"{len(instance['batches'])} batches of one day each, of {len(instance['banks'])} banks"
    if len(alarms) > ALARMS:
        where, name = alarms[0]
        extreme = [other in ("income", "rate", "region", "age") for _, other in alarms]
        return failed(
            f"{len(alarms)} columns are named that are fine, among them {name} ({where}); "
            f"{len(missed)} broken ones are missed.",
            on=on,
            next_step="Ask how large a difference is, and in which share of the rows it stands.",
            misconception=TRAPS["extremes"] if sum(extreme) > len(alarms) / 2 else TRAPS["p"],
        )
    if len(missed) > MISSED:
        where, name = missed[0]
        kinds = {fault for fault, _ in missed}
        shapes = {"cents", "frozen", "time zone", "swapped"}
        trap = "types" if shapes <= kinds else "columns" if kinds == {"misjoined"} else ""
        return failed(
            f"{len(missed)} broken columns are missed, among them {name} ({where}).",
            on=on,
            next_step="Print that column of the reference and of a batch with this fault, made by "
            f'tables.spoil(rng, batch, "{where}", "{name}").',
            misconception=TRAPS.get(trap, ""),
        )
    return passed("Broken columns are named, and a new day may still be new.")


TASK = Task(
    "contract",
    15,
    judge,
    (
        "A rule for each kind of column: the key, the day, numbers, names.",
        "For numbers compare three things: the share of missing values, the share of values "
        "outside of everything that the reference has, and how far the distributions lie apart.",
        "scipy.stats.ks_2samp(...).statistic is a distance between 0 and 1 which does not grow "
        "with the data, as p-values shrink. frame['income'].corr(frame['rate'], "
        "method='spearman') says how far two columns belong together.",
    ),
    title="A contract for the data",
    traps=TRAPS,
)
