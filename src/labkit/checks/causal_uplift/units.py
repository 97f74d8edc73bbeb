"""The claims of `triage`, each booked in a unit of its own.

In the world's own claims real effects are some euros and vanished ones some cents, and a fixed
number would tell them apart. Here only an effect's size against its error says anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from labkit.checks.causal_uplift import redraw
from labkit.trends.causal_uplift.world.claims import BEFORE_OUTCOME, OUTCOME, Claim


def claims(case: dict[str, Any]) -> list[Claim]:
    """The six claims of a batch; ``units`` says how much of each claim's unit a euro is."""
    return [
        _booked_in(unit, claim)
        for unit, claim in zip(case["units"], redraw.claims(case), strict=True)
    ]


def _booked_in(unit: float, claim: Claim) -> Claim:
    money = [BEFORE_OUTCOME, OUTCOME]
    return replace(
        claim,
        data=claim.data.assign(**{name: unit * claim.data[name] for name in money}),
        estimate=unit * claim.estimate,
        error=unit * claim.error,
        true_effect=unit * claim.true_effect,
    )
