"""Task `label_efficiency`: clinics to learn from fifty lesions in, and what a regression reaches.

Every clinic has its own mix of lesions and its own device. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from labkit.checks.neuro_symbolic_diagnosis.clinics import clinic

CLINICS, FEW, NEW = 16, 50, (380, 421)
"""Sixteen, so that chance in who is labelled does not decide between the rule and one like it.
The number of new lesions differs by clinic, so that no share of an exam is one of practice."""

SPREAD = [5.0, 0.5, 0.5]
"""Deviations of border, colours and structures. Borders differ most, nearly all lesions have one
asymmetric axis, and most have about six colours and structures, which leaves them just below the
limit: there the border decides. Without it, however well the rest is learned, findings and rule
are no better than the plain regression; nor is the border without colours and structures."""

CLEAR = [11.0, 18.0, 11.0, 11.0]
"""How clearly a device shows asymmetry, border, colours and structures, give or take a tenth. So
clear that straight lines from measurements to score, an honest way, are well above the plain
regression, too."""

PENALTIES = (1.0, 0.1)
"""Strengths `C` of the plain regression; over 20 draws each was better about as often."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"labelled": 50, "clinics": [...], "regression": …, "majority": …}``.

    Clinics are one sample, judged by their mean. Each has what `clinics.clinic` draws it from; its
    first fifty lesions are labelled, the others new. ``regression`` is the share of right verdicts
    that a regression from measurements to verdicts reaches, mean of all clinics, with the better of
    two penalties, and ``majority`` that of the commoner verdict among the labelled.
    """
    clinics = [_case(rng) for _ in range(CLINICS)]
    shares = np.array([_plain_shares(case) for case in clinics]).mean(axis=0)
    return {
        "labelled": FEW,
        "clinics": clinics,
        "regression": float(shares[:-1].max()),
        "majority": float(shares[-1]),
    }


def _case(rng: np.random.Generator) -> dict[str, Any]:
    asymmetric = rng.uniform(0.88, 0.95)
    clear = np.array(CLEAR) * rng.uniform(0.9, 1.1, 4)
    return {
        "seed": int(rng.integers(2**31)),
        "lesions": FEW + int(rng.integers(*NEW)),
        "columns": int(rng.integers(22, 28)),
        "asymmetric": [asymmetric, asymmetric * rng.uniform(0.05, 0.12)],
        "border": rng.uniform(3, 5),
        "spread": SPREAD,
        "colours": rng.uniform(2.8, 3.2),
        "structures": rng.uniform(2.8, 3.2),
        "clear": clear.tolist(),
        "others": int(rng.integers(3, 7)),
    }


def _plain_shares(case: dict[str, Any]) -> list[float]:
    """Shares of right verdicts: a regression with each penalty, and the commoner verdict."""
    measured = clinic(case)
    known, new = measured.take(slice(FEW)), measured.take(slice(FEW, None))
    fits = [
        LogisticRegression(C=strength, max_iter=1_000).fit(known.x, known.suspicious)
        for strength in PENALTIES
    ]
    said = [fit.predict(new.x) for fit in fits] + [round(known.suspicious.mean())]
    return [float(np.mean(own == new.suspicious)) for own in said]
