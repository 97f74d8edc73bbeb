"""Right and wrong answers of task `pay_all`, which prove its judge."""

from __future__ import annotations

import functools
import uuid

PAID: set[str] = set()


@functools.lru_cache(maxsize=13)  # invoices of a list, so that other lists do not stay
def _kept_key(name):
    return uuid.uuid4().hex


def paid_in_memory(invoices, tools):
    """Keeps in memory what it has tried, and tries nothing again."""
    refused = []
    for invoice in invoices:
        if invoice["id"] not in PAID:
            PAID.add(invoice["id"])
            try:
                tools["pay"](invoice["id"], invoice["cents"])
            except TimeoutError:
                continue
            except PermissionError:
                refused.append(invoice["id"])
    return refused


def swallows_key_errors(invoices, tools):
    """A key for supplier and sum, and a refusal of the key is no problem."""
    refused = []
    for invoice in {i["id"]: i for i in invoices}.values():
        for _ in range(3):
            try:
                key = pays_with_the_amount_as_key(invoice)
                tools["pay"](invoice["id"], invoice["cents"], key=key)
            except TimeoutError:
                continue
            except PermissionError:
                refused.append(invoice["id"])
            except ValueError:
                pass
            break
    return refused


def stops_at_a_refusal(invoices, tools):
    """Takes a refusal for the end of the run."""
    for invoice in {i["id"]: i for i in invoices}.values():
        for _ in range(3):
            try:
                tools["pay"](invoice["id"], invoice["cents"], key=invoice["id"])
            except TimeoutError:
                continue
            except PermissionError:
                return [invoice["id"]]
            break
    return []


def with_a_queue(invoices, tools):
    """What timed out goes to the end of the queue; looks at the bank's list first."""
    waiting, tries, refused = list(invoices), {}, set()
    done = set()
    while waiting:
        invoice = waiting.pop(0)
        name = invoice["id"]
        if name in done or name in refused:
            continue
        try:
            if not tools["paid"](name):
                tools["pay"](name, invoice["cents"], f"payment of {name}")
            done.add(name)
        except TimeoutError:
            tries[name] = tries.get(name, 0) + 1
            if tries[name] < 3:
                waiting.append(invoice)
        except PermissionError:
            refused.add(name)
    return refused


def swallows_all(invoices, tools):
    """Catches every error, and takes supplier, number and sum for a key."""
    refused = []
    known = {}
    for invoice in invoices:
        known.setdefault(invoice["id"], invoice)
    for invoice in known.values():
        key = "/".join(str(invoice[part]) for part in ("to", "id", "cents"))
        for _ in range(3):
            try:
                tools["pay"](id=invoice["id"], cents=invoice["cents"], key=key)
            except PermissionError:
                refused.append(invoice["id"])
            except Exception:  # noqa: S112 - a dead line is dead until the next run
                continue
            break
    return refused


def _payer(
    key=lambda i: i["id"], times=3, known=None, refuse=True, look=False, caught=TimeoutError
):
    def pay_all(invoices, tools):
        refused, seen = [], set()
        for invoice in invoices:
            mark = (known or (lambda i: i["id"]))(invoice)
            if mark in seen:
                continue
            seen.add(mark)
            for _ in range(times):
                try:
                    if look and tools["paid"](invoice["id"]):
                        break
                    tools["pay"](invoice["id"], invoice["cents"], key=key(invoice))
                    break
                except caught:
                    continue
                except PermissionError:
                    if refuse:
                        refused.append(invoice["id"])
                        break
        return refused

    return pay_all


def nothing(invoices, tools):
    return []


def says_so(invoices, tools):
    return [i["id"] for i in invoices if i["cents"] < 0]


def pays_with_the_amount_as_key(invoice):
    return f"{invoice['to']} {invoice['cents']}"


def no_list_of_what_was_refused(invoices, tools):
    _payer()(invoices, tools)
    return []


def refused_by_hand(invoices, tools):
    """Reports whatever failed at first."""
    failed = []
    for invoice in invoices:
        try:
            tools["pay"](invoice["id"], invoice["cents"], key=invoice["id"])
        except (TimeoutError, PermissionError):
            failed.append(invoice["id"])
    return failed


def _keyed_by_place(order):
    def pay_all(invoices, tools):
        known = sorted({i["id"]: i for i in invoices}.values(), key=order)
        return _payer(key=lambda i: str(known.index(i)))(invoices, tools)

    return pay_all


def without_a_list_of_its_own(invoices, tools):
    """The key alone keeps an invoice that is listed twice from being paid twice."""
    return _payer(known=id)(invoices, tools)


def a_dead_line_is_a_refusal(invoices, tools):
    refused = []
    for invoice in {i["id"]: i for i in invoices}.values():
        for _ in range(3):
            try:
                tools["pay"](invoice["id"], invoice["cents"], key=invoice["id"])
            except TimeoutError:
                continue
            except (PermissionError, ConnectionError):
                refused.append(invoice["id"])
            break
    return refused


RIGHT = {
    "a queue": with_a_queue,
    "swallows all": swallows_all,
    "three tries": _payer(),
}

WRONG = {
    "blind retry": (_payer(key=lambda i: None), "No answer was taken for no effect"),
    "look, then pay without a key": (
        _payer(key=lambda i: None, look=True),
        "No answer was taken for no effect",
    ),
    "no retry": (_payer(times=1), "was never paid"),
    "two tries": (_payer(times=2), "was never paid"),
    "a new key each try": (_payer(key=lambda i: uuid.uuid4().hex), "A new key for each try"),
    "keys kept in memory": (
        _payer(key=lambda i: _kept_key(i["id"])),
        "A new key for each try, or run",
    ),
    "notes kept in memory": (paid_in_memory, "No answer was taken for no effect"),
    "refused keys swallowed": (swallows_key_errors, "Its key belonged to another invoice"),
    "stops at a refusal": (stops_at_a_refusal, "was never tried"),
    "key of supplier and sum": (_payer(key=pays_with_the_amount_as_key), ""),
    "one payment for supplier and sum": (
        _payer(known=pays_with_the_amount_as_key),
        "were taken for one",
    ),
    "ten tries, whatever the error": (
        _payer(times=10, refuse=False, caught=(TimeoutError, PermissionError)),
        "although the bank had refused it",
    ),
    "refused ones not reported": (no_list_of_what_was_refused, "reported as not paid: nothing"),
    "time-outs reported as refused": (refused_by_hand, ""),
    "place as key": (_keyed_by_place(lambda i: 0), ""),
    "place by id as key": (_keyed_by_place(lambda i: i["id"]), ""),
    "place by sum as key": (_keyed_by_place(lambda i: i["cents"]), ""),
    "part of the id as key": (_payer(key=lambda i: i["id"][:5]), ""),
    "listed twice, tried twice": (without_a_list_of_its_own, "listed twice"),
    "a dead line is a refusal": (a_dead_line_is_a_refusal, "The first run reported"),
    "does nothing": (nothing, "was never tried"),
    "only says so": (says_so, "was never tried"),
}

HARMLESS = {
    "constant: for _ in range(3): -> for _ in range(4):": "a fourth call is never needed",
}
