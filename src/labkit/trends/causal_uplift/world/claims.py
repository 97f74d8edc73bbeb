"""Six claims from the marketing department: some of the effects are real, some are nothing.

Every claim comes with its data and says what was adjusted for, so it can be attacked: adjust again,
look at what was measured before the treatment, count how many segments were tried. A claim is
spurious where the true effect is 0. Telling which ones are is left to the learner.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

TREATMENTS = ("voucher", "app_push", "newsletter", "call", "loyalty_card", "free_delivery")
OUTCOME, BEFORE_OUTCOME = "margin", "margin_before"
BEFORE = ("spend", "recency", "tenure", BEFORE_OUTCOME)
"""Columns measured before the treatment; the last is the outcome's own past."""

AFTER = ("visits_after", "survey")
"""Columns measured after the treatment: a mediator and a collider."""

GENUINE = ("genuine", "genuine despite a mediator")
SPURIOUS = (
    "confounder left out",
    "collider adjusted for",
    "hidden confounder",
    "best of many looks",
)

LOOKS = (1, 4, 20, 40)
"""In how many segments an effect may have been looked for."""

PUBLISHED = 1.96
"""Standard errors from which a claim is reported at all."""

FAINT = (2.5, 2.8)
"""Standard errors of what luck shows in the best of 20 or 40 segments, and of a small real effect
that was looked for once: the same, so only the looks tell them apart."""

_NOISE, _VISITS_NOISE = 6.0, 1.0
_KNOWN = ["spend", "recency", "tenure"]
_REGRESSIONS = {
    "all known": _KNOWN,
    "spend left out": ["recency", "tenure"],
    "survey added": [*_KNOWN, "survey"],
    "visits added": [*_KNOWN, "visits_after"],
}
_DONE = {
    "genuine": ("all known", "spend left out", "survey added"),
    "genuine despite a mediator": ("visits added",),
    "confounder left out": ("spend left out",),
    "collider adjusted for": ("survey added",),
    "hidden confounder": tuple(_REGRESSIONS),
    "best of many looks": ("all known", "visits added"),
}
"""What the claim's own regression may have adjusted for: bad work does not make a claim false.
Where nothing would come of it, the analyst adjusted for all that was known."""


@dataclass(frozen=True)
class Claim:
    """A claimed effect of `treatment` on `outcome`, with what is needed to attack it.

    `data` has the columns `treatment` (0 or 1), `BEFORE`, `AFTER` and `outcome` (euros);
    `adjusted_for` names the columns of the regression behind the claim, `estimate` and `error` are
    its coefficient and standard error; `before` names the columns measured before the treatment;
    `looks` says in how many segments an effect was looked for until this one was reported. The
    truth is `true_effect` in euros, 0 for a spurious claim, and `kind`, one of `GENUINE` or
    `SPURIOUS`.
    """

    name: str
    data: pd.DataFrame
    treatment: str
    outcome: str
    adjusted_for: list[str]
    before: list[str]
    looks: int
    estimate: float
    error: float
    true_effect: float
    kind: str

    @property
    def is_spurious(self) -> bool:
        """Whether there is no effect at all."""
        return self.kind in SPURIOUS

    def public(self) -> dict[str, Any]:
        """The claim as it is published, without `true_effect` and `kind`."""
        fields = asdict(self)
        del fields["true_effect"], fields["kind"]
        return {**fields, "data": self.data.copy()}


def draw_claims(seed: int, n: int = 1500) -> list[Claim]:
    """Draw six claims over `n` customers each: two to four of them are spurious, in random order.

    Each spurious kind occurs at most once.
    """
    rng = np.random.default_rng(seed)
    spurious = list(rng.permutation(SPURIOUS)[: rng.integers(2, 5)])
    genuine = [GENUINE[place % 2] for place in range(len(TREATMENTS) - len(spurious))]
    kinds = rng.permutation([*spurious, *genuine])
    return [
        _draw_claim(str(kind), name, n, rng) for kind, name in zip(kinds, TREATMENTS, strict=True)
    ]


