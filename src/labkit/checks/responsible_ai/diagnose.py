"""Task `diagnose`: the cause of a bias and its size, in twenty audits, some of which have none."""

from __future__ import annotations

from collections import Counter
from typing import Any

from labkit.checks.responsible_ai.redraw import audit
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_number, as_parts, as_text
from labkit.exercise.task import Instance, Task
from labkit.trends.responsible_ai.world.audits import CAUSES

RIGHT = 19
"""Of twenty causes. Tests, and limits for each size, have 20; the largest raw gap 7 to 13, never
"none" 16, the largest size in any unit 6 to 14, a model of the records 3 to 11 (12 exams)."""

OFF = 0.25
"""Relative, of a size. The reference and other ways to hold the score fixed are within 12 %."""

EXACT = 1e-9
"""For the size of no bias, which is 0."""

QUICK = 5.0
"""CPU-seconds of a call; the reference needs ten milliseconds."""

MEANT = {
    "none": "An audit must not find something: groups may differ, and a gap is not a bias.",
    "label": "No gap, no bias? Where good people are called good less often, labels may even look "
    "equal. Hold them against the re-check, among the good.",
    "measurement": "A gap in the score may be a difference. An error of the score shows in the "
    "re-check: score minus true score.",
    "sampling": "Who is missing in the records shows nowhere in them; the register tells.",
    "proxy": "Invitations have to be compared at the same score: does the area still count?",
}
"""What is said where a bias of this kind was not found."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Count the right causes, then the sizes that are near."""
    missed: list[tuple[str, str]] = []
    far: list[tuple[str, float, float]] = []
    for case in instance["audits"]:
        given = audit(case)
        raw = call(answer, given.records, given.rechecked, given.register, seconds=QUICK)
        first, second = as_parts(raw, ("cause", "size"))
        cause = as_text(first, "cause")
        if cause not in CAUSES:
            raise UnusableError(f"'{cause}' is no cause.", f"The causes are {', '.join(CAUSES)}.")
        size = as_number(second, "size")
        if cause != case["cause"]:
            missed.append((case["cause"], cause))
        elif abs(size - case["size"]) > OFF * case["size"] + EXACT:
            far.append((cause, size, case["size"]))
    audits = len(instance["audits"])
    if len(missed) > audits - RIGHT:
        (true, said), _ = Counter(missed).most_common(1)[0]
        return failed(
            f"{audits - len(missed)} of {audits} causes are right; {RIGHT} are asked.",
            on=f"an audit whose cause is {true} and was called {said}",
            next_step="Estimate all four differences as if each were there, and hold each one "
            "against its standard error.",
            misconception=MEANT[true],
        )
    if len(missed) + len(far) > audits - RIGHT:
        (cause, size, truth), times = far[0], Counter(kind for kind, _, _ in far)
        kinds = ", ".join(f"{n} of kind {kind}" for kind, n in times.items())
        return failed(
            f"The causes are right, but {len(far)} sizes are off by more than {OFF:.0%} ({kinds}): "
            f"{size:.3g} where it is {truth:.3g}.",
            on=f"an audit with a bias of the kind {cause}",
            next_step="Read once more what the size of this bias is, in which unit and with which "
            "sign.",
            misconception=_cause_of(far[0]),
        )
    return passed("Every bias is found and measured, and no difference is called one.")


def _cause_of(far: tuple[str, float, float]) -> str:
    """What most likely makes a size wrong whose cause is right."""
    cause, size, truth = far
    if abs(size + truth) < OFF * truth:
        return "The size is right and its sign is turned."
    if cause == "measurement":
        return "Is this the mean error of one group's scores minus that of the other, in points?"
    if cause == "proxy":
        return "Is this a difference of probabilities, between people of the same score?"
    return "Is this a difference of shares, between the groups that the task names?"


TASK = Task(
    "diagnose",
    15,
    judge,
    (
        "label: among those re-checked and good, the share with label 1, group 0 minus group 1. "
        "measurement: score minus true score, group 0 minus group 1. sampling: register minus the "
        "share in the records.",
        "proxy: take out of `decided` what follows from the score (a straight line), then compare "
        "area 0 with area 1.",
        "A mean difference has the standard error √(variance / n + variance / n). What lies more "
        "than about four of them from zero is there.",
    ),
    title="What is wrong, if anything",
)
