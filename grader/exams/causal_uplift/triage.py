"""Task `triage`: claims that are real or are nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.causal_uplift import units
from labkit.exercise.drawing import until
from labkit.trends.causal_uplift.world.claims import SPURIOUS, Claim

from .regression import slope

BATCHES, CUSTOMERS = 3, (1_000, 2_500)

UNITS = (0.01, 10.0)
"""What a euro may be in the unit of a claim, evenly on a logarithmic scale."""

Case = dict[str, Any]
Floats = NDArray[np.float64]


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


class _Asked:
    """A claim, and what its data answer; the same question is computed once.

    All answers follow from the sums of squares and products about the means: of the treatment, of
    what was known, of the outcome's past, of the outcome, and of its change since then.
    """

    def __init__(self, claim: Claim) -> None:
        *known, past = claim.before
        columns = claim.data[[claim.treatment, *known, past, claim.outcome]].to_numpy()
        columns = np.column_stack([columns, columns[:, -1] - columns[:, -2]])
        columns -= columns.mean(axis=0)
        self.claim = claim
        self._products = columns.T @ columns
        self._rows = len(columns)

    @cached_property
    def again(self) -> float:
        """The effect in standard errors, as all below, adjusted for what was known."""
        return self._effect("outcome")[1]

    @cached_property
    def with_past(self) -> float:
        """The same, adjusted for the outcome's own past as well."""
        return self._effect("outcome", adjusted_for=(1, 2, 3, 4))[1]

    @cached_property
    def control(self) -> float:
        """The 'effect' on the outcome's own past."""
        return self._effect("past")[1]

    @cached_property
    def careless_control(self) -> float:
        """The same, with the spending left out."""
        return self._effect("past", adjusted_for=(2, 3))[1]

    @cached_property
    def change(self) -> float:
        """The effect on the change since before."""
        return self._effect("change")[1]

    @cached_property
    def size(self) -> float:
        """The effect in the claim's own unit."""
        return self._effect("outcome")[0]

    @cached_property
    def share(self) -> float:
        """The 'effect' on the past as a share of that on the outcome."""
        return self._effect("past")[0] / self.size

    @cached_property
    def strengths(self) -> tuple[float, float, float]:
        """What shows of a hidden cause without an attack, and shows as much without one.

        How much the known columns tell of the treatment; how much the outcome and its past have in
        common beyond what is known; and how large the effect is beside what is left of the outcome.
        """
        treated = self._left([1, 2, 3], [0])[0, 0]
        rest = self._left([0, 1, 2, 3], [4, 5])
        alike = rest[0, 1] / np.sqrt(rest[0, 0] * rest[1, 1])
        beside = self.size / np.sqrt(rest[1, 1] / self._rows)
        return 1 - float(treated / self._products[0, 0]), float(alike), float(beside)

    def _effect(self, on: str, adjusted_for: Sequence[int] = (1, 2, 3)) -> tuple[float, float]:
        """Size of the treatment's coefficient, and the same in standard errors."""
        place = {"past": 4, "outcome": 5, "change": 6}[on]
        left = self._left(adjusted_for, [0, place])
        size = left[0, 1] / left[0, 0]
        rest = left[1, 1] - size * left[0, 1]
        error = np.sqrt(rest / left[0, 0] / (self._rows - len(adjusted_for) - 2))
        return float(abs(size)), float(abs(size) / error)

    def _left(self, adjusted_for: Sequence[int], of: Sequence[int]) -> Floats:
        """Squares and products of what the adjustment leaves of some columns."""
        products = self._products
        told = products[np.ix_(adjusted_for, of)]
        known = np.linalg.solve(products[np.ix_(adjusted_for, adjusted_for)], told)
        return np.asarray(products[np.ix_(of, of)] - told.T @ known)


Batch = tuple[Case, list[_Asked]]


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
            {**case, "spurious": [one.claim.name for one in asked if one.claim.is_spurious]}
            for case, asked in batches
        ]
    }


def _tell_apart(batches: tuple[Batch, ...]) -> bool:
    """Whether every known way to do without an attack accuses a real claim, or misses a false one.

    Such as reading how a claim was made, a number of euros, or how strong its causes are.
    """
    asked = [one for _, batch in batches for one in batch]
    kinds = [one.claim.kind for one in asked]
    if min(map(kinds.count, SPURIOUS)) < 2 or kinds.count("hidden confounder") == BATCHES:
        # Whoever accuses in every batch the claim with the most in its past has to be wrong in one.
        return False
    real = [one for one in asked if not one.claim.is_spurious]
    hidden = [one for one in asked if one.claim.kind == "hidden confounder"]
    return (
        _making_misleads([one.claim for one in real])
        # The past, asked as the claim was made, accuses a real one whose spending was left out.
        and any(
            one.careless_control > CLEAR for one in real if "spend" not in one.claim.adjusted_for
        )
        and _luck_beats_truth(asked)
        and _size_misleads(asked)
        and max(one.share for one in real) > min(one.share for one in hidden)
        # The change since before loses a real effect, or keeps what a hidden cause made.
        and (
            min(one.change for one in real) < VANISHED or max(one.change for one in hidden) > CLEAR
        )
        and _strengths_mislead(real, hidden)
    )


def _making_misleads(real: list[Claim]) -> bool:
    """Whether a real claim comes of a collider, and one of so many looks that it seems faint."""
    return any("survey" in claim.adjusted_for for claim in real) and any(
        claim.looks >= MANY and abs(claim.estimate / claim.error) < FAINT for claim in real
    )


def _luck_beats_truth(asked: list[_Asked]) -> bool:
    """Whether a chance finding looks stronger than a real effect that was looked for once."""
    luck = [one.again for one in asked if one.claim.kind == "best of many looks"]
    truth = [one.again for one in asked if one.claim.kind == "genuine" and one.claim.looks == 1]
    return bool(luck and truth) and max(luck) > min(truth) + APART


def _size_misleads(asked: list[_Asked]) -> bool:
    """Whether a clear real effect is a smaller number than one that vanishes in its errors."""
    made = ("confounder left out", "collider adjusted for")
    nothing = [one.size for one in asked if one.claim.kind in made]
    real = [one.size for one in asked if not one.claim.is_spurious and one.again > CLEAR]
    return max(nothing) > min(real)


def _strengths_mislead(real: list[_Asked], hidden: list[_Asked]) -> bool:
    """Whether no cut-off in how strong anything is has the hidden causes alone on one side."""
    ours = np.array([one.strengths for one in real if one.again > CLEAR])
    theirs = np.array([one.strengths for one in hidden])
    return bool(np.all((theirs.max(0) > ours.min(0)) & (theirs.min(0) < ours.max(0))))


def _clear_batch(rng: np.random.Generator) -> Batch:
    def one() -> Batch:
        low, high = np.log(UNITS)
        case = {
            "customers": int(rng.integers(CUSTOMERS[0], CUSTOMERS[1] + 1)),
            # So many seeds that nobody finds a batch again by drawing all.
            "seed": int.from_bytes(rng.bytes(16)),
            "units": [float(f"{np.exp(power):.3g}") for power in rng.uniform(low, high, 6)],
        }
        return case, [_Asked(claim) for claim in units.claims(case)]

    return until(one, lambda drawn: all(map(_is_clear, drawn[1])), "claims that end as they should")


def _is_clear(asked: _Asked) -> bool:
    """Whether the attacks on a claim end as they should, with room for other thresholds.

    Adjusting again must do so with the outcome's own past among the columns as well as without.
    """
    claim, control = asked.claim, asked.control
    least, most = sorted((asked.again, asked.with_past))
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