def _draw_claim(kind: str, treatment: str, n: int, rng: np.random.Generator) -> Claim:
    effect = 0.0 if kind in SPURIOUS else _either_way(rng, 2.5, 4.0)
    done = [_REGRESSIONS[str(name)] for name in rng.permutation(_DONE[kind])]
    looks = int(rng.choice(LOOKS))
    seen = None
    if kind == "best of many looks":
        looks = int(rng.choice([number for number in LOOKS if number >= 20]))
        # What the best of so many empty segments looks like; one that beats all looks would be no
        # claim that anybody could tell from a true one.
        seen = _either_way(rng, *FAINT)
    elif kind == "genuine" and looks == 1:
        seen = _either_way(rng, *FAINT)
        effect = float(np.copysign(0.9, seen))
    data = _draw_data(kind, treatment, effect, n, rng, seen)
    for adjusted_for in [*done, _KNOWN]:
        estimate, error = _regress(data, treatment, adjusted_for)
        if abs(estimate) > PUBLISHED * error:
            break
    return Claim(
        name=f"{treatment} {'raises' if estimate > 0 else 'lowers'} {OUTCOME}",
        data=data,
        treatment=treatment,
        outcome=OUTCOME,
        adjusted_for=list(adjusted_for),
        before=list(BEFORE),
        looks=looks,
        estimate=estimate,
        error=error,
        true_effect=effect,
        kind=kind,
    )


def _either_way(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.choice((-1, 1)) * rng.uniform(low, high))


def _draw_data(
    kind: str,
    treatment: str,
    effect: float,
    n: int,
    rng: np.random.Generator,
    seen: float | None,
) -> pd.DataFrame:
    """One claim's customers; only the hidden cause and the mediator differ between kinds.

    Half of the claims have habits too, which nobody measured: a cause of the margin, before and
    after, that has nothing to do with the treatment. It makes no effect out of nothing.

    `seen` is what the data show in standard errors, effect and luck together; any luck if None.
    """
    spend, recency, tenure, hidden, noise, *others = rng.standard_normal((9, n))
    liked, unseen_side, survey_side = rng.choice((-1, 1), 3)
    unseen = 1.0 if kind == "hidden confounder" else 0.0
    habits = unseen or (1.0 if seen is None and rng.random() < 0.5 else 0.0)
    through_visits = 0.7 if kind == "genuine despite a mediator" else 0.0
    log_odds = liked * 0.8 * spend - 0.4 * recency + unseen_side * unseen * hidden
    treated = (rng.random(n) < expit(log_odds)).astype(float)
    if seen is not None:
        noise = _with_luck(noise, others[0], treated, (spend, recency, tenure), seen, effect)
    steady = 4 * spend - 2 * recency + 4 * habits * hidden
    visits = 3 + _VISITS_NOISE / 2 * others[0] + through_visits * effect * treated / 2
    margin = (
        40 + steady + (1 - through_visits) * effect * treated + 2 * (visits - 3) + _NOISE * noise
    )
    surprise = margin - 40 - steady
    return pd.DataFrame(
        {
            "spend": spend,
            "recency": recency,
            "tenure": tenure,
            BEFORE_OUTCOME: 38 + 0.75 * steady + _NOISE * others[1],
            treatment: treated,
            "visits_after": visits,
            "survey": 2 * survey_side * treated + 0.3 * surprise + others[2],
            OUTCOME: margin,
        }
    )


def _with_luck(
    noise: Floats,
    visits_noise: Floats,
    treated: Floats,
    known: tuple[Floats, ...],
    seen: float,
    effect: float,
) -> Floats:
    """The same noise, but as far along with the treatment as luck would have it.

    What the known columns leave of the treatment shows `seen` standard errors, of the effect in
    euros and of all noise together; all else about the noise stays random.
    """
    table = np.column_stack([np.ones(len(noise)), *known])
    left = treated - table @ np.linalg.lstsq(table, treated, rcond=None)[0]
    length = np.sqrt(left @ left)
    left /= length
    wanted = seen * np.hypot(_NOISE, _VISITS_NOISE) - effect * length
    wanted -= left @ (_VISITS_NOISE * visits_noise)
    return np.asarray(noise + (wanted / _NOISE - left @ noise) * left)


def _regress(data: pd.DataFrame, treatment: str, adjusted_for: list[str]) -> tuple[float, float]:
    """Coefficient of the treatment and its standard error."""
    table = np.column_stack([np.ones(len(data)), data[[treatment, *adjusted_for]]])
    outcome = data[OUTCOME].to_numpy()
    coefficients, squares = np.linalg.lstsq(table, outcome, rcond=None)[:2]
    variance = squares[0] / (len(data) - table.shape[1])
    return float(coefficients[1]), float(np.sqrt(variance * np.linalg.inv(table.T @ table)[1, 1]))
