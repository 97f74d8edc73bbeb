"""Task `anonymise`: levels that hide everybody in a varied crowd and say as much as possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.responsible_ai.redraw import table
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, error, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.responsible_ai.world.tables import Table, generalise, loss

SAME_LOSS = 1e-9
QUICK = 20.0
"""CPU-seconds of a call; the reference needs a quarter of a second, with pandas it is five."""

TRAPS = {
    "k alone": "A crowd hides nobody if all in it share the secret.",
    "nobody suppressed": "A few people may be left out; one odd person costs all others a level.",
    "column by column": "Rare combinations identify people, not rare values.",
    "smaller k": "Groups of exactly k are large enough, smaller ones are not.",
    "larger k": "Groups of exactly k are large enough.",
    "over the number": "The loss is the level over the last level, which is one less than the "
    "number of levels.",
    "step by step": "One level down at a time ends where no single step is left; two columns may "
    "have to change at once.",
    "widest first": "Going up where most values are is a good start and not the least loss: all "
    "combinations can be tried.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Count who has to be left out, then hold the loss against the least."""

    def one(case: Instance) -> Outcome:
        drawn = table(case)
        arguments = (*drawn, case["k"], case["l"], case["limit"])
        raw = as_array(call(answer, *arguments, seconds=QUICK), "levels", (len(drawn.hierarchies),))
        tops = [len(names) - 1 for names in drawn.hierarchies]
        levels = [int(level) for level in raw]
        if any(level != n or not 0 <= n <= top for level, n, top in zip(raw, levels, tops)):  # noqa: B905
            return error(
                f"The levels are {raw.tolist()}; each must be a whole number from 0 to the last "
                f"level of its column, {tops}.",
                next_step="Return one level for each column, in their order.",
            )
        on = (
            f"{case['people']} people, k = {case['k']}, l = {case['l']}, at most "
            f"{case['limit']} left out"
        )
        known = trap(levels, case["traps"], TRAPS, 0.0)
        left_out = suppressed(drawn, levels, case["k"], case["l"])
        if left_out > case["limit"]:
            return failed(
                f"With levels {levels}, {left_out} people share their row with too few others, or "
                f"with others of too few secrets; {case['limit']} may be left out.",
                on=on,
                next_step="Group people by the whole generalised row, and count rows and different "
                "secrets in each group.",
                misconception=known,
            )
        lost = loss(drawn, levels)
        if lost <= case["best"] + SAME_LOSS:
            return passed("")
        return failed(
            f"Levels {levels} are safe and lose {lost:.3f}; {case['best']:.3f} is possible.",
            on=on,
            next_step="There are only 720 combinations: try them all.",
            misconception=known,
        )

    return each_case(instance, one, "Everybody is hidden, and nothing is lost for nothing.")


def suppressed(drawn: Table, levels: Sequence[int], k: int, l: int) -> int:  # noqa: E741
    """How many people have fewer than k in their group, or fewer than l secrets."""
    people, secrets = crowds(drawn, levels)
    return int(people[(people < k) | (secrets < l)].sum())


def crowds(drawn: Table, levels: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """People and different secrets of each group of published rows that are alike, (groups,)."""
    columns = generalise(drawn, levels)
    code = np.ravel_multi_index(columns.T, columns.max(axis=0) + 1)
    _, group = np.unique(code, return_inverse=True)
    people = np.bincount(group)
    pairs = np.unique(group * (drawn.secret.max() + 1) + drawn.secret)
    secrets = np.bincount(pairs // (drawn.secret.max() + 1), minlength=len(people))
    return people, secrets


TASK = Task(
    "anonymise",
    10,
    judge,
    (
        "itertools.product(*(range(len(h)) for h in hierarchies)) gives all combinations.",
        "hierarchies[j][level][columns[:, j]] is column j as published. pandas.DataFrame(…)."
        "groupby(…) with size and nunique counts; np.unique(rows, axis=0, return_inverse=True) "
        "is faster.",
    ),
    title="Publish a table of people",
    traps=TRAPS,
)
