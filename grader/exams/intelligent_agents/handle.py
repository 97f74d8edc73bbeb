"""Task `handle`: requests by mail, a model that misreads one in four, and the ledger they deserve.

The requests of a case are dealt, not drawn one by one, so that every known mistake shows in each
case. Judging is left to the checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until
from labkit.trends.intelligent_agents.world.office import READINGS, reader

CASES = 2
TRIES = 1_000
"""Models tried for a case at most, of a millisecond each; none fits once in 10^11 draws."""

RIGHT = 0.73
"""Share of right readings, as measured of a small language model with shown examples."""

DEALT = (
    ("refund", "good", 4),
    ("refund", "stranger", 3),
    ("refund", "status", 3),
    ("refund", "again", 1),
    ("cancel", "good", 3),
    ("cancel", "stranger", 1),
    ("cancel", "status", 2),
    ("cancel", "again", 1),
    ("invoice", "good", 5),
    ("invoice", "stranger", 2),
)
UNFIT = {"refund": ("shipped", "open", "cancelled"), "cancel": ("shipped", "returned")}
"""States in which a request may not be fulfilled, in turn."""

STATES = ("open", "shipped", "returned", "refunded", "cancelled")
"""In each of them an invoice may be sent."""

WORDS = {
    "refund": (
        "I sent the parcel of order {order} back and am still waiting for my {claim} €.",
        "Order {order} came back to you a week ago. Please transfer {claim} €.",
        "You owe me {claim} € for number {order}, which I returned.",
        "Money back for {order}, please. It was {claim} €, my phone is 0{phone}.",
    ),
    "cancel": (
        "Please do not ship order {order}, I have changed my mind.",
        "Stop number {order} before it leaves your house. Call me: 0{phone}.",
        "I no longer need what I ordered under {order}.",
    ),
    "invoice": (
        "My accountant asks for the bill of {order} once more.",
        "Could I have the invoice of order {order} again? Phone 0{phone}.",
        "For my tax return I need the paper that belongs to {order}.",
    ),
}
NAMES = ("ada", "bo", "cem", "dora", "eli", "fay", "gus", "hana", "ivo", "jun", "kim", "lea")


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``seed`` and ``right`` of the model; ``orders``; ``requests``, each with ``request``
    (what the answer is shown: id, sender, text) and ``true`` (intent, order, claim, others); and
    ``effects``, what the ledger holds in the end, by request.
    """
    return {"cases": [_told_apart(rng, _case(rng)) for _ in range(CASES)]}


def _told_apart(rng: np.random.Generator, case: dict[str, Any]) -> dict[str, Any]:
    """The case with a model whose readings tell the ways to read apart: one model in 40."""
    return until(
        lambda: case | {"seed": int(rng.integers(2**31))},
        _tells_apart,
        "a request that few readings get wrong, and majorities that are right",
        TRIES,
    )


def _case(rng: np.random.Generator) -> dict[str, Any]:
    kinds = [(intent, how) for intent, how, times in DEALT for _ in range(times)]
    order_of = [kinds[place] for place in rng.permutation(len(kinds))]
    # The requests that come again stand behind those they repeat.
    order_of.sort(key=lambda kind: kind[1] == "again")
    numbers = rng.choice(np.arange(2_000, 9_000), 2 * len(kinds), replace=False)
    ids = rng.choice(np.arange(300, 900), len(kinds), replace=False)
    orders: list[dict[str, Any]] = []
    requests: list[dict[str, Any]] = []
    effects: list[list[Any]] = []
    unfit = {intent: iter(rng.permutation(states)) for intent, states in UNFIT.items()}
    billed = iter(rng.permutation(STATES))
    # What is claimed is more than what was paid, or less.
    apart = iter(rng.permutation([-1, -1, 1, 1]))
    strange = iter(rng.permutation(6))
    # Every phrasing of a refund occurs in one that is due: in some the sum comes before the number.
    said = iter(rng.permutation(WORDS["refund"]))
    for place, (intent, how) in enumerate(order_of):
        owner = f"{rng.choice(NAMES)}{rng.integers(10, 99)}@mail.example"
        status = {"refund": "returned", "cancel": "open", "invoice": "shipped"}[intent]
        if how == "status":
            status = str(next(unfit[intent]))
        elif (intent, how) == ("invoice", "good"):
            status = str(next(billed))
        cents = int(rng.integers(1_500, 7_000))
        # The sender's own second order, which the model may mix up with the first.
        for number in numbers[2 * place : 2 * place + 2]:
            orders.append({"number": int(number), "owner": owner, "cents": cents, "status": status})
            cents += int(rng.integers(300, 900))
        order, other = orders[-2], orders[-1]
        sender = owner
        if how == "again":
            order, sender = _repeated(intent, requests, orders)
        if how == "stranger":
            sender = _stranger(rng, owner, int(next(strange)))
        due = (intent, how) == ("refund", "good")
        way = int(next(apart)) if due else 1
        claim = order["cents"] + way * int(rng.integers(200, 1_300))
        text = str(next(said) if due else rng.choice(WORDS[intent])).format(
            order=order["number"], claim=f"{claim / 100:.2f}", phone=rng.integers(10**8, 10**9)
        )
        request = {"id": int(ids[place]), "sender": sender, "text": text}
        true = {
            "intent": intent,
            "order": order["number"],
            "claim": claim,
            "others": [other["number"]],
        }
        requests.append({"request": request, "true": true, "how": how})
        effects.append(_effect(request, intent, order, how))
    return {
        "right": RIGHT,
        "orders": orders,
        "requests": requests,
        "effects": effects,
    }


