"""Task `blind_policy`: the best decisions by file alone, under a bound on the groups' gap."""

from __future__ import annotations

from typing import Any

from labkit.checks.responsible_ai.redraw import files
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case
from labkit.exercise.traps import trap
from labkit.trends.responsible_ai.world.cells import accuracy, gap

BELOW = 0.002
"""Of accuracy, below the best policy that may also use chance. In a draw that is used a
price on the tilt loses at most .0010, a price from a grid of 4,000 at most .0013 (40 cases), a
known mistake at least .006, no gap at all at least .005."""

EXACT = 1e-9
SAME_TRAP = 1e-9
QUICK = 20.0
"""CPU-seconds of a call; the reference needs a tenth, a mixed-integer solver about one."""

TRAPS = {
    "column dropped": "Not seeing the group does not make a decision fair: the files tell of it.",
    "one cut-off moved": "Moving one cut-off makes the system stricter or laxer for all, until the "
    "groups are alike; it pays for that with files that have nothing to do with the gap.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Hold the gap against the bound, then the accuracy against the best."""

    def one(case: Instance) -> Outcome:
        cells = files(case)
        raw = call(answer, *cells, case["bound"], seconds=QUICK)
        chosen = as_choices(raw, "decisions", len(cells.good), (0, 1))
        on = f"{len(cells.good)} cells, bound {case['bound']:g}"
        right, width = accuracy(cells, chosen), abs(gap(cells, chosen))
        known = trap(right, case["traps"], TRAPS, SAME_TRAP)
        if width > case["bound"] + EXACT:
            return failed(
                f"The groups' shares of accepted people lie {width:.3f} apart; the bound is "
                f"{case['bound']:g}.",
                on=on,
                next_step="A cell's share of group 0 is mass · (1 − group) over the sum of these; "
                "of group 1, mass · group over its sum. Add both up over the accepted cells.",
                misconception=known,
            )
        if right >= case["best"] - BELOW:
            return passed("")
        return failed(
            f"The bound is kept, and {right:.2%} of the decisions are right; {case['best']:.2%} "
            f"can be, and at most {100 * BELOW:g} points less are asked.",
            on=on,
            next_step="Give the tilt of a cell a price: accept where good − 1/2 is larger than the "
            "price times what the cell adds to the gap, for each person. Which price is enough?",
            misconception=known,
        )

    return each_case(instance, one, "The gap is closed where it costs least.")


TASK = Task(
    "blind_policy",
    10,
    judge,
    (
        "Accepting a cell brings mass · (2 good − 1) right decisions, and moves the gap by "
        "mass · (1 − group) / P0 − mass · group / P1, with P0 and P1 the groups' shares.",
        "Take the ratio of both: with a price for the gap, the best decision of each cell follows "
        "by itself. Try many prices, keep those that hold the bound, take the most accurate.",
    ),
    title="Fair without looking",
    traps=TRAPS,
)
