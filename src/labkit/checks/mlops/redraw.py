"""The data of the tasks, drawn again from an instance's seeds, so that instances stay small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from labkit.exercise.task import Instance
from labkit.trends.mlops.world.canaries import Whole, draw_minutes
from labkit.trends.mlops.world.duels import Duel, draw_duel
from labkit.trends.mlops.world.ledger import draw_cuts, draw_events
from labkit.trends.mlops.world.streams import FEATURES, Floats, draw_rows, draw_stream
from labkit.trends.mlops.world.tables import Applicants, draw_table, spoil

REFERENCE_ROWS, BATCH_ROWS, GROWTH = 600, 150, (0.08, 0.15)
DUELS = ((600, 800, 0.2, 0.22), (5_000, 6_000, 0.024, 0.028), *2 * ((5_000, 7_000, 0.3, 0.45),))
"""Fewest and most cases, and least and largest share in which the models differ: so different that
no constant limit, of a share or of a number of cases, is right for all."""


def batches(case: Instance) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, set[str]]]:
    """Reference, batch and the names of its broken columns."""
    rng = np.random.default_rng(case["seed"])
    banks = []
    for bank in case["banks"]:
        who = Applicants(**{**bank["who"], "regions": tuple(bank["who"]["regions"])})
        day = bank["day"]
        banks.append((who, day, draw_table(rng, who, REFERENCE_ROWS, (day - 30, day - 1))))
    for bank, fault, column in case["batches"]:
        who, day, reference = banks[bank]
        batch = draw_table(rng, who, BATCH_ROWS, (day, day), rng.uniform(*GROWTH))
        yield reference, *(spoil(rng, batch, fault, column) if fault else (batch, set()))


def history(case: Instance) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events, and the moments at which a decision was made."""
    rng = np.random.default_rng(case["seed"])
    events = draw_events(rng, case["customers"], case["each"])
    return events, draw_cuts(rng, events, case["cuts"])


class Stream(NamedTuple):
    """A stream of windows and what is known of it.

    Attributes:
        reference: features of good times, (rows, 6).
        windows: what was seen since, (windows, rows, 6).
        start: the first window that has drifted; the number of windows where none has.
        feature: which one drifts, signed: 1 to 6, or -1 to -6 where it falls.
        ends: after how many windows somebody looks, ascending.
    """

    reference: Floats
    windows: Floats
    start: int
    feature: int
    ends: list[int]


def stream(case: Instance, number: int) -> Stream:
    """One stream; quiet ones and drifting ones have the same lengths and looks."""
    rng = np.random.default_rng([case["seed"], number])
    scale, middle = rng.uniform(0.5, 50, FEATURES), rng.uniform(-100, 100, FEATURES)
    windows = case["windows"]
    start = int(rng.integers(3, 8))
    looks = np.cumsum(rng.integers(2, 5, windows)).tolist()
    ends = [end for end in looks if end < windows - 1] + [windows]
    feature, sign = int(rng.integers(FEATURES)), 1 if rng.random() < 0.5 else -1
    start = start if case["drifts"][number] else windows
    reference = draw_rows(rng, 1, case["known"])[0]
    seen = draw_stream(rng, windows, case["rows"], feature, sign * case["shift"], start)
    return Stream(
        reference * scale + middle, seen * scale + middle, start, sign * (feature + 1), ends
    )


def duel(case: Instance, number: int) -> Duel:
    """One duel of a case: a better model is four standard errors ahead, whatever the sizes."""
    rng = np.random.default_rng([case["seed"], number])
    kind = case["kinds"][number]
    fewest, most, low, high = DUELS[case["kinds"][:number].count(kind) % len(DUELS)]
    n, differ = int(rng.integers(fewest, most)), float(rng.uniform(low, high))
    gain = rng.uniform(4.0, 4.6) * (differ / n) ** 0.5
    return draw_duel(rng, n, kind, gain, differ)


def canary(case: Instance, number: int) -> tuple[Whole, Whole]:
    """Requests and errors of one canary."""
    rng = np.random.default_rng([case["seed"], number])
    rate = case["bad"] if case["broken"][number] else case["usual"]
    return draw_minutes(rng, case["minutes"], case["traffic"], rate)
