"""Task `pay_all`: invoices for a bank that loses answers, goes down once, and refuses some.

Every kind of fault is dealt to every case, so each known mistake shows in each. Judging is left to
the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

CASES = 5
FAULTS = (
    ["late"],
    ["late"],
    ["lost"],
    ["lost", "late"],
    ["late", "lost"],
    ["late", "late"],
    ["lost", "lost"],
)
NAMES = ("Abel", "Brandt", "Cohen", "Diaz", "Emre", "Fuchs", "Gold", "Haas")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``invoices`` (one of them listed twice), ``faults`` as pairs with the invoice,
    ``blocked`` invoices, and ``dies_at``, at whose payment the line goes dead.
    """
    return {"cases": [_case(rng) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    n = len(FAULTS) + 5
    numbers = rng.choice(np.arange(1_000, 9_999), n, replace=False)
    names = [f"R-{number}" for number in numbers]
    invoices = [
        {
            "id": name,
            "to": str(rng.choice(NAMES)),
            "cents": int(rng.integers(2_000, 9_999)),
        }
        for name in names
    ]
    # Another invoice of the same supplier over the same sum is another invoice.
    invoices[1] |= {"to": invoices[0]["to"], "cents": invoices[0]["cents"]}
    faulty = [*names[:1], *names[2 : len(FAULTS) + 1]]
    dies_at, blocked = names[-4], names[-2:]
    listed = [*invoices, dict(invoices[int(rng.integers(2, n - 3))])]
    faults = {name: FAULTS[k] for name, k in zip(faulty, rng.permutation(7), strict=True)}
    # The line goes dead in the second half, so that there is something to do twice.
    place = {name: float(rng.uniform(0, 1)) for name in names}
    place[dies_at] = float(rng.uniform(0.6, 0.9))
    # Behind it, so that this run alone has to reach the third call.
    place[next(name for name, lost in faults.items() if lost == ["lost", "lost"])] = 1.0
    listed[:-1] = sorted(invoices, key=lambda invoice: place[str(invoice["id"])])
    return {
        "invoices": listed,
        "faults": [list(pair) for pair in faults.items()],
        "blocked": sorted(blocked),
        "dies_at": dies_at,
    }
