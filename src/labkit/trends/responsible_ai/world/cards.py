"""A hiring tool's applicants, and the figures that a model card may state of them.

`draw_hiring` draws the people on whom a card's claims can be computed again. Doing so is left to
the learner.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

SEXES = ("female", "male", "unknown")
ORIGINS = ("A", "B", "C", "unknown")
METRICS = ("selection rate", "accuracy", "true positive rate", "precision", "impact ratio")


def draw_hiring(rng: np.random.Generator, people: int = 4_000, slope: float = 1.0) -> pd.DataFrame:
    """Draw people: ``split`` ("train" or "test"), ``sex``, ``origin``, ``score``, ``label``.

    Scores (0 to 100, one decimal) fit the training rows better than the test rows. The larger
    `slope`, the more the scores of the groups differ; the crossing of sex and origin has a gap of
    its own. ``decided`` is 1 from a score of 60 on.
    """
    sex = rng.choice(SEXES, people, p=(0.38, 0.5, 0.12))
    origin = rng.choice(ORIGINS, people, p=(0.3, 0.36, 0.22, 0.12))
    train = rng.random(people) < 0.5
    shift = {"female": -3.0, "male": 2.0, "unknown": -9.0, "A": 4.0, "B": 0.0, "C": -5.0}
    moved = np.array([shift[s] + shift[o] for s, o in zip(sex, origin, strict=True)])
    moved = moved - 5.0 * ((sex == "female") & (origin == "C"))
    label = (rng.random(people) < 0.45).astype(np.int64)
    clear = np.where(train, 14.0, 8.0)
    score = 55.0 + slope * moved + clear * (label - 0.5) + rng.normal(0, 11, people)
    score = np.clip(score, 0, 100).round(1)
    return pd.DataFrame(
        {
            "split": np.where(train, "train", "test"),
            "sex": sex,
            "origin": origin,
            "score": score,
            "label": label,
            "decided": (score >= 60).astype(np.int64),
        }
    )
