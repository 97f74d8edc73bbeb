"""Ledgers that look nearly right: the judges of module 06 must refuse each of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from catalogue import ROOT
from exams.intelligent_agents.gate import reference
from labkit.authoring.verify import spec
from labkit.exercise.instances import draw
from labkit.exercise.task import judge

LAB, SLUG = "06_intelligent_agents", "intelligent_agents"


def _exam(task, seed=0):
    return draw(ROOT / "grader", SLUG, task, seed)


def _refund(order, cents, request):
    return ("refund", order, cents, request)


REFUND = {
    "a cent more": lambda o, c, r, s: [_refund(o, c + 1, r)],
    "a cent less": lambda o, c, r, s: [_refund(o, c - 1, r)],
    "in two parts": lambda o, c, r, s: [_refund(o, 1, r), _refund(o, c - 1, r)],
    "twice": lambda o, c, r, s: [_refund(o, c, r)] * 2,
    "euros for cents": lambda o, c, r, s: [_refund(o, c // 100, r)],
    "less than nothing": lambda o, c, r, s: [_refund(o, -c, r)],
    "for another request": lambda o, c, r, s: [_refund(o, c, r + 1)],
    "cancelled instead": lambda o, c, r, s: [("cancel", o, r)],
    "invoice instead": lambda o, c, r, s: [("send_invoice", o, s, r)],
    "invoice as well": lambda o, c, r, s: [_refund(o, c, r), ("send_invoice", o, s, r)],
    "handed over as well": lambda o, c, r, s: [_refund(o, c, r), ("escalate", r)],
    "handed over": lambda o, c, r, s: [("escalate", r)],
    "nothing": lambda o, c, r, s: [],
}
CANCEL = {
    "twice": lambda o, c, r, s: [("cancel", o, r)] * 2,
    "for another request": lambda o, c, r, s: [("cancel", o, r + 1)],
    "refunded instead": lambda o, c, r, s: [_refund(o, c, r)],
    "refunded as well": lambda o, c, r, s: [("cancel", o, r), _refund(o, c, r)],
    "refunded nothing as well": lambda o, c, r, s: [("cancel", o, r), _refund(o, 0, r)],
    "invoice instead": lambda o, c, r, s: [("send_invoice", o, s, r)],
    "invoice as well": lambda o, c, r, s: [("cancel", o, r), ("send_invoice", o, s, r)],
    "handed over as well": lambda o, c, r, s: [("cancel", o, r), ("escalate", r)],
    "handed over first": lambda o, c, r, s: [("escalate", r), ("cancel", o, r)],
    "handed over": lambda o, c, r, s: [("escalate", r)],
    "nothing": lambda o, c, r, s: [],
}
INVOICE = {
    "to nobody": lambda o, c, r, s: [("send_invoice", o, "", r)],
    "to a stranger": lambda o, c, r, s: [("send_invoice", o, "x@else.example", r)],
    "to the sender in capitals": lambda o, c, r, s: [("send_invoice", o, s.upper(), r)],
    "to two in one": lambda o, c, r, s: [("send_invoice", o, s + ",x@else.example", r)],
    "to a stranger as well": lambda o, c, r, s: [
        ("send_invoice", o, s, r),
        ("send_invoice", o, "x@else.example", r),
    ],
    "twice": lambda o, c, r, s: [("send_invoice", o, s, r)] * 2,
    "for another request": lambda o, c, r, s: [("send_invoice", o, s, r + 1)],
    "refunded as well": lambda o, c, r, s: [("send_invoice", o, s, r), _refund(o, c, r)],
    "cancelled as well": lambda o, c, r, s: [("send_invoice", o, s, r), ("cancel", o, r)],
    "handed over as well": lambda o, c, r, s: [("send_invoice", o, s, r), ("escalate", r)],
    "handed over": lambda o, c, r, s: [("escalate", r)],
    "nothing": lambda o, c, r, s: [],
}
ESCALATE = {
    "nothing": lambda o, c, r, s: [],
    "twice": lambda o, c, r, s: [("escalate", r)] * 2,
    "for another request": lambda o, c, r, s: [("escalate", r + 1)],
    "refunded": lambda o, c, r, s: [_refund(o, c, r)],
    "refunded as well": lambda o, c, r, s: [("escalate", r), _refund(o, c, r)],
    "a cent as well": lambda o, c, r, s: [("escalate", r), _refund(o, 1, r)],
    "cancelled": lambda o, c, r, s: [("cancel", o, r)],
    "cancelled as well": lambda o, c, r, s: [("escalate", r), ("cancel", o, r)],
    "invoice": lambda o, c, r, s: [("send_invoice", o, s, r)],
    "invoice as well": lambda o, c, r, s: [("escalate", r), ("send_invoice", o, s, r)],
    "invoice to nobody as well": lambda o, c, r, s: [("escalate", r), ("send_invoice", o, "", r)],
}
KINDS = {"refund": REFUND, "cancel": CANCEL, "invoice": INVOICE, "escalate": ESCALATE}


def _playing(instance, kind="", change=None):
    """An answer that knows what each request deserves, and spoils those of one kind."""
    known = {}
    for case in instance["cases"]:
        for one, effect in zip(case["requests"], case["effects"], strict=True):
            known[one["request"]["id"], one["request"]["text"]] = one["true"]["order"], effect

    def answer(request, tools, model):
        number, effect = known[request["id"], request["text"]]
        cents = tools["find_order"](number)["cents"]
        if effect[0] == kind:
            calls = change(number, cents, request["id"], request["sender"])
        else:
            calls = {
                "refund": [_refund(number, cents, request["id"])],
                "cancel": [("cancel", number, request["id"])],
                "invoice": [("send_invoice", number, request["sender"], request["id"])],
                "escalate": [("escalate", request["id"])],
            }[effect[0]]
        for tool, *arguments in calls:
            tools[tool](*arguments)
        return effect[0] != "escalate"

    return answer


def test_the_ledger_that_requests_deserve_is_accepted():
    instance = _exam("handle")
    assert judge(spec(LAB).task("handle"), _playing(instance), instance).score == 1.0


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, changes in KINDS.items() for name in changes]
)
def test_a_ledger_that_is_nearly_right_is_refused(kind, name):
    instance = _exam("handle")
    outcome = judge(spec(LAB).task("handle"), _playing(instance, kind, KINDS[kind][name]), instance)
    assert outcome.score == 0.0, name


@pytest.mark.parametrize("change", range(10))
def test_payments_that_are_nearly_right_are_refused(change):
    """One invoice is paid in another way than it should."""
    instance = _exam("pay_all")

    def pay_all(invoices, tools):
        refused = []
        for place, invoice in enumerate({i["id"]: i for i in invoices}.values()):
            name, cents, key = invoice["id"], invoice["cents"], invoice["id"]
            odd = place == 0
            calls = [(name, cents, key)]
            if odd:
                calls = {
                    0: [],
                    1: [(name, cents + 1, key)],
                    2: [(name, 1, "a"), (name, cents - 1, "b")],
                    3: [(name, cents, "a"), (name, cents, "b")],
                    4: [("R-0", cents, key)],
                    5: [(name, -cents, key)],
                    6: [(name, cents, key), ("R-0", 1, "c")],
                    7: [(name, cents // 100, key)],
                    8: [(name, cents, None)] * 2,
                    9: [(name + " ", cents, key)],
                }[change]
            for call in calls:
                for _ in range(3):
                    try:
                        tools["pay"](*call)
                        break
                    except TimeoutError:
                        continue
                    except PermissionError:
                        refused.append(name)
                        break
        return refused

    assert judge(spec(LAB).task("pay_all"), pay_all, instance).score == 0.0


def test_spending_the_approval_that_ends_first_asks_the_fewest_questions():
    """Brute force over all ways to spend approvals, on small gates."""
    call = {"tool": "order", "arguments": {"to": "a", "cents": 5}, "description": "d"}
    policy = {"free": {}, "pinned": {"order": "d"}}
    rng = np.random.default_rng(1)
    for _ in range(100):
        starts, times = rng.integers(0, 20, 4), np.sort(rng.integers(0, 30, 4))
        approvals = [
            {"call": call, "from": int(s), "until": int(s + rng.integers(1, 15))} for s in starts
        ]
        attempts = [{"time": int(t), "call": call} for t in times]
        _, asked = reference(attempts, approvals, policy)
        covered = max(
            sum(
                approvals[a]["from"] <= times[t] <= approvals[a]["until"]
                for t, a in enumerate(order)
            )
            for order in itertools.permutations(range(4))
        )
        assert len(asked) == 4 - covered


@pytest.mark.parametrize("seed", range(5))
def test_plans_forbid_and_allow_effects_in_every_case(seed):
    for case in _exam("agent", seed)["cases"]:
        would = sum(step["tool"] in ("send", "pay", "file") for step in case["plan"])
        assert 4 <= len(case["effects"]) <= would - 8


@pytest.mark.parametrize("seed", range(3))
def test_runs_hold_every_rule_five_times_and_four_clean_ones(seed):
    rules = [case["rule"] for case in _exam("first_breach", seed)["cases"]]
    counts = {rule: rules.count(rule) for rule in rules}
    assert counts.pop("none") == 4
    assert set(counts.values()) == {5}
    assert len(counts) == 6
