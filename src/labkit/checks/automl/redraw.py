"""The worlds of an instance, drawn again from what stands in it."""

from __future__ import annotations

import pandas as pd

from labkit.exercise.task import Instance
from labkit.trends.automl.world.contest import Contest, draw_contest
from labkit.trends.automl.world.logs import draw_events, draw_rows
from labkit.trends.automl.world.members import Panel, draw_panel

LEARN, NEW = 3_000, 20_000
"""Customers to learn the weights from, and new ones on whom a blend is judged."""


def rows(case: Instance) -> pd.DataFrame:
    """The training table of a case of `folds`."""
    return draw_rows(case["n"], case["customers"], case["days"], case["seed"])


def events(case: Instance) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Purchases and cut-offs of a case of `features`."""
    return draw_events(case["n"], case["customers"], case["days"], case["late"], case["seed"])


def panel(case: Instance) -> Panel:
    """The members of a case of `weights`."""
    return draw_panel(case["seed"], case["sees"], LEARN, NEW)


def contest(case: Instance, seed: int) -> Contest:
    """One of the searches of `pick`."""
    return draw_contest(seed, case["spread"], case["noise"])
