"""Task `adjustment`: secret graphs, all of their valid sets, and the true effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checks.causal_uplift import studies
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.world.graphs import Study

from .adjustment_sets import valid_adjustment_sets
from .regression import slope

ROWS = 4_000
"""Rows of a study. Over 48 studies no valid set was more than 0.06 off the true effect."""


MISLEADING = 0.15
"""A study is used only if adjusting for nothing is off by at least this much."""


WANTED = (
    ("m_collider", "halfway"),
    ("proxy", "behind"),
    ("m_collider", "behind"),
    ("second confounder", "halfway"),
)
"""A role that each of the four studies must have, besides those that every study has, and its
detour."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four studies.

    Each has ``rows``, ``seed`` and ``detour``, which draw the study, ``valid_sets``, the true
    ``effect`` and ``traps``, estimates of known mistakes by name.
    """
    return {"cases": [_adjustment_case(role, detour, rng) for role, detour in WANTED]}


def _adjustment_case(role: str, detour: str, rng: np.random.Generator) -> dict[str, Any]:
    case, study = until(
        lambda: _study(detour, rng),
        lambda drawn: (
            role in drawn[1].roles.values()
            and min(abs(value - drawn[0]["effect"]) for value in drawn[0]["traps"].values())
            > MISLEADING
        ),
        f"a {role}, and an effect that nothing and everything miss",
    )
    sets = valid_adjustment_sets(study.edges, study.treatment, study.outcome, _measured(study))
    return {**case, "valid_sets": sets}


def _study(detour: str, rng: np.random.Generator) -> tuple[dict[str, Any], Study]:
    # So many seeds that nobody finds a study again by drawing all.
    case = {"rows": ROWS, "seed": int.from_bytes(rng.bytes(16)), "detour": detour}
    study = studies.study(case)
    traps = {
        "adjusts for nothing": regress(study, []),
        "adjusts for everything": regress(study, _measured(study)),
    }
    return {**case, "effect": study.effect, "traps": traps}, study


def _measured(study: Study) -> list[str]:
    return [name for name in study.data if name not in (study.treatment, study.outcome)]


def regress(study: Study, adjusted_for: Sequence[str]) -> float:
    """Effect of the treatment by linear regression on it and the columns `adjusted_for`."""
    return slope(study.data, study.treatment, study.outcome, adjusted_for)[0]
