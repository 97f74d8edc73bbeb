"""Judge of the task `pick`: what the chosen models are worth, and what was promised of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.automl.redraw import contest
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number, as_parts, as_whole
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.automl.world.contest import MODELS

TIMES, BIAS = 1.7, 0.003
"""Times the regret of the best mean of folds; AUC, mean of 400 searches. Over 10 exams the best
median has at most 1.45 times that regret, the best mean of four folds 1.5; where the noise is
small, the second best has 2.5 and more, the luckiest fold 1.9 and more, and the best worst fold,
1.5 to 1.8, lies on either side. Promises shrunk among the allowed are -0.0008 to 0.0008 off, folds
that are not used to choose -0.0020 to 0.0015, and with 200 searches -0.0032 once in 20 exams. Where
the noise is large, one standard error less is 0.0060 to 0.0080 off, half of the lead 0.0049 to
0.0077, shrinking towards the mean of all models 0.0055 to 0.0074; where it is small, the best score
0.0046 to 0.0061, the best less 0.01 -0.0054 to -0.0039."""

SAME_IDEA = 1e-4
"""AUC, of two promises in every search of a case."""

Floats = NDArray[np.float64]
QUICK = 5.0
"""CPU-seconds of a call; the reference needs a thousandth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The worse of two kinds of searches counts."""
    return each_case(
        instance, lambda case: _searches(answer, case), "Well chosen, and promised what it keeps."
    )


def _searches(answer: Any, case: Instance) -> Outcome:
    """Mean regret against the best allowed model, mean error of the promise."""
    regrets, usual, errors, curses, from_all = [], [], [], [], []
    for seed in case["searches"]:
        drawn = contest(case, seed)
        slow = np.percentile(drawn.latencies, 95, axis=1)
        limit = float(np.quantile(slow, case["share"]))
        raw = call(answer, drawn.scores, drawn.latencies, limit, seconds=QUICK)
        model_raw, promise_raw = as_parts(raw, ("model", "promise"))
        model, promise = as_whole(model_raw, "model"), as_number(promise_raw, "promise")
        if not 0 <= model < MODELS:
            raise UnusableError(
                f"The model is {model}; it should be 0 to {MODELS - 1}.", "Return its row number."
            )
        means = drawn.scores.mean(axis=1)
        if slow[model] > limit:
            even = np.where(drawn.latencies.mean(axis=1) <= limit, means, 0.0).argmax()
            return failed(
                f"The model's 95th percentile is {slow[model]:.1f} ms; {limit:.1f} are allowed.",
                on=f"one of {len(case['searches'])} searches",
                next_step="Take the 95th percentile of each row of `latencies` first.",
                misconception="The limit is held by the mean latency, or not at all; one call in "
                "twenty takes longer."
                if model == even
                else "",
            )
        best = drawn.true[slow <= limit].max()
        likely = np.where(slow <= limit, means, -np.inf).argmax()
        regrets.append(best - drawn.true[model])
        usual.append(best - drawn.true[likely])
        errors.append(promise - drawn.true[model])
        curses.append(means[likely] - drawn.true[likely])
        from_all.append(abs(promise - _shrunk(drawn.scores, model)))
    on = f"{len(regrets)} searches of {MODELS} models, the noise {case['size']}"
    regret, allowed = float(np.mean(regrets)), TIMES * float(np.mean(usual))
    bias = float(np.mean(errors))
    if regret > allowed:
        return failed(
            f"The chosen model is {regret:.4f} worse than the best allowed one on average; "
            f"{allowed:.4f} is allowed.",
            on=on,
            next_step="Of the models within the limit, take the one with the best mean of folds.",
        )
    if abs(bias) > BIAS:
        return failed(
            f"The models are fine. The promise is {bias:+.4f} off on average; {BIAS:g} is allowed.",
            on=on,
            next_step="The best of many was also lucky. Part of its lead over the mean of the "
            "allowed models is noise: estimate which part from how its folds differ.",
            misconception=_idea(bias, max(from_all), float(np.mean(curses))),
        )
    return passed("")


def _shrunk(scores: Floats, model: int) -> float:
    """The promise from the mean of all models, allowed or not."""
    means = scores.mean(axis=1)
    noise = scores.var(axis=1, ddof=1).mean() / scores.shape[1]
    keep = max(1 - noise / means.var(ddof=1), 0.0)
    return float(means.mean() + keep * (means[model] - means.mean()))


def _idea(bias: float, from_all: float, curse: float) -> str:
    if from_all < SAME_IDEA:
        return (
            "The promise leans on the mean of all 60 models. Those allowed are another group, "
            "and not as good."
        )
    return "The winner's own score is promised: the winner's curse." if bias > 0.9 * curse else ""


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
