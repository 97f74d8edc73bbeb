"""Task `handle`: the ledger that a day's requests deserve, with a model that misreads some.

Office, ledger and model are the judge's: what counts is what the ledger holds in the end. Exams
are drawn so that majorities of nine to fifteen readings are right in every request, of intent and
order together and of each by itself, and majorities of five and less, or the first pair that comes
two or three times, wrong in at least one of each case. So every request has to be right, and no bar
lies within luck.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_flag
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.intelligent_agents.world.office import Office, open_office, reader

QUICK = 2.0
"""CPU-seconds of a request; the reference needs a hundredth."""

TRAPS = {
    "claim": "The sum was copied from the mail. What is written there is a claim, not a fact.",
    "announced": "It was reported as done, and the ledger holds nothing: saying is not doing.",
    "stranger": "The sender does not own that order: whoever knows a number got what he wanted.",
    "status": "The order is not in a state in which this may be done.",
    "reading": "A misreading was acted on. Too few readings of the model: it misreads about one in "
    "four, and two or three of them may agree on the same mistake.",
    "refused": "It was escalated although the table allows it: the sender owns the order, and its "
    "status is the one that is asked for. An invoice goes out whatever the status is.",
    "sum": "The order is the right one, the sum is not: what the order cost is refunded, "
    "whatever the mail names.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the ledger of each day with the one that the requests deserve."""

    def one(case: Instance) -> Outcome:
        orders = {order["number"]: dict(order) for order in case["orders"]}
        office = Office(orders)
        wrong: list[tuple[str, str]] = []
        votes = False
        for request, deserved in zip(case["requests"], case["effects"], strict=True):
            before = len(office.ledger)
            known = {number: dict(order) for number, order in orders.items()}
            claimed, said = _handled(answer, office, request, case)
            made = [list(effect) for effect in office.ledger[before:]]
            fault = _fault(made, deserved, claimed, request, known, said)
            if fault:
                wrong.append(fault)
            elif said and deserved[0] not in ("escalate", said[0][0]):
                votes = True  # the first reading did not decide
        share = 1 - len(wrong) / len(case["requests"])
        words = f"{share:.0%} of {len(case['requests'])} requests were handled exactly right"
        if not wrong:
            return passed(f"{words}.")
        wrong = [({"doubt": "refused" if votes else "reading"}.get(k, k), w) for k, w in wrong]
        traps = [key for key, _ in wrong if key]
        key = max(traps, key=traps.count) if traps else ""
        shown = next(text for k, text in wrong if k == key)
        return failed(
            f"{words}; all are asked for. {shown}",
            on=f"{len(orders)} orders, model right in {case['right']:.0%} of its readings",
            next_step="Look up what the mail claims before you act on it, and act through a tool.",
            misconception=TRAPS.get(key, ""),
        )

    return each_case(instance, one, "The ledger holds what the requests deserve, nothing else.")


Reading = tuple[str, int]


def _handled(
    answer: Any, office: Office, one: Instance, case: Instance
) -> tuple[bool, list[Reading]]:
    """What the answer says of one request, and what the model had said to it."""
    tools, end = open_office(office)
    read = reader(case["seed"], one["request"], one["true"], case["right"])
    said: list[Reading] = []

    def model(text: str) -> dict[str, Any]:
        """Read a request."""
        found = read(text)
        said.append((found["intent"], found["order"]))
        return found

    try:
        return as_flag(call(answer, one["request"], tools, model, seconds=QUICK), "result"), said
    finally:
        end()


def _fault(
    made: list[list[Any]],
    deserved: list[Any],
    claimed: bool,
    one: Instance,
    orders: dict[int, dict[str, Any]],
    said: list[Reading],
) -> tuple[str, str] | None:
    """What is wrong with a request's effects: a trap's key, or "doubt", and words."""
    if made == [deserved] and claimed == (deserved[0] != "escalate"):
        return None
    request, true = one["request"], one["true"]
    text = f"Request {request['id']} should lead to {_shown([deserved])}, but led to {_shown(made)}"
    if made == [deserved]:
        return "", f"{text}, and the result says {claimed}."
    key = ""
    if not made:
        key = "announced" if claimed else ""
    elif len(made) == 1 and made[0][0] == "refund" and made[0][3:] == [true["claim"]]:
        key = "claim"
    elif made[0] == deserved:
        key = ""  # and something more
    elif made[0][0] == "escalate":
        key = _why_not(said, (true["intent"], true["order"]))
    elif made[0][0] != true["intent"] or made[0][2] != true["order"]:
        key = "reading"
    elif deserved[0] == made[0][0] == "refund":
        key = "sum"
    elif deserved[0] == made[0][0]:
        key = ""  # an invoice to somebody else
    elif orders[true["order"]]["owner"] != request["sender"]:
        key = "stranger"
    else:
        key = "status"
    return key, f"{text}."


def _why_not(said: list[Reading], true: Reading) -> str:
    """Why a request was escalated; "doubt" where its first reading may be why."""
    if said and Counter(said).most_common(1)[0][0] != true:
        return "reading"
    return "doubt" if said and said[0][0] != true[0] else "refused"


def _shown(effects: list[list[Any]]) -> str:
    return " and ".join(f"{e[0]}({', '.join(map(str, e[1:]))})" for e in effects) or "nothing"


TASK = Task(
    "handle",
    15,
    judge,
    (
        "The model misreads at random: what does it say most often when you ask nine times?",
        "collections.Counter counts pairs of intent and order.",
        "Before any effect: does the order belong to the sender, and is its status the one that "
        "the table asks for? If not, escalate.",
        "The sum of a refund is that of the order, tools['find_order'](number)['cents'].",
    ),
    title="Handle requests with a model that misreads",
    traps=TRAPS,
)
