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

ONCE = 2.4
"""Standard errors from which an effect that was looked for once is clear: 1.6 % by luck."""

APART = 0.1
"""Standard errors by which the strongest of the chance findings beats the faintest real effect that
was looked for once. So no bar that leaves the looks out has all of them on the right side."""


MANY, FAINT = 20, 2.9
"""Looks, and standard errors, at which a claim's own numbers look like chance."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``, three batches of six claims.

    Each has ``customers``, ``seed`` and ``units``, which draw the claims, and ``spurious``, the
    names of those without any effect. Each way of being spurious occurs in at least two batches,
    a hidden confounder in no more, and for each there is a real claim that looks like it until the
    data are asked.
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
        # Whoever accuses the claim with the most in its past in every batch is wrong in one.
        and kinds.count("hidden confounder") < BATCHES
        and any("spend" not in claim.adjusted_for for claim in real)
        and any("survey" in claim.adjusted_for for claim in real)
        and any(claim.looks >= MANY and abs(claim.estimate / claim.error) < FAINT for claim in real)
        and _luck_beats_truth(claims)
        and _size_misleads(claims)
        and _share_misleads(claims)
        and _change_misleads(claims)
        and _strengths_mislead(claims)
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


def _share_misleads(claims: list[Claim]) -> bool:
    """Whether the past moves by a larger share of a real effect than of a hidden cause's."""

    def share(claim: Claim) -> float:
        again, past = _sizes(claim)
        return abs(past / again)

    real = [share(claim) for claim in claims if not claim.is_spurious]
    return max(real) > min(map(share, _hidden(claims)))


def _change_misleads(claims: list[Claim]) -> bool:
    """Whether the change since before loses a real effect, or keeps what a hidden cause made."""

    def strength(claim: Claim) -> float:
        *known, past = claim.before
        change = claim.data.assign(change=claim.data[claim.outcome] - claim.data[past])
        size, error = slope(change, claim.treatment, "change", known)
        return abs(size / error)

    real = [strength(claim) for claim in claims if not claim.is_spurious]
    return min(real) < VANISHED or max(map(strength, _hidden(claims))) > CLEAR


def _strengths_mislead(claims: list[Claim]) -> bool:
    """Whether no cut-off in how strong anything is has all hidden causes on one side, alone."""
    hidden = np.array([_strengths(claim) for claim in _hidden(claims)])
    clear = [claim for claim in claims if not claim.is_spurious and _strength(claim) > CLEAR]
    real = np.array([_strengths(claim) for claim in clear])
    return bool(np.all((hidden.max(0) > real.min(0)) & (hidden.min(0) < real.max(0))))


def _strengths(claim: Claim) -> tuple[float, float, float]:
    """What shows of a hidden cause without an attack, and shows as much without one.

    How much the known columns tell of the treatment; how much the outcome and its past have in
    common beyond what is known; and how large the effect is beside what is left of the outcome.
    """
    *known, past = claim.before
    table = np.column_stack([np.ones(len(claim.data)), claim.data[known]])
    columns = claim.data[[claim.treatment, claim.outcome, past]].to_numpy()
    left = columns - table @ np.linalg.lstsq(table, columns, rcond=None)[0]
    treated, both = left[:, 0], left[:, 1:]
    effects = treated @ both / (treated @ treated)
    rest = both - np.outer(treated, effects)
    told = 1 - float(treated.var() / columns[:, 0].var())
    return told, float(np.corrcoef(rest.T)[0, 1]), float(abs(effects[0]) / rest[:, 0].std())


def _hidden(claims: list[Claim]) -> list[Claim]:
    return [claim for claim in claims if claim.kind == "hidden confounder"]


def _sizes(claim: Claim) -> list[float]:
    *known, past = claim.before
    return [slope(claim.data, claim.treatment, name, known)[0] for name in (claim.outcome, past)]


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
    """Whether the attacks on a claim end as they should, with room for other thresholds.

    Adjusting again must do so with the outcome's own past among the columns as well as without.
    """
    again, control = attacks(vars(claim))
    size, error = slope(claim.data, claim.treatment, claim.outcome, claim.before)
    least, most = sorted((again, abs(size / error)))
    if claim.kind == "hidden confounder":
        return least > CLEAR and control > CLEAR
    if claim.kind == "best of many looks":
        return most < FAINT and control < VANISHED
    if claim.is_spurious:
        return most < VANISHED
    once = claim.kind == "genuine" and claim.looks == 1
    return least > (ONCE if once else CLEAR) and control < VANISHED


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
