"""Task `gate`: nothing runs that nobody allowed, what is allowed runs, and few questions are asked.

The judge keeps what ran and what was asked. Whether approvals can cover the calls that ran is a
matching of calls and approvals.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a hundredth."""

TRAPS = {
    "tool": "The tool was approved, not this call: an approval holds for its arguments alone.",
    "description": "The tool's description has changed since it was approved or pinned: it is "
    "another tool now.",
    "used": "An approval was used more than once: it holds for one call.",
    "time": "An approval was used before it began or after it ended.",
    "no": "The person was asked and said no.",
    "open": "Whatever came through the gate ran, so it is no gate.",
    "missing": "Nothing is free for a tool that policy['free'] does not name, and an approval "
    "covers its own time only.",
    "all": "Asking about everything is not safer: people who are asked too often stop reading.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Unapproved effects first, then what should have run, then the number of questions."""

    def one(case: Instance) -> Outcome:
        ran: list[int] = []
        asked: list[int] = []
        over: list[bool] = []

        def known(place: Any) -> int:
            if over:
                raise PermissionError("these functions belong to a gate that is closed")
            if not 0 <= int(place) < len(case["attempts"]):
                raise IndexError(f"there is no attempt {place}")
            return int(place)

        def ask(place: int) -> bool:
            """Ask the person about one attempt, and return what is said."""
            asked.append(known(place))
            return bool(case["says"][asked[-1]])

        def run(place: int) -> None:
            """Carry one attempt out."""
            ran.append(known(place))

        shown = case["attempts"], case["approvals"], case["policy"]
        said = call(answer, *shown, ask, run, seconds=QUICK)
        over.append(True)
        reported = as_choices(said, "result", len(case["attempts"]), (0, 1))
        fault = _unapproved(ran, asked, case) or _missing(ran, asked, case)
        fault = fault or _questions(asked, case)
        if fault is None and set(np.flatnonzero(reported)) != set(ran):
            fault = ("What is reported as run is not what ran.", "Return what ran.", "")
        on = f"{len(case['attempts'])} attempts, {len(case['approvals'])} approvals"
        if fault is None:
            return passed("")
        words, step, trap = fault
        return failed(words, on=on, next_step=step, misconception=TRAPS.get(trap, ""))

    return each_case(instance, one, "Only what was allowed ran, with the fewest questions.")


Fault = tuple[str, str, str] | None


def _unapproved(ran: list[int], asked: list[int], case: Instance) -> Fault:
    """The first call that neither policy, person nor approval covers."""
    if len(set(ran)) < len(ran):
        place = next(p for p in ran if ran.count(p) > 1)
        return f"Attempt {place} ran {ran.count(place)} times.", "Run an attempt once.", ""
    yes = {place for place in asked if case["says"][place]}
    left = [place for place in sorted(ran) if case["needs"][place] and place not in yes]
    if not left:
        return None
    fits = np.array([[_covers(a, case["attempts"][p]) for a in case["approvals"]] for p in left])
    matched = maximum_bipartite_matching(csr_matrix(fits), perm_type="column")
    open_ones = [p for p, m in zip(left, matched, strict=True) if m < 0]
    if not open_ones:
        return None
    place = open_ones[0]
    one = case["attempts"][place]
    return (
        f"Attempt {place} ran at {one['time']} without approval: {_shown(one['call'])}.",
        "Compare tool, arguments, description and time with an approval that is not used up; if "
        "none fits, ask.",
        "no"
        if place in asked
        else "open"
        if len(ran) == len(case["attempts"])
        else _reason(place, fits[left.index(place)], case),
    )


def _covers(approval: Instance, one: Instance) -> bool:
    return bool(
        approval["call"] == one["call"] and approval["from"] <= one["time"] <= approval["until"]
    )


def _reason(place: int, fits: Any, case: Instance) -> str:
    one = case["attempts"][place]
    if fits.any():
        return "used"
    if one["call"]["description"] != case["policy"]["pinned"][one["call"]["tool"]]:
        return "description"
    if any(approval["call"] == one["call"] for approval in case["approvals"]):
        return "time" if one["call"]["tool"] in case["policy"]["free"] else "missing"
    return "tool" if one["call"]["tool"] in case["policy"]["free"] else "missing"


def _missing(ran: list[int], asked: list[int], case: Instance) -> Fault:
    yes = {place for place in asked if case["says"][place]}
    for place, one in enumerate(case["attempts"]):
        if place in ran:
            continue
        if not case["needs"][place] or place in yes or place not in asked:
            why = "the person said yes" if place in yes else "nobody had forbidden it"
            return (
                f"Attempt {place} did not run, although {why}: {_shown(one['call'])}.",
                "What is free, approved or granted runs; what is open is asked about.",
                "",
            )
    return None


def _questions(asked: list[int], case: Instance) -> Fault:
    if len(asked) <= case["questions"]:
        return None
    needless = [place for place in asked if not case["needs"][place]]
    return (
        f"{len(asked)} questions were asked; {case['questions']} are enough.",
        "Do not ask about what the policy lets through. Where several approvals fit, which one can "
        "wait for a later call, and which cannot?",
        "all" if needless else "",
    )


def _shown(content: Instance) -> str:
    arguments = ", ".join(f"{key}={value}" for key, value in content["arguments"].items())
    return f"{content['tool']}({arguments})"


TASK = Task(
    "gate",
    15,
    judge,
    (
        "First what is free: a pinned description, and a sum up to the limit, the limit included.",
        "An approval fits if its call equals the attempt's call, as dictionaries, and the time "
        "lies from `from` to `until`.",
        "Take an approval off the list when it is used.",
        "If several fit, spend the one that ends first: the others may still serve later calls.",
    ),
    title="A gate that people do not learn to ignore",
    traps=TRAPS,
)
