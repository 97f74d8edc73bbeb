"""Task `agent`: plans are run so that no stranger's text decides what happens outside.

The tools and their effects are the judge's. The model that reads mail is the worst case: it says
what the attacker wants. So nothing that it says can be trusted, and what is left is where a value
comes from.
"""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_choices
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.intelligent_agents.world.plans import open_desk

QUICK = 2.0
"""CPU-seconds of a plan; the reference needs a hundredth."""

TRAPS = {
    "direct": "The argument came from a mail, through the model that reads it. What a model says "
    "of a stranger's text is the stranger's word.",
    "directory": "The directory is trusted, but a mail chose whom to look up: a result carries the "
    "sources of what it was asked.",
    "condition": "Whoever decides whether a step runs has a say in it: its condition's sources "
    "count as well.",
    "without": "Its condition has no value, since the step that makes it did not run: then this "
    "step does not run either.",
    "false": "A condition that is empty, 0 or False is not true, as Python has it.",
    "old": "A step that does not run takes the value of its `out` away, whatever kept it from "
    "running: the policy, its condition, or a name without a value.",
    "refuses": "What the user or the directory says alone may be done. Refusing all is no safety, "
    "since nobody will use it.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """No effect that the flow of information forbids, and every one that it allows."""

    def one(case: Instance) -> Outcome:
        tools, effects, end = open_desk(case["mails"], dict(case["contacts"]))
        plan = case["plan"]
        said = call(answer, plan, tools, case["policy"], seconds=QUICK)
        end()
        ran = as_choices(said, "result", len(plan), (0, 1))
        made = [[tool, dict(arguments)] for tool, arguments in effects]
        due = list(case["effects"])
        on = f"a plan of {len(plan)} steps, {'attacked' if case['attacked'] else 'honest'} mails"
        for effect in made:
            if effect not in due:
                return failed(
                    f"This happened and must not, or not so: {_shown(effect)}. {len(made)} effects "
                    f"were made, {len(case['effects'])} are allowed.",
                    on=on,
                    next_step="Let every value carry its sources, and look at them where a tool "
                    "takes it.",
                    misconception=TRAPS.get(_kind(effect, case), ""),
                )
            due.remove(effect)
        if due:
            return failed(
                f"This is allowed and did not happen: {_shown(due[0])}. {len(made)} of "
                f"{len(case['effects'])} effects were made.",
                on=on,
                next_step="Block a step only for the sources of its own arguments and condition, "
                "and go on with the next.",
                misconception=TRAPS["refuses"] if not made else "",
            )
        wrong = [place for place, value in enumerate(ran) if bool(value) != case["ran"][place]]
        if wrong:
            return failed(
                f"Step {wrong[0]} ({plan[wrong[0]]['tool']}) "
                f"{'may run' if case['ran'][wrong[0]] else 'may not run'}, but the result says "
                f"{bool(ran[wrong[0]])}.",
                on=on,
                next_step="Return for each step whether it ran.",
            )
        return passed("")

    return each_case(instance, one, "No stranger's word went out, and all that is allowed is done.")


def _kind(effect: list[Any], case: Instance) -> str:
    """By which way a stranger's word came into an effect."""
    values = {str(value) for value in effect[1].values()}
    said = {str(v) for mail in case["mails"].values() for v in mail["says"].values()}
    said |= {mail["text"] for mail in case["mails"].values()}
    if values & said or any(note in value for value in values for note in said if len(note) > 6):
        return "direct"
    if effect in case["effects"]:  # allowed, but once
        return ""
    for place, step in enumerate(case["plan"]):
        literal = [v["value"] for v in step["arguments"].values() if "value" in v]
        if step["tool"] == effect[0] and literal and set(literal) <= set(effect[1].values()):
            return _condition(place, case) if step["if"] else _way(place, case)
    return ""


def _condition(place: int, case: Instance) -> str:
    """What is wrong with a condition under which an effect was made."""
    plan = case["plan"]
    makers = [k for k in range(place) if plan[k]["out"] == plan[place]["if"]]
    if not makers or not case["ran"][makers[-1]]:
        return "without"
    name = plan[makers[-1]]["arguments"].get("name", {}).get("value")
    return "false" if name and name not in dict(case["contacts"]) else "condition"


def _way(place: int, case: Instance) -> str:
    """By which way a step's arguments came that no mail names."""
    for given in case["plan"][place]["arguments"].values():
        makers = [k for k in range(place) if case["plan"][k]["out"] == given.get("of")]
        if makers and not case["ran"][makers[-1]]:
            return "old"
        if makers and case["plan"][makers[-1]]["tool"] == "find_contact":
            asked = case["plan"][makers[-1]]["arguments"].values()
            return "directory" if any("of" in one for one in asked) else ""
    return ""


def _shown(effect: list[Any]) -> str:
    return f"{effect[0]}({', '.join(f'{key}={value!r}' for key, value in effect[1].items())})"


TASK = Task(
    "agent",
    15,
    judge,
    (
        "Keep two dictionaries by name: the value, and the set of its sources. What the plan "
        "itself says comes from the user.",
        "A result has the sources of all its arguments, of its condition, and what "
        "policy['gives'] adds for its tool.",
        "For a tool in policy['takes'], the sources of each argument, with those of the condition, "
        "must be among the allowed ones.",
        "A step that does not run takes its name's value away, so that later steps that need it do "
        "not run either.",
    ),
    title="An agent against the worst case",
    traps=TRAPS,
)
