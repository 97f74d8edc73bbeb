"""The lesson's mailbox: a day of requests, the office's orders, and the ledger they deserve.

`draw_day` deals requests of every kind, so that each mistake of an agent shows: orders of other
people, orders in a state in which nothing may be done, and mails that claim another sum than the
order cost. What is not good is handed to a person. How the requests are handled is left to whoever
calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

DEALT = (
    ("refund", "good", 5),
    ("refund", "stranger", 2),
    ("refund", "state", 2),
    ("cancel", "good", 4),
    ("cancel", "stranger", 1),
    ("cancel", "state", 2),
    ("invoice", "good", 3),
    ("invoice", "stranger", 1),
)
"""Intent, what is the matter with it, and how often it comes: twenty requests."""

FITS = {"refund": "returned", "cancel": "open", "invoice": "shipped"}
"""The state in which a request of each kind finds its order when nothing is the matter."""

MAILS = {
    "refund": "What I ordered under {order} is back with you. I get {claim:.2f} € for it.",
    "cancel": "I have thought better of {order}, keep it in your warehouse.",
    "invoice": "Would you send me the bill for {order} a second time?",
}


@dataclass(frozen=True)
class Day:
    """A day's requests.

    Attributes:
        orders: by number, as an office has them.
        requests: each ``{"id", "sender", "text"}``.
        truths: for each request what it means: ``{"intent", "order", "claim", "others"}``, as
            `office.reader` takes it.
        ledger: the effects that the requests deserve, in their order.
    """

    orders: dict[int, dict[str, Any]]
    requests: list[dict[str, Any]]
    truths: list[dict[str, Any]]
    ledger: list[tuple[Any, ...]]


def draw_day(rng: np.random.Generator) -> Day:
    """Draw a day of twenty requests."""
    kinds = [(intent, how) for intent, how, times in DEALT for _ in range(times)]
    numbers = (10 * rng.permutation(np.arange(120, 180))).tolist()
    day = Day({}, [], [], [])
    for place, kind in enumerate(rng.permutation(len(kinds)).tolist()):
        intent, how = kinds[kind]
        owner = f"customer{place}@mail.example"
        state = "cancelled" if how == "state" else FITS[intent]
        first, second = numbers.pop(), numbers.pop()
        for number in (first, second):  # the model may mix the sender's two orders up
            cents = int(rng.integers(2_000, 9_000))
            day.orders[number] = {
                "number": number, "owner": owner, "cents": cents, "status": state
            }  # fmt: skip
        claim = day.orders[first]["cents"] + int(rng.integers(500, 3_000))
        sender = f"customer{place}@post.example" if how == "stranger" else owner
        text = MAILS[intent].format(order=first, claim=claim / 100)
        day.requests.append({"id": place, "sender": sender, "text": text})
        day.truths.append({"intent": intent, "order": first, "claim": claim, "others": [second]})
        due = _due(day.requests[-1], intent, day.orders[first])
        day.ledger.append(due if how == "good" else ("escalate", place))
    return day


def _due(request: Mapping[str, Any], intent: str, order: Mapping[str, Any]) -> tuple[Any, ...]:
    """The effect of a request with which nothing is the matter, as an office writes it."""
    name, number = request["id"], order["number"]
    return {
        "refund": ("refund", name, number, order["cents"]),
        "cancel": ("cancel", name, number),
        "invoice": ("invoice", name, number, request["sender"]),
    }[intent]
