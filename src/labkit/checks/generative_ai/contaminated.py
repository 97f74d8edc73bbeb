"""Judge of the task `contaminated`: false and found shares over many benchmarks."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.generative_ai.redraw import benchmarks
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, all_cases, failed, passed
from labkit.exercise.reading import as_array, as_list
from labkit.exercise.task import Instance, Task, attempt

OVER, OVER_NONE, POWER = 0.03, 0.1, 0.9
"""Above the level, where something and where nothing was seen; found, as a share of what the
reference finds. Over 8 draws ranks, a normal and a joint normal distribution lie at most 0.004
and 0.07 above the level and find 1.0. Each test alone lies 0.85 above it where nothing was seen.
In the worst group of a draw the raw score finds 0.4 at most, the difference 0.1, a line fitted
on the test itself 0.5, Bonferroni 0.56 to 0.84."""
QUICK = 5.0
"""CPU-seconds of a call: a thousand times what the solution takes."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Judge each group of benchmarks; the worst counts."""
    outcomes = [
        attempt(lambda group=group: _group(answer, group))  # type: ignore[misc]
        for group in instance["groups"]
    ]
    return all_cases(outcomes, "Found what was seen, and accused little else.")


def _group(answer: Any, group: Instance) -> Outcome:
    false, found = [], []
    level, share = group["level"], group["given"]["share"]
    for drawn in benchmarks(group):
        raw = call(answer, drawn.target, drawn.reference, drawn.fresh, level, seconds=QUICK)
        named = as_array(as_list(raw, "items"), "items", (None,))
        if not np.isin(named, np.arange(len(drawn.seen))).all() or len(set(named)) < len(named):
            raise UnusableError(
                f"Items are whole numbers from 0 to {len(drawn.seen) - 1}, each named once.",
                "Return the places of the items that the model has seen.",
            )
        items = named.astype(np.int64)
        false.append((~drawn.seen[items]).sum() / max(len(items), 1))
        found.append(drawn.seen[items].sum() / max(drawn.seen.sum(), 1))
    mean = float(np.mean(false))
    on = f"{len(false)} benchmarks of which {100 * share:.0f} % was seen, level {level:g}"
    words = f"Of the items named, {100 * mean:.1f} % had not been seen (mean over benchmarks)"
    if mean > level + (OVER if share else OVER_NONE):
        return failed(
            f"{words}; the level is {100 * level:g} %.",
            on=on,
            next_step="How often would an item that nobody saw look like this? Then remember that "
            "many items are tested.",
        )
    power = float(np.mean(found))
    if share and power < POWER * group["power"]:
        return failed(
            f"{100 * power:.0f} % of the seen items are found; {100 * group['power']:.0f} % can "
            "be.",
            on=on,
            next_step="An easy item scores high unseen. Learn from the fresh items which score to "
            "expect, given the reference's, and test with a level for the whole list.",
        )
    return passed(f"{words}; {100 * power:.0f} % of the seen items are found.")


TASK = Task(
    "contaminated",
    10,
    judge,
    (
        "On fresh items, how does the target's score follow the reference's? np.polyfit of "
        "degree 1, then look at what is left over.",
        "p of an item: the share of fresh items whose leftover is at least as large, counted as "
        "(1 + number) / (1 + m).",
        "Benjamini and Hochberg: sort the p; the last place k with p_k ≤ level · k / n counts, and "
        "all before it.",
    ),
    title="Which items has the model seen",
)
