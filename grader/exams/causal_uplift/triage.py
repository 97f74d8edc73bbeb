"""Task `triage`: claims that are real or are nothing."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from labkit.checks.causal_uplift import units
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.world.claims import SPURIOUS, Claim

from .regression import slope

BATCHES, CUSTOMERS = 3, (1_000, 2_500)

UNITS = (0.01, 10.0)
"""What a euro may be in the unit of a claim, evenly on a logarithmic scale."""

Batch = tuple[dict[str, Any], list[Claim]]


CLEAR, VANISHED = 4.5, 1.6
"""Size in standard errors from which a true effect is clear, and below which one is gone, for
whichever usual threshold is taken."""

APART = 0.1
"""Standard errors by which the strongest of the chance findings beats the faintest real effect that
was looked for once. So no bar that leaves the looks out has all of them on the right side."""


MANY, FAINT = 20, 2.9
"""Looks, and standard errors, at which a claim's own numbers look like chance."""

HABITS = 0.2
"""Correlation of what the known columns leave of the outcome and of its own past, from which on
something that nobody measured is at work. With habits it is about .3, without about 0."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three batches of six claims.

    Each has ``customers``, ``seed`` and ``units``, which draw the claims, and ``spurious``, the
    names of those without any effect. Each way of being spurious occurs in at least two batches,
    and for each there is a real claim that looks like it until the data are asked; one has an
    unmeasured cause of the outcome alone.
    """
    drawn: list[Batch] = []

    def one_more() -> tuple[Batch, ...]:
        """The first batches that tell apart, of all drawn so far; none if there are none."""
        drawn.append(_clear_batch(rng))
        # Those without the new one have been tried before.
        some = ((*others, drawn[-1]) for others in combinations(drawn[:-1], BATCHES - 1))
        return next(filter(_tell_apart, some), ())

    batches = until(
        one_more, bool, "every kind of spurious claim twice, and its double among the real ones"
    )
    return {
        "cases": [
            {**case, "spurious": [claim.name for claim in claims if claim.is_spurious]}
            for case, claims in batches
        ]
    }


def _tell_apart(batches: tuple[Batch, ...]) -> bool:
    """Whether reading how a claim was made, without estimating anything, accuses a real one."""
    claims = [claim for _, batch in batches for claim in batch]
    kinds = [claim.kind for claim in claims]
    real = [claim for claim in claims if not claim.is_spurious]
    return (
        all(kinds.count(kind) >= 2 for kind in SPURIOUS)
        and any("spend" not in claim.adjusted_for for claim in real)
        and any("survey" in claim.adjusted_for for claim in real)
        and any(claim.looks >= MANY and abs(claim.estimate / claim.error) < FAINT for claim in real)
        and any(_left_in_common(claim) > HABITS for claim in real)
        and _luck_beats_truth(claims)
        and _size_misleads(claims)
    )


def _luck_beats_truth(claims: list[Claim]) -> bool:
    """Whether a chance finding looks stronger than a real effect that was looked for once."""
    luck = [_strength(claim) for claim in claims if claim.kind == "best of many looks"]
    truth = [_strength(claim) for claim in claims if claim.kind == "genuine" and claim.looks == 1]
    return bool(luck and truth) and max(luck) > min(truth) + APART


def _size_misleads(claims: list[Claim]) -> bool:
    """Whether a clear real effect is a smaller number than one that vanishes in its errors."""
    made = ("confounder left out", "collider adjusted for")
    nothing = [_size(claim) for claim in claims if claim.kind in made]
    real = [_size(claim) for claim in claims if not claim.is_spurious and _strength(claim) > CLEAR]
    return bool(nothing and real) and max(nothing) > min(real)


def _left_in_common(claim: Claim) -> float:
    """Correlation of the outcome and its own past, beyond what the known columns explain."""
    *known, past = claim.before
    table = np.column_stack([np.ones(len(claim.data)), claim.data[[claim.treatment, *known]]])
    both = claim.data[[claim.outcome, past]].to_numpy()
    left = both - table @ np.linalg.lstsq(table, both, rcond=None)[0]
    return float(np.corrcoef(left.T)[0, 1])


def _size(claim: Claim) -> float:
    return abs(slope(claim.data, claim.treatment, claim.outcome, claim.before)[0])


def _strength(claim: Claim) -> float:
    return attacks(vars(claim))[0]


def _clear_batch(rng: np.random.Generator) -> Batch:
    def one() -> Batch:
        low, high = np.log(UNITS)
        case = {
            "customers": int(rng.integers(CUSTOMERS[0], CUSTOMERS[1] + 1)),
            # So many seeds that nobody finds a batch again by drawing all.
            "seed": int.from_bytes(rng.bytes(16)),
            "units": [float(f"{np.exp(power):.3g}") for power in rng.uniform(low, high, 6)],
        }
        return case, units.claims(case)

    return until(one, lambda drawn: all(map(_is_clear, drawn[1])), "claims that end as they should")


def _is_clear(claim: Claim) -> bool:
    """Whether the attacks on a claim end as they should, with room for other thresholds."""
    again, control = attacks(vars(claim))
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
