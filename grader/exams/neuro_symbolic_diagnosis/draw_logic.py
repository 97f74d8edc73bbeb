"""Tasks `posterior` and `abstain`: exact distributions of the score, and clinics with doubts.

Reference figures come from the exact logic beside this module, and from the true chances that a
clinic's lesions were drawn with. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.trends.neuro_symbolic_diagnosis.perception import HEADS, LOGITS, beliefs

from .logic import tds_distribution

Floats = NDArray[np.float64]

ROWS, BATCH = 2, 2_000
SURE = 30.0
"""A logit beyond doubt."""

CLINICS, PAST, NEW, RISK = 12, 1_200, 1_500, 0.05


def draw_posterior(seed: int) -> dict[str, Any]:
    """Return ``{"cases": [...], "batch": {...}}``.

    A case has ``words``, ``logits`` (rows, 23), the exact ``posterior`` (rows, 90) and ``slopes``
    (rows, 23) of the chance that the TDS is above 4.75. The last one, with every finding in doubt,
    has ``renormalised`` too: its posterior with at least one colour and one structure. The batch
    has ``n`` and ``seed``, which draw its logits, and the ``posterior`` of some ``rows``.
    """
    rng = np.random.default_rng(seed)
    words = {name: f"only the {name} in doubt" for name in HEADS}
    cases = [_logic_case(text, (name,), rng) for name, text in words.items()]
    doubtful = _logic_case("every finding in doubt", tuple(HEADS), rng)
    cases.append({**doubtful, "renormalised": _listed(renormalised(np.array(doubtful["logits"])))})
    batch = {"n": BATCH, "seed": int(rng.integers(2**31))}
    rows = sorted(int(row) for row in rng.choice(BATCH, 3, replace=False))
    posterior, _ = posterior_and_slopes(redraw.logits(batch["n"], batch["seed"])[rows])
    return {"cases": cases, "batch": {**batch, "rows": rows, "posterior": _listed(posterior)}}


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
        "posterior": _listed(posterior),
        "slopes": _listed(slopes),
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
        return chance[:, None] * tds_distribution(**{**stated, **gone})

    some = tds_distribution(**stated) - without("colours") - without("structures")
    some = some + without("colours", "structures")
    return (some / some.sum(dim=1, keepdim=True)).numpy()


def _listed(table: Floats) -> list[list[float]]:
    """Nested lists, rounded far below the judge's tolerance."""
    # Adding zero turns -0.0 into 0.0, which is shorter.
    return [[round(float(value), 10) + 0.0 for value in row] for row in table]


def draw_abstain(seed: int) -> dict[str, Any]:
    """Return ``{"risk": 0.05, "clinics": [...]}``.

    A clinic has ``past`` lesions with known verdict and ``new`` ones; ``seed``, ``centre``,
    ``spread``, ``steepness`` and ``shift`` draw them; ``oracle`` is the share of the new ones that
    could be decided at the risk by who knew their true chances, and ``believed`` the share that is
    decided by who believes the stated probabilities.
    """
    rng = np.random.default_rng(seed)
    return {"risk": RISK, "clinics": [_clinic(rng) for _ in range(CLINICS)]}


def _clinic(rng: np.random.Generator) -> dict[str, Any]:
    case = {
        "past": PAST,
        "new": NEW,
        "seed": int(rng.integers(2**31)),
        "centre": round(float(rng.normal(0, 0.4)), 2),
        "spread": round(float(rng.uniform(2.2, 3.2)), 2),
        "steepness": round(float(rng.uniform(2.2, 3.2)), 2),
        "shift": round(float(rng.normal(0, 0.7)), 2),
    }
    stated, _ = redraw.clinic(case)
    odds, _ = redraw.true_odds(case)
    doubt = np.sort(1 / (1 + np.exp(np.abs(odds[PAST:]))))
    expected_errors = np.cumsum(doubt) / np.arange(1, NEW + 1)
    sure = np.maximum(stated, 1 - stated)[PAST:] >= 1 - RISK
    return {
        **case,
        "oracle": float((expected_errors <= RISK).mean()),
        "believed": float(sure.mean()),
    }
