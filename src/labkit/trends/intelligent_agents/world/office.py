"""An office with orders, tools that act on them, and a ledger that nobody else can write.

`open_office` returns the tools for one request and is called again for the next; what they do
stands in the office's ledger. `Reader` stands for a language model that reads a request: it names
intent and order, and is wrong as often as it is told to be. Which effect a request deserves is left
to whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

INTENTS = ("refund", "cancel", "invoice")
READINGS = 15
"""How often the model may be asked about one request."""

Tools = dict[str, Callable[..., Any]]


@dataclass
class Office:
    """Orders by number, and every effect so far.

    Attributes:
        orders: number to ``{"number", "owner", "cents", "status"}``; the owner is a mail address,
            the status one of open, shipped, returned, refunded and cancelled.
        ledger: effects as tuples, such as ``("refund", request, number, cents)``.
    """

    orders: dict[int, dict[str, Any]]
    ledger: list[tuple[Any, ...]] = field(default_factory=list)


def open_office(office: Office) -> tuple[Tools, Callable[[], None]]:
    """Return tools for one request, and what ends their use.

    The tools are ``find_order(number)``, ``refund(number, cents, request_id)``,
    ``cancel(number, request_id)``, ``send_invoice(number, to, request_id)`` and
    ``escalate(request_id)``.
    They raise LookupError for an order that does not exist, and PermissionError when they are used
    after their request is over.
    """
    over: list[bool] = []

    def order(number: int) -> dict[str, Any]:
        if over:
            raise PermissionError("these tools belong to a request that is over")
        if number not in office.orders:
            raise LookupError(f"there is no order {number}")
        return office.orders[number]

    def find_order(number: int) -> dict[str, Any]:
        """The order as it stands now."""
        return dict(order(number))

    def refund(number: int, cents: int, request_id: int) -> None:
        """Pay back `cents` for an order."""
        order(number)["status"] = "refunded"
        office.ledger.append(("refund", int(request_id), int(number), int(cents)))

    def cancel(number: int, request_id: int) -> None:
        """Cancel an order."""
        order(number)["status"] = "cancelled"
        office.ledger.append(("cancel", int(request_id), int(number)))

    def send_invoice(number: int, to: str, request_id: int) -> None:
        """Send a copy of an order's invoice to an address."""
        order(number)
        office.ledger.append(("invoice", int(request_id), int(number), str(to)))

    def escalate(request_id: int) -> None:
        """Hand the request to a person."""
        if over:
            raise PermissionError("these tools belong to a request that is over")
        office.ledger.append(("escalate", int(request_id)))

    tools: Tools = {
        "find_order": find_order,
        "refund": refund,
        "cancel": cancel,
        "send_invoice": send_invoice,
        "escalate": escalate,
    }
    return tools, lambda: over.append(True)


def reader(
    seed: int, request: Mapping[str, Any], true: Mapping[str, Any], right: float
) -> Callable[[str], dict[str, Any]]:
    """Return a model that reads one request, each time anew.

    Args:
        seed: fixes what it says.
        request: has ``id`` and ``text``.
        true: ``{"intent", "order", "claim", "others"}``; others are orders it may mix up.
        right: chance of each reading to be right.

    Returns:
        A function of a text; it returns ``{"intent", "order", "cents"}``, where `cents` is the sum
        that the mail names. It raises ValueError for another text and ConnectionError from the
        sixteenth reading on.
    """
    rng = np.random.default_rng([seed, request["id"]])
    said: list[tuple[str, int]] = []

    def read(text: str) -> dict[str, Any]:
        if text != request["text"]:
            raise ValueError("the model is asked about the request's text, nothing else")
        if len(said) >= READINGS:
            raise ConnectionError(f"the model was asked {READINGS} times already")
        intent, order = true["intent"], true["order"]
        if rng.random() > right:
            if rng.random() < 0.5:
                intent = str(rng.choice([i for i in INTENTS if i != intent]))
            else:
                order = int(rng.choice(true["others"]))
        said.append((intent, order))
        return {"intent": intent, "order": order, "cents": true["claim"]}

    return read
