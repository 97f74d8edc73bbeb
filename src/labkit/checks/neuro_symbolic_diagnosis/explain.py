"""Task 4, explanations that hold: findings, verdict, rule, and a flip that turns the verdict.

The guideline that an answer sees is the shipped one with secret changes, as Turtle text. What is
right is computed with the public reader of the guideline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, partial, passed
from labkit.exercise.reading import as_mapping, as_names, as_number, as_records
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.explanations import (
    KINDS,
    LEVELS,
    changed,
    findings_of,
    trace,
)
from labkit.trends.neuro_symbolic_diagnosis.perception import most_likely
from labkit.trends.neuro_symbolic_diagnosis.world.scores import BANDS

Findings = Mapping[str, Any]

WITHOUT_FLIPS = 0.25
"""Findings, verdicts and rules of all lesions hold, flips do not; the task's text says so. It takes
three calls of the course's own functions."""

SECONDS = 60.0
"""CPU time of a call; the reference needs 0.1 s."""

TRAPS = {
    "left out": "An explanation of a verdict cites what the system believes, and all of it.",
    "published": "That is the verdict by the published numbers. Read them from the guideline "
    "given.",
    "most probable": "The verdict of an explanation is that of the findings it cites. The most "
    "probable band over all combinations may be another.",
    "nothing left": "What no lesion can be without cannot be taken away. Keep looking: another "
    "change turns this verdict.",
    "no change": "A flip changes a finding.",
    "largest": "The largest contribution is not the deciding one. A cited reason counts if the "
    "verdict falls without it.",
}


@dataclass(frozen=True)
class Fault:
    """What does not hold in an explanation: in words, what to try, the misconception."""

    words: str
    next_step: str
    misconception: str = ""


READ = "perception.most_likely and explanations.findings_of give the findings to cite."
APPLY = (
    "Hand these findings, and the guideline read from the text given, to explanations.trace: it "
    "says the verdict and the rule that fired."
)
TRY = (
    "For each lesion try every finding at every other value, apply the guideline again, and keep a "
    "change after which the verdict is another."
)


def judge(answer: Any, instance: Instance) -> Outcome:
    """Every explanation states true findings, the right rule, and a flip that holds."""
    return each_case(
        instance,
        lambda case: _case(answer, case),
        "Every explanation holds, and so does every flip.",
    )


def _case(answer: Any, case: Instance) -> Outcome:
    beliefs, graph = redraw.stated_beliefs(case), redraw.changed_guideline(case)
    rule_book = guideline.read(graph)
    n = len(case["rows"])
    raw = call(answer, beliefs, guideline.to_turtle(graph), seconds=SECONDS)
    records = as_records(raw, "explanations", n, ("verdict", "rule", "findings", "flip"))
    facts = [findings_of(most_likely(beliefs), row) for row in range(n)]
    on = f"{n} lesions, {case['words']}"
    stated = [_stated_fault(r, f, rule_book) for r, f in zip(records, facts, strict=True)]
    if any(stated):
        words, fault = _first(stated, "state findings, verdict and rule as they are")
        return failed(words, on=on, next_step=fault.next_step, misconception=fault.misconception)
    flips = [_flip_fault(r["flip"], f, rule_book) for r, f in zip(records, facts, strict=True)]
    if not any(flips):
        return passed("")
    words, fault = _first(flips, "have a flip that holds")
    return partial(
        WITHOUT_FLIPS,
        words,
        on=on,
        next_step=fault.next_step,
        misconception=fault.misconception,
    )


def _first(faults: list[Fault | None], what: str) -> tuple[str, Fault]:
    """How many explanations hold, and the first fault."""
    row, fault = next((row, fault) for row, fault in enumerate(faults) if fault)
    good = sum(fault is None for fault in faults)
    return f"{good} of {len(faults)} explanations {what}. Lesion {row}: {fault.words}.", fault


