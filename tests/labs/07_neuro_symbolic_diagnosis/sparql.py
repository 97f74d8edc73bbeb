"""Right and wrong answers of the task `sparql`."""

from __future__ import annotations

import numpy as np
import pandas as pd
from rdflib.namespace import DCTERMS, RDF, SKOS

from labkit.trends.neuro_symbolic_diagnosis import guideline

_ASKED = """
    SELECT ?letter ?name WHERE {{
        ?finding a g:Finding ; skos:notation ?name ; g:ofCriterion ?criterion ; {sign} .
        ?criterion g:letter ?letter ; g:weight ?weight .
        {filter}
    }}
"""


_NOT_NEWER = (
    "FILTER NOT EXISTS {{ ?finding dcterms:source/dcterms:issued ?y . FILTER(?y > {year}) }}"
)


def _asking(sign="g:suggests ?sign", heavy="FILTER(?weight >= {weight})", old=_NOT_NEWER):
    """A query of three conditions, each of which can be left out or be wrong."""

    def ask_guideline(turtle, weight, year):
        filters = (heavy + old).format(weight=weight, year=year)
        rows = guideline.ask(guideline.load(turtle), _ASKED.format(sign=sign, filter=filters))
        return [(row["letter"], row["name"]) for row in rows]

    return ask_guideline


def _by_walking(turtle, weight, year):
    """Without SPARQL: walk over the graph."""
    graph, g = guideline.load(turtle), guideline.G
    found = set()
    for finding in graph.subjects(RDF.type, g.Finding):
        criterion = graph.value(finding, g.ofCriterion)
        years = [
            int(graph.value(s, DCTERMS.issued)) for s in graph.objects(finding, DCTERMS.source)
        ]
        heavy = float(graph.value(criterion, g.weight)) > weight - 1e-9
        if heavy and max(years, default=year) <= year and (finding, g.suggests, None) in graph:
            name = graph.value(finding, SKOS.notation)
            found.add((str(graph.value(criterion, g.letter)), str(name)))
    return found


def _by_groups(turtle, weight, year):
    """The newest source of each finding, by GROUP BY and HAVING."""
    query = """
        SELECT ?letter ?name (MAX(?y) AS ?newest) WHERE {
            ?f a g:Finding ; skos:notation ?name ; g:suggests ?sign ;
               g:ofCriterion [ g:letter ?letter ; g:weight ?w ] .
            OPTIONAL { ?f dcterms:source/dcterms:issued ?issued . }
            BIND(COALESCE(?issued, 0) AS ?y)
            FILTER(?w >= %s)
        } GROUP BY ?letter ?name HAVING(MAX(?y) <= %d)
    """
    rows = guideline.ask(guideline.load(turtle), query % (weight, year))
    return tuple([row["letter"], row["name"]] for row in rows)


def _newest_of_the_sourced(turtle, weight, year):
    """A join with the sources drops findings that name none."""
    asked = _ASKED.replace("?name WHERE", "?name ?issued WHERE").format(
        sign="dcterms:source/dcterms:issued ?issued ; g:suggests ?sign",
        filter=f"FILTER(?weight >= {weight})",
    )
    newest = {}
    for row in guideline.ask(guideline.load(turtle), asked):
        pair = row["letter"], row["name"]
        newest[pair] = max(newest.get(pair, 0), row["issued"])
    return [pair for pair, issued in newest.items() if issued <= year]


RIGHT = {
    "a query with NOT EXISTS": _asking(),
    "walking over the graph": _by_walking,
    "groups, as lists": _by_groups,
    "a frame of two columns": lambda *a: pd.DataFrame(sorted(_by_walking(*a))),
    "an array of texts": lambda *a: np.array(sorted(_by_walking(*a))),
}

WRONG = {
    "some source is old enough": (
        _asking(old="?finding dcterms:source/dcterms:issued ?year . FILTER(?year <= {year})"),
        "not the same",
    ),
    "a source is required": (
        _asking(old="?finding dcterms:source ?any . " + _NOT_NEWER),
        "without any source are missing",
    ),
    "the newest source by SPARQL, where there is one": (
        _newest_of_the_sourced,
        "without any source are missing",
    ),
    "signs are not asked for": (_asking(sign="g:points 1"), "suggest no sign"),
    "the weight is not asked for": (_asking(heavy=""), "too little weight"),
    "more than the weight": (
        _asking(heavy="FILTER(?weight > {weight})"),
        "includes exactly so much",
    ),
    "before the year": (_asking(old=_NOT_NEWER.replace(">", ">=")), "of the year itself"),
    "the published guideline": (
        lambda turtle, weight, year: _by_walking(
            guideline.to_turtle(guideline.load()), weight, year
        ),
        "are missing",
    ),
    "names alone": (
        lambda *a: [name for _, name in _by_walking(*a)],
        "pairs of texts",
    ),
    "rows as they come": (
        lambda *a: [{"letter": c, "name": n} for c, n in _by_walking(*a)],
        "list of pairs",
    ),
}
