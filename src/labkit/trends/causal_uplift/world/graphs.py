"""Studies whose causal graph is known: which columns to adjust for, and which never.

A study comes with data, a graph and its true effect. Names say nothing about roles: one column is
a confounder, another a mediator or a collider, and some nodes of the graph were never measured.
Finding a valid adjustment set is left to the learner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
import pandas as pd

TREATMENT, OUTCOME = "ad_spend", "sales"
NAMES = (
    "app_use",
    "basket",
    "call_rate",
    "delivery",
    "footfall",
    "loyalty",
    "newsletter",
    "opening_hours",
    "price_index",
    "returns",
    "staffing",
    "tenure",
    "weather",
    "wish_lists",
)
"""Names of the other nodes, dealt out at random."""

Edge = tuple[str, str]

# Role -> (its edges, written with roles; "*" stands for a hidden cause of its own).
_ALWAYS: dict[str, tuple[Edge, ...]] = {
    "confounder": (("confounder", TREATMENT), ("confounder", OUTCOME)),
    "mediator": ((TREATMENT, "mediator"), ("mediator", OUTCOME)),
    "collider": ((TREATMENT, "collider"), (OUTCOME, "collider")),
    "instrument": (("instrument", TREATMENT),),
}
_SOMETIMES: dict[str, tuple[Edge, ...]] = {
    "second confounder": (("second confounder", TREATMENT), ("second confounder", OUTCOME)),
    "proxy": (("*1", "proxy"), ("proxy", TREATMENT), ("*1", OUTCOME)),
    "m_collider": (
        ("*2", TREATMENT),
        ("*2", "m_collider"),
        ("*3", "m_collider"),
        ("*3", OUTCOME),
    ),
    "predictor": (("predictor", OUTCOME),),
}


@dataclass(frozen=True)
class Study:
    """Data with the graph that made them.

    `data` has one column a measured node, float64, in random order; `edges` are pairs (cause,
    effect) in random order, over measured and `hidden` nodes; `effect` is the true total effect
    of one unit of `treatment` on `outcome`; `roles` names the role of every other node:
    ``confounder``, ``second confounder``, ``proxy`` (it blocks a hidden confounder), ``mediator``,
    ``collider``, ``instrument``, ``m_collider`` (measured before the treatment, and yet harmful to
    adjust for), ``predictor`` (of the outcome alone) or ``hidden``. `coefficients` are the linear
    effects along the edges.
    """

    data: pd.DataFrame
    edges: list[Edge]
    treatment: str
    outcome: str
    effect: float
    roles: dict[str, str]
    coefficients: dict[Edge, float]

    @property
    def hidden(self) -> list[str]:
        """The nodes that were never measured."""
        return [name for name, role in self.roles.items() if role == "hidden"]


def draw_study(n: int, seed: int) -> Study:
    """Draw a graph and `n` rows from its linear model with standard normal noise.

    Every graph has a confounder, a mediator, a collider and an instrument; two or three further
    roles of `Study` join by chance.
    """
    rng = np.random.default_rng(seed)
    extra = rng.permutation(list(_SOMETIMES))[: rng.integers(2, 4)]
    templates = [*_ALWAYS.values(), *(_SOMETIMES[role] for role in extra)]
    edges = [edge for template in templates for edge in template] + [(TREATMENT, OUTCOME)]
    names = _deal_names(edges, rng)
    coefficients = {
        (names[cause], names[effect]): float(rng.uniform(0.5, 1.0)) for cause, effect in edges
    }
    shuffled = [list(coefficients)[place] for place in rng.permutation(len(coefficients))]
    roles = {
        name: "hidden" if role.startswith("*") else role
        for role, name in names.items()
        if role not in (TREATMENT, OUTCOME)
    }
    everything = simulate_linear(coefficients, n, int(rng.integers(2**31)))
    measured = [name for name in everything if roles.get(name) != "hidden"]
    return Study(
        data=everything[list(rng.permutation(measured))],
        edges=shuffled,
        treatment=TREATMENT,
        outcome=OUTCOME,
        effect=total_effect(coefficients, TREATMENT, OUTCOME),
        roles=roles,
        coefficients=coefficients,
    )


def simulate_linear(coefficients: Mapping[Edge, float], n: int, seed: int) -> pd.DataFrame:
    """Draw `n` rows of a linear model: each node is its causes' weighted sum plus N(0, 1).

    Raises graphlib.CycleError where the edges run in a circle.
    """
    rng = np.random.default_rng(seed)
    values: dict[str, np.ndarray] = {}
    for node in _causes_first(list(coefficients)):
        causes = [
            (cause, weight) for (cause, effect), weight in coefficients.items() if effect == node
        ]
        values[node] = rng.standard_normal(n) + sum(weight * values[c] for c, weight in causes)
    return pd.DataFrame(values)


def total_effect(coefficients: Mapping[Edge, float], treatment: str, outcome: str) -> float:
    """Effect of one unit of `treatment` on `outcome` along all directed paths of a linear model."""
    reached = {treatment: 1.0}
    for node in _causes_first(list(coefficients)):
        if node == treatment:
            continue
        reached[node] = sum(
            weight * reached.get(cause, 0.0)
            for (cause, effect), weight in coefficients.items()
            if effect == node
        )
    return float(reached.get(outcome, 0.0))


def _causes_first(edges: Sequence[Edge]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for cause, effect in edges:
        sorter.add(effect, cause)
    return list(sorter.static_order())


def _deal_names(edges: Sequence[Edge], rng: np.random.Generator) -> dict[str, str]:
    """Give every role a random name; treatment and outcome keep theirs."""
    roles = sorted({node for edge in edges for node in edge} - {TREATMENT, OUTCOME})
    dealt = rng.permutation(NAMES)[: len(roles)]
    names = {role: str(name) for role, name in zip(roles, dealt, strict=True)}
    return {**names, TREATMENT: TREATMENT, OUTCOME: OUTCOME}
