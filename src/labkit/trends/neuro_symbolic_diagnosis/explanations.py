"""Explanations that can be checked: what an explanation states, point by point, against the facts.

An explanation is plain data::

    {"verdict": "suspicious", "rule": "TDS-2",
     "findings": {"asymmetry": 1, "border": 4, "colours": ["red", ...], "structures": [...]},
     "flip": {"finding": "red", "to": 0, "verdict": "benign"}}

The flip is one change after which the verdict is another; None states that there is no such change.
`trace` adds up the points of given findings, `check` lists everything that an explanation states
and that does not hold. Facts are either the truth of an image or what a model believes of it; say
which. Writing a good explanation, above all a flip that holds, is left to the learner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from labkit.trends.neuro_symbolic_diagnosis.guideline import Guideline
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import COLOURS, STRUCTURES
from labkit.trends.neuro_symbolic_diagnosis.world.scores import BANDS

LEVELS = {"asymmetry": 2, "border": 8}
"""Findings with a level, and the highest one."""
KINDS = {"colours": COLOURS, "structures": STRUCTURES}
"""Findings that are there or not, and their names."""


def findings_of(concepts: Mapping[str, Any], row: int = 0) -> dict[str, Any]:
    """Return the findings of one lesion by name, from `Lesions.concepts()` or the like.

    ``{"asymmetry": 2, "border": 4, "colours": ["red", ...], "structures": ["dots", ...]}``
    """
    found: dict[str, Any] = {name: int(np.asarray(concepts[name])[row]) for name in LEVELS}
    for kind, names in KINDS.items():
        present = np.asarray(concepts[kind])[row]
        found[kind] = [name for name, there in zip(names, present, strict=True) if there]
    return found


def concepts_of(findings: Mapping[str, Any]) -> dict[str, Any]:
    """Turn findings by name back into arrays of one lesion: (1,), (1,), (1, 6), (1, 5)."""
    arrays: dict[str, Any] = {name: np.array([findings[name]]) for name in LEVELS}
    for kind, names in KINDS.items():
        arrays[kind] = np.array([[int(name in findings[kind]) for name in names]])
    return arrays


def trace(findings: Mapping[str, Any], guideline: Guideline) -> dict[str, Any]:
    """Apply the guideline to findings, step by step.

    Returns ``points``, a list of (what, points in tenths); ``tenths``, their sum; ``verdict``, a
    name of `BANDS`; ``rule``, the identifier of the rule that fired.
    """
    weights = guideline.weights
    points = [
        (f"asymmetry {findings['asymmetry']}", weights["asymmetry"] * findings["asymmetry"]),
        (f"border {findings['border']}", weights["border"] * findings["border"]),
    ]
    for kind in KINDS:
        points += [(name, weights[kind]) for name in findings[kind]]
    tenths = np.array([sum(value for _, value in points)])
    return {
        "points": points,
        "tenths": int(tenths[0]),
        "verdict": BANDS[int(guideline.bands(tenths)[0])],
        "rule": guideline.rule_ids(tenths)[0],
    }


def changed(findings: Mapping[str, Any], finding: str, to: int) -> dict[str, Any]:
    """Return findings with one of them set: a level, or a colour or structure to 1 or 0.

    Raises `ValueError` for a name or a value that the rule does not know.
    """
    if finding in LEVELS:
        if not 0 <= to <= LEVELS[finding]:
            raise ValueError(f"{finding} goes from 0 to {LEVELS[finding]}, and {to} was given")
        return {**findings, finding: to}
    for kind, names in KINDS.items():
        if finding in names:
            others = [name for name in findings[kind] if name != finding]
            return {**findings, kind: [n for n in names if n in others or (to and n == finding)]}
    raise ValueError(f"the rule knows no finding '{finding}'")


def check(
    explanation: Mapping[str, Any], facts: Mapping[str, Any], guideline: Guideline
) -> list[str]:
    """Return every statement of an explanation that does not hold; an empty list if all do.

    `facts` are findings by name (`findings_of`): the truth of the image, or what the model
    believes.
    """
    real = trace(facts, guideline)
    faults = _false_findings(explanation.get("findings", {}), facts)
    if explanation.get("verdict") != real["verdict"]:
        faults.append(
            f"the verdict is {real['verdict']} ({real['tenths'] / 10}), "
            f"and the explanation says {explanation.get('verdict')}"
        )
    if explanation.get("rule") != real["rule"]:
        faults.append(f"rule {real['rule']} fires, and the explanation cites {explanation['rule']}")
    return faults + _flip_faults(explanation.get("flip"), facts, real["verdict"], guideline)


def _false_findings(stated: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    """Findings that are stated and are not so; one left out is no falsehood."""
    faults = [
        f"{name} is {facts[name]}, and the explanation says {stated[name]}"
        for name in LEVELS
        if name in stated and stated[name] != facts[name]
    ]
    for kind in KINDS:
        faults += [
            f"there is no {name}" for name in stated.get(kind, ()) if name not in facts[kind]
        ]
    return faults


def _flip_faults(
    flip: Mapping[str, Any] | None, facts: Mapping[str, Any], verdict: str, guideline: Guideline
) -> list[str]:
    if flip is None:
        low, high = _reach(facts, guideline)
        if all(BANDS[band] == verdict for band in guideline.bands(np.array([low, high]))):
            return []
        return ["one finding alone would change the verdict, and the explanation names none"]
    after = changed(facts, flip["finding"], flip["to"])
    if any(facts[kind] and not after[kind] for kind in KINDS):
        return [f"without {flip['finding']} a lesion would have no colour or no structure"]
    other = trace(after, guideline)
    if other["verdict"] == verdict:
        return [f"{flip['finding']} set to {flip['to']} leaves the verdict {verdict}"]
    if other["verdict"] != flip["verdict"]:
        return [
            f"{flip['finding']} set to {flip['to']} gives {other['verdict']}, "
            f"and the explanation says {flip['verdict']}"
        ]
    return []


def _reach(facts: Mapping[str, Any], guideline: Guideline) -> tuple[int, int]:
    """Lowest and highest score in tenths that one changed finding can bring about."""
    now, weights = trace(facts, guideline)["tenths"], guideline.weights
    down = [weights[name] * facts[name] for name in LEVELS]
    up = [weights[name] * (LEVELS[name] - facts[name]) for name in LEVELS]
    down += [weights[kind] for kind in KINDS if len(facts[kind]) > 1]
    up += [weights[kind] for kind, names in KINDS.items() if len(facts[kind]) < len(names)]
    return now - max(down), now + max(up)
