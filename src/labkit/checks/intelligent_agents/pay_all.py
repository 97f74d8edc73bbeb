"""Task `pay_all`: every invoice is paid exactly once, whatever the bank's line does.

The bank is the judge's. In the middle of the first run the line goes dead, just after a payment;
then the answer is called anew, with the invoices in another order and one more among them. The
first run is a process of its own, so nothing that the answer keeps in memory outlives it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.intelligent_agents.world.bank import Bank, open_session

MOST_CALLS = 3
"""Calls of `pay` an invoice and run. Two are lost at most, so three are enough and, where two are
lost, needed."""

QUICK = 2.0
"""CPU-seconds of a run; the reference needs a hundredth."""

TRAPS = {
    "again": "No answer was taken for no effect: a call may act and lose its answer.",
    "never": "An error was taken for a refusal: after a time-out the same call may be made again.",
    "key": "A new key for each try, or run, makes a new payment each. A key names the payment.",
    "alike": "Two invoices with the same sum to the same supplier were taken for one.",
    "taken": "Its key belonged to another invoice: the bank says ValueError and does not pay. A "
    "key names one invoice.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Two runs, then the bank's ledger: each invoice once, and what was refused reported."""

    def one(case: Instance) -> Outcome:
        bank = Bank(dict(case["faults"]), case["blocked"], case["dies_at"])
        taken: list[str] = []
        first, ended, said = _run(answer, bank, case["first"], taken, forgets=True)
        early = _names(said, case) if ended else set()
        paid_at_first = Counter(bank.ledger)
        second, _, said = _run(answer, bank, case["second"], taken)
        refused = _names(said, case)
        fault = _wrong(bank, case, paid_at_first, taken) or _noisy(case, first, second)
        if ended:
            met = {name for name in case["blocked"] if first[name]}
            fault = fault or _misreported(early, met, "first")
        fault = fault or _misreported(refused, set(case["blocked"]), "second")
        on = (
            f"{len(_ids(case))} invoices, {len(case['faults'])} with time-outs, "
            f"the line dead after {case['dies_at']}, then a second run"
        )
        if fault is None:
            return passed("")
        words, step, trap = fault
        return failed(words, on=on, next_step=step, misconception=TRAPS.get(trap, ""))

    return each_case(instance, one, "Every invoice is paid once, and what is not is reported.")


def _ids(case: Instance) -> list[str]:
    return sorted({invoice["id"] for invoice in case["second"]})


def _names(said: Any, case: Instance) -> set[str]:
    return as_names(said, "invoices that are not paid", _ids(case))


def _run(
    answer: Any,
    bank: Bank,
    invoices: list[dict[str, Any]],
    taken: list[str],
    forgets: bool = False,
) -> tuple[Counter[str], bool, Any]:
    """One run: how often each invoice was tried, whether it returned, and what.

    Invoices whose key belonged to another one are added to `taken`.
    """
    before = Counter(bank.calls)
    tools, end = open_session(bank)
    bank_pays = tools["pay"]

    def pay(id: str, cents: int, key: str | None = None) -> str:
        """Pay an invoice."""
        try:
            return str(bank_pays(id, cents, key))
        except ValueError:
            taken.append(id)
            raise

    tools["pay"] = pay
    ended, said = False, None
    try:
        listed = [dict(one) for one in invoices]
        said = call(answer, listed, tools, seconds=QUICK, forgets=forgets)
        ended = True
    except UnusableError:
        if not bank.down:  # else the answer ended with the line, as it may
            raise
    finally:
        end()
    return bank.calls - before, ended, said


Fault = tuple[str, str, str] | None


def _wrong(
    bank: Bank, case: Instance, at_first: Counter[tuple[str, int]], taken: list[str]
) -> Fault:
    due = {i["id"]: i["cents"] for i in case["second"] if i["id"] not in case["blocked"]}
    made = Counter(bank.ledger)
    for (name, cents), times in sorted(made.items()):
        if due.get(name) != cents:
            return f"{cents} cents were paid for {name}; {due.get(name)} are due.", "", ""
        if times > 1:
            trap = "again" if bank.receipts == {} else "key"
            when = "over both runs" if at_first[name, cents] < times else "in the first run"
            return (
                f"{name} was paid {times} times {when}.",
                "Give each payment a key that is the same at every try and in every run.",
                trap,
            )
    unpaid = [name for name in sorted(due) if not made[name, due[name]]]
    return _unpaid(bank, case, unpaid[0], unpaid[0] in taken) if unpaid else None


def _unpaid(bank: Bank, case: Instance, name: str, taken: bool) -> Fault:
    """Why an invoice was never paid, as its calls tell."""
    tried = bank.calls[name]
    if taken:
        return (
            f"{name} was never paid, although it was tried.",
            "Take a key that no other invoice has.",
            "taken",
        )
    if tried:
        return (
            f"{name} was never paid: no call of {tried} was answered, and no further one came.",
            "After TimeoutError make the same call again, with the same key, up to three in all, "
            "and in the next run again what is not known to be paid.",
            "never",
        )
    to_and_cents = {i["id"]: (i["to"], i["cents"]) for i in case["second"]}
    paid = [other for other, _ in bank.ledger if other in to_and_cents]
    merged = any(to_and_cents[other] == to_and_cents[name] for other in paid)
    return (
        f"{name} was never tried.",
        "Go on with the next invoice after a refusal, and in the second run with all of them.",
        "alike" if merged else "",
    )


def _noisy(case: Instance, *runs: Counter[str]) -> Fault:
    for tried in runs:
        for name, times in sorted(tried.items()):
            if name in case["blocked"] and times > 1:
                return (
                    f"{name} was tried {times} times in one run, although the bank had refused it.",
                    "A PermissionError is an answer; it does not change by asking again, also "
                    "where the invoice is listed twice.",
                    "",
                )
            if times > MOST_CALLS:
                return (
                    f"{name} was tried {times} times in one run; {MOST_CALLS} are allowed.",
                    "Stop at the first receipt, also where the invoice is listed twice.",
                    "",
                )
    return None


def _misreported(said: set[str], refused: set[str], run: str) -> Fault:
    if said == refused:
        return None
    return (
        f"The {run} run reported as not paid: {', '.join(sorted(said)) or 'nothing'}; the bank "
        f"refused {', '.join(sorted(refused)) or 'none'}.",
        "Return the invoices that the bank refused in this run, and no others.",
        "",
    )


TASK = Task(
    "pay_all",
    15,
    judge,
    (
        "A time-out does not tell whether the money has moved. The next call must be harmless in "
        "both cases.",
        "The bank pays once for each key. Which key is the same at every try, and after a restart?",
        "Three kinds of error: TimeoutError (try again), PermissionError (an answer), "
        "ConnectionError (the run is over; let it rise).",
    ),
    title="Pay each invoice exactly once",
    traps=TRAPS,
)
