"""Judge of the task `contract`: broken columns are named, and hardly any others."""

from __future__ import annotations

from typing import Any

import pandas as pd

from labkit.checks.mlops import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a fiftieth."""

MISSED, ALARMS = 1, 1
"""Broken columns that may be missed (of 28), and others that may be named (of 266). Each fault
comes twice at least, so a rule that is wrong about one of them misses two columns, or names two.
Right answers (by distances, quantiles, clocks) miss none and name at most one."""

TRAPS = {
    "types": "Only types, missing values and repeated keys were looked at. Cents, a frozen column "
    "and a shifted clock have the right type.",
    "columns": "Each column was looked at by itself. Where rows are misjoined, every column by "
    "itself is fine; what changed is how two of them belong together.",
    "clock": "After 23 comes 0. Five hours later than eight in the evening is one at night.",
    "extremes": "The largest of a new day may be larger than ever, and a new region may appear. "
    "One value is no fault; a good share of the values is.",
    "gaps": "Two in a hundred values are missing on a good day. Many are a fault, some are not.",
    "new": "A new day has new ids and a new number. That is no fault.",
    "p": "A p-value says whether two distributions differ, not whether by much. Incomes rise every "
    "year, and that is no fault.",
    "beside": "A column was named that stands beside the broken one. The table of the task says "
    "which column a fault breaks.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """At most one broken column is missed, and at most one other is named, over all batches."""
    missed: list[tuple[str, str]] = []
    alarms: list[tuple[str, str]] = []
    fine: list[tuple[pd.DataFrame, pd.DataFrame, set[str]]] = []
    drawn = redraw.batches(instance)
    for (_, fault, _), (reference, batch, broken) in zip(instance["batches"], drawn, strict=True):
        said = call(answer, reference, batch, seconds=QUICK)
        named = as_names(said, "broken columns", list(reference.columns))
        missed += [(fault, name) for name in sorted(broken - named)]
        alarms += [(fault, name) for name in sorted(named - broken)]
        if not fault:
            fine.append((reference, batch, named))
    on = f"{len(instance['batches'])} batches of one day each, of {len(instance['banks'])} banks"
    if len(alarms) > ALARMS and len(alarms) - ALARMS >= len(missed) - MISSED:
        where, name = max(alarms, key=alarms.count)
        return failed(
            f"{len(alarms)} columns are named that are fine, among them {name} "
            f"({where or 'a batch that is fine'}); {len(missed)} broken ones are missed.",
            on=on,
            next_step="Ask how large a difference is, and in which share of the rows it stands.",
            misconception=TRAPS.get(_why_named(alarms, fine), ""),
        )
    if len(missed) > MISSED:
        where, name = max(missed, key=missed.count)
        return failed(
            f"{len(missed)} broken columns are missed, among them {name} ({where}).",
            on=on,
            next_step="Print that column of the reference and of a batch with this fault, made by "
            f'tables.spoil(rng, batch, "{where}", "{name}").',
            misconception=TRAPS.get(_why_missed({fault for fault, _ in missed}), ""),
        )
    if len(alarms) > ALARMS:
        where, name = max(alarms, key=alarms.count)
        return failed(
            f"{len(alarms)} columns are named that are fine, among them {name} ({where}).",
            on=on,
            misconception=TRAPS["beside"],
        )
    return passed("Broken columns are named, and a new day may still be new.")


def _why_missed(kinds: set[str]) -> str:
    if kinds >= {"cents", "frozen", "time zone"}:
        return "types"
    alone = {"misjoined": "columns", "time zone": "clock"}
    return alone.get(min(kinds), "") if len(kinds) == 1 else ""


def _why_named(
    alarms: list[tuple[str, str]], fine: list[tuple[pd.DataFrame, pd.DataFrame, set[str]]]
) -> str:
    """Which mistake would name the same columns of the batches that are fine."""
    quiet = [name for fault, name in alarms if not fault]
    if len(quiet) < len(alarms) / 8:
        return "beside"
    if {"id", "day"} & set(quiet):
        return "new" if set(quiet) <= {"id", "day", "income", "rate"} else ""
    likely = {"extremes": _outside, "gaps": _gaps, "p": _differs}
    agree = dict.fromkeys(likely, 0)
    for reference, batch, named in fine:
        for name in ("income", "rate", "region"):
            for key, mistake in likely.items():
                agree[key] += mistake(reference[name], batch[name]) == (name in named)
    return max(agree, key=lambda key: agree[key])


def _outside(known: pd.Series, new: pd.Series) -> bool:
    if known.dtype == object:
        return not new.isin(known).all()
    return bool(new.min() < known.min() or new.max() > known.max())


def _gaps(known: pd.Series, new: pd.Series) -> bool:
    return bool(new.isna().any())


def _differs(known: pd.Series, new: pd.Series) -> bool:
    from scipy.stats import ks_2samp

    return known.dtype != object and ks_2samp(known.dropna(), new.dropna()).pvalue < 0.05


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
