"""The same task by Logic Tensor Networks (LTNtorch): the guideline as fuzzy axioms.

Heads, measurements, labels and optimiser are those of `perception`, so that only the logic differs:
here a formula has a degree of truth, and training raises the satisfaction of all axioms together.
The score of a lesson is a function of real logic, the expected TDS; "above the threshold" is a
soft comparison. Source: Badreddine et al. 2022, Logic Tensor Networks, Artificial Intelligence 303;
library: Carraro, Serafini and Aiolli 2024, LTNtorch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ltn
import numpy as np
import torch
from numpy.typing import ArrayLike

from exams.neuro_symbolic_diagnosis.perception import LinearHeads, fit_heads
from labkit.trends.neuro_symbolic_diagnosis.perception import beliefs

AGGREGATION = 2
"""Power of the generalised mean behind "for all" (LTNtorch's default); 1 is the plain mean."""

PENALTY = 3e-3
"""Counts against a satisfaction between 0 and 1. Compared like that of `perception`, with powers 1,
2 and 4: of twelve pairs this one was best with 50 labels (.820), and .840 with 200."""

SHARPNESS = 3.0
"""How fast "TDS above 4.75" turns from false to true, per point."""


def expected_tds(believed: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Mean score in points, shape (n,), as beliefs (see `perception.beliefs`) see it."""
    level = believed["asymmetry"] @ torch.arange(3.0, dtype=torch.double)
    border = believed["border"] @ torch.arange(9.0, dtype=torch.double)
    counted = believed["colours"].sum(1) + believed["structures"].sum(1)
    return 1.3 * level + 0.1 * border + 0.5 * counted


def degree_above(logits: torch.Tensor, above: float = 4.75) -> torch.Tensor:
    """Truth of "the TDS lies above", shape (n,), between 0 and 1."""
    return torch.sigmoid(SHARPNESS * (expected_tds(beliefs(logits)) - above))


def fit_tensor_logic(
    x: ArrayLike,
    concepts: Mapping[str, ArrayLike],
    verdicts: ArrayLike,
    above: float = 4.75,
    penalty: float = PENALTY,
    aggregation: int = AGGREGATION,
) -> LinearHeads:
    """Fit the heads so that labelled findings and verdicts, as axioms, are as true as possible."""
    axioms = _axioms(concepts, verdicts, above, aggregation)

    def dissatisfaction(logits: torch.Tensor) -> torch.Tensor:
        return 1 - axioms(logits)

    return fit_heads(x, dissatisfaction, penalty)


def _axioms(
    concepts: Mapping[str, ArrayLike], verdicts: ArrayLike, above: float, aggregation: int
) -> Any:
    """Return a function from logits (n, 23) to the satisfaction of all axioms."""
    forall = ltn.Quantifier(ltn.fuzzy_ops.AggregPMeanError(p=aggregation), quantifier="f")
    negation = ltn.Connective(ltn.fuzzy_ops.NotStandard())
    together = ltn.fuzzy_ops.SatAgg(ltn.fuzzy_ops.AggregPMeanError(p=aggregation))
    has_level = ltn.Predicate(func=lambda chances, level: (chances * level).sum(1))
    is_true = ltn.Predicate(func=lambda chance: chance.flatten())
    levels = {
        "asymmetry": torch.eye(3, dtype=torch.double)[np.asarray(concepts["asymmetry"])],
        "border": torch.eye(9, dtype=torch.double)[np.asarray(concepts["border"])],
    }
    wanted = torch.as_tensor(np.asarray(verdicts), dtype=torch.bool)

    def over(name: str, chances: torch.Tensor, present: torch.Tensor) -> list[Any]:
        """For all with the finding: it holds; for all without: it does not."""
        formulas = []
        for rows, formula in ((present, is_true), (~present, lambda v: negation(is_true(v)))):
            if rows.any():
                some = ltn.Variable(name, chances[rows][:, None])
                formulas.append(forall(some, formula(some)))
        return formulas

    def satisfaction(logits: torch.Tensor) -> torch.Tensor:
        believed, formulas = beliefs(logits), []
        for name, label in levels.items():
            lesion = ltn.Variable(f"x_{name}", believed[name])
            level = ltn.Variable(name, label)
            formulas.append(forall(ltn.diag(lesion, level), has_level(lesion, level)))
        for name in ("colours", "structures"):
            labels = np.asarray(concepts[name], bool)
            for place in range(labels.shape[1]):
                present = torch.from_numpy(labels[:, place])
                formulas += over(f"{name}_{place}", believed[name][:, place], present)
        formulas += over("verdict", degree_above(logits, above), wanted)
        total: torch.Tensor = together(*formulas)
        return total

    return satisfaction
