"""Real logs of a shop, and the figures that the module's benchmarks computed.

`zozotown` are the two columns that off-policy estimates need, of the small samples of the Open
Bandit Dataset that come with the package `obp` 0.4.1: Saito, Aihara, Matsutani and Narita (2021),
Open Bandit Dataset and Pipeline, NeurIPS Datasets and Benchmarks, arXiv:2008.07146. `figures` come
from `benchmarks/personalization/figures.py`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

CAMPAIGNS = ("all", "men", "women")


class Campaign(NamedTuple):
    """10,000 impressions that a Thompson-sampling policy served, and the truth about another one.

    `logged` (10000,) is the probability with which the policy showed what it showed, `clicks`
    (10000,) 0 or 1, `items` how many there were to show, `random_clicks` how many of 10,000 other
    impressions were clicked that showed items by pure chance.
    """

    logged: NDArray[np.float64]
    clicks: NDArray[np.int64]
    items: int
    random_clicks: int


def zozotown(campaign: str) -> Campaign:
    """A campaign of the fashion shop ZOZOTOWN, November 2019: "all", "men" or "women"."""
    with (files(__package__) / "figures" / "zozotown.npz").open("rb") as file:
        stored = np.load(file)
        return Campaign(
            stored[f"{campaign}_logged"].astype(float),
            stored[f"{campaign}_clicks"].astype(np.int64),
            int(stored[f"{campaign}_items"]),
            int(stored[f"{campaign}_random_clicks"]),
        )


def figure(name: str) -> Any:
    """Return a stored figure: "audits", "coverage", "live", "plans" or "privacy"."""
    path = files(__package__) / "figures" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))
