"""The guideline as a graph: loaded, asked by SPARQL, changed, and applied to findings.

`guideline.ttl` holds the ABCD rule of dermatoscopy in RDF: criteria and their weights, findings,
rules with their bounds, and the source of each. Nothing of it is repeated in code: weights and
thresholds are read from the graph, so that a changed graph changes verdicts without retraining.
Findings come from elsewhere: from the truth (`world`) or from a model's beliefs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDFS, SKOS
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import ResultRow

from labkit.trends.neuro_symbolic_diagnosis.world.scores import BANDS

Ints = NDArray[np.int64]

G = Namespace("https://labkit.example/guideline#")
"""Prefix ``g:`` of the graph."""

CRITERIA = ("asymmetry", "border", "colours", "structures")

_RULES = """
    SELECT ?id ?label ?band ?lower ?upper ?advice ?source WHERE {
        ?rule a g:Rule ; g:ruleId ?id ; rdfs:label ?label ; g:concludes ?to ; g:advises ?action ;
              dcterms:source ?source .
        ?to skos:notation ?band .
        ?action rdfs:label ?advice .
        OPTIONAL { ?rule g:lowerBound ?lower }
        OPTIONAL { ?rule g:upperBound ?upper }
    }
"""


@dataclass(frozen=True)
class Rule:
    """Who scores above `lower` and up to `upper` is in `band`; `advice` says what to do.

    `id` is cited by explanations, `source` is the local name of a `g:Source`.
    """

    id: str
    label: str
    band: str
    lower: float
    upper: float
    advice: str
    source: str


@dataclass(frozen=True)
class Guideline:
    """What a graph says, ready to apply.

    `weights` are tenths of a point for one point of each of `CRITERIA`; `rules` rise by their
    bounds, leave no gap, and conclude the three bands in order.
    """

    weights: dict[str, int]
    rules: tuple[Rule, ...]

    @property
    def lower(self) -> dict[str, float]:
        """Score above which each band but the first begins."""
        return {rule.band: rule.lower for rule in self.rules[1:]}

    def tenths(self, concepts: Mapping[str, ArrayLike]) -> Ints:
        """Return ten times the score of findings, (n,).

        `concepts` has `asymmetry` and `border` (n,), and presences `colours` (n, 6) and
        `structures` (n, 5), or their counts (n,).
        """
        total = np.zeros(1, np.int64)
        for name in CRITERIA:
            points = np.asarray(concepts[name], np.int64)
            total = total + self.weights[name] * (
                points.sum(axis=1) if points.ndim == 2 else points
            )
        return total

    def bands(self, tenths: ArrayLike) -> Ints:
        """Return the place in `BANDS` of scores in tenths, same shape."""
        limits = [round(10 * rule.lower, 6) for rule in self.rules[1:]]
        return np.asarray(np.searchsorted(limits, np.asarray(tenths), side="left"))

    def rule_ids(self, tenths: ArrayLike) -> list[str]:
        """Return the identifier of the rule that fires for each score in tenths."""
        return [self.rules[band].id for band in np.atleast_1d(self.bands(tenths))]


def load(turtle: str | None = None) -> Graph:
    """Return the shipped guideline, or the one written in `turtle`."""
    if turtle is None:
        turtle = (files(__package__) / "guideline.ttl").read_text(encoding="utf-8")
    graph = Graph()
    graph.parse(data=turtle, format="turtle")
    return graph


def to_turtle(graph: Graph) -> str:
    """Return a graph as Turtle text, which `load` reads again."""
    return graph.serialize(format="turtle")


def read(graph: Graph) -> Guideline:
    """Return what a graph says about weights and bands.

    Raises `ValueError` that names what is missing, or where the rules leave a gap or overlap.
    """
    weights = {name: _tenths_of_weight(graph, name) for name in CRITERIA}
    # A rule with several sources comes in several rows; the first by name is cited.
    rows = sorted(ask(graph, _RULES), key=lambda row: str(row["source"]), reverse=True)
    rules = [
        Rule(
            id=row["id"],
            label=row["label"],
            band=row["band"],
            lower=-np.inf if row["lower"] is None else row["lower"],
            upper=np.inf if row["upper"] is None else row["upper"],
            advice=row["advice"],
            source=row["source"],
        )
        for row in {row["id"]: row for row in rows}.values()
    ]
    rules.sort(key=lambda rule: rule.lower)
    _check_rules(rules)
    return Guideline(weights, tuple(rules))


def ask(graph: Graph, sparql: str) -> list[dict[str, Any]]:
    """Return the rows that a SPARQL SELECT finds, each a dict by the names of its variables.

    Numbers and strings come as Python's own, decimals as float, IRIs by their local name, and
    what is not bound as None. The prefixes g, rdfs, skos and dcterms are known. Raises
    `ValueError` for a query of another form.
    """
    result = graph.query(_prepared(sparql))
    if result.type != "SELECT" or result.vars is None:
        raise ValueError(f"ask takes a SELECT query, and this one is a {result.type}")
    names = [str(variable) for variable in result.vars]
    return [
        dict(zip(names, (_plain(value) for value in row), strict=True))
        for row in result
        if isinstance(row, ResultRow)
    ]


@lru_cache(maxsize=32)  # reading a query takes twenty times as long as answering it
def _prepared(sparql: str) -> Query:
    return prepareQuery(sparql, initNs={"g": G, "rdfs": RDFS, "skos": SKOS, "dcterms": DCTERMS})


def with_threshold(graph: Graph, band: str, value: float) -> Graph:
    """Return a copy in which `band` begins above `value`, and the one below it ends there.

    `band` is "suspicious" or "highly_suspicious". Raises `ValueError` where the bands would no
    longer rise.
    """
    if band not in BANDS[1:]:
        raise ValueError(f"a threshold belongs to one of {list(BANDS[1:])}, and {band!r} was given")
    others = {**read(graph).lower, band: value}
    if not others["suspicious"] < others["highly_suspicious"]:
        raise ValueError(
            f"with the threshold {value} for {band!r} the bands would not rise: {others}; "
            "move the other threshold first"
        )
    changed = _copy(graph)
    before = BANDS[BANDS.index(band) - 1]
    changed.set((_rule_of(graph, band), G.lowerBound, _decimal(value)))
    changed.set((_rule_of(graph, before), G.upperBound, _decimal(value)))
    read(changed)
    return changed


def with_weight(graph: Graph, criterion: str, weight: float) -> Graph:
    """Return a copy in which one point of `criterion` is worth `weight` points of the score.

    `weight` is a multiple of 0.1, as in the graph, from 0.1 to 5. Raises `ValueError` otherwise.
    """
    if criterion not in CRITERIA:
        raise ValueError(
            f"a weight belongs to one of {list(CRITERIA)}, and {criterion!r} was given"
        )
    if not 0.1 <= weight <= 5:
        raise ValueError(f"a weight is from 0.1 to 5 points, and {weight} was given")
    changed = _copy(graph)
    changed.set((G[criterion], G.weight, _decimal(weight)))
    read(changed)
    return changed


def _check_rules(rules: list[Rule]) -> None:
    """Refuse rules that do not cut all scores into the three bands, in order."""
    if [rule.band for rule in rules] != list(BANDS):
        raise ValueError(
            f"the rules conclude {[rule.band for rule in rules]} from low to high scores, "
            f"and one rule for each of {list(BANDS)} in this order is needed"
        )
    for below, above in zip(rules, rules[1:], strict=False):
        if below.upper != above.lower or not below.lower < below.upper:
            raise ValueError(
                f"rule {below.id} ends at {below.upper} and rule {above.id} begins at "
                f"{above.lower}; the bounds must meet and rise"
            )


def _tenths_of_weight(graph: Graph, criterion: str) -> int:
    value = graph.value(G[criterion], G.weight)
    if value is None:
        raise ValueError(f"the graph has no g:weight for g:{criterion}")
    tenths = 10 * Decimal(str(value))
    if tenths != int(tenths):
        raise ValueError(
            f"the weight of g:{criterion} is {value}, and tenths of a point are needed"
        )
    return int(tenths)


def _rule_of(graph: Graph, band: str) -> URIRef:
    """The rule that concludes a band."""
    for rule in graph.subjects(G.ruleId, None):
        to = graph.value(rule, G.concludes)
        if to is not None and str(graph.value(to, SKOS.notation)) == band:
            return URIRef(str(rule))
    raise ValueError(f"no rule of the graph concludes the band {band!r}")


def _copy(graph: Graph) -> Graph:
    changed = Graph()
    for prefix, namespace in graph.namespaces():
        changed.bind(prefix, namespace)
    for triple in graph:
        changed.add(triple)
    return changed


def _decimal(value: float) -> Literal:
    return Literal(Decimal(str(round(float(value), 6))))


def _plain(value: Any) -> Any:
    if isinstance(value, URIRef):
        return str(value).rsplit("#", 1)[-1].rsplit("/", 1)[-1]
    if isinstance(value, Literal):
        python = value.toPython()
        return float(python) if isinstance(python, Decimal) else python
    return None if value is None else str(value)
