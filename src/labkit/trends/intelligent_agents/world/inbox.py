"""An approval inbox: whom to ask about what, and how much of it people still read.

A day has steps of an agent, each with a harm in euros that it does if it is wrong. A person asked
about a step reads the question with a chance that falls with the number of questions a day, and
stops a wrong step if the question was read. All figures are exact expectations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import lognorm

STEPS = 90
"""Steps a day."""

WRONG = 0.02
"""Chance that a step is wrong."""

UNREAD = 0.93
"""Share of questions approved unread by somebody who is asked about all steps, 93 % as one maker
of agents reports of its users' approvals."""

PATIENCE = -STEPS / np.log(1 - UNREAD)
"""Questions a day at which the chance to read one has fallen to 1/e; set so that `UNREAD` holds."""

READ_MINUTES, CLICK_MINUTES, BY_HAND_MINUTES = 2.0, 5 / 60, 4.0
WAGE = 45.0
"""Euros an hour."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Day:
    """A day with the agent.

    Attributes:
        questions: number of steps that are asked about.
        read: share of the questions that are read.
        harm: euros that wrong steps cost.
        hours: hours that people spend at the inbox.
        saved: hours saved against doing all steps by hand.
        cost: harm and wages, in euros.
    """

    questions: int
    read: float
    harm: float
    hours: float
    saved: float
    cost: float


def harms(steps: int = STEPS) -> Floats:
    """What each step costs if it is wrong, in euros, ascending: most little, few very much."""
    return np.asarray(lognorm.ppf((np.arange(steps) + 0.5) / steps, 2.0, scale=60.0), dtype=float)


def day(threshold: float, steps: int = STEPS) -> Day:
    """What a day costs if people are asked about steps that could do at least `threshold` euros."""
    each = harms(steps)
    asked = each >= threshold
    questions = int(asked.sum())
    read = float(np.exp(-questions / PATIENCE))
    harm = WRONG * float(each[~asked].sum() + (1 - read) * each[asked].sum())
    hours = questions * (read * READ_MINUTES + (1 - read) * CLICK_MINUTES) / 60
    saved = steps * BY_HAND_MINUTES / 60 - hours
    return Day(questions, read, harm, hours, saved, harm + WAGE * hours)


def best_threshold(steps: int = STEPS) -> float:
    """The threshold with the least cost; every step's harm is tried, and asking nobody."""
    return float(min([*harms(steps), np.inf], key=lambda threshold: day(threshold, steps).cost))
