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

    Each has the invoices of the ``first`` run and of the ``second``, which has one more and
    another order; two are listed twice in both. ``faults`` are pairs with the invoice, ``blocked``
    the invoices that are refused, and ``dies_at`` the one at whose payment the line goes dead.
    """
    return {"cases": [_case(rng) for _ in range(CASES)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    n = len(FAULTS) + 5
    numbers = 10 * rng.choice(np.arange(200, 999), n, replace=False) + rng.integers(0, 9, n)
    numbers[3] = numbers[2] + 1  # no part of an id will do for it, unless it is the last
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
    faults = {name: FAULTS[k] for name, k in zip(faulty, rng.permutation(7), strict=True)}
    # The line goes dead in the second half, so that there is something to do twice.
    place = {name: float(rng.uniform(0, 1)) for name in names}
    place[dies_at] = float(rng.uniform(0.6, 0.9))
    # One is refused before and one behind.
    place[blocked[0]], place[blocked[1]] = float(rng.uniform(0, 0.5)), 0.95
    # Behind it, so that the second run alone has to reach the third call.
    place[next(name for name, lost in faults.items() if lost == ["lost", "lost"])] = 1.0
    # Listed twice: one that is refused, always, and one that is paid.
    twice = [dict(invoices[-2]), dict(invoices[int(rng.integers(2, n - 3))])]
    # The new one comes first, however invoices are sorted, and moves all places.
    new = {"id": f"R-{rng.integers(1_000, 1_999)}", "to": "Aal", "cents": 1_000}
    rest = [invoices[int(k)] for k in rng.permutation(n)]
    # Of the two that are alike the same one comes first, else both would be paid by one who takes
    # them for one; and the refused one stands far from where it comes again.
    later = max((place[name], name) for name in names[:2])[1]
    rest.sort(key=lambda one: (one["id"] == blocked[0], one["id"] == later))
    return {
        "first": [*sorted(invoices, key=lambda invoice: place[str(invoice["id"])]), *twice],
        "second": [twice[0], new, *rest[:4], twice[1], *rest[4:]],
        "faults": [list(pair) for pair in faults.items()],
        "blocked": sorted(blocked),
        "dies_at": dies_at,
    }
