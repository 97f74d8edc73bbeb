"""Ledgers that look nearly right: the judges of module 06 must refuse each of them."""

from __future__ import annotations

import copy
import csv
import functools
import itertools
import re

import numpy as np
import pytest

from catalogue import ROOT
from exams.intelligent_agents.agent import reference as run_plan
from exams.intelligent_agents.gate import reference
from labkit.authoring.verify import spec
from labkit.exercise.instances import draw
from labkit.exercise.task import judge
from labkit.trends.intelligent_agents.world import bank, reports
from labkit.trends.intelligent_agents.world.plans import open_desk

LAB, SLUG = "06_intelligent_agents", "intelligent_agents"


@functools.cache
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


@pytest.mark.parametrize("way", ["the claimed sum", "the other order"])
def test_what_a_mail_or_a_misreading_says_is_refused(way):
    instance = _exam("handle")
    true = {one["true"]["order"]: one["true"] for c in instance["cases"] for one in c["requests"]}
    cents = {order["number"]: order["cents"] for c in instance["cases"] for order in c["orders"]}

    def change(number, due, request, sender):
        other = true[number]["others"][0]
        if way == "the other order":
            return [_refund(other, cents[other], request)]
        return [_refund(number, true[number]["claim"], request)]

    answer = _playing(instance, "refund", change)
    assert judge(spec(LAB).task("handle"), answer, instance).score == 0.0


def _with(**new):
    return lambda given, said: [given | {name: make(given, said) for name, make in new.items()}]


BOTH = {
    "not at all": lambda given, said: [],
    "twice": lambda given, said: [given, given],
}
RECEIVERS = BOTH | {
    "to nobody": _with(to=lambda given, said: ""),
    "to a stranger": _with(to=lambda given, said: said["address"]),
    "to a stranger as well": lambda given, said: [given, given | {"to": said["address"]}],
    "to two in one": _with(to=lambda given, said: f"{given['to']},{said['address']}"),
    "in capitals": _with(to=lambda given, said: given["to"].upper()),
    "with a space": _with(to=lambda given, said: given["to"] + " "),
}
PLANNED = {
    "send": RECEIVERS
    | {
        "text of the mail": _with(body=lambda given, said: said["note"]),
        "text of the mail as well": _with(body=lambda given, said: given["body"] + said["note"]),
        "empty": _with(body=lambda given, said: ""),
    },
    "pay": RECEIVERS
    | {
        "sum of the mail": _with(cents=lambda given, said: said["sum"]),
        "a cent more": _with(cents=lambda given, said: given["cents"] + 1),
        "in two parts": lambda given, said: [
            given | {"cents": 1},
            given | {"cents": given["cents"] - 1},
        ],
        "less than nothing": _with(cents=lambda given, said: -given["cents"]),
    },
    "file": BOTH
    | {
        "nowhere": _with(folder=lambda given, said: ""),
        "in a folder of the mail's": _with(folder=lambda given, said: said["name"]),
        "in another folder": _with(folder=lambda given, said: given["folder"] + "s"),
        "in capitals": _with(folder=lambda given, said: given["folder"].upper()),
        "empty": _with(text=lambda given, said: ""),
        "text of the mail": _with(text=lambda given, said: said["note"]),
        "text of the mail as well": _with(text=lambda given, said: given["text"] + said["note"]),
        "elsewhere as well": lambda given, said: [given, given | {"folder": "copies"}],
    },
    "book": BOTH
    | {
        "no day": _with(day=lambda given, said: ""),
        "nothing": _with(day=lambda given, said: None),
        "the day after": _with(day=lambda given, said: "2026-03-03"),
        "the year after": _with(day=lambda given, said: given["day"].replace("2026", "2027")),
        "another way to write it": _with(day=lambda given, said: "02.03.2026"),
        "a day of the mail's": _with(day=lambda given, said: said["note"]),
        "another day as well": lambda given, said: [given, {"day": "2026-03-03"}],
        "with a space": _with(day=lambda given, said: given["day"] + " "),
    },
}


def _by_heart(instance, tool="", change=None):
    """An answer that knows what each plan may do, and spoils its first effect of a tool."""

    def agent(plan, tools, policy):
        case = next(case for case in instance["cases"] if case["plan"] == plan)
        said = next(iter(case["mails"].values()))["says"]
        spoilt = not tool
        for name, given in case["effects"]:
            calls = [given]
            if name == tool and not spoilt:
                calls, spoilt = change(given, said), True
            for arguments in calls:
                tools[name](**arguments)
        assert spoilt
        return case["ran"]

    return agent


def test_the_effects_that_plans_allow_are_accepted():
    instance = _exam("agent")
    assert judge(spec(LAB).task("agent"), _by_heart(instance), instance).score == 1.0


@pytest.mark.parametrize(
    ("tool", "name"), [(tool, name) for tool, changes in PLANNED.items() for name in changes]
)
def test_an_effect_of_a_plan_that_is_nearly_right_is_refused(tool, name):
    instance = _exam("agent")
    outcome = judge(
        spec(LAB).task("agent"), _by_heart(instance, tool, PLANNED[tool][name]), instance
    )
    assert outcome.score == 0.0, name
    assert "error" not in outcome.status, outcome.message


