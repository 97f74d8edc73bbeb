"""Judge of the task `pick`: what the chosen models are worth, and what was promised of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.automl.redraw import contest
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number, as_parts, as_whole
from labkit.exercise.task import Instance, Task
from labkit.trends.automl.world.contest import MODELS

REGRET, BIAS = 0.0065, 0.0025
"""AUC, means of 300 searches. Over 10 draws the best mean of folds has a regret of 0.0041 to
0.0053, the best median 0.0049 to 0.0063, the second best 0.0073 to 0.0090, the model with the
luckiest fold 0.0078 to 0.0094; the best worst fold, 0.0057 to 0.0074, lies on either side. Shrunk
promises are -0.0005 to 0.0015 off, folds that are not used to choose -0.0022 to 0.0007, the
winner's own score 0.0096 to 0.0115, the lower end of an interval -0.0051 to -0.0034; taking a
quarter of the lead off, 0.0027 to 0.0053, fails, and a third, 0.0004 to 0.0034, is a lucky guess
that no bar tells apart."""

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a thousandth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Mean regret against the best allowed model, mean error of the promise."""
    regrets, errors = [], []
    for seed in instance["searches"]:
        drawn = contest(instance, seed)
        slow = np.percentile(drawn.latencies, 95, axis=1)
        limit = float(np.quantile(slow, instance["share"]))
        raw = call(answer, drawn.scores, drawn.latencies, limit, seconds=QUICK)
        model_raw, promise_raw = as_parts(raw, ("model", "promise"))
        model, promise = as_whole(model_raw, "model"), as_number(promise_raw, "promise")
        if not 0 <= model < MODELS:
            raise UnusableError(
                f"The model is {model}; it should be 0 to {MODELS - 1}.", "Return its row number."
            )
        if slow[model] > limit:
            return failed(
                f"The model's 95th percentile is {slow[model]:.1f} ms; {limit:.1f} are allowed.",
                on=f"one of {len(instance['searches'])} searches",
                next_step="Take the 95th percentile of each row of `latencies` first.",
                misconception="The limit is held by the mean latency alone; one call in twenty "
                "takes longer."
                if drawn.latencies[model].mean() <= limit
                else "",
            )
        regrets.append(drawn.true[slow <= limit].max() - drawn.true[model])
        errors.append(promise - drawn.true[model])
    return _verdict(float(np.mean(regrets)), float(np.mean(errors)), len(regrets))


def _verdict(regret: float, bias: float, searches: int) -> Outcome:
    on = f"{searches} searches of {MODELS} models"
    if regret > REGRET:
        return failed(
            f"The chosen model is {regret:.4f} worse than the best allowed one on average; "
            f"{REGRET:g} is allowed.",
            on=on,
            next_step="Of the models within the limit, take the one with the best mean of folds.",
        )
    if abs(bias) > BIAS:
        return failed(
            f"The models are fine. The promise is {bias:+.4f} off on average; {BIAS:g} is allowed.",
            on=on,
            next_step="The best of many was also lucky. Part of its lead over the mean of the "
            "allowed models is noise: estimate which part from how its folds differ.",
            misconception="The winner's own score is promised: the winner's curse."
            if bias > 0.0075
            else "",
        )
    return passed(f"Regret {regret:.4f}, promises {bias:+.4f} off on average.")


TASK = Task(
    "pick",
    10,
    judge,
    (
        "Choose among models within the limit. Then ask: how lucky was the best?",
        "The means of folds scatter for two reasons: true differences, and noise of variance "
        "s²/5, where s² is the variance among the folds of a model, averaged over models.",
        "Promise: mean + share · (best − mean), share = true variance / variance of the means, "
        "all of allowed models.",
    ),
    title="The winner, and what it will score",
)
