"""Task `unmask`: a round of secure aggregation in which some clients drop out.

The judge plays the clients that hold the shares; here the round is dealt. Judging is left to the
checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.edge_federated.world import secure

LENGTH = 12


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``: one drop-out, as many as may be, none, and too many.

    Each has ``clients`` and ``survivors`` (numbers), ``threshold``, ``round``, ``publics``, by
    client as text; the secrets ``own`` and ``pair`` by owner, whose ``shares`` stand by kind, owner
    and holder; ``received``, the masked numbers by survivor; and ``total``, the sum of the
    survivors' updates modulo 2**32, or None where too few survived.
    """
    cases = [_case(rng, dropped) for dropped in ("one", "most", "none", "too many")]
    return {"cases": [cases[place] for place in rng.permutation(len(cases))]}


def _case(rng: np.random.Generator, dropped: str) -> dict[str, Any]:
    n = int(rng.integers(5, 8))
    clients = sorted(int(c) for c in rng.choice(np.arange(1, 40), n, replace=False))
    threshold = n // 2 + 1
    most = n - threshold
    gone = {"none": 0, "one": 1, "most": most, "too many": most + 1}[dropped]
    out = set(rng.choice(clients, gone, replace=False).tolist())
    survivors = [c for c in clients if c not in out]
    secrets = {
        kind: {c: int.from_bytes(rng.bytes(15), "big") for c in clients} for kind in ("own", "pair")
    }
    publics = {c: secure.public_part(secrets["pair"][c]) for c in clients}
    number = int(rng.integers(1, 500))
    updates = {c: rng.integers(-5_000, 5_000, LENGTH) for c in clients}
    total = np.sum([updates[c] for c in survivors], axis=0) % 2**32
    return {
        "clients": clients,
        "survivors": survivors,
        "threshold": threshold,
        "round": number,
        "publics": {str(c): publics[c] for c in clients},
        "shares": {
            kind: {
                str(owner): {
                    str(holder): share
                    for holder, share in secure.deal(secret, threshold, clients, rng).items()
                }
                for owner, secret in owners.items()
            }
            for kind, owners in secrets.items()
        },
        "received": {
            str(c): masked(c, updates[c], secrets, publics, number).tolist() for c in survivors
        },
        "total": None if dropped == "too many" else total.tolist(),
    }


def masked(
    me: int,
    update: np.ndarray,
    secrets: dict[str, dict[int, int]],
    publics: dict[int, int],
    number: int,
) -> np.ndarray:
    """What client `me` sends: its update, its own mask, and one mask for each other client."""
    made = update.astype(np.int64) + secure.stream(secrets["own"][me], number, len(update))
    for other, public in publics.items():
        if other != me:
            mask = secure.stream(secure.agree(secrets["pair"][me], public), number, len(update))
            made = made + (1 if me < other else -1) * mask.astype(np.int64)
    return made % 2**32
