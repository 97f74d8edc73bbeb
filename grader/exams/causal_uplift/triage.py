"""Task `triage`: claims that are real or are nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.world.claims import SPURIOUS, Claim, draw_claims

from .regression import slope

BATCHES, CUSTOMERS = 3, 1_500


CLEAR, VANISHED = 4.5, 1.6
"""Size in standard errors from which a true effect is clear, and below which one is gone, for
whichever usual threshold is taken."""

APART = 0.1
"""Standard errors by which the strongest of the chance findings beats the faintest real effect that
was looked for once. So no bar that leaves the looks out has all of them on the right side."""


MANY, FAINT = 20, 2.9
"""Looks, and standard errors, at which a claim's own numbers look like chance."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three batches of six claims.

    Each has ``customers`` and ``seed``, which draw the claims, and ``spurious``, the names of
    those without any effect. Each way of being spurious occurs in at least two batches, and for
    each there is a real claim that looks like it until the data are asked.
    """
    batches = until(
        lambda: [_clear_batch(rng) for _ in range(BATCHES)],
        lambda batches: _tells_apart([claim for _, claims in batches for claim in claims]),
        "every kind of spurious claim twice, and its double among the real ones",
    )
    return {
        "cases": [
            {
                "customers": CUSTOMERS,
                "seed": own_seed,
                "spurious": [claim.name for claim in claims if claim.is_spurious],
            }
            for own_seed, claims in batches
        ]
    }


def _tells_apart(claims: list[Claim]) -> bool:
    """Whether reading how a claim was made, without estimating anything, accuses a real one."""
    kinds = [claim.kind for claim in claims]
    real = [claim for claim in claims if not claim.is_spurious]
    doubles = (
        any("spend" not in claim.adjusted_for for claim in real),
        any("survey" in claim.adjusted_for for claim in real),
        any(claim.looks >= MANY and abs(claim.estimate / claim.error) < FAINT for claim in real),
        _luck_beats_truth(claims),
    )
    return all(doubles) and all(kinds.count(kind) >= 2 for kind in SPURIOUS)


def _luck_beats_truth(claims: list[Claim]) -> bool:
    """Whether a chance finding looks stronger than a real effect that was looked for once."""
    luck = [_strength(claim) for claim in claims if claim.kind == "best of many looks"]
    truth = [_strength(claim) for claim in claims if claim.kind == "genuine" and claim.looks == 1]
    return bool(luck and truth) and max(luck) > min(truth) + APART


def _strength(claim: Claim) -> float:
    return attacks(claim.public())[0]


def _clear_batch(rng: np.random.Generator) -> tuple[int, list[Claim]]:
    def one() -> tuple[int, list[Claim]]:
        seed = int(rng.integers(2**31))
        return seed, draw_claims(seed, CUSTOMERS)

    return until(one, lambda drawn: all(map(_is_clear, drawn[1])), "claims that end as they should")


def _is_clear(claim: Claim) -> bool:
    """Whether the attacks on a claim end as they should, with room for other thresholds."""
    again, control = attacks(claim.public())
    if claim.kind == "hidden confounder":
        return control > CLEAR
    if claim.kind == "best of many looks":
        return control < VANISHED
    if claim.is_spurious:
        return again < VANISHED
    if claim.kind == "genuine" and claim.looks == 1:
        return again < CLEAR and control < VANISHED
    return again > CLEAR and control < VANISHED


def attacks(claim: dict[str, Any]) -> tuple[float, float]:
    """Attack a public claim twice; two effects in standard errors, without sign.

    The first adjusts for all that was measured before the treatment but the outcome's own past,
    the second takes that past, which no treatment can change, in place of the outcome.
    """
    past = f"{claim['outcome']}_before"
    before = [name for name in claim["before"] if name != past]
    found = []
    for outcome in (claim["outcome"], past):
        size, error = slope(claim["data"], claim["treatment"], outcome, before)
        found.append(abs(size / error))
    return found[0], found[1]


def spurious(claims: list[dict[str, Any]]) -> list[str]:
    """Reference triage: adjust again, ask the past, and count the looks (Bonferroni)."""
    names = []
    for claim in claims:
        again, control = attacks(claim)
        # Two-sided 5 % shared among the looks: 1.96 for one, about 3.2 for forty.
        limit = _normal_quantile(1 - 0.025 / claim["looks"])
        if again < limit or control > _normal_quantile(1 - 0.005):
            names.append(claim["name"])
    return names


def _normal_quantile(share: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf(share))
