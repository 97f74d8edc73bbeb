"""Judge of the task `lalonde`: the observational estimate against the experiment."""

from __future__ import annotations

from typing import Any

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number, as_parts, as_text
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap

TRAPS = {
    "naive": "This is the plain difference in means, as if the treatment had been drawn by lot.",
    "regression": "This is one regression with the treatment as a column. It assumes a linear "
    "outcome, and it weighs people by how undecided their treatment was.",
    "regression on the terms": "This is one regression with the treatment as a column. It weighs "
    "people by how undecided their treatment was, and the training does not bring the same to all.",
    "effect on all": "This is the effect on everybody (ATE). Asked is the effect on the "
    "treated (ATT): other people, other weights.",
    "trimmed": "This is the mean effect on those who are left after trimming. Whom the experiment "
    "speaks for are the trained, all of them and nobody else.",
    "model of all": "The earnings model has learned from the trained as well, so a part of the "
    "effect is in it. Learn from the survey alone.",
}

TOLERANCE = 450.0
"""US dollars. Over 30 draws weighting, matching, strata and doubly robust estimates on the usual
terms were at most 270 off. In the worst of three draws a linear model of the survey in the raw
covariates was 540 off or more, an effect on the trained after trimming 700, the trimmed mean effect
1,470."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """The observational estimate against the experiment, and the name of what it estimates."""
    return each_case(
        instance,
        lambda case: _version(answer, case),
        "Close to the experiment every time, and named for what it is.",
    )


def _version(answer: Any, case: Instance) -> Outcome:
    people, _ = redraw.programme(case)
    raw = ask(answer, people, seconds=TRAINING)
    effect_raw, estimand_raw = as_parts(raw, ("effect", "estimand"))
    effect = as_number(effect_raw, "effect")
    estimand = as_text(estimand_raw, "estimand").strip().upper()
    if estimand not in ("ATT", "ATE", "ATC"):
        raise UnusableError(
            "The estimand should be 'ATT', 'ATE' or 'ATC'.",
            "Return the effect first and the name of what it estimates second.",
        )
    off = effect - case["att"]
    on = f"{len(people):,} people; an experiment would show {case['att']:,.0f} US$"
    if abs(off) > TOLERANCE:
        return failed(
            f"Your estimate is {effect:,.0f} US$, {abs(off):,.0f} "
            f"{'above' if off > 0 else 'below'} the experiment; {TOLERANCE:,.0f} are allowed.",
            on=on,
            next_step="Make the survey look like the trained: weight or match by the propensity of "
            "propensity_terms, and compare the earnings before the training.",
            misconception=trap(effect, case["traps"], TRAPS, 0.01),
        )
    if estimand != "ATT":
        return failed(
            f"The estimate {effect:,.0f} US$ is close, but it is no {estimand}.",
            on=on,
            next_step="Ask for whom the trained people of the experiment speak.",
            misconception="The experiment shows the effect on the trained. For the survey's people "
            "nobody knows.",
        )
    return passed("")


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
