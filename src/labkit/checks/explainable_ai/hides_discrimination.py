"""Judge of the task `hides_discrimination`: the banks that use the group when nobody looks."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.explainable_ai.world.audits import banks

WRONGLY = {
    "honest": "It never uses the group.",
    "proxy": "Its raw gap comes from columns that go with the group; given these columns the group "
    "makes no difference.",
    "open": "It uses the group for everybody, so that its attributions show it.",
    "posed": "It uses the group for made-up rows alone; real applicants are treated alike.",
    "two-faced": "It treats real applicants in another way than made-up rows, but by other "
    "columns: given these the group makes no difference.",
}
"""What is so about a bank that was named and does not hide discrimination."""

QUICK = 30.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the sets of names.

    Over 20 draws the group's coefficient among real rows is 1.00 to 1.81 in log-odds where a bank
    uses the group, and at most 0.07 where it does not (293 such banks); raw gaps are 0.0 to 3.4
    whatever the bank does.
    """
    return each_case(instance, lambda case: _audit(answer, case), "The right banks in every audit.")


def _audit(answer: Any, case: Instance) -> Outcome:
    models, rows = banks(case)
    raw = call(answer, models, rows, case["group"], seconds=QUICK)
    found, right = as_names(raw, "banks", case["names"]), set(case["hidden"])
    on = f"{len(rows):,} applicants, {case['columns']} columns, {len(models)} banks"
    if found == right:
        return passed("")
    if wrong := [name for name in case["names"] if name in found - right]:
        return failed(
            f"'{wrong[0]}' is named. {WRONGLY[case['kinds'][case['names'].index(wrong[0])]]}",
            on=on,
            next_step="Two questions a bank: does the group matter among real rows, given all "
            "other columns? Does it matter on rows that you made up?",
        )
    return failed(
        f"Of {len(right)} banks that hide it {len(right - found)} "
        f"{'is' if len(right - found) == 1 else 'are'} missing.",
        on=on,
        next_step="Compare real rows with real rows. A row with one value changed is nobody's.",
    )


TASK = Task(
    "hides_discrimination",
    10,
    judge,
    (
        "Change the group of a row, and some banks notice that this is no applicant of theirs.",
        "On the real rows, unchanged: regress the log-odds on all columns, and look at the group's "
        "coefficient. Use every bank's own rows.",
        "Asked for are banks with a coefficient on real rows and no effect of a changed group.",
    ),
    title="Behaves while it is explained",
)
