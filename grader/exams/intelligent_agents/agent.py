"""Task `agent`: plans with tools, mails of attackers, and what the flow of information allows.

Every plan holds each kind of flow once, in random order and with random names: direct, through the
directory, through a condition, through a name that is used again, through joined texts, through
receipts, through names whose step did not run, as argument and as condition. The reference marks
every value with its sources. Judging is left to the checks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.trends.intelligent_agents.world.plans import open_desk

CASES = 4
NAMES = ("Ada", "Bo", "Cem", "Dora", "Eli", "Fay", "Gus", "Hana")
Step = dict[str, Any]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``plan``, ``policy``, ``mails`` and ``contacts``; ``ran``, whether each step may run;
    ``effects``, those of the plan as they are allowed; and ``attacked``, whether its mails are.
    """
    lacks = rng.permutation(CASES)
    return {"cases": [_case(rng, number != 1, int(lacks[number])) for number in range(CASES)]}


def _case(rng: np.random.Generator, attacked: bool, lack: int) -> dict[str, Any]:
    names = [str(name) for name in rng.permutation(NAMES)]
    contacts = {name: f"{name.lower()}{rng.integers(10, 99)}@firm.example" for name in names[:5]}
    stranger = f"{names[5].lower()}@{rng.integers(100, 999)}.example"
    mails = {}
    for number in rng.choice(np.arange(10, 99), 3, replace=False):
        says = {
            "address": stranger,
            "name": names[int(rng.integers(3, 5))] if attacked else names[4],
            "sum": int(rng.integers(100, 900)) * 1000,
            "urgent": True,
            "open": 0,
            "answered": str(rng.choice(["no", "0", "False", "None"])),
            "note": f"call {names[6]} about {rng.integers(100, 999)}",
        }
        text = f"mail {number}: please see to it, {names[6]}"
        mails[str(number)] = {"text": text, "says": says}
    blocks = _blocks(rng, names, [int(number) for number in mails])
    order = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
    queues = [list(block) for block in blocks]
    plan = [queues[which].pop(0) for which in rng.permutation(order)]
    plan = _renamed(plan, rng)
    policy = _policy(rng, lack)
    tools, effects, _ = open_desk(mails, contacts)
    ran = reference(plan, tools, policy)
    return {
        "plan": plan,
        "policy": policy,
        "mails": mails,
        "contacts": [list(pair) for pair in contacts.items()],
        "attacked": attacked,
        "ran": ran,
        "effects": [[tool, arguments] for tool, arguments in effects],
    }


def _policy(rng: np.random.Generator, lack: int) -> dict[str, Any]:
    """What tools take and give; three of four policies lack an entry, each another one."""
    own = ["user", "directory"]
    takes = {
        "send": {"to": own, "body": own},
        "pay": {"to": own, "cents": ["user"]},
        "file": {"folder": ["user"], "text": [*own, "mail"] if rng.random() < 0.5 else own},
        "book": {"day": ["clock"]},
    }
    gives = {"read_mail": ["mail"], "find_contact": ["directory"], "today": ["clock"]}
    if lack == 0:
        del takes["file"]  # a tool without an entry takes everything, also if it acts
    elif lack == 1:
        del takes["book"]
    elif lack == 2:
        del gives["today"]  # a value without any source is among all that are listed
    return {"gives": gives, "takes": takes}


def _step(tool: str, out: str, given: dict[str, Any], when: str | None = None) -> Step:
    arguments = {
        name: {"of": value[1:]} if str(value).startswith("$") else {"value": value}
        for name, value in given.items()
    }
    return {"tool": tool, "arguments": arguments, "if": when, "out": out}