def _stranger(rng: np.random.Generator, owner: str, way: int) -> str:
    """An address that is like the owner's in one of six ways, and is not the same."""
    local, domain = owner.split("@")
    return (
        f"{rng.choice(NAMES)}{rng.integers(100, 999)}@{domain}",
        f"{local}@post.example",
        f"x{owner}",
        f"{owner}.net",
        owner[1:],
        owner.capitalize(),
    )[way]


def _repeated(
    intent: str, requests: list[dict[str, Any]], orders: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    """The order and sender of a good request that came before."""
    before = next(r for r in requests if r["true"]["intent"] == intent and r["how"] == "good")
    order = next(o for o in orders if o["number"] == before["true"]["order"])
    return order, before["request"]["sender"]


def _effect(request: dict[str, Any], intent: str, order: dict[str, Any], how: str) -> list[Any]:
    if how != "good":
        return ["escalate", request["id"]]
    more = {"refund": [order["cents"]], "cancel": [], "invoice": [request["sender"]]}[intent]
    return [intent, request["id"], order["number"], *more]


def _tells_apart(case: dict[str, Any]) -> bool:
    """Whether `FEW` ways to read get a request wrong that deserves an effect, and `ENOUGH` none."""
    missed = {name: 0 for name in FEW}
    for one in case["requests"]:
        model = reader(case["seed"], one["request"], one["true"], case["right"])
        said = [model(one["request"]["text"]) for _ in range(READINGS)]
        pairs = [(s["intent"], s["order"]) for s in said]
        true = (one["true"]["intent"], one["true"]["order"])
        for n in ENOUGH:
            if not all(_ahead(part[:n], right) for part, right in _parts(pairs, true)):
                return False
        if one["how"] == "good":
            for name, read in FEW.items():
                missed[name] += read(pairs) != true
    # One to show that it is wrong, and one to tell it from other mistakes by.
    return min(missed.values()) > 0 and missed["first intent"] > 1


Pair = tuple[str, int]


def _parts(pairs: list[Pair], true: Pair) -> list[tuple[list[Any], Any]]:
    """What was read and what is true, together and each by itself."""
    intents, orders = zip(*pairs, strict=True)
    return [(pairs, true), (list(intents), true[0]), (list(orders), true[1])]


def _ahead(said: list[Any], right: Any) -> bool:
    """Whether nothing else was said as often as what is right."""
    counts = Counter(said)
    return all(counts[other] < counts[right] for other in counts if other != right)


def _most(pairs: Sequence[Pair]) -> Pair:
    return Counter(pairs).most_common(1)[0][0]


def _first_to(times: int, pairs: Sequence[Pair]) -> Pair:
    """The pair that is first read so many times."""
    return next(p for n, p in enumerate(pairs) if pairs[: n + 1].count(p) == times)


ENOUGH = range(9, READINGS + 1)
"""Numbers of readings whose majority is right in every request of an exam."""

FEW: dict[str, Callable[[list[Pair]], Pair]] = {
    **{f"{n} readings": partial(lambda n, pairs: _most(pairs[:n]), n) for n in range(1, 6)},
    **{f"first to {n}": partial(_first_to, n) for n in (2, 3)},
    "first order": lambda pairs: (_most(pairs)[0], pairs[0][1]),
    "first intent": lambda pairs: (pairs[0][0], _most(pairs)[1]),
}
"""Ways to read that are wrong about some request of every case."""
