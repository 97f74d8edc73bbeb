"""A hiring tool under audit: one thing is wrong with it, or nothing is.

Two groups really differ: in how many are good, in what a test measures, in where they live. On top
of that an audit may hold one injected bias of known size. So gaps show in every record, and only a
re-check of some people tells a bias from a difference. Diagnosing is left to the learner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CAUSES = ("none", "label", "measurement", "sampling", "proxy")


@dataclass(frozen=True)
class Audit:
    """What an auditor gets.

    Attributes:
        records: one row a person: ``group`` (0 or 1), ``area`` (0 or 1), ``score`` (points),
            ``label`` (1 if the manager called the person good), ``decided`` (1 if invited).
        rechecked: some of these people again, examined with care: the same columns, and ``good``
            (the truth behind the label) and ``true_score`` (points).
        register: the share of group 1 among all who applied, from the register.
    """

    records: pd.DataFrame
    rechecked: pd.DataFrame
    register: float


def draw_audit(
    rng: np.random.Generator,
    cause: str,
    size: float,
    share: float = 0.4,
    good: tuple[float, float] = (0.55, 0.45),
    ability: tuple[float, float] = (52.0, 48.0),
    areas: tuple[float, float] = (0.3, 0.7),
    people: int = 8_000,
    rechecked: int = 2_400,
) -> Audit:
    """Draw an audit.

    Args:
        rng: source of chance.
        cause: one of `CAUSES`.
        size: of the bias. "label": by how much a good person of group 1 is called good less often
            than one of group 0. "measurement": points by which the score of group 1 is too low.
            "sampling": share of group 1 in the register, minus its share in the records. "proxy":
            by how much an invitation is less probable in area 1, at the same score.
        share: of group 1 in the register.
        good: share of good people, for each group.
        ability: mean true score of each group, in points.
        areas: share of each group that lives in area 1.
        people: records.
        rechecked: how many of them are examined again, as many from each group.

    Raises:
        ValueError: there is no such cause.
    """
    if cause not in CAUSES:
        raise ValueError(f"there is no cause '{cause}'; the causes are {', '.join(CAUSES)}")
    amount = {name: size if name == cause else 0.0 for name in CAUSES}
    group = (rng.random(people) < share - amount["sampling"]).astype(np.int64)
    truth = (rng.random(people) < np.array(good)[group]).astype(np.int64)
    noticed = np.where(truth == 1, 0.9 - amount["label"] * group, 0.1)
    true_score = np.array(ability)[group] + 10.0 * (truth - 0.5) + rng.normal(0, 8, people)
    score = true_score - amount["measurement"] * group + rng.normal(0, 6, people)
    area = (rng.random(people) < np.array(areas)[group]).astype(np.int64)
    chance = 0.5 + 0.008 * (score - 50.0) - amount["proxy"] * (area - 0.5)
    records = pd.DataFrame(
        {
            "group": group,
            "area": area,
            "score": score,
            "label": (rng.random(people) < noticed).astype(np.int64),
            "decided": (rng.random(people) < chance).astype(np.int64),
        }
    )
    picked = np.concatenate(
        [rng.choice(np.flatnonzero(group == g), rechecked // 2, replace=False) for g in (0, 1)]
    )
    again = records.assign(good=truth, true_score=true_score).iloc[picked].reset_index(drop=True)
    return Audit(records, again, share)