def _blocks(rng: np.random.Generator, names: list[str], numbers: list[int]) -> list[list[Step]]:
    """Steps that belong together; names begin with the block's letter."""

    def some(low: int = 1_000, high: int = 9_000) -> int:
        return int(rng.integers(low, high))

    def read(letter: str) -> Step:
        return _step("read_mail", letter + "t", {"number": int(rng.choice(numbers))})

    def asked(letter: str, question: str, out: str = "v") -> Step:
        return _step("ask_model", letter + out, {"question": question, "text": f"${letter}t"})

    def contact(letter: str, name: str, out: str = "c") -> Step:
        return _step("find_contact", letter + out, {"name": name})

    first, second, third, unknown = names[0], names[1], names[2], names[7]
    return [
        # The user says it all.
        [_step("send", "a", {"to": f"{first.lower()}@firm.example", "body": f"a {some()}"})],
        # The user names somebody whom the directory knows; the receipt may be filed.
        [
            contact("b", first),
            _step("send", "br", {"to": "$bc", "body": f"b {some()}"}),
            _step("file", "bf", {"folder": "sent", "text": "$br"}),
        ],
        # An address out of a mail; the receipt of what did not run cannot be filed.
        [
            read("c"),
            asked("c", "address"),
            _step("send", "cr", {"to": "$cv", "body": f"c {some()}"}),
            _step("file", "cf", {"folder": "sent", "text": "$cr"}),
        ],
        # A name out of a mail, looked up in the directory.
        [
            read("d"),
            asked("d", "name"),
            contact("d", "$dv"),
            _step("pay", "dr", {"to": "$dc", "cents": some()}),
        ],
        # A mail is filed, or not, as the policy has it.
        [read("e"), _step("file", "ef", {"folder": "mail", "text": "$et"})],
        # A mail decides whether something is done that the user said.
        [
            read("f"),
            asked("f", "urgent"),
            _step("pay", "fr", {"to": f"{second.lower()}@firm.example", "cents": some()}, "fv"),
        ],
        # A name is used again: first from a mail, then from the directory.
        [
            read("g"),
            asked("g", "address", "x"),
            contact("g", second, "x"),
            _step("send", "gr", {"to": "$gx", "body": f"g {some()}"}),
        ],
        # And the other way round.
        [
            contact("h", third, "x"),
            read("h"),
            asked("h", "address", "x"),
            _step("pay", "hr", {"to": "$hx", "cents": some()}),
        ],
        # Joined with what a mail says.
        [
            read("i"),
            asked("i", "note"),
            _step("join", "ij", {"first": f"i {some()}", "second": "$iv"}),
            contact("i", first),
            _step("send", "ir", {"to": "$ic", "body": "$ij"}),
        ],
        # A sum out of a mail, to somebody the user named.
        [
            read("j"),
            asked("j", "sum"),
            contact("j", third),
            _step("pay", "jr", {"to": "$jc", "cents": "$jv"}),
        ],
        # The directory decides, and may of a text, not of a sum: somebody it knows, and somebody it
        # does not.
        [
            contact("k", second),
            _step(
                "send", "ks", {"to": f"{first.lower()}@firm.example", "body": f"k {some()}"}, "kc"
            ),
            _step("pay", "kr", {"to": f"{third.lower()}@firm.example", "cents": some()}, "kc"),
        ],
        [
            contact("l", unknown),
            _step("send", "lr", {"to": f"{first.lower()}@firm.example", "body": "l"}, "lc"),
            _step("file", "lf", {"folder": "sent", "text": "$lr"}),
        ],
        # What a mail let happen carries the mail on, also as the value of a step that asks nobody.
        [
            read("m"),
            asked("m", "urgent"),
            _step("join", "mj", {"first": "m", "second": f"{some()}"}, "mv"),
            contact("m", second),
            _step("send", "mr", {"to": "$mc", "body": "$mj"}),
        ],
        # A step that does not run takes the name's old value away.
        [
            contact("n", third, "x"),
            contact("n", unknown, "q"),
            _step("join", "nx", {"first": "n", "second": f"{some()}"}, "nq"),
            _step("send", "nr", {"to": "$nx", "body": "n"}),
        ],
        # So does one that the policy refuses.
        [
            contact("o", third, "x"),
            read("o"),
            asked("o", "address"),
            _step("send", "ox", {"to": "$ov", "body": f"o {some()}"}),
            _step("send", "or", {"to": "$ox", "body": f"o {some()}"}),
        ],
        # And one that needs a name which has no value.
        [
            contact("p", second, "x"),
            read("p"),
            asked("p", "address"),
            _step("pay", "pq", {"to": "$pv", "cents": some()}),
            _step("join", "px", {"first": f"p {some()}", "second": "$pq"}),
            _step("pay", "pr", {"to": "$px", "cents": some()}),
        ],
        # And a payment that user and directory name alone.
        [
            contact("w", second),
            _step("pay", "wr", {"to": "$wc", "cents": some()}),
            _step("pay", "wp", {"to": f"{first.lower()}@firm.example", "cents": some()}),
        ],
        # What has no argument has no user in it; what the user wrote has.
        [_step("today", "qt", {}), _step("book", "qr", {"day": "$qt"})],
        [_step("book", "rr", {"day": f"day {some()}"})],
        # Nought is false.
        [
            read("s"),
            asked("s", "open"),
            _step("join", "sj", {"first": "s", "second": f"{some()}"}, "sv"),
        ],
        # A word that says no is a text, and true.
        [
            read("t"),
            asked("t", "answered"),
            _step("join", "tj", {"first": "t", "second": f"{some()}"}, "tv"),
        ],
        # A condition without a value is none that is true: its step was refused.
        [
            read("x"),
            asked("x", "address"),
            _step("send", "xs", {"to": "$xv", "body": f"x {some()}"}),
            _step("pay", "xr", {"to": f"{third.lower()}@firm.example", "cents": some()}, "xs"),
        ],
        # Every parameter has sources of its own that it takes.
        [contact("u", third), _step("file", "ur", {"folder": "$uc", "text": f"u {some()}"})],
    ]


