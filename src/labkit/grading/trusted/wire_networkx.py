"""How NetworkX's graphs travel (see `wire`): by their nodes and edges with their attributes."""

from __future__ import annotations

from typing import Any

import networkx as nx

from labkit.grading.trusted.wire import Decoder, Encoder, Node, Read, WireError, Write, text

_KINDS = {kind.__name__: kind for kind in (nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph)}


def _write(name: str) -> Write:
    def write(encoder: Encoder, value: Any, depth: int) -> Node:
        with_keys = {"keys": True} if name.startswith("Multi") else {}
        edges = list(value.edges(data=True, **with_keys))
        parts = (dict(value.graph), list(value.nodes(data=True)), edges)
        return ["networkx.graph", name, *encoder.all(parts, depth)]

    return write


def _read(decoder: Decoder, node: list[Node], depth: int) -> Any:
    name, *parts = node
    about, nodes, edges = decoder.all(parts, depth)
    graph = _KINDS[text(name)]()
    if type(about) is not dict or type(nodes) is not list or type(edges) is not list:
        raise WireError("a graph without nodes or edges")
    graph.graph.update(about)
    size = 4 if graph.is_multigraph() else 3
    for each, attributes in nodes:
        graph.add_node(each)
        graph.nodes[each].update(_attributes(attributes))
    for edge in edges:
        if type(edge) is not tuple or len(edge) != size or not {*edge[:2]} <= graph._node.keys():
            raise WireError("an edge between nodes that the graph does not have")
        *ends, attributes = edge
        key = graph.add_edge(*ends)
        place = (*ends[:2], key) if size == 4 else ends
        graph.edges[tuple(place)].update(_attributes(attributes))
    return graph


def _attributes(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise WireError("attributes of a graph that are no dictionary")
    return value


WRITERS: dict[type, Write] = {kind: _write(name) for name, kind in _KINDS.items()}

READERS: dict[str, Read] = {"networkx.graph": _read}
