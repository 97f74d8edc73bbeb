"""Task `adjustment`: secret graphs, all of their valid sets, and the true effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.world.graphs import Study, draw_study

from .adjustment_sets import valid_adjustment_sets
from .regression import slope

ROWS = 4_000
"""Rows of a study. Over 40 studies no valid set was more than 0.05 off the true effect."""


MISLEADING = 0.15
"""A study is used only if adjusting for nothing is off by at least this much."""


WANTED = ("m_collider", "proxy", "m_collider", "second confounder")
"""A role that each of the four studies must have, besides those that every study has."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, four studies.

    Each has ``rows`` and ``seed``, which draw the study, ``valid_sets``, the true ``effect`` and
    ``traps``, estimates of known mistakes by name.
    """
    return {"cases": [_adjustment_case(role, rng) for role in WANTED]}


def _adjustment_case(role: str, rng: np.random.Generator) -> dict[str, Any]:
    return until(
        lambda: _study(int(rng.integers(2**31))),
        lambda case: (
            role in case.pop("roles")
            and min(abs(value - case["effect"]) for value in case["traps"].values()) > MISLEADING
        ),
        f"a {role}, and an effect that nothing and everything miss",
    )


def _study(seed: int) -> dict[str, Any]:
    study = draw_study(ROWS, seed)
    measured = [name for name in study.data if name not in (study.treatment, study.outcome)]
    return {
        "rows": ROWS,
        "seed": seed,
        "valid_sets": valid_adjustment_sets(study.edges, study.treatment, study.outcome, measured),
        "effect": study.effect,
        "traps": {
            "adjusts for nothing": regress(study, []),
            "adjusts for everything": regress(study, measured),
        },
        "roles": list(study.roles.values()),
    }


def regress(study: Study, adjusted_for: Sequence[str]) -> float:
    """Effect of the treatment by linear regression on it and the columns `adjusted_for`."""
    return slope(study.data, study.treatment, study.outcome, adjusted_for)[0]
