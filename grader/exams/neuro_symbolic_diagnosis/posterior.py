"""Task `posterior`: beliefs as logits, and the exact distribution of the score with its slopes.

Reference figures come from the exact logic beside this module. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.trends.neuro_symbolic_diagnosis.perception import HEADS, LOGITS, beliefs

from .guidelines import listed
from .logic import tds_distribution

Floats = NDArray[np.float64]

ROWS, BATCH = 3, 2_000
SURE = 30.0
"""A logit beyond doubt."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...], "batch": {...}}``.

    A case has ``words``, ``logits`` (rows, 23), the exact ``posterior`` (rows, 90) and ``slopes``
    (rows, 23) of the chance that the TDS is above 4.75. The last one, with every finding in doubt,
    has ``traps``: its posterior with at least one colour and one structure. The batch
    has ``n`` and ``seed``, which draw its logits, and the ``posterior`` of some ``rows``.
    """
    words = {name: f"only the {name} in doubt" for name in HEADS}
    cases = [_logic_case(text, (name,), rng) for name, text in words.items()]
    doubtful = _logic_case("every finding in doubt", tuple(HEADS), rng)
    some = renormalised(np.array(doubtful["logits"]))
    cases.append({**doubtful, "traps": {"renormalised": listed(some)}})
    batch = {"n": BATCH, "seed": int(rng.integers(2**31))}
    rows = sorted(int(row) for row in rng.choice(BATCH, 3, replace=False))
    posterior, _ = posterior_and_slopes(redraw.logits(batch["n"], batch["seed"])[rows])
    return {"cases": cases, "batch": {**batch, "rows": rows, "posterior": listed(posterior)}}


def _logic_case(words: str, doubtful: tuple[str, ...], rng: np.random.Generator) -> dict[str, Any]:
    logits = np.full((ROWS, LOGITS), -SURE)
    for name in ("asymmetry", "border"):
        columns = np.arange(LOGITS)[HEADS[name]]
        logits[np.arange(ROWS), rng.choice(columns, ROWS)] = SURE
    for name in ("colours", "structures"):
        present = rng.random((ROWS, HEADS[name].stop - HEADS[name].start)) < 0.6
        logits[:, HEADS[name]] = np.where(present, SURE, -SURE)
    for name in doubtful:
        size = HEADS[name].stop - HEADS[name].start
        logits[:, HEADS[name]] = rng.normal(0, 1.5, (ROWS, size))
    logits = np.round(logits, 3)
    posterior, slopes = posterior_and_slopes(logits)
    return {
        "words": words,
        "logits": logits.tolist(),
        "posterior": listed(posterior),
        "slopes": listed(slopes),
    }


def posterior_and_slopes(logits: Floats) -> tuple[Floats, Floats]:
    """The exact posterior (n, 90), and the slopes of P(TDS > 4.75) in the logits (n, 23)."""
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    posterior = tds_distribution(*beliefs(leaf).values())
    (slopes,) = torch.autograd.grad(posterior[:, 48:].sum(), leaf)
    return posterior.detach().numpy(), slopes.numpy()


def renormalised(logits: Floats) -> Floats:
    """The posterior (n, 90) given at least one colour and one structure: a known mistake."""
    stated = beliefs(torch.tensor(logits, dtype=torch.float64))
    none = {name: (1 - stated[name]).prod(dim=1) for name in ("colours", "structures")}

    def without(*kinds: str) -> torch.Tensor:
        """Chances of the scores together with no finding of these kinds."""
        gone = {name: torch.zeros_like(stated[name]) for name in kinds}
        chance = torch.stack([none[name] for name in kinds]).prod(dim=0)
        return chance[:, None] * tds_distribution(*(stated | gone).values())

    some = tds_distribution(*stated.values()) - without("colours") - without("structures")
    some = some + without("colours", "structures")
    return (some / some.sum(dim=1, keepdim=True)).numpy()
