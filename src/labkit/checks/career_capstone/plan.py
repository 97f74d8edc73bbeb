"""Judge of the task `plan`: the rules of a plan, then skills and minutes against the best."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case

QUICK = 10.0
"""CPU-seconds of a call; the reference needs a hundredth."""

TRAPS = {
    "no prerequisites": "This is the best plan for somebody who needs no prerequisites.",
    "held counted": "Skills of modules that are done are counted as missing.",
    "one step": "Prerequisites of the modules are taken, and not what these need in turn.",
    "not named": "Modules that teach nothing for the role are left out, though others need them.",
    "fewest modules": "The fewest modules are taken, not the fewest minutes.",
    "greedy": "Taking what gives most skills a minute, one after the other, is not the best set.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Every plan keeps the rules, and no other is better."""
    return each_case(instance, lambda case: _plan(answer, case), "No plan is better.")


def _plan(answer: Any, case: Instance) -> Outcome:
    modules = {module["name"]: module for module in case["catalogue"]}
    raw = call(answer, *(case[name] for name in ("catalogue", "done", "role", "minutes")),
               seconds=QUICK)  # fmt: skip
    plan = as_names(raw, "plan", list(modules))
    held = {skill for name in case["done"] for skill in modules[name]["skills"]}
    gained = {skill for name in plan for skill in modules[name]["skills"]}
    reached = len((gained & set(case["role"])) - held)
    minutes = sum(modules[name]["minutes"] for name in plan)
    open_before = sorted(
        before
        for name in plan
        for before in modules[name]["prerequisites"]
        if before not in plan and before not in case["done"]
    )
    fits = [key for key, led_to in case["traps"].items() if plan == set(led_to)]
    on = f"{len(modules)} modules, {len(case['done'])} done, {case['minutes']} minutes"
    misconception = TRAPS[fits[0]] if len(fits) == 1 else ""
    if again := sorted(plan & set(case["done"])):
        return failed(
            f"{again[0]} is done, and stands in the plan again.",
            on=on,
            next_step="Plan only what is still to be done.",
        )
    if open_before:
        return failed(
            f"{open_before[0]} has to be done first, and is neither done nor in the plan.",
            on=on,
            next_step="Add the prerequisites of each module, and theirs, before you compare plans.",
            misconception=misconception,
        )
    if minutes > case["minutes"]:
        return failed(
            f"The plan takes {minutes} minutes; there are {case['minutes']}.",
            on=on,
            next_step="Drop plans that take too long before you compare them.",
        )
    if (reached, minutes) == (case["reached"], case["least"]):
        return passed("")
    return failed(
        f"The plan reaches {reached} missing skills in {minutes} minutes; {case['reached']} in "
        f"{case['least']} are possible.",
        on=on,
        next_step="There are few modules: how many sets of them are there? Try every one.",
        misconception=misconception,
    )


TASK = Task(
    "plan",
    10,
    judge,
    (
        "Modules that are done cost nothing, and their skills are no longer missing.",
        "Go through every set of the modules that are not done (itertools.combinations of each "
        "size); keep those whose prerequisites are in the set or done, and that fit.",
        "Of these take the largest (missing skills reached, minus minutes).",
    ),
    title="The shortest way to a role",
    traps=TRAPS,
)
