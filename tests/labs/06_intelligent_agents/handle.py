"""Right and wrong answers of task `handle`, which prove its judge."""

from __future__ import annotations

import re
from collections import Counter

WANTED = {"refund": "returned", "cancel": "open", "invoice": None}


def _act(request, tools, intent, order, *, cents=None, to=None):
    if intent == "refund":
        tools["refund"](order["number"], cents or order["cents"], request["id"])
    elif intent == "cancel":
        tools["cancel"](order["number"], request["id"])
    else:
        tools["send_invoice"](order["number"], to or request["sender"], request["id"])
    return True


def _allowed(request, order, intent, owner=True, status=True):
    fits = WANTED[intent] in (None, order["status"])
    return (not owner or order["owner"] == request["sender"]) and (not status or fits)


def _agent(
    times=11, owner=True, status=True, claim=False, act=_act, hand_over=True, allowed=_allowed
):
    def handle(request, tools, model):
        said = [model(request["text"]) for _ in range(times)]
        (intent, number), _ = Counter((s["intent"], s["order"]) for s in said).most_common(1)[0]
        order = tools["find_order"](number)
        if not allowed(request, order, intent, owner, status):
            if hand_over:
                tools["escalate"](request["id"])
            return False
        return act(request, tools, intent, order, cents=said[0]["cents"] if claim else None)

    return handle


def _by(same=str.__eq__, wanted=WANTED):
    """Looks at senders and states in another way."""

    def allowed(request, order, intent, owner, status):
        fits = wanted[intent] is None or order["status"] in wanted[intent]
        return same(order["owner"], request["sender"]) and fits

    return _agent(allowed=allowed)


def _part(place):
    return lambda one, other: one.split("@")[place] == other.split("@")[place]


def _first_to(times):
    """Acts on the first pair that the model has said so many times."""

    def handle(request, tools, model):
        counts = Counter()
        while max(counts.values(), default=0) < times:
            said = model(request["text"])
            counts[said["intent"], said["order"]] += 1
        (intent, number), _ = counts.most_common(1)[0]
        order = tools["find_order"](number)
        if _allowed(request, order, intent):
            return _act(request, tools, intent, order)
        tools["escalate"](request["id"])
        return False

    return handle


def _half_voted(first):
    """Votes about one part and takes the other from the first reading."""

    def handle(request, tools, model):
        said = [model(request["text"]) for _ in range(11)]
        voted = {part: Counter(s[part] for s in said).most_common(1)[0][0] for part in said[0]}
        voted[first] = said[0][first]
        order = tools["find_order"](voted["order"])
        if _allowed(request, order, voted["intent"]):
            return _act(request, tools, voted["intent"], order)
        tools["escalate"](request["id"])
        return False

    return handle


def first_number(request, tools, model):
    """No model: the order is the first number of the mail."""
    text = request["text"]
    number = int(re.search(r"\d+", text)[0])
    if "€" in text:
        intent = "refund"
    else:
        intent = "invoice" if re.search("bill|invoice|tax", text) else "cancel"
    try:
        order = tools["find_order"](number)
    except LookupError:
        order = None
    if order is None or not _allowed(request, order, intent):
        tools["escalate"](request["id"])
        return False
    return _act(request, tools, intent, order)


def reads_itself(request, tools, model):
    """No model: the order is the number of four digits, the intent a word."""
    text = request["text"]
    number = int(re.search(r"\b\d{4}\b", text)[0])
    if "€" in text:
        intent = "refund"
    else:
        intent = "invoice" if re.search("bill|invoice|tax", text) else "cancel"
    order = tools["find_order"](number)
    if not _allowed(request, order, intent):
        tools["escalate"](request["id"])
        return 0
    return int(_act(request, tools, intent, order))


def until_nine_agree(request, tools, model):
    counts = {}
    while max(counts.values(), default=0) < 6 and sum(counts.values()) < 15:
        said = model(request["text"])
        key = said["intent"], said["order"]
        counts[key] = counts.get(key, 0) + 1
    intent, number = max(counts, key=counts.get)
    order = tools["find_order"](number)
    named = {"request_id": request["id"]}
    if not _allowed(request, order, intent):
        tools["escalate"](**named)
        return False
    if intent == "refund":
        tools["refund"](number=number, cents=order["cents"], **named)
    elif intent == "cancel":
        tools["cancel"](number=number, **named)
    else:
        tools["send_invoice"](number=number, to=request["sender"], **named)
    return True


def nothing(request, tools, model):
    return False


def says_so(request, tools, model):
    return True


def hands_all_over(request, tools, model):
    tools["escalate"](request["id"])
    return False


def does_both(request, tools, model):
    """Acts, and hands over as well, to be safe."""
    done = _agent()(request, tools, model)
    if done:
        tools["escalate"](request["id"])
    return done


