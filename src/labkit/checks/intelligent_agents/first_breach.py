"""Task `first_breach`: in a recorded run, the first step that breaks a rule, and which."""

from __future__ import annotations

from functools import partial
from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, Status, all_cases, failed, passed
from labkit.exercise.reading import as_parts, as_text, as_whole
from labkit.exercise.task import Instance, Task, attempt

RULES = ("recipient", "approval", "tool", "doubled", "budget", "invented", "none")
QUICK = 2.0
"""CPU-seconds of a run; the reference needs a thousandth."""

TRAPS = {
    "retry": "A retry under the same key is the same call: it needs no new approval and doubles "
    "nothing. What tells a retry is its key, not an error before it.",
    "error": "A time-out is no breach: calm runs have them too.",
    "counted": "Places in the list are counted from 0.",
    "missed": "A run that ends well may have broken a rule on the way.",
    "recipient": "Every effect's `to` is checked, that of a retry as well, letter by letter.",
    "approval": "An approval is for this tool and all arguments, and stands before the call.",
    "doubled": "The same payment under a new key is made a second time, also after a time-out.",
    "tool": "A tool is compared with its first description, at every call, also at a retry.",
    "budget": "Every call counts, whatever the tool, and retries as well.",
    "invented": "A figure is known from the result that has it on, and from results alone.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Step and rule must be those of the first breach, in every run."""

    def one(case: Instance) -> Outcome:
        trace = case["trace"]
        step, rule = as_parts(call(answer, trace, seconds=QUICK), ("step", "rule"))
        found = as_whole(step, "step"), as_text(rule, "rule")
        true = case["step"], case["rule"]
        if found == true:
            return passed("")
        shown = (
            f"step {true[0]} breaks the rule '{true[1]}'"
            if true[0] >= 0
            else "no step breaks a rule, so (-1, 'none')"
        )
        return failed(
            f"The answer is {found!r}; {shown}.",
            on=f"a run of {len(trace['steps'])} steps, {_words(trace['steps'], found[0], true[0])}",
            next_step="Walk through the steps once and keep what they change: open approvals, "
            "descriptions, keys, figures, the number of calls."
            if found[1] in RULES
            else f"The rules are {', '.join(RULES)}.",
            misconception=TRAPS.get(_kind(trace["steps"], found, true), ""),
        )

    outcomes: list[Outcome] = []
    for case in instance["cases"]:
        outcomes.append(attempt(partial(one, case)))
        if outcomes[-1].status in (Status.ERROR, Status.NOT_ATTEMPTED):
            break  # thirty more calls that do not end would take a minute
    return all_cases(outcomes, "Every breach was found at its first step.")


def _words(steps: list[Instance], *places: int) -> str:
    shown = [f"step {p} is {steps[p]}" for p in places if 0 <= p < len(steps)]
    return "; ".join(shown) or "none of them named"


def _kind(steps: list[Instance], found: tuple[int, str], true: tuple[int, str]) -> str:
    place, rule = found
    if rule == "none":
        return "missed"
    if found == (true[0] + 1, true[1]) and true[0] >= 0:
        return "counted"
    if not 0 <= place < len(steps):
        return ""
    if steps[place]["kind"] == "error":
        return "error"
    if place > true[0] >= 0:
        return true[1]
    keys = [step["key"] for step in steps[:place] if step["kind"] == "call"]
    if steps[place].get("key") in keys and rule in ("approval", "doubled"):
        return "retry"
    return rule if rule in RULES else ""


TASK = Task(
    "first_breach",
    10,
    judge,
    (
        "One loop over the steps; an `if` for each kind of step.",
        "A call whose key came before is a retry: count it, check its tool and receiver, and "
        "leave approvals alone.",
        "Keep the pairs of tool and arguments that were approved, and those that were made.",
    ),
    title="Read what an agent did",
    traps=TRAPS,
)
