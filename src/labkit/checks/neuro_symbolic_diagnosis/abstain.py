"""Task 8, know when to say nothing: as many decisions as a risk allows, in each clinic.

Systems are too sure of themselves to different degrees, and clinics differ in how hard their
lesions are, so that a limit has to be learned from the known lesions of each.
"""

from __future__ import annotations

from typing import Any

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case

RISK_OVER = 1.45
"""Times the allowed risk, in each of six clinics. Over 10 draws the worst clinic had 1.04 to 1.33
with limits taken from the known lesions in four ways, with and without calibration; going down the
list from one end only 1.56 to 2.73, believing each stated probability 1.91 to 2.68."""

COVERAGE = 0.8
"""Share of what the oracle decides, in each clinic. The worst clinic had 0.84 to 1.00 in the four
ways, 0.60 to 0.72 at half the risk, 0.52 to 0.56 when each single lesion had to be below the risk,
instead of all decided ones together, and 0.00 up to the first excess of errors."""

SECONDS = 60.0
"""CPU time of a call; the reference needs 0.05 s."""

TRAPS = {
    "all": "Every lesion is decided: nothing is left to a second look.",
    "none": "Who never decides is never wrong, and of no use.",
    "believed": "The stated probabilities are believed. They are too sure of themselves, because "
    "the rule takes errors of its concepts for independent.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """In every clinic the risk among the decided is kept, and enough is decided."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "In every clinic the risk is kept, and as much is decided as it allows.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    stated, suspicious = redraw.past_and_new(case)
    past, risk = case["past"], case["risk"]
    raw = call(answer, stated[:past], suspicious[:past], stated[past:], risk, seconds=SECONDS)
    said = as_choices(raw, "decision", case["new"], (-1, 0, 1))
    is_decided = said >= 0
    decided = float(is_decided.mean())
    wrong = is_decided & (said != suspicious[past:])
    errors = float(wrong.sum() / max(is_decided.sum(), 1))
    words = (
        f"In one of the clinics you decide {decided:.0%} of the lesions, and {errors:.1%} of these "
        f"wrongly; the risk may be {risk:.1%}, and up to {RISK_OVER * risk:.1%} passes here. "
        f"Somebody who knew every lesion's true chance could decide {case['oracle']:.0%}."
    )
    on = f"a clinic with {past:,} known and {case['new']:,} new lesions"
    if errors > RISK_OVER * risk:
        return failed(
            words,
            on=on,
            next_step="Use the known lesions: at which stated probability were the decisions right "
            "often enough?",
            misconception=_trap_of(decided, case),
        )
    if decided >= COVERAGE * case["oracle"]:
        return passed(words)
    return failed(
        f"{words} {COVERAGE:.0%} of that is asked.",
        on=on,
        next_step="Rank the known lesions by how sure the system is, and go down the whole list: "
        "how far can you go so that the share of errors up to there is within the risk?",
        misconception=_trap_of(decided, case),
    )


def _trap_of(decided: float, case: Instance) -> str:
    if decided in (0, 1):
        return TRAPS["all" if decided else "none"]
    return TRAPS["believed"] if abs(decided - case["believed"]) < 0.002 else ""


TASK = Task(
    "abstain",
    5,
    judge,
    (
        "The known lesions tell how often the system is right when it says 0.9.",
        "Rank them by how sure the system is, the surest first, and follow the share of errors "
        "down the list.",
        "Decide new lesions that are at least as sure as the last known one at which the share "
        "of errors is within the risk. It may be above the risk for a while before that: near "
        "the head of the list one error is a large share.",
        "One limit on what is stated is enough. Systems lean a little to one side, and a logistic "
        "regression of the truth on the log-odds (Platt) takes that out first: it decides a few "
        "more.",
    ),
    title="Know when to say nothing",
    traps=TRAPS,
)
