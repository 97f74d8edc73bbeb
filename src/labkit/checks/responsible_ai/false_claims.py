"""Task `false_claims`: which claims of a model card do not survive recomputation."""

from __future__ import annotations

from typing import Any

from labkit.checks.responsible_ai.redraw import hiring
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a twentieth."""

TRAPS = {
    "training rows": "This figure is that of the training rows. Data are not just data: on what it "
    "was trained a model looks better.",
    "all rows": "This figure mixes training and test rows.",
    "overall figure": "This is the figure for all people. An average does not cover everybody.",
    "turned round": "Precision and true-positive rate are mixed up.",
    "one column": "People whose origin is unknown were forgotten.",
    "median by group": "Each group was held against its own median, so that half of each lies "
    "above. The median has to be common to all.",
    "over the average": "The share was divided by that of all, not by the highest category's.",
    "cut-off": "The ratio was taken from the tool's cut-off, not from the median score.",
    "unknown highest": "People of an unknown category are no category to compare with.",
    "mean": "The line is the median score, not the mean.",
    "little": "It is off by little, and by more than the 0.005 that are allowed.",
    "no unknowns": "The median leaves out people with an unknown category; they are in the sample.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Every card's set of false claims, exactly."""

    def one(case: Instance) -> Outcome:
        names = [claim["name"] for claim in case["claims"]]
        raw = call(answer, case["claims"], hiring(case), seconds=QUICK)
        found = as_names(raw, "set of false claims", names)
        false = dict(case["false"])
        if found == false.keys():
            return passed("")
        claim = next(c for c in case["claims"] if c["name"] in found ^ false.keys())
        about = ", ".join(claim["where"].values()) or "all people"
        missed = claim["name"] in false
        return failed(
            f"{claim['name']} ({claim['metric']}, {about}, {claim['value']}) is "
            + ("false and was let through." if missed else "true and was called false.")
            + f" In all, {len(found ^ false.keys())} of {len(names)} claims are judged wrongly.",
            on=f"a card on {case['people']} people",
            next_step="Compute this figure again from the test rows alone, by the definition in "
            "the task.",
            misconception=TRAPS[false[claim["name"]]] if missed else "",
        )

    return each_case(instance, one, "No false claim was signed, and no true one struck out.")


TASK = Task(
    "false_claims",
    10,
    judge,
    (
        "Begin with the test rows. For most metrics the rows of the category are all you need; "
        "the impact ratio needs the other categories as well.",
        "Impact ratio: who lies above the median score of all test rows; the share of these in "
        "each category of the same columns, those with an unknown left out; own share over the "
        "highest.",
    ),
    title="Sign this card",
    traps=TRAPS,
)
