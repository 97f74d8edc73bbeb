"""A bank whose calls time out before or after they act, whose reads lag, and which may go down.

Every payment stands in the ledger. A call may say "timed out" although the money has moved: from
the outside both look alike. A key makes a payment idempotent: the same key again changes nothing
and returns the first receipt (IETF draft "The Idempotency-Key HTTP Header Field", 2025).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LAG = 4
"""A payment is seen by `paid` only after this many further calls of `pay`."""


@dataclass
class Bank:
    """The bank's side.

    Attributes:
        faults: by invoice, what becomes of its first calls: "lost" (nothing happens) or "late"
            (paid, but the answer is lost); both raise TimeoutError.
        blocked: invoices whose account is closed.
        dies_at: an invoice at whose first payment the line goes dead, after the money has moved.
        ledger: ``(invoice, cents)`` for every payment that was made.
        calls: number of calls of `pay` by invoice, over all sessions.
    """

    faults: Mapping[str, Sequence[str]]
    blocked: Sequence[str] = ()
    dies_at: str = ""
    ledger: list[tuple[str, int]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    receipts: dict[str, tuple[str, int]] = field(default_factory=dict)
    seen_at: list[int] = field(default_factory=list)
    down: bool = False


def open_session(bank: Bank) -> tuple[dict[str, Callable[..., Any]], Callable[[], None]]:
    """Return the tools of one run, and what ends it.

    ``pay(id, cents, key=None)`` pays and returns a receipt. It raises TimeoutError when no
    answer comes, PermissionError when the account is closed, ValueError when a key comes again with
    another content, ConnectionError when the line is dead. ``paid(id)`` returns the sums paid
    so far, as far as they are seen yet.
    """
    over: list[bool] = []
    bank.down = False

    def alive() -> None:
        if bank.down or over:
            raise ConnectionError("the line is dead")

    def pay(id: str, cents: int, key: str | None = None) -> str:
        """Pay an invoice."""
        alive()
        bank.calls[id] += 1
        if id in bank.blocked:
            raise PermissionError(f"the account of {id} is closed")
        if key is not None and bank.receipts.get(key, (id, cents)) != (id, cents):
            raise ValueError(f"key {key!r} belongs to {bank.receipts[key]}")
        before = list(bank.faults.get(id, ()))[bank.calls[id] - 1 :]
        fault = before[0] if before else ""
        if fault != "lost" and (key is None or key not in bank.receipts):
            bank.ledger.append((str(id), int(cents)))
            bank.seen_at.append(sum(bank.calls.values()) + LAG)
            if key is not None:
                bank.receipts[key] = (id, cents)
        if fault:
            raise TimeoutError(f"no answer about {id}")
        if id == bank.dies_at and bank.calls[id] == 1:
            bank.down = True
            raise ConnectionError("the line is dead")
        return f"paid {id}"

    def paid(id: str) -> list[int]:
        """The sums paid for an invoice, as far as they are seen yet."""
        alive()
        now = sum(bank.calls.values())
        return [
            cents
            for (name, cents), seen in zip(bank.ledger, bank.seen_at, strict=True)
            if name == id and seen <= now
        ]

    return {"pay": pay, "paid": paid}, lambda: over.append(True)