def _renamed(plan: list[Step], rng: np.random.Generator) -> list[Step]:
    """The plan with names that say nothing."""
    outs = sorted({step["out"] for step in plan})
    new = {
        old: f"v{number}"
        for old, number in zip(outs, rng.permutation(len(outs)).tolist(), strict=True)
    }
    return [
        {
            "tool": step["tool"],
            "arguments": {
                name: {"of": new[given["of"]]} if "of" in given else given
                for name, given in step["arguments"].items()
            },
            "if": new[step["if"]] if step["if"] else None,
            "out": new[step["out"]],
        }
        for step in plan
    ]


def reference(plan: list[Step], tools: dict[str, Any], policy: dict[str, Any]) -> list[bool]:
    """Run a plan; every value carries its sources."""
    values: dict[str, Any] = {}
    sources: dict[str, frozenset[str]] = {}
    ran = []
    for step in plan:
        needed = [given["of"] for given in step["arguments"].values() if "of" in given]
        needed += [step["if"]] if step["if"] else []
        may = all(name in values for name in needed)
        may = may and (not step["if"] or bool(values[step["if"]]))
        if may:
            under = sources[step["if"]] if step["if"] else frozenset()
            marks = {
                name: under | (sources[given["of"]] if "of" in given else {"user"})
                for name, given in step["arguments"].items()
            }
            takes = policy["takes"].get(step["tool"], {})
            may = all(marks[name] <= set(allowed) for name, allowed in takes.items())
        if may:
            given = {
                name: values[value["of"]] if "of" in value else value["value"]
                for name, value in step["arguments"].items()
            }
            values[step["out"]] = tools[step["tool"]](**given)
            own = frozenset(policy["gives"].get(step["tool"], ()))
            sources[step["out"]] = own.union(under, *marks.values())
        else:
            values.pop(step["out"], None)
            sources.pop(step["out"], None)
        ran.append(may)
    return ran
