"""Six claims from the marketing department: some of the effects are real, some are nothing.

Every claim comes with its data and says what was adjusted for, so it can be attacked: adjust again,
look at what was measured before the treatment, count how many segments were tried. A claim is
spurious where the true effect is 0. Telling which ones are is left to the learner.

How strong anything is, from the slopes to the noise, every claim draws anew, from the same spans
whatever its kind. So nobody knows a kind by how strong something is: it has to be attacked.
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

SMALL, OF_ALL = 0.9, 0.6
"""Euros of a small real effect that was looked for once, and its share of the genuine claims."""

FAINT_BEFORE = (1.0, 1.5)
"""Standard errors of luck in the past of a faint claim: what any usual level calls nothing, but of
a small effect no small share."""

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


_SPANS = {
    "spend_draws": (0.6, 1.1),
    "recency_draws": (0.2, 0.7),
    "hidden_draws": (0.8, 1.4),
    "spend_pays": (3.0, 6.0),
    "recency_pays": (1.0, 3.0),
    "habits_pay": (3.5, 6.0),
    "noise": (5.0, 7.0),
    "noise_before": (5.0, 9.0),
    "carried": (0.3, 1.0),
    "through_visits": (0.7, 0.9),
    "survey_asks": (1.5, 2.5),
    "survey_feels": (0.2, 0.4),
}
"""From where to where each of a claim's `_Strengths` is drawn, evenly."""


@dataclass(frozen=True)
class _Strengths:
    """How strong everything is in the world of one claim.

    What `draws` the treatment is in log odds, what `pays` in euros of margin, both per standard
    deviation. `carried` is the share of that which the margin had before; `through_visits` that of
    a real effect with a mediator. The survey asks those treated by points, and feels points a euro.
    """

    spend_draws: float
    recency_draws: float
    hidden_draws: float
    spend_pays: float
    recency_pays: float
    habits_pay: float
    noise: float
    noise_before: float
    carried: float
    through_visits: float
    survey_asks: float
    survey_feels: float


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
    effect = 0.0 if kind in SPURIOUS else _either_way(rng, 3.0, 6.0)
    done = [_REGRESSIONS[str(name)] for name in rng.permutation(_DONE[kind])]
    looks = int(rng.choice(LOOKS))
    seen = None
    if kind == "best of many looks":
        looks = int(rng.choice([number for number in LOOKS if number >= 20]))
        # What the best of so many empty segments looks like; one that beats all looks would be no
        # claim that anybody could tell from a true one.
        seen = _either_way(rng, *FAINT)
    elif kind == "genuine" and rng.random() < OF_ALL:
        looks, seen = 1, _either_way(rng, *FAINT)
        effect = float(np.copysign(SMALL, seen))
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

    Two things nobody measured: habits, which pay before and after, and what draws the treatment.
    They make an effect out of nothing only where they are the same, the hidden cause. Faint claims
    have no habits, so that they are as faint with the past adjusted for.

    `seen` is what the data show in standard errors, effect and luck together; any luck if None.
    """
    s = _Strengths(**{name: rng.uniform(*span) for name, span in _SPANS.items()})
    spend, recency, tenure, hidden, noise, *others = rng.standard_normal((9, n))
    known = (spend, recency, tenure)
    liked, hidden_side, survey_side = rng.choice((-1, 1), 3)
    habits = s.habits_pay * hidden * (seen is None)
    moved_by = hidden if kind == "hidden confounder" else others[3]
    through_visits = s.through_visits * (kind == "genuine despite a mediator")
    shown = s.through_visits * rng.integers(2) * habits
    log_odds = liked * s.spend_draws * spend - s.recency_draws * recency
    log_odds += hidden_side * s.hidden_draws * moved_by
    treated = (rng.random(n) < expit(log_odds)).astype(float)
    unsteady = s.noise * noise + others[0]
    noise_before = s.noise_before * others[1]
    if seen is not None:
        luck_before = _either_way(rng, *FAINT_BEFORE)
        unsteady += _luck(unsteady, treated, known, seen, effect)
        noise_before += _luck(noise_before, treated, known, luck_before)
    visits = 3 + (others[0] + through_visits * effect * treated + shown) / 2
    surprise = unsteady + effect * treated
    steady = s.spend_pays * spend - s.recency_pays * recency + habits
    return pd.DataFrame(
        {
            "spend": spend,
            "recency": recency,
            "tenure": tenure,
            BEFORE_OUTCOME: 38 + s.carried * steady + noise_before,
            treatment: treated,
            "visits_after": visits,
            "survey": survey_side * s.survey_asks * treated + s.survey_feels * surprise + others[2],
            OUTCOME: 40 + steady + surprise,
        }
    )


def _luck(
    noise: Floats,
    treated: Floats,
    known: tuple[Floats, ...],
    seen: float,
    effect: float = 0.0,
) -> Floats:
    """What to add to the noise of a margin, so that luck has it as one would have it.

    What the known columns leave of the treatment then shows `seen` standard errors, of the effect
    in euros and of all noise together; all else about it stays random.
    """
    table = np.column_stack([np.ones(len(noise)), *known])
    left = treated - table @ np.linalg.lstsq(table, treated, rcond=None)[0]
    length = np.sqrt(left @ left)
    left /= length
    wanted = seen * noise.std() - effect * length
    return np.asarray((wanted - left @ noise) * left)


def _regress(data: pd.DataFrame, treatment: str, adjusted_for: list[str]) -> tuple[float, float]:
    """Coefficient of the treatment and its standard error."""
    columns = data[[treatment, *adjusted_for, OUTCOME]].to_numpy()
    columns = columns - columns.mean(axis=0)
    products = columns.T @ columns
    inverse = np.linalg.inv(products[:-1, :-1])
    coefficients = inverse @ products[:-1, -1]
    rest = products[-1, -1] - coefficients @ products[:-1, -1]
    variance = rest / (len(columns) - columns.shape[1])
    return float(coefficients[0]), float(np.sqrt(variance * inverse[0, 0]))
