"""Tasks `explain`, `adapt` and `sparql`: guidelines with secret changes, and what follows.

A judge changes the shipped guideline as the instance says and draws the beliefs again; reference
figures come from the exact logic. Judging is left to the checks.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from rdflib.namespace import DCTERMS, RDF, SKOS

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.explanations import (
    KINDS,
    LEVELS,
    changed,
    findings_of,
    trace,
)
from labkit.trends.neuro_symbolic_diagnosis.perception import most_likely

from .logic import tds_distribution

EXPLAINED, LOOKED_AT, UNSETTLED = 20, 80, 4
ADAPTED = 12


def draw_explain(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: lesions under the published guideline and under a changed one.

    Each has ``words``, ``seed`` and ``rows``, which draw the beliefs, and ``limits`` and
    ``weights``, by which the guideline differs. Every lesion's verdict has a single finding that
    flips it. In some lesions the most probable band is not that of the most likely findings.
    """
    rng = np.random.default_rng(seed)
    published = {"words": "under the published guideline", "limits": {}, "weights": {}}
    moved = {"words": "under changed limits", "limits": _limits(rng), "weights": {}}
    return {"cases": [_explain_case(change, rng) for change in (published, moved)]}


def _limits(rng: np.random.Generator) -> dict[str, float]:
    """New limits, half-way between two tenths as the published ones are, and away from them."""
    lower = float(rng.choice([3.95, 4.15, 4.35, 5.15]))
    return {
        "suspicious": lower,
        "highly_suspicious": round(lower + int(rng.integers(4, 11)) / 10, 2),
    }


def _explain_case(change: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    while True:
        case = {**change, "seed": int(rng.integers(2**31))}
        rule_book = guideline.read(redraw.changed_guideline(case))
        believed = redraw.stated_beliefs({**case, "rows": range(LOOKED_AT)})
        likely = most_likely(believed)
        found = [findings_of(likely, row) for row in range(LOOKED_AT)]
        chosen = [
            row
            for row, facts in enumerate(found)
            if facts["colours"] and facts["structures"] and has_flip(facts, rule_book)
        ]
        probable = band_chances(believed, rule_book, rule_book).argmax(axis=1)
        differs = probable != rule_book.bands(rule_book.tenths(likely))
        unsettled = [row for row in chosen if differs[row]][:UNSETTLED]
        if len(unsettled) == UNSETTLED:
            break
    settled = [row for row in chosen if row not in unsettled]
    return {**case, "rows": sorted([*unsettled, *settled[: EXPLAINED - UNSETTLED]])}


def has_flip(facts: dict[str, Any], rule_book: guideline.Guideline) -> bool:
    """Whether one finding alone can turn the verdict, with a colour and a structure left."""
    before = trace(facts, rule_book)["verdict"]
    tries = [(name, to) for name, highest in LEVELS.items() for to in range(highest + 1)]
    tries += [(name, to) for names in KINDS.values() for name in names for to in (0, 1)]
    after = [changed(facts, finding, to) for finding, to in tries]
    return any(
        other["colours"] and other["structures"] and trace(other, rule_book)["verdict"] != before
        for other in after
    )


def draw_adapt(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: moved limits, moved weights, and both.

    Each has ``words``, ``seed`` and ``rows``, which draw the beliefs, ``limits`` and ``weights``
    (tenths), by which the guideline differs from the published one, the exact ``bands`` (n, 3), and
    ``traps``, the tables of known mistakes by name.
    """
    rng = np.random.default_rng(seed)
    changes: list[dict[str, Any]] = [
        {"words": "limits moved", "limits": _limits(rng), "weights": {}},
        {"words": "weights moved", "limits": {}, "weights": _weights(rng)},
        {"words": "limits and weights moved", "limits": _limits(rng), "weights": _weights(rng)},
    ]
    return {"cases": [_adapt_case(change, rng) for change in changes]}


def _weights(rng: np.random.Generator) -> dict[str, int]:
    """New weights in tenths for three of the four criteria."""
    return {
        "asymmetry": int(rng.choice([9, 11, 15, 17])),
        "colours": int(rng.choice([3, 4, 6])),
        "structures": int(rng.choice([7, 8])),
    }


def _adapt_case(change: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    case = {**change, "seed": int(rng.integers(2**31)), "rows": list(range(ADAPTED))}
    new, old = guideline.read(redraw.changed_guideline(case)), guideline.read(guideline.load())
    believed = redraw.stated_beliefs(case)
    likely = np.eye(3)[new.bands(new.tenths(most_likely(believed)))]
    traps = {"most likely": likely, "limit below": band_chances(believed, new, new, early=1)}
    if case["limits"]:
        traps["old limits"] = band_chances(believed, new, old)
    if case["weights"]:
        traps["old weights"] = band_chances(believed, old, new)
    return {
        **case,
        "bands": _listed(band_chances(believed, new, new)),
        "traps": {name: _listed(table) for name, table in traps.items()},
    }


def band_chances(
    believed: dict[str, Any],
    weighs: guideline.Guideline,
    cuts: guideline.Guideline,
    early: int = 0,
) -> Any:
    """Chances of the bands (n, 3) by the weights of one guideline and the limits of another.

    Bands begin so many tenths too `early`.
    """
    names = ("asymmetry", "border", "colours", "structures")
    tensors = {name: torch.as_tensor(believed[name]) for name in names}
    weights = tuple(int(weighs.weights[name]) for name in names)
    posterior = tds_distribution(**tensors, weights=weights).numpy()
    band = cuts.bands(np.arange(posterior.shape[1]) + early)
    return np.stack([posterior[:, band == place].sum(axis=1) for place in range(3)], axis=1)


def _listed(table: Any) -> list[list[float]]:
    return [[round(float(value), 10) for value in row] for row in table]


def draw_sparql(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three graphs with more findings than the shipped one.

    Each has ``sources`` (year by name), ``findings`` and ``weights`` (tenths), which are added to
    the guideline, the ``weight`` and ``year`` that are asked for, the ``expected`` pairs of letter
    and notation, and ``traps``, the answers of known mistakes by name.
    """
    rng = np.random.default_rng(seed)
    return {"cases": [_sparql_case(rng) for _ in range(3)]}


def _sparql_case(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        case = _graph_case(rng)
        facts = finding_facts(case)
        answers = {name: _pairs(facts, case, name) for name in ("", *_MISTAKES)}
        expected = answers.pop("")
        distinct = {tuple(map(tuple, pairs)) for pairs in answers.values()}
        if len(expected) >= 2 and expected not in answers.values() and len(distinct) == 5:
            return {**case, "expected": expected, "traps": answers}


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
    for finding in sorted(graph.subjects(RDF.type, g.Finding)):
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
