"""Task `decide`: the entry of a table that is worth most within a cap on the attack."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_text
from labkit.exercise.task import Instance, Task, each_case

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a millionth."""

TRAPS = {
    "no error": "This gives more away than is allowed: the attack was measured with an error, and "
    "the upper end of its 95 % interval has to keep the cap.",
    "level of 90 %": "The upper end of a 90 % interval keeps the cap, that of a 95 % one does not.",
    "level of 99 %": "A 99 % interval strikes out too much: 1.96 standard errors are asked.",
    "no cap": "This is worth most, and gives more away than is allowed.",
    "smallest epsilon": "The smallest epsilon is not what was asked: within the cap, worth "
    "decides.",
    "weakest attack": "The weakest attack is not what was asked: within the cap, worth decides.",
    "most minutes": "This has most minutes. Viewers who leave cost more than their minutes.",
    "fewest leave": "This loses fewest viewers. The minutes of those who stay count too.",
    "per cent as share": "`leave` is in per cent: 3 means 0.03 of the viewers.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the name."""

    def one(case: Instance) -> Outcome:
        name = as_text(call(answer, case["table"], case["prices"], seconds=QUICK), "name")
        if name == case["best"]:
            return passed("")
        if name not in {row["name"] for row in case["table"]}:
            raise UnusableError(
                f"The table has no entry '{name[:40]}'.", "Return the `name` of one of its entries."
            )
        idea = next((TRAPS[key] for key in TRAPS if case["traps"][key] == name), "")
        return failed(
            f"'{name}' was chosen; '{case['best']}' is worth more within the cap, or the only one "
            "that keeps it.",
            on=f"{len(case['table'])} entries, cap {case['prices']['cap']:g}",
            next_step="First strike out what breaks the cap, with its error; then compare euros.",
            misconception=idea,
        )

    return each_case(instance, one, "Each choice is worth most within the cap.")


TASK = Task(
    "decide",
    5,
    judge,
    (
        "An entry keeps the cap if attack + 1.96 · attack_error does.",
        "Euros a viewer and month: minute · minutes − lost · leave / 100.",
    ),
    title="Which one goes live",
    traps=TRAPS,
)
