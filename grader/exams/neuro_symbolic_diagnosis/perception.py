"""Reference fits from measurements to beliefs: with findings, with verdicts, with both.

Linear heads on standardised measurements, fitted to their optimum by L-BFGS, so a fit has no
learning rate and no luck but its start. A solution of tasks on few labels, shortcuts and changed
guidelines: never shipped to learners. The rule itself comes in as an argument, `logic`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch.nn import functional

from labkit.trends.neuro_symbolic_diagnosis.perception import (
    HEADS,
    LOGITS,
    ONE_OF_MANY,
    beliefs,
    split,
)

Floats = NDArray[np.float64]
Logic = Callable[..., torch.Tensor]
"""Takes the four beliefs, returns the distribution of the TDS in tenths (n, 90)."""

PENALTY = 3.0
"""Squared weights count half of this against the log-likelihood. Compared on another renderer's
images (five fits each): 3 gave .827 and .850 with 50 and 200 labels, 10 gave .821 and .844, 30
gave .809 and .838."""

FARTHEST = 4.0
"""Measurements are cut here, in standard deviations: one hair across a lesion is no evidence."""


@dataclass(frozen=True)
class LinearHeads:
    """A fitted model: `centre` and `spread` (k,) of the measurements, `weights` (k + 1, 23)."""

    centre: Floats
    spread: Floats
    weights: torch.Tensor

    def logits(self, x: ArrayLike) -> torch.Tensor:
        """Return (n, 23) for measurements (n, k)."""
        return _with_one(self.centre, self.spread, x) @ self.weights

    def beliefs(self, x: ArrayLike) -> dict[str, Floats]:
        """Return the four arrays of probabilities for measurements (n, k)."""
        return {name: part.numpy() for name, part in beliefs(self.logits(x)).items()}


def fit_concepts(x: ArrayLike, concepts: Mapping[str, ArrayLike], penalty: float = PENALTY) -> Any:
    """Fit the heads to findings: measurements (n, k) and `Lesions.concepts()` of n lesions."""
    labels = _tensors(concepts)
    return fit_heads(x, lambda logits: concept_loss(logits, labels), penalty)


def fit_joint(
    x: ArrayLike,
    concepts: Mapping[str, ArrayLike],
    verdicts: ArrayLike,
    logic: Logic,
    above: float = 4.75,
    weight: float = 1.0,
    penalty: float = PENALTY,
) -> Any:
    """Fit the heads to the findings of the first lesions and, through the rule, all verdicts.

    `x` (n, k) and `verdicts` (n,) are of all lesions, `concepts` of the first m of them.
    """
    labels, wanted = _tensors(concepts), torch.as_tensor(np.asarray(verdicts, float))
    known = len(labels["border"])

    def loss(logits: torch.Tensor) -> torch.Tensor:
        stated = verdict_loss(logits, wanted, logic, above)
        return concept_loss(logits[:known], labels) + weight * stated

    return fit_heads(x, loss, penalty)


def fit_verdicts_only(
    x: ArrayLike,
    verdicts: ArrayLike,
    logic: Logic,
    above: float = 4.75,
    seed: int = 0,
    penalty: float = PENALTY,
) -> Any:
    """Fit the heads through the rule to verdicts alone: what they then mean is left open."""
    wanted = torch.as_tensor(np.asarray(verdicts, float))
    return fit_heads(x, lambda logits: verdict_loss(logits, wanted, logic, above), penalty, seed)


def concept_loss(logits: torch.Tensor, labels: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Minus the log-likelihood of the findings, summed over lesions."""
    total = logits.new_zeros(())
    for name, part in split(logits).items():
        if name in ONE_OF_MANY:
            total = total + functional.cross_entropy(part, labels[name], reduction="sum")
        else:
            total = total + functional.binary_cross_entropy_with_logits(
                part, labels[name].to(part.dtype), reduction="sum"
            )
    return total


def verdict_loss(
    logits: torch.Tensor, verdicts: torch.Tensor, logic: Logic, above: float = 4.75
) -> torch.Tensor:
    """Minus the log-likelihood of verdicts (n,), 1 where the TDS lies above `above`, summed."""
    chance = logic(**beliefs(logits))[:, first_tenth(above) :].sum(1)
    return functional.binary_cross_entropy(
        chance.clamp(1e-6, 1 - 1e-6), verdicts.to(chance.dtype), reduction="sum"
    )


def first_tenth(above: float) -> int:
    """Return the smallest score in tenths that lies above a threshold."""
    return int(np.floor(round(10 * above, 6))) + 1


def fit_heads(
    x: ArrayLike, loss: Callable[[torch.Tensor], torch.Tensor], penalty: float, seed: int = 0
) -> LinearHeads:
    """Minimise `loss` of the logits (n, 23), with a penalty on the weights but not the offsets."""
    table = np.asarray(x, float)
    centre, spread = table.mean(0), table.std(0)
    spread = np.where(spread > 0, spread, 1.0)
    inputs = _with_one(centre, spread, table)
    start = torch.Generator().manual_seed(seed)
    weights = 0.1 * torch.randn(inputs.shape[1], LOGITS, generator=start, dtype=torch.double)
    weights.requires_grad_()
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(inputs @ weights) + penalty / 2 * (weights[:-1] ** 2).sum()
        value.backward()
        return value

    optimizer.step(closure)
    return LinearHeads(centre, spread, weights.detach())


def _with_one(centre: Floats, spread: Floats, x: ArrayLike) -> torch.Tensor:
    scaled = np.clip((np.asarray(x, float) - centre) / spread, -FARTHEST, FARTHEST)
    return torch.from_numpy(np.column_stack([scaled, np.ones(len(scaled))]))


def _tensors(concepts: Mapping[str, ArrayLike]) -> dict[str, torch.Tensor]:
    return {name: torch.as_tensor(np.asarray(concepts[name], np.int64)) for name in HEADS}
