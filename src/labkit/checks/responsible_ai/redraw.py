"""Drawing again, from the seed in an instance, what is too large to stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.trends.responsible_ai.world import (
    applicants,
    audits,
    cards,
    cells,
    clinic,
    lending,
    tables,
)


def _rng(case: Mapping[str, Any]) -> np.random.Generator:
    return np.random.default_rng(case["seed"])


def curves(case: Mapping[str, Any]) -> lending.Curves:
    """The score curves of a case of `accept`."""
    return lending.draw_curves(_rng(case), case["scores"], case["groups"], case["apart"])


def files(case: Mapping[str, Any]) -> cells.Cells:
    """The cells of a case of `blind_policy`; "turned" says that the groups' names are changed."""
    drawn = cells.draw_cells(_rng(case), case["cells"], case["blur"], case["tell"])
    return drawn._replace(group=1 - drawn.group) if case["turned"] else drawn


def table(case: Mapping[str, Any]) -> tables.Table:
    """The table of a case of `anonymise`."""
    return tables.draw_table(_rng(case), case["people"], case["secrets"], tied=case["tied"])


def comings(case: Mapping[str, Any]) -> NDArray[np.int64]:
    """The visits of a case of `release`; any number may be that of who came most often."""
    rng = _rng(case)
    visits = clinic.draw_visits(rng, case["people"], case["heavy"])
    return rng.permutation(case["people"])[visits]


def populations(case: Mapping[str, Any]) -> list[applicants.Applicants]:
    """All populations of a case of `rate_gaps`, drawn from the same true rates."""
    rng = _rng(case)
    return [
        applicants.draw_applicants(
            rng, case["people"], case["good"], case["true_positive"], case["false_positive"]
        )
        for _ in range(case["populations"])
    ]


def counts(case: Mapping[str, Any]) -> NDArray[np.int64]:
    """How many are chosen of each group, again and again, (draws, groups): `largest_gap`."""
    return _rng(case).binomial(
        case["people"], case["chances"], (case["draws"], len(case["people"]))
    )


def audit(case: Mapping[str, Any]) -> audits.Audit:
    """The audit of a case of `diagnose`."""
    settings = {name: case[name] for name in ("share", "good", "ability", "areas")}
    return audits.draw_audit(_rng(case), case["cause"], case["size"], **settings)


def hiring(case: Mapping[str, Any]) -> pd.DataFrame:
    """The people of a case of `false_claims`; "unknown" adds points where one is unknown."""
    people = cards.draw_hiring(_rng(case), case["people"], case["slope"])
    unknown = (people[["sex", "origin"]] == "unknown").sum(axis=1)
    score = (people["score"] + case["unknown"] * unknown).clip(0, 100).round(1)
    return people.assign(score=score, decided=(score >= 60).astype(int))
