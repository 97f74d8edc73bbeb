"""Judge of the task `cate`: the effect on each person."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import (
    as_array,
)
from labkit.exercise.task import Instance, Task, judge_cases
from labkit.trends.causal_uplift.metrics import pehe

Floats = NDArray[np.float64]


CATE_RATIO, CATE_HALF_RATIO = 0.6, 0.75
"""Error against a linear S-learner's. With boosting, S-, X-, R- and DR-learners reach 0.2 to 0.58,
a T-learner 0.52 to 0.73 if it is shallow and 0.69 to 0.9 if not; linear ones 0.8 and more (20 draws
of 3,000 people)."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Root mean squared error of each person's effect, against a linear S-learner's."""
    outcomes = judge_cases(instance["cases"], lambda case: _cate_case(answer, case))
    return over_cases(outcomes, "The effects fit each person far better than an S-learner's.")


def _cate_case(answer: Any, case: Instance) -> Outcome:
    drawn = redraw.customers(case)
    n = case["n"]
    raw = ask(answer, drawn.x[:n], drawn.offer[:n], drawn.margin[:n], drawn.x[n:], seconds=TRAINING)
    effects = as_array(raw, "effects", (case["new"],))
    error = pehe(effects, drawn.effect[n:])
    ratio = error / case["s_learner"]
    words = (
        f"The effects are off by {error:.2f} € (root mean square), {ratio:.2f} times as much as a "
        f"linear S-learner's {case['s_learner']:.2f} €."
    )
    if ratio <= CATE_RATIO:
        return passed(words)
    on = f"{n:,} people to learn from, {case['new']:,} new ones"
    trap = _effects_trap(effects, drawn.effect[n:], drawn.truth[n:], drawn.x[n:])
    if ratio <= CATE_HALF_RATIO:
        return Outcome(
            Status.PARTIAL,
            0.5,
            f"{words} {CATE_HALF_RATIO:g} earns half, {CATE_RATIO:g} everything.",
            on,
            "The errors of two separate models do not cancel. Let the last model learn the effect "
            "itself: an X-, DR- or R-learner.",
            trap,
        )
    return failed(
        f"{words} At most {CATE_RATIO:g} times is asked.",
        on=on,
        next_step="Let a flexible model learn the outcome and another one the effect, for example "
        "causalml's BaseXRegressor with propensities.",
        misconception=trap,
    )


def _effects_trap(effects: Floats, true: Floats, truth: Any, x: Floats) -> str:
    """Name what the numbers are, if they are no effects."""
    if np.ptp(effects) < 0.1:
        return "The effect is the same for everybody: a model without interactions cannot differ."
    if pehe(-effects, true) < 0.75 * pehe(effects, true):
        return "The sign is turned: the effect is with offer less without."
    outcome = truth["margin_without"].to_numpy()
    if pehe(effects, outcome) < 0.5 * pehe(effects, true):
        return "These are predicted margins, not effects: who buys much need not react much."
    table = np.column_stack([np.ones(len(x)), x])
    rest = effects - table @ np.linalg.lstsq(table, effects, rcond=None)[0]
    if rest.std() < 1e-3 * effects.std():
        return "The effect is linear in the features; margins here bend, and a line errs there."
    return ""


TASK = Task(
    "cate",
    15,
    judge,
    (
        "A linear model with the offer as one more column gives everybody the same effect.",
        "causalml.inference.meta has BaseXRegressor, BaseDRRegressor and BaseRRegressor; each "
        "takes any regressor of scikit-learn, and p= for the propensity.",
        "Estimate the propensity by logistic regression, of the people you learn from and of "
        "the new ones, and keep it away from 0 and 1.",
    ),
    title="The effect on each person",
)
