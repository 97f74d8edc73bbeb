"""Judge of the task `distil`: how far a student's chances are from the true ones."""

from __future__ import annotations

from typing import Any

from labkit.checks.generative_ai.redraw import lesson
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.generative_ai.world.teachers import excess

TAUGHT, MISLED = 0.13, 1.6
"""Excess cross-entropy as a share of that of labels alone, in each case. Over 12 draws students
chosen on validation among temperatures, or scaled, leave 0.001 to 0.08 where the teacher helps
and at most 1.0 where it is misled. The worst case of half labels, half teacher is 0.34 to 1.4,
that of all labels without a teacher 0.17 to 0.37, of labels alone 1.0, of no temperature 0.93 to
1.0, of one temperature for all 0.83 and more, chosen by accuracy 0.42 and more. Lessons in
which a factor near the best one on validation leaves more than 0.1 are drawn again."""
TRAPS = {
    "labels alone": "The teacher is not listened to: this is what the labels alone give.",
    "all labels": "The teacher is not listened to: this is what all labels give, those for "
    "validation too.",
    "teacher's classes": "Only the teacher's likeliest class is used. What it says of the other "
    "classes is most of what it knows.",
    "always trusted": "The teacher's chances are taken as they are, without asking the validation "
    "examples.",
    "half and half": "Labels and teacher are always mixed half and half.",
}
QUICK = 20.0
"""CPU-seconds of a call; the reference needs a tenth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the student in each case with one that has learned from labels alone."""
    return each_case(
        instance, lambda case: _case(answer, case), "It learns from every teacher what can be had."
    )


def _case(answer: Any, case: Instance) -> Outcome:
    drawn = lesson(case)
    raw = call(answer, drawn.x, drawn.y, drawn.teacher, drawn.x_val, drawn.y_val, seconds=QUICK)
    found = as_array(raw, "weights", drawn.true.shape)
    above = excess(drawn.true, found, case["judged"])
    share = above / case["labels"]
    most = MISLED if case["kind"] == "misled" else TAUGHT
    words = (
        f"The student's cross-entropy is {above:.4f} above the least possible, {share:.2f} times "
        "that of a student of labels alone"
    )
    if share <= most:
        return passed(f"{words}.")
    return failed(
        f"{words}; with this teacher {most:g} is allowed.",
        on=f"{len(drawn.x)} examples, {drawn.true.shape[1]} classes, a teacher who is "
        f"{case['kind']}",
        next_step="Train several students: on labels, and on the teacher's chances made sharper "
        "and softer. Let the log loss on the validation examples choose.",
        misconception=trap(above, case["traps"], TRAPS, 1e-4),
    )


TASK = Task(
    "distil",
    15,
    judge,
    (
        "Softmax regression works with chances as targets: minimise −Σ target · log(chance).",
        "Made softer by a temperature T, chances are p^(1/T), divided by their sum; T below 1 "
        "sharpens.",
        "Of students on labels and on the teacher at T = 1/4, 1/3, 1/2, 1, 2, 3, 4, keep the one "
        "with the least log loss on x_val, y_val.",
    ),
    title="Learn from a teacher",
    traps=TRAPS,
)
