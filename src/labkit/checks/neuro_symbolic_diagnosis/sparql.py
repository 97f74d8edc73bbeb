"""Task 7, ask the guideline: the exact answer set of a question to a graph.

Graphs are the shipped one with secret findings and sources; the answer set stands in the instance.
"""

from __future__ import annotations

from typing import Any

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_pairs
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.neuro_symbolic_diagnosis import guideline

SECONDS = 60.0
"""CPU time of a call; the reference needs 0.1 s."""

TRAPS = {
    "any source": "A finding with one old source and one new one is in your answer. That no source "
    "is newer is not the same as that some source is older.",
    "sourced": "Findings without any source are missing. They have no newer one, so they belong to "
    "the answer.",
    "no sign": "Findings that suggest no sign are in your answer.",
    "any weight": "Findings of criteria with too little weight are in your answer.",
    "more weight": "At least so much weight includes exactly so much.",
    "before": "A source of the year itself is not newer than that year.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """The exact answer set on several graphs."""
    return each_case(instance, lambda case: _case(answer, case), "Every answer set is exact.")


def _case(answer: Any, case: Instance) -> Outcome:
    turtle = guideline.to_turtle(redraw.extended_guideline(case))
    raw = call(answer, turtle, case["weight"], case["year"], seconds=SECONDS)
    found, expected = as_pairs(raw, "answer"), {tuple(pair) for pair in case["expected"]}
    if found == expected:
        return passed("")
    missing, extra = sorted(expected - found), sorted(found - expected)
    words = [f"{len(missing)} are missing, such as {missing[0]}"] if missing else []
    if extra:
        words.append(f"{len(extra)} are too many, such as {extra[0]}")
    misconception = next(
        (TRAPS[name] for name, pairs in case["traps"].items() if found == _as_set(pairs)), ""
    )
    return failed(
        f"Of {len(expected)} findings, {' and '.join(words)}.",
        on=f"weight at least {case['weight']}, no source after {case['year']}",
        next_step="Ask for one condition at a time, and look up in the Turtle text why a finding "
        "is in the answer or not.",
        misconception=misconception,
    )


def _as_set(pairs: Any) -> set[tuple[str, str]]:
    return {(letter, name) for letter, name in pairs}


TASK = Task(
    "sparql",
    5,
    judge,
    (
        "Look at the graph first: print(guideline.to_turtle(guideline.load())).",
        "One line of a query is one edge of the graph; the same ?variable twice is a join.",
        "FILTER(?points > 2) keeps rows. FILTER NOT EXISTS { ... } keeps those for which no "
        "edges fit the braces, also where there is no edge at all, and has room for a FILTER of "
        "its own. The lesson's section 4 shows both.",
        "guideline.ask(graph, query) returns a row as a dictionary from variable to value.",
    ),
    title="Ask the guideline",
    traps=TRAPS,
)