def _twice(request, tools, intent, order, **more):
    _act(request, tools, intent, order)
    return _act(request, tools, intent, order)


def _in_two_parts(request, tools, intent, order, **more):
    if intent != "refund":
        return _act(request, tools, intent, order)
    tools["refund"](order["number"], 1, request["id"])
    tools["refund"](order["number"], order["cents"] - 1, request["id"])
    return True


def _of(which):
    """Refunds what `which` takes of cost and claim."""

    def act(request, tools, intent, order, *, cents=None):
        return _act(request, tools, intent, order, cents=which(order["cents"], cents))

    return _agent(claim=True, act=act)


def _to_nobody(request, tools, intent, order, **more):
    if intent == "invoice":
        return _act(request, tools, intent, order, to="")
    if intent == "refund":
        return _act(request, tools, intent, order, cents=order["cents"] // 100)
    return _act(request, tools, intent, order)


def each_by_itself(request, tools, model):
    """Votes about intent and order apart."""
    said = [model(request["text"]) for _ in range(9)]
    intent, number = (Counter(s[k] for s in said).most_common(1)[0][0] for k in ("intent", "order"))
    return _agent(times=1)(
        request, tools, lambda text: {**said[0], "intent": intent, "order": number}
    )


RIGHT = {
    "each by itself": each_by_itself,
    "eleven readings": _agent(),
    "reads by itself": reads_itself,
    "until six agree": until_nine_agree,
    "nine readings": _agent(times=9),
}

WRONG = {
    "first reading carried out": (_agent(times=1), "requests were handled"),
    "three readings": (_agent(times=3), "Too few readings"),
    "five readings": (_agent(times=5), "Too few readings"),
    "the first pair that repeats": (_first_to(2), "Too few readings"),
    "the first pair of three": (_first_to(3), "Too few readings"),
    "the first order, the voted intent": (_half_voted("order"), "Too few readings"),
    "the first intent, the voted order": (_half_voted("intent"), "Too few readings"),
    "the first number of the mail": (first_number, "requests were handled"),
    "first proposal, unchecked": (_agent(times=1, owner=False, status=False), "requests were"),
    "the claim is paid": (_agent(claim=True), "a claim, not a fact"),
    "the less of cost and claim": (_of(min), ""),
    "the more of cost and claim": (_of(max), ""),
    "invoices of what is shipped": (
        _by(wanted={**WANTED, "invoice": ("shipped",)}),
        "whatever the status is",
    ),
    "no invoice of what is open": (
        _by(wanted={**WANTED, "invoice": ("shipped", "returned", "refunded", "cancelled")}),
        "whatever the status is",
    ),
    "no invoice of what is cancelled": (
        _by(wanted={**WANTED, "invoice": ("open", "shipped", "returned", "refunded")}),
        "whatever the status is",
    ),
    "no invoice of what is refunded": (
        _by(wanted={**WANTED, "invoice": ("open", "shipped", "returned", "cancelled")}),
        "whatever the status is",
    ),
    "does not look who asks": (_agent(owner=False), "does not own that order"),
    "does not look at the status": (_agent(status=False), "not in a state"),
    "the same domain": (_by(_part(1)), "does not own that order"),
    "the same name": (_by(_part(0)), "does not own that order"),
    "owner within sender": (_by(lambda one, other: one in other), "does not own that order"),
    "sender within owner": (_by(lambda one, other: other in one), "does not own that order"),
    "small letters": (
        _by(lambda one, other: one.lower() == other.lower()),
        "does not own that order",
    ),
    "cancels whatever the state": (_by(wanted={**WANTED, "cancel": None}), "not in a state"),
    "cancels what is shipped": (
        _by(wanted={**WANTED, "cancel": ("open", "shipped")}),
        "not in a state",
    ),
    "cancels again": (
        _by(wanted={**WANTED, "cancel": ("open", "cancelled")}),
        "not in a state",
    ),
    "refunds again": (
        _by(wanted={**WANTED, "refund": ("returned", "refunded")}),
        "not in a state",
    ),
    "refunds what is cancelled": (
        _by(wanted={**WANTED, "refund": ("returned", "cancelled")}),
        "not in a state",
    ),
    "does nothing": (nothing, "led to nothing"),
    "only says so": (says_so, "saying is not doing"),
    "hands all over": (hands_all_over, "requests were handled"),
    "refuses without handing over": (_agent(hand_over=False), "requests were handled"),
    "acts and hands over": (does_both, "requests were handled"),
    "acts twice": (_agent(act=_twice), "requests were handled"),
    "the sum in two parts": (_agent(act=_in_two_parts), "requests were handled"),
    "mail to nobody, cents for euros": (_agent(act=_to_nobody), "requests were handled"),
}

HARMLESS = {
    "constant: …text']) for _ in range(11)) -> *": "ten or twelve readings do as well",
}
