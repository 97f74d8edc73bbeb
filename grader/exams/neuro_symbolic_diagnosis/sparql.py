"""Task `sparql`: graphs with more findings and sources, and the exact answer set of a question.

A judge extends the shipped guideline as the instance says. The reference walks over plain data,
without SPARQL.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from rdflib.namespace import DCTERMS, RDF, SKOS

from labkit.exercise.drawing import until
from labkit.trends.neuro_symbolic_diagnosis import guideline


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three graphs with more findings than the shipped one.

    Each has ``sources`` (year by name), ``findings`` and ``weights`` (tenths), which are added to
    the guideline, the ``weight`` and ``year`` that are asked for, the ``expected`` pairs of letter
    and notation, and ``traps``, the answers of known mistakes by name.
    """
    return {"cases": [_case(rng) for _ in range(3)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    return until(
        lambda: _with_answers(_graph_case(rng)), _tells_apart, "different answers for every mistake"
    )


def _with_answers(case: dict[str, Any]) -> dict[str, Any]:
    facts = finding_facts(case)
    return {
        **case,
        "expected": _pairs(facts, case, ""),
        "traps": {name: _pairs(facts, case, name) for name in _MISTAKES},
    }


def _tells_apart(case: dict[str, Any]) -> bool:
    """Whether every mistake leads to an answer of its own, and two pairs or more are right."""
    expected, wrong = case["expected"], list(case["traps"].values())
    distinct = {tuple(map(tuple, pairs)) for pairs in wrong}
    return len(expected) >= 2 and expected not in wrong and len(distinct) == len(wrong)


def _graph_case(rng: np.random.Generator) -> dict[str, Any]:
    sources = {f"source{k}": int(rng.integers(1985, 2020)) for k in range(1, 7)}
    findings = [
        {
            "name": f"{rng.choice(['pale', 'blue', 'bright', 'dark'])}_{kind}_{place}",
            "criterion": str(rng.choice(["border", "colours", "structures"])),
            "signs": [s for s in ("regression", "melanin") if rng.random() < 0.5],
            "sources": sorted(
                str(name) for name in rng.choice(list(sources), rng.integers(1, 4), replace=False)
            ),
        }
        for place, kind in enumerate(rng.permutation(["veil", "rim", "spot", "net", "band"] * 3))
    ]
    return {
        "sources": sources,
        "findings": findings,
        "weights": {"colours": int(rng.integers(4, 7)), "structures": int(rng.integers(4, 7))},
        "weight": round(int(rng.integers(4, 7)) / 10, 1),
        "year": int(rng.choice([*sources.values(), 1994, 1998])),
    }


def finding_facts(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Letter and notation, weight, number of signs and years of sources of each finding.

    From the shipped graph and the instance, without SPARQL.
    """
    letters = {"asymmetry": "A", "border": "B", "colours": "C", "structures": "D"}
    weights = {**_shipped_weights(), **case["weights"]}
    added = [
        {
            "pair": [letters[finding["criterion"]], finding["name"]],
            "signs": len(finding["signs"]),
            "years": [case["sources"][name] for name in finding["sources"]],
        }
        for finding in case["findings"]
    ]
    by_letter = {letters[name]: tenths / 10 for name, tenths in weights.items()}
    return [{**fact, "weight": by_letter[fact["pair"][0]]} for fact in [*_shipped_facts(), *added]]


@lru_cache(maxsize=1)
def _shipped_weights() -> dict[str, int]:
    return guideline.read(guideline.load()).weights


@lru_cache(maxsize=1)
def _shipped_facts() -> tuple[dict[str, Any], ...]:
    graph, g = guideline.load(), guideline.G
    facts = []
    for finding in sorted(graph.subjects(RDF.type, g.Finding), key=str):
        criterion = graph.value(finding, g.ofCriterion)
        sources = graph.objects(finding, DCTERMS.source)
        facts.append(
            {
                "pair": [
                    str(graph.value(criterion, g.letter)),
                    str(graph.value(finding, SKOS.notation)),
                ],
                "signs": len(list(graph.objects(finding, g.suggests))),
                "years": [int(str(graph.value(source, DCTERMS.issued))) for source in sources],
            }
        )
    return tuple(facts)


_MISTAKES = ("any source", "no sign", "any weight", "more weight", "before")


def _pairs(facts: list[dict[str, Any]], case: dict[str, Any], mistake: str) -> list[list[str]]:
    """The answer set, right for no mistake, else with one."""

    def fits(fact: dict[str, Any]) -> bool:
        old = [year < case["year"] + (mistake != "before") for year in fact["years"]]
        heavy = fact["weight"] > case["weight"] - (0.01 if mistake != "more weight" else -0.01)
        return (
            (any(old) if mistake == "any source" else all(old))
            and (fact["signs"] > 0 or mistake == "no sign")
            and (heavy or mistake == "any weight")
        )

    return sorted(fact["pair"] for fact in facts if fits(fact))