def _stated_fault(
    record: Mapping[str, Any], facts: Findings, rule_book: guideline.Guideline
) -> Fault | None:
    stated = _stated_findings(record["findings"])
    for name, value in facts.items():
        if stated[name] != value:
            words = (
                f"believed most likely is {name} {_listed(value)}, the explanation says "
                f"{_listed(stated[name])}"
            )
            return Fault(words, READ, TRAPS["left out"])
    real = trace(facts, rule_book)
    if not _is_text(record["verdict"], real["verdict"]):
        words = (
            f"the findings score {real['tenths'] / 10:.1f}, which is {real['verdict']} under this "
            f"guideline, and the explanation says {str(record['verdict'])[:40]}"
        )
        return Fault(words, APPLY, _verdict_trap(record["verdict"], facts))
    if not _is_text(record["rule"], real["rule"]):
        words = f"rule {real['rule']} fires, and the explanation cites {str(record['rule'])[:40]}"
        return Fault(words, APPLY)
    return None


def _verdict_trap(verdict: Any, facts: Findings) -> str:
    if _is_text(verdict, trace(facts, guideline.read(guideline.load()))["verdict"]):
        return TRAPS["published"]
    return TRAPS["most probable"] if isinstance(verdict, str) and verdict in BANDS else ""


def _stated_findings(value: Any) -> dict[str, Any]:
    """Read the findings of an explanation; kinds come back in the order of the guideline."""
    maker = "explanations.findings_of(concepts, row) makes one."
    parts = as_mapping(value, [*LEVELS, *KINDS], "the findings of an explanation", maker)
    found: dict[str, Any] = {name: as_number(parts[name], name) for name in LEVELS}
    for kind, names in KINDS.items():
        listed = as_names(parts[kind], f"{kind} of an explanation", names)
        found[kind] = [name for name in names if name in listed]
    return found


def _flip_fault(flip: Any, facts: Findings, rule_book: guideline.Guideline) -> Fault | None:
    if flip is None:
        return Fault("it does not say what would change the verdict", TRY)
    parts = as_mapping(flip, ("finding", "to", "verdict"), "the flip of an explanation")
    finding, to = parts["finding"], as_number(parts["to"], "flip's value")
    known = {*LEVELS, *(name for names in KINDS.values() for name in names)}
    if not isinstance(finding, str) or finding not in known:
        return Fault(f"the rule knows no finding {str(finding)[:40]!r}", TRY)
    highest = LEVELS.get(finding, 1)
    if to not in range(highest + 1):
        words = f"{finding} goes from 0 to {highest}, and the flip sets it to {to:g}"
        return Fault(words, TRY)
    after = changed(facts, finding, int(to))
    if not after["colours"] or not after["structures"]:
        words = f"without {finding} no colour or no structure is left, and one always is"
        return Fault(words, TRY, TRAPS["nothing left"])
    if after == facts:
        words = f"{finding} is {to:g} already, so nothing is changed"
        return Fault(words, TRY, TRAPS["no change"])
    verdict, new = (trace(findings, rule_book)["verdict"] for findings in (facts, after))
    if new == verdict:
        words = f"with {finding} set to {to:g} the verdict stays {verdict}"
        return Fault(words, TRY, TRAPS["largest"])
    if not _is_text(parts["verdict"], new):
        words = (
            f"with {finding} set to {to:g} the verdict is {new}, and the explanation says "
            f"{str(parts['verdict'])[:40]}"
        )
        return Fault(words, TRY)
    return None


def _is_text(value: Any, expected: str) -> bool:
    """Whether a value is this text; an array would answer a comparison with an array."""
    return isinstance(value, str) and value == expected


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else f"{value:g}"


TASK = Task(
    "explain",
    10,
    judge,
    (
        "perception.most_likely and explanations.findings_of turn beliefs into findings by "
        "name; explanations.trace applies a guideline to them.",
        "explanations.changed(findings, finding, to) sets one finding. Try all of them until "
        "the verdict is another.",
        "explanations.check(explanation, findings, guideline) lists what does not hold. Hand "
        "it the guideline that you have read from the text given.",
    ),
    title="Explanations that hold",
    traps=TRAPS,
)
