"""The explorations of the lesson: what to do after a time-out, and an approval inbox that tires.

Drawing is left to `plots`, numbers to the world and to `metrics`.
"""

from __future__ import annotations

import numpy as np

from labkit.pictures.explorer import Explorer, choice, decimal
from labkit.pictures.plot import Plot
from labkit.trends.intelligent_agents.metrics import payments
from labkit.trends.intelligent_agents.plots import inbox, repeated_calls
from labkit.trends.intelligent_agents.world.inbox import day

THRESHOLDS = np.geomspace(1.0, 8_000.0, 60)


def explore_timeouts() -> Explorer:
    """Sliders for calls that do nothing and for calls that pay, both without an answer."""
    controls = {
        "lost": decimal("lost before (%)", 2.0, 0.0, 20.0, 1.0),
        "late": decimal("lost after (%)", 2.0, 0.0, 20.0, 1.0),
    }
    return Explorer(_timeouts, controls)


def _timeouts(lost: float, late: float) -> Plot:
    return repeated_calls(payments(lost / 100, late / 100))


def explore_inbox() -> Explorer:
    """Sliders for the harm from which on a person is asked, and for the steps of a day."""
    controls = {
        "threshold": choice("ask from (€)", 1, (1, 10, 30, 100, 300, 800, 2_000, 5_000)),
        "steps": choice("steps a day", 90, (30, 90, 180)),
    }
    return Explorer(_inbox, controls)


def _inbox(threshold: float, steps: int) -> Plot:
    costs = [day(limit, steps).cost for limit in THRESHOLDS]
    here = day(threshold, steps)
    words = f"{here.harm:,.0f} € of harm, {here.saved:.1f} h saved"
    return inbox(THRESHOLDS, costs, threshold, here.read, here.questions, words)
