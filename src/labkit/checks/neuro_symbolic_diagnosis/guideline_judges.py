"""The judges of the tasks about the written guideline: explain, adapt, and query the graph.

The guideline that an answer sees is the shipped one with secret changes, as Turtle text, so that
limits and weights must be read from it. What is right is computed with the public reader of the
guideline, or stands in the instance. Tasks about logic and perception are judged in `judges`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import judges, redraw
from labkit.checks.neuro_symbolic_diagnosis.reading import (
    as_pairs,
    as_records,
    between_zero_and_one,
)
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import as_array, as_number
from labkit.exercise.task import Instance, judge_cases
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

Floats = NDArray[np.float64]
Findings = Mapping[str, Any]

STEPS = {
    "findings": "perception.most_likely and explanations.findings_of give the findings to cite.",
    "rule": "Hand these findings, and the guideline read from the text given, to "
    "explanations.trace: it says the verdict and the rule that fired.",
    "flip": "For each lesion try every finding at every other value, apply the guideline again, "
    "and keep a change after which the verdict is another.",
}
"""What to try next, by the part of an explanation that does not hold."""

MOSTLY = 0.9
"""Share of explanations without a fault that earns half."""


# --- 4 explain ----------------------------------------------------------------------------------


def judge_explain(answer: Any, instance: Instance) -> Outcome:
    """Every explanation states true findings, the right rule, and a flip that holds."""
    outcomes = judge_cases(instance["cases"], lambda case: _explain_case(answer, case))
    return judges.over_parts(outcomes, "Every explanation holds, and so does every flip.")


def _explain_case(answer: Any, case: Instance) -> Outcome:
    beliefs, graph = redraw.stated_beliefs(case), redraw.changed_guideline(case)
    rule_book = guideline.read(graph)
    n = len(case["rows"])
    raw = judges.on_quick_time(answer, beliefs, guideline.to_turtle(graph))
    records = as_records(raw, n, ("verdict", "rule", "findings", "flip"))
    likely = most_likely(beliefs)
    faults = []
    for row, record in enumerate(records):
        part, fault, trap = _fault(record, findings_of(likely, row), rule_book)
        if fault:
            faults.append((row, part, fault, trap))
    if not faults:
        return passed("")
    row, part, fault, trap = faults[0]
    words = f"{n - len(faults)} of {n} explanations hold. Lesion {row}: {fault}."
    on = f"{n} lesions, {case['words']}"
    step = STEPS[part]
    if len(faults) <= (1 - MOSTLY) * n:
        return Outcome(Status.PARTIAL, 0.5, words, on, step, trap)
    return failed(words, on=on, next_step=step, misconception=trap)


def _fault(
    record: Mapping[str, Any], facts: Findings, rule_book: guideline.Guideline
) -> tuple[str, str, str]:
    """The part of an explanation that does not hold first, what is wrong, and the misconception."""
    stated = _stated_findings(record["findings"])
    for name, value in facts.items():
        if stated[name] != value:
            return (
                "findings",
                f"believed most likely is {name} {_listed(value)}, the explanation says "
                f"{_listed(stated[name])}",
                "An explanation of a verdict cites what the system believes, and all of it.",
            )
    real = trace(facts, rule_book)
    if not _is_text(record["verdict"], real["verdict"]):
        return (
            "rule",
            f"the findings score {real['tenths'] / 10:.1f}, which is {real['verdict']} under this "
            f"guideline, and the explanation says {str(record['verdict'])[:40]}",
            _verdict_trap(record["verdict"], facts),
        )
    if not _is_text(record["rule"], real["rule"]):
        return (
            "rule",
            f"rule {real['rule']} fires, and the explanation cites {str(record['rule'])[:40]}",
            "",
        )
    return "flip", *_flip_fault(record["flip"], facts, real["verdict"], rule_book)


def _verdict_trap(verdict: Any, facts: Findings) -> str:
    if _is_text(verdict, trace(facts, guideline.read(guideline.load()))["verdict"]):
        return "That is the verdict by the published numbers. Read them from the guideline given."
    if isinstance(verdict, str) and verdict in BANDS:
        return (
            "The verdict of an explanation is that of the findings it cites. The most probable "
            "band over all combinations may be another."
        )
    return ""


def _stated_findings(value: Any) -> dict[str, Any]:
    """Read the findings of an explanation; kinds come back in the order of the guideline."""
    if not isinstance(value, dict) or set(value) != {*LEVELS, *KINDS}:
        raise UnusableError(
            "The findings of an explanation should be a dictionary with the keys "
            f"{', '.join([*LEVELS, *KINDS])}.",
            "explanations.findings_of(concepts, row) makes one.",
        )
    found: dict[str, Any] = {name: as_number(value[name], name) for name in LEVELS}
    for kind, names in KINDS.items():
        listed = value[kind]
        if not isinstance(listed, (list, tuple, set, frozenset)) or not all(
            isinstance(name, str) and name in names for name in listed
        ):
            raise UnusableError(
                f"The {kind} of an explanation should be a list of names out of "
                f"{', '.join(names)}.",
                "explanations.findings_of(concepts, row) makes one.",
            )
        found[kind] = [name for name in names if name in listed]
    return found


def _flip_fault(
    flip: Any, facts: Findings, verdict: str, rule_book: guideline.Guideline
) -> tuple[str, str]:
    if not isinstance(flip, dict) or not {"finding", "to", "verdict"} <= set(flip):
        return (
            "it does not say what would change the verdict",
            "Each of these lesions has a finding that alone decides. Name it.",
        )
    finding, to = flip["finding"], as_number(flip["to"], "flip's value")
    known = {*LEVELS, *(name for names in KINDS.values() for name in names)}
    if not isinstance(finding, str) or finding not in known:
        return f"the rule knows no finding {str(finding)[:40]!r}", ""
    highest = LEVELS.get(finding, 1)
    if to not in range(highest + 1):
        return f"{finding} goes from 0 to {highest}, and the flip sets it to {to:g}", ""
    after = changed(facts, finding, int(to))
    if not after["colours"] or not after["structures"]:
        return f"without {finding} no colour or no structure is left, and one always is", ""
    if after == facts:
        return f"{finding} is {to:g} already, so nothing is changed", "A flip changes a finding."
    new = trace(after, rule_book)["verdict"]
    if new == verdict:
        return (
            f"with {finding} set to {to:g} the verdict stays {verdict}",
            "The largest contribution is not the deciding one. A cited reason counts if the "
            "verdict falls without it.",
        )
    if not _is_text(flip["verdict"], new):
        return (
            f"with {finding} set to {to:g} the verdict is {new}, and the explanation says "
            f"{str(flip['verdict'])[:40]}",
            "",
        )
    return "", ""


def _is_text(value: Any, expected: str) -> bool:
    """Whether a value is this text; an array would answer a comparison with an array."""
    return isinstance(value, str) and value == expected


def _listed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else f"{value:g}"


# --- 6 adapt ------------------------------------------------------------------------------------

TRAPS = {
    "old limits": "These are the bands of the published limits. The new ones stand in the graph.",
    "old weights": "The limits are new, the weights are the published ones. Both stand in the "
    "graph.",
    "limit below": "The score just below a limit lies in the upper band. With 4.75, column 47 is "
    "still below and 48 is above: rules.bands(np.arange(columns)) cuts rightly.",
    "most likely": "All probability is on one band: the most likely findings stand for all others.",
}


def judge_adapt(answer: Any, instance: Instance) -> Outcome:
    """The probabilities of the three bands under changed guidelines, to 1e-6."""
    outcomes = judge_cases(instance["cases"], lambda case: _adapt_case(answer, case))
    return over_cases(outcomes, "Every verdict follows the changed guideline, without new labels.")


def _adapt_case(answer: Any, case: Instance) -> Outcome:
    beliefs, graph = redraw.stated_beliefs(case), redraw.changed_guideline(case)
    raw = judges.on_quick_time(answer, beliefs, guideline.to_turtle(graph))
    shape = (len(case["rows"]), len(BANDS))
    stated = between_zero_and_one(as_array(raw, "probabilities of bands", shape), "table of bands")
    expected = np.array(case["bands"])
    off = np.abs(stated - expected)
    if off.max() <= judges.EXACT:
        return passed("")
    row, band = np.unravel_index(off.argmax(), off.shape)
    return failed(
        f"Lesion {row} is {BANDS[band]} with a chance of {stated[row, band]:.4f}; under this "
        f"guideline it is {expected[row, band]:.4f}.",
        on=f"{len(expected)} lesions, {case['words']}",
        next_step="Print guideline.read(guideline.load(turtle)). Hand its weights to your "
        "posterior, and cut the scores at its limits.",
        misconception=_bands_trap(stated, case["traps"]),
    )


def _bands_trap(stated: Floats, traps: Mapping[str, Any]) -> str:
    for name, numbers in traps.items():
        if np.abs(stated - np.array(numbers)).max() < 1e-4:
            return TRAPS[name]
    if np.abs(stated.sum(axis=1) - 1).max() > 1e-4:
        return "The three chances of a lesion do not sum to 1."
    return ""


# --- 7 sparql -------------------------------------------------------------------------------------


QUERY_TRAPS = {
    "any source": "A finding with one old source and one new one is in your answer. That no source "
    "is newer is not the same as that some source is older.",
    "no sign": "Findings that suggest no sign are in your answer.",
    "any weight": "Findings of criteria with too little weight are in your answer.",
    "more weight": "At least so much weight includes exactly so much.",
    "before": "A source of the year itself is not newer than that year.",
}


def judge_sparql(answer: Any, instance: Instance) -> Outcome:
    """The exact answer set on several graphs."""
    outcomes = judge_cases(instance["cases"], lambda case: _sparql_case(answer, case))
    return over_cases(outcomes, "Every answer set is exact.")


def _sparql_case(answer: Any, case: Instance) -> Outcome:
    turtle = guideline.to_turtle(redraw.extended_guideline(case))
    raw = judges.on_quick_time(answer, turtle, case["weight"], case["year"])
    found, expected = as_pairs(raw), {tuple(pair) for pair in case["expected"]}
    if found == expected:
        return passed("")
    missing, extra = sorted(expected - found), sorted(found - expected)
    words = [f"{len(missing)} are missing, such as {missing[0]}"] if missing else []
    if extra:
        words.append(f"{len(extra)} are too many, such as {extra[0]}")
    trap = next(
        (QUERY_TRAPS[name] for name, pairs in case["traps"].items() if found == _as_set(pairs)), ""
    )
    return failed(
        f"Of {len(expected)} findings, {' and '.join(words)}.",
        on=f"weight at least {case['weight']}, no source after {case['year']}",
        next_step="Ask for one condition at a time, and look up in the Turtle text why a finding "
        "is in the answer or not.",
        misconception=trap,
    )


def _as_set(pairs: Any) -> set[tuple[str, str]]:
    return {(letter, name) for letter, name in pairs}
