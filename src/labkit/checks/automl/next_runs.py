"""Judge of the task `next_runs`: how good the best of the finished runs is."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_list
from labkit.exercise.task import Instance, Task
from labkit.exercise.traps import trap
from labkit.trends.automl.world.curves import FULL, RUNS, draw_search

MOST = 0.1
"""Share of a random choice's regret, mean of 24 searches. Over 8 exams fitted curves lose 0.00 to
0.01, the best one of them finished alone 0.01 to 0.05; the fitted floors 0.21 to 0.42, an
exponential 0.22 to 0.68, one rate for all runs 0.25 to 0.63, a straight line on logarithmic axes
0.25 to 0.49, the last loss 0.27 to 0.70, a logarithm 0.39 to 0.70, the cheapest 0.58 to 0.95."""

TRAPS = {
    "early": "Runs are ranked by the last loss. A slow learner is behind there, and ahead at the "
    "end.",
    "endless": "A straight line on logarithmic axes falls for ever. These curves end on a floor, "
    "and the steepest are nearly there.",
}

QUICK = 5.0
"""CPU-seconds of a call; fitting all curves of a search needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Finish what is chosen, and hold the best of it against the best of all."""
    regrets = [
        _search(answer, seed, steep, budget)
        for seed, steep, budget in zip(
            instance["searches"], instance["steep"], instance["budgets"], strict=True
        )
    ]
    mean = float(np.mean(regrets))
    words = (
        f"The best finished run is {1000 * mean:.2f} thousandths above the best of all, "
        f"{mean / instance['random']:.2f} of what a random choice loses."
    )
    if mean <= MOST * instance["random"]:
        return passed(words)
    return failed(
        f"{words} {MOST:g} is allowed.",
        on=f"{len(regrets)} searches of {RUNS} runs",
        next_step="Ask of each curve where it will be, not where it is: fit "
        "floor + gain · trees^-rate to it.",
        misconception=trap(mean, instance["traps"], TRAPS, 1e-9),
    )


def _search(answer: Any, seed: int, steep: bool, budget: float) -> float:
    search = draw_search(seed, steep=steep)
    raw = call(answer, search.trees, search.curves, search.cost, budget, FULL, seconds=QUICK)
    found = as_array(as_list(raw, "runs"), "runs", (None,))
    if not np.isin(found, np.arange(RUNS)).all() or len(np.unique(found)) < len(found):
        raise UnusableError(
            f"Runs are numbers from 0 to {RUNS - 1}, each named once.",
            "Return row numbers of `curves`.",
        )
    runs = found.astype(np.int64)
    if not len(runs):
        raise UnusableError("No run is finished.", "The budget pays for two at least.")
    if search.cost[runs].sum() > budget + 1e-9:
        raise UnusableError(
            f"The runs cost {search.cost[runs].sum():.1f} CPU-seconds; the budget is {budget:g}.",
            "Add up the costs of what you chose, and stop before it is too much.",
        )
    return float(search.final[runs].min() - search.final.min())


TASK = Task(
    "next_runs",
    15,
    judge,
    (
        "Draw some of the curves with both axes logarithmic. Which are still falling?",
        "For a fixed rate, floor and gain are a linear least-squares fit. Try 30 rates a curve.",
        "Sort by the fitted loss after `full` trees, and take runs as long as the budget lasts.",
    ),
    title="Which runs to finish",
    traps=TRAPS,
)
