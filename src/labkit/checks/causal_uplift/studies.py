"""The studies of `adjustment`: a graph of the world, and one more back door with a detour.

In the world's own graphs every direct cause of the treatment that matters is measured. Here one
more back door begins at a direct cause that nobody recorded, or at one that opens another path once
it is adjusted for; what closes it is next to neither treatment nor outcome. So no rule about
neighbours of treatment or outcome finds a valid set; following the paths does.

And one column follows from another that was there before the treatment, and leads nowhere. So a
column that causes something need not be one to adjust for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift.world.graphs import (
    NAMES,
    OUTCOME,
    TREATMENT,
    Edge,
    Study,
    simulate_linear,
)

DETOURS: dict[str, tuple[Edge, ...]] = {
    "halfway": (("*a", TREATMENT), ("*a", "halfway"), ("halfway", "*b"), ("*b", OUTCOME)),
    "behind": (
        ("*a", TREATMENT),
        ("*a", "gate"),
        ("gate", TREATMENT),
        ("*b", "gate"),
        ("*b", "behind"),
        ("behind", "*c"),
        ("*c", OUTCOME),
    ),
}
"""The detour by the one measured node that closes it: edges written with roles, a star for hidden
nodes. The gate causes the treatment, and is a collider of two hidden nodes: left alone it lets one
path through, adjusted for another."""

ECHO = "echo"
"""A measured effect of the collider of two hidden causes; without one, of the confounder."""

MORE_NAMES = ("catalogue", "complaints", "parking", "queue", "rivals", "samples")
"""Names for the nodes of a detour; all names of a study are dealt anew."""


def study(case: dict[str, Any]) -> Study:
    """The study of a case: ``rows`` and ``seed`` draw it, ``detour`` is a key of `DETOURS`."""
    base = redraw.study({"rows": 1, "seed": case["seed"]})
    rng = np.random.default_rng([case["seed"], 1])
    node_of = {role: node for node, role in base.roles.items()}
    heard = node_of.get("m_collider", node_of["confounder"])
    detour = (*DETOURS[case["detour"]], (heard, ECHO))
    added = sorted({node for edge in detour for node in edge} - {TREATMENT, OUTCOME, heard})
    dealt = [str(name) for name in rng.permutation([*NAMES, *MORE_NAMES])]
    names = dict(zip([*sorted(base.roles), *added], dealt, strict=False))
    names |= {TREATMENT: TREATMENT, OUTCOME: OUTCOME}
    grown = base.coefficients | {edge: float(rng.uniform(0.5, 1.0)) for edge in detour}
    edges = list(grown)
    coefficients = {
        (names[edges[place][0]], names[edges[place][1]]): grown[edges[place]]
        for place in rng.permutation(len(edges))
    }
    roles = {names[node]: role for node, role in base.roles.items()}
    roles |= {names[node]: "hidden" if node.startswith("*") else node for node in added}
    return Study(
        data=_measured(coefficients, roles, case["rows"], rng),
        edges=list(coefficients),
        treatment=TREATMENT,
        outcome=OUTCOME,
        effect=base.effect,
        roles=roles,
        coefficients=coefficients,
    )


def _measured(
    coefficients: dict[Edge, float], roles: dict[str, str], rows: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The columns that were measured, in random order."""
    everything = simulate_linear(coefficients, rows, int(rng.integers(2**63)))
    measured = [name for name in everything if roles.get(name) != "hidden"]
    return everything[list(rng.permutation(measured))]