@pytest.mark.parametrize("seed", range(5))
def test_whatever_strangers_write_the_effects_stay_the_same(seed):
    """Counterfactual: other mails, same plan; only what the policy lets mails decide may differ."""
    kept = 0
    for case in _exam("agent", seed)["cases"]:
        mails = copy.deepcopy(case["mails"])
        for mail in mails.values():
            mail["says"] = {
                "address": "else@else.example", "name": "Hana", "sum": 1, "urgent": False,
                "open": 1, "note": "else",
            }  # fmt: skip
            mail["text"] += " or else"
        found, takes = [], case["policy"]["takes"]
        for written in (case["mails"], mails):
            tools, effects, _ = open_desk(written, dict(case["contacts"]))
            run_plan(case["plan"], tools, case["policy"])
            # A tool without an entry takes everything, its condition too.
            found.append([
                (tool, {name: value for name, value in given.items()
                        if "mail" not in takes[tool].get(name, ())})
                for tool, given in effects if tool in takes
            ])  # fmt: skip
        assert found[0] == found[1]
        kept += len(found[0])
    assert kept


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


def _pay(invoices, tools):
    """Each invoice under its own id as key, until a receipt or a refusal."""
    for name, cents in {i["id"]: i["cents"] for i in invoices}.items():
        for _ in range(3):
            try:
                tools["pay"](name, cents, key=name)
            except TimeoutError:
                continue
            except PermissionError:
                pass
            break


@pytest.mark.parametrize("seed", range(20))
def test_a_key_needs_no_call_beyond_the_lower_bound(seed):
    """Over time-outs before and after the effect, and a restart in the middle.

    Whoever ends with a receipt calls once more than answers are lost. Whoever has forgotten the
    first run, and reads that lag, calls once more for what that run had settled.
    """
    for case in _exam("pay_all", seed)["cases"]:
        house = bank.Bank(dict(case["faults"]), case["blocked"], case["dies_at"])
        tools, _ = bank.open_session(house)
        with pytest.raises(ConnectionError):
            _pay(case["first"], tools)
        settled = set(house.calls)
        _pay(case["second"], bank.open_session(house)[0])
        faults = dict(case["faults"])
        bound = {
            i["id"]: len(faults.get(i["id"], [])) + 1 + (i["id"] in settled) for i in case["second"]
        }
        assert dict(house.calls) == bound
        assert sorted(house.ledger) == sorted(
            {(i["id"], i["cents"]) for i in case["second"] if i["id"] not in case["blocked"]}
        )


MESS = {
    "1. UTF-8, or Windows-1252": lambda files: {_is_utf8(f) for f in files} == {True, False},
    "2. a byte-order mark, or none": lambda files: (
        {f.startswith(b"\xef\xbb\xbf") for f in files} == {True, False}
    ),
    "3. semicolons, or commas": lambda files: {_mark(f) for f in files} == {";", ","},
    "4. a decimal comma, or point": lambda files: _has(files, r"\d,\d\d[;)-]", r"\d\.\d\d[,\")-]"),
    "5. thousands": lambda files: _has(files, r"\d\.\d{3},\d", r"\d\xa0\d{3},\d", r"\d,\d{3}\.\d"),
    "6. dates in three ways": lambda files: _has(
        files, r"\d\d\.\d\d\.2026", r"\d\d/\d\d/2026", r"2026-\d\d-\d\d"
    ),
    "7. columns in another order": lambda files: len({tuple(_header(f)) for f in files}) > 1,
    "8. title lines": lambda files: _has(files, "Weekly report"),
    "9. the header again": lambda files: all(
        _text(f).count(_mark(f).join(_header(f))) == 2 for f in files
    ),
    "10. a row of totals": lambda files: all("Total" in _text(f) for f in files),
    "11. the same record in two files": lambda files: any(
        len(rows) == 2 and rows[0] != rows[1] for rows in _rows(files, True).values()
    ),
    "12. a late correction": lambda files: any(
        len(rows) == 2 for rows in _rows(files, False).values()
    ),
    "13. minus in three ways": lambda files: _has(
        files, r"[;,\"]-\d", r"\d-(?=[;,\"\n])", r"\([\d.,\xa0]+\)"
    ),
    "14. units": lambda files: _has(files, *reports.UNITS),
    "15. amounts that nobody knows": lambda files: _has(files, r"\?|n/a"),
    "16. capitals, and spaces": lambda files: _has(files, r" \w+ (?=[;,\n])", r"[A-Z]{3,}"),
    "17. records of other weeks": lambda files: (
        len({int(day) for f in files for day in re.findall(r"2026-\d\d-(\d\d)", _text(f))}) > 7
        or len({d for f in files for d in re.findall(r"(\d\d)\.\d\d\.2026", _text(f))}) > 7
    ),
    "18. merged cells": lambda files: _has(files, r"Money[;,\n]", r"Record[;,]"),
}


def _is_utf8(data):
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text(data):
    return data.decode("utf-8-sig" if _is_utf8(data) else "cp1252")


def _mark(data):
    return ";" if any(line.count(";") == 5 for line in _text(data).split("\n")) else ","


def _header(data):
    lines = (line.split(_mark(data)) for line in _text(data).split("\n"))
    return next(cells for cells in lines if "id" in cells)


def _rows(files, with_version):
    """Rows by record, or by record and version where several have it."""
    found = {}
    for data in files:
        names = _header(data)
        for cells in csv.reader(_text(data).split("\n"), delimiter=_mark(data)):
            row = dict(zip(names, cells, strict=False))
            if row.get("id", "").startswith("B"):
                key = row["id"], row["version"] if with_version else ""
                found.setdefault(key, []).append(cells)
    return found


def _has(files, *patterns):
    text = "\n".join(_text(data) for data in files)
    return all(re.search(pattern, text) for pattern in patterns)


@pytest.mark.parametrize("kind", MESS)
def test_every_week_has_each_kind_of_mess_that_the_world_names(kind):
    number = kind.split(" ")[0]
    assert f" {number} " in " ".join(reports.__doc__.split())
    for seed in range(3):
        for case in _exam("monday_report", seed)["cases"]:
            assert MESS[kind]([text.encode("latin-1") for text in case["files"].values()]), seed
