"""Task 3, fifty labelled lesions: verdicts learned in clinics that share nothing.

Each clinic has its own lesions and its own device, so that only what is learned from its fifty
lesions counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.neuro_symbolic_diagnosis.clinics import clinic
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task

BETTER = 0.035
"""Share of right verdicts above that of the regression. Over 40 draws of sixteen clinics, about
6,400 new lesions each: findings and rule 0.076 to 0.129 above it with `C` of 1 and 0.099 to 0.151
with 10, ridge regressions of the findings or of the score that follows from them 0.052 to 0.099.
Findings learned as well, with `C` of 10, and the rule without the border -0.044 to 0.007, with
every border at its mean -0.046 to 0.007, cut where the verdicts fit best -0.049 to 0.008. Border
and asymmetry without the rest -0.044 to 0.001, the border alone -0.071 to -0.022, a rule of thumb
(twice the asymmetry and all colours and structures) -0.058 to -0.005. Learned from verdicts alone:
a regression without a penalty -0.007 to 0.021, shrunken discriminant analysis -0.021 to -0.006."""

SECONDS = 120.0
"""CPU time of a call; the reference needs 0.2 s."""

TRAPS = {
    "one verdict": "Every lesion gets the same verdict.",
    "turned": "The verdicts are turned: 1 means suspicious, a TDS above 4.75.",
    "near the regression": "So much is reached by learning from the verdicts alone, and also by "
    "findings of which the rule is then used in part: without the border, with another weight or "
    "limit. Is yours one of these, or is a penalty on your weights too strong?",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Mean accuracy of verdicts on new lesions, learned from few labelled ones in each clinic."""
    few, shares = instance["labelled"], []
    for case in instance["clinics"]:
        measured = clinic(case)
        known, new = measured.take(slice(few)), measured.take(slice(few, None))
        raw = call(answer, known.x, known.concepts, known.suspicious, new.x, seconds=SECONDS)
        said = as_choices(raw, "verdict", len(new.x), (0, 1))
        shares.append((float(np.mean(said == new.suspicious)), np.ptp(said) == 0))
    mean = float(np.mean([share for share, _ in shares]))
    words = (
        f"{mean:.1%} of the verdicts are right, learned from {few} lesions, mean of "
        f"{len(shares)} clinics. A plain regression from the measurements to the verdict (the "
        f"better of two penalties) reaches {instance['regression']:.1%}, the commoner verdict "
        f"alone {instance['majority']:.1%}."
    )
    asked = instance["regression"] + BETTER
    if mean >= asked:
        return passed(words)
    return failed(
        f"{words} {asked:.1%} is asked.",
        on=f"{len(shares)} clinics, each with about {len(new.x)} new lesions",
        next_step="Learn the findings from the measurements, each by itself, and let the rule "
        "make the verdict of what you believe about them.",
        misconception=_trap_of(mean, all(same for _, same in shares), instance),
    )


def _trap_of(mean: float, one_verdict: bool, instance: Instance) -> str:
    if one_verdict:
        return TRAPS["one verdict"]
    if mean < 0.4:
        return TRAPS["turned"]
    between = (instance["majority"] + instance["regression"]) / 2
    return TRAPS["near the regression"] if mean > between else ""


TASK = Task(
    "label_efficiency",
    15,
    judge,
    (
        "A verdict is one bit. The findings of a lesion are thirteen facts, and the rule turns "
        "them into the verdict without any learning.",
        "A logistic regression for each finding is enough: one for the asymmetry, one for the "
        "border, one for each colour and each structure.",
        "A level of the border that none of the fifty lesions has may still turn up, and "
        "scikit-learn refuses labels that are all the same: decide what you believe then.",
        "The verdict is suspicious when your posterior puts more than half above 4.75. These "
        "devices are clear enough for the most likely findings to say nearly the same; task 8 "
        "needs the probability.",
    ),
    title="Fifty labelled lesions",
    traps=TRAPS,
)
