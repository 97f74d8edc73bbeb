"""Task `ignores_model`: makers of heat maps without names, some of which read no network."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.explainable_ai.world.maps import IGNORES, READS

CASES, MAKERS = 4, 6
MUST = ("first", "head", "outline", "restless", "scaled")
"""Kinds in which a known mistake shows; each stands in some case."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed``, which draws pictures and what is the makers' own, of each maker ``names`` and
    ``kinds``, and ``ignores``, the names that are asked for.
    """
    return {"cases": until(partial(_cases, rng), _shows, "every kind that misleads")}


def _cases(rng: np.random.Generator) -> list[dict[str, Any]]:
    cases = []
    for _ in range(CASES):
        count = int(rng.integers(0, 5))
        kinds = rng.permutation(IGNORES)[:count].tolist()
        kinds += rng.permutation(READS)[: MAKERS - count].tolist()
        kinds = rng.permutation(kinds).tolist()
        names = rng.permutation(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))[:MAKERS].tolist()
        ignores = [n for n, kind in zip(names, kinds, strict=True) if kind in IGNORES]
        case = {"seed": int(rng.integers(2**31)), "names": names, "kinds": kinds}
        cases.append({**case, "ignores": ignores})
    return cases


def _shows(cases: list[dict[str, Any]]) -> bool:
    seen = {kind for case in cases for kind in case["kinds"]}
    return set(MUST) <= seen and len({len(case["ignores"]) for case in cases}) > 1
