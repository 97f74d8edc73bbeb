"""Judge of the task `lalonde`: the observational estimate against the experiment."""

from __future__ import annotations

from typing import Any

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import (
    as_number,
    as_parts,
)
from labkit.exercise.task import Instance, Task, judge_cases
from labkit.exercise.traps import trap

TRAPS = {
    "naive": "This is the plain difference in means, as if the treatment had been drawn by lot.",
    "regression": "This is one regression with the treatment as a column. It assumes a linear "
    "outcome, and it weighs people by how undecided their treatment was.",
    "effect on all": "This is the effect on everybody (ATE). Asked is the effect on the "
    "treated (ATT): other people, other weights.",
}


LALONDE_TOLERANCE = 950.0
"""US dollars. On random 90 % of the survey (36 draws) doubly robust estimates were within 230 of
the experiment, weighting within 540, five neighbours within 610; regression on the raw covariates
was 1,000 to 1,220 below."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The observational estimate against the experiment, and the name of what it estimates."""
    outcomes = judge_cases(instance["cases"], lambda case: _lalonde_case(answer, case))
    return over_cases(outcomes, "Close to the experiment, and named for what it is.")


def _lalonde_case(answer: Any, case: Instance) -> Outcome:
    people = redraw.people(case)
    raw = ask(answer, people, seconds=TRAINING)
    effect_raw, estimand_raw = as_parts(raw, ("effect", "estimand"))
    effect = as_number(effect_raw, "effect")
    if not isinstance(estimand_raw, str) or estimand_raw.upper() not in ("ATT", "ATE", "ATC"):
        raise UnusableError(
            "The estimand should be 'ATT', 'ATE' or 'ATC'.",
            "Return the effect first and the name of what it estimates second.",
        )
    estimand = estimand_raw.upper()
    off = effect - case["effect"]
    on = f"{len(people):,} people, the experiment shows {case['effect']:,.0f} US$"
    if abs(off) > LALONDE_TOLERANCE:
        return failed(
            f"Your estimate is {effect:,.0f} US$, {abs(off):,.0f} "
            f"{'above' if off > 0 else 'below'} the experiment; "
            f"{LALONDE_TOLERANCE:,.0f} are allowed.",
            on=on,
            next_step="Make the survey look like the trained: weight or match by the propensity of "
            "propensity_terms, and compare the earnings before the training.",
            misconception=trap(effect, case["traps"], TRAPS, 0.05),
        )
    if estimand == "ATT":
        return passed("")
    return Outcome(
        Status.PARTIAL,
        0.5,
        f"The estimate {effect:,.0f} US$ is close, but it is no {estimand}.",
        on,
        "Ask for whom the experiment's 185 trained people speak.",
        "The experiment shows the effect on the trained. For the survey's people nobody knows.",
    )


TASK = Task(
    "lalonde",
    10,
    judge,
    (
        "The trained were poor and young; the survey is not. Who in it is like them?",
        "propensity_terms(people) gives columns for a logistic regression that were found "
        "to work. Weigh the survey by the odds e / (1 − e).",
        "The experiment speaks for the people who were trained.",
    ),
    title="Meet the experiment",
    traps=TRAPS,
)
