"""All valid adjustment sets of a graph, by d-separation.

A set is valid if it holds nothing that the treatment changes on its way to the outcome, nor what
follows from that, and blocks every other path between the two. Source: Shpitser, VanderWeele and
Robins (2010), On the validity of covariate adjustment for estimating causal effects, UAI.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import networkx as nx


def valid_adjustment_sets(
    edges: Sequence[tuple[str, str]], treatment: str, outcome: str, measured: Iterable[str]
) -> list[list[str]]:
    """Return every valid set of `measured` nodes, smallest first, each in alphabetical order.

    `edges` are pairs (cause, effect) of a graph without circles; nodes that are not `measured`
    may stand in them. The empty list is valid where nothing confounds.
    """
    graph = nx.DiGraph(list(edges))
    on_the_way = (nx.descendants(graph, treatment) & nx.ancestors(graph, outcome)) | {outcome}
    forbidden = on_the_way.union(*(nx.descendants(graph, node) for node in on_the_way))
    back_doors = graph.copy()
    back_doors.remove_edges_from([(treatment, node) for node in on_the_way])
    allowed = sorted(set(measured) - forbidden - {treatment})
    return [
        list(chosen)
        for size in range(len(allowed) + 1)
        for chosen in combinations(allowed, size)
        if nx.is_d_separator(back_doors, {treatment}, {outcome}, set(chosen))
    ]
