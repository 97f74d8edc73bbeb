"""Task `dispatch`: thirty rounds of settings for dials that nobody explains, then secret days.

The judge keeps the office to itself: the answer sees the settings that it tried and their costs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, Status, failed, passed
from labkit.exercise.reading import as_array
from labkit.exercise.task import Instance, Task
from labkit.trends.rl_supply_chain.world.dials import DIALS, ROUNDS, SETTINGS, Office

Floats = NDArray[np.float64]

FARTHEST = 10.0
"""How far a dial can be turned, either way; good settings have dials between -2 and 2."""

QUICK = 20.0
"""CPU-seconds of a call; the reference needs milliseconds, but 4 to 6 pass where torch loads its
optimisers in one."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Let the answer search in every office, until its choice does not save enough in one."""
    for case in instance["cases"]:
        outcome = _case(answer, case)
        if outcome.status is not Status.PASSED:
            return outcome
    return passed("Days cost as little as asked, in every office.")


def _case(answer: Any, case: Instance) -> Outcome:
    def propose(tried: Floats, costs: Floats, seed: int) -> Floats:
        raw = call(answer, tried, costs, seed, seconds=QUICK)
        settings = as_array(raw, "settings", (SETTINGS, DIALS))
        if (np.abs(settings) > FARTHEST).any():
            raise UnusableError(
                f"A dial is turned to {settings.flat[np.abs(settings).argmax()]:.3g}; "
                f"they go from -{FARTHEST:g} to {FARTHEST:g}.",
                "Good settings lie near 0; np.clip keeps a search inside.",
            )
        return settings

    office = Office(case["storm"], case["urgent"], case["seed"])
    tried, costs = office.play(propose, case["luck"])
    both = np.array([tried[-1, 0], tried[-1].mean(axis=0)])
    choice, middle = office.saving(both, case["days"])
    if choice >= case["asked"]:
        return passed("")
    which = "cheaper" if choice >= 0 else "more expensive"
    return failed(
        f"With your choice, row 0 of the last round, days are {abs(choice):.1%} {which} than with "
        f"all dials at 0; {case['asked']:.1%} cheaper is asked.",
        on=f"an office after {ROUNDS} rounds, {case['days']:,} secret days",
        next_step="Let every round begin from what the rounds before it found, and take several "
        "good settings together: the best one of a round was also lucky.",
        misconception=_misconception(tried, costs, choice, middle >= case["asked"]),
    )


def _misconception(tried: Floats, costs: Floats, saving: float, middle_is_enough: bool) -> str:
    choice = tried[-1, 0]
    if middle_is_enough:
        return (
            "The middle of your last round saves enough, but your choice is its row 0: put your "
            "best guess there."
        )
    if not choice.any():
        return "All dials at 0 are nearest-request: nothing was changed."
    if saving < -0.3:
        return "Low costs are good: does the search keep the settings that cost most?"
    cheapest = tried.reshape(-1, DIALS)[costs.argmin()]
    # A setting that was tried from the first round on may stand there for another reason.
    if (choice == cheapest).all() and not (choice == tried[0]).all(axis=1).any():
        return (
            "The lowest cost of all rounds was paid before wages rose, or where fuel was cheap: "
            "costs can be compared within a round alone."
        )
    return ""


TASK = Task(
    "dispatch",
    15,
    judge,
    (
        "Nothing is known about the dials, so the first round can only be random: every dial near "
        "0, with a standard deviation of 0.3 or 0.4.",
        "The mean of the best quarter of a round is a better place to look around than where that "
        "round began. Twenty days are few: the single best setting was also lucky.",
        "Go through all rounds so far: move a centre halfway to the mean of each round's best "
        "quarter. Draw the next settings around it, and put the centre into row 0.",
    ),
    title="Trucks around a storm",
)
