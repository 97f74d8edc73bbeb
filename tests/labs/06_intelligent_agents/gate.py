"""Right and wrong answers of task `gate`, which prove its judge."""

from __future__ import annotations

import json

import numpy as np


def by_a_heap(attempts, approvals, policy, ask, run):
    """Approvals by content, sorted by their end."""
    stock = {}
    for approval in sorted(approvals, key=lambda a: a["until"]):
        stock.setdefault(json.dumps(approval["call"], sort_keys=True), []).append(approval)
    ran = np.zeros(len(attempts), dtype=int)
    for place, one in enumerate(attempts):
        call = one["call"]
        good = call["description"] == policy["pinned"].get(call["tool"])
        yes = good and call["arguments"]["cents"] <= policy["free"].get(call["tool"], -1)
        for approval in list(stock.get(json.dumps(call, sort_keys=True), ())) if not yes else ():
            if approval["from"] <= one["time"] <= approval["until"]:
                stock[json.dumps(call, sort_keys=True)].remove(approval)
                yes = True
                break
        if yes or ask(place):
            run(place)
            ran[place] = 1
    return ran


def _gate(
    same=lambda a, c: a["call"] == c,
    once=True,
    times=lambda a, t: a["from"] <= t <= a["until"],
    order=lambda a: a["until"],
    pinned=True,
    limit=lambda cents, most: cents <= most,
    free=True,
    missing=-1,
    listens=True,
):
    def gate(attempts, approvals, policy, ask, run):
        left, ran = list(approvals), []
        for place, one in enumerate(attempts):
            call = one["call"]
            good = not pinned or call["description"] == policy["pinned"][call["tool"]]
            most = policy["free"].get(call["tool"], missing)
            if free and good and limit(call["arguments"]["cents"], most):
                yes = True
            else:
                fits = [a for a in left if same(a, call) and times(a, one["time"])]
                yes = bool(fits)
                if fits and once:
                    left.remove(min(fits, key=order) if order else fits[0])
                if not fits:
                    said = ask(place)
                    yes = said or not listens
            if yes:
                run(place)
            ran.append(yes)
        return ran

    return gate


def _greedy(key, fewest=False):
    """Spends the approval of the least key, which sees the approval and how many calls it fits."""

    def gate(attempts, approvals, policy, ask, run):
        fits = [
            [n for n, a in enumerate(approvals) if a["call"] == one["call"]
             and a["from"] <= one["time"] <= a["until"]]
            for one in attempts
        ]  # fmt: skip
        wanted = [sum(n in row for row in fits) for n in range(len(approvals))]
        order = sorted(range(len(fits)), key=lambda p: len(fits[p])) if fewest else range(len(fits))
        spent = {}
        for place in order:
            left = [n for n in fits[place] if n not in spent.values()]
            if left:
                spent[place] = min(left, key=lambda n: key(approvals[n], wanted[n]))
        ran = []
        for place, one in enumerate(attempts):
            call = one["call"]
            good = call["description"] == policy["pinned"][call["tool"]]
            free = good and call["arguments"]["cents"] <= policy["free"].get(call["tool"], -1)
            ran.append(free or place in spent or ask(place))
            if ran[-1]:
                run(place)
        return ran

    return gate


def asks_first(attempts, approvals, policy, ask, run):
    """Asks about everything and does what is said."""
    said = [ask(place) for place in range(len(attempts))]
    for place, yes in enumerate(said):
        if yes:
            run(place)
    return said


def nothing(attempts, approvals, policy, ask, run):
    return [False] * len(attempts)


def says_so(attempts, approvals, policy, ask, run):
    return [True] * len(attempts)


def runs_all(attempts, approvals, policy, ask, run):
    for place in range(len(attempts)):
        run(place)
    return [True] * len(attempts)


def once_for_all(attempts, approvals, policy, ask, run):
    """Remembers every yes for good."""
    known = [a["call"] for a in approvals]
    ran = []
    for place, one in enumerate(attempts):
        call = one["call"]
        good = call["description"] == policy["pinned"][call["tool"]]
        free = good and call["arguments"]["cents"] <= policy["free"].get(call["tool"], -1)
        yes = free or call in known or ask(place)
        if yes:
            run(place)
            known.append(call)
        ran.append(yes)
    return ran


def _remembers(said):
    """Remembers a person's answer to a call, of one kind."""

    def gate(attempts, approvals, policy, ask, run):
        known = []

        def asked(place):
            call = attempts[place]["call"]
            if call in known:
                return said
            yes = ask(place)
            if yes == said:
                known.append(call)
            return yes

        return _gate()(attempts, approvals, policy, asked, run)

    return gate


def _whoever(a, c):
    return a["call"] == {**c, "arguments": {**c["arguments"], "to": a["call"]["arguments"]["to"]}}


def _whatever_tool(a, c):
    return a["call"] == {**c, "tool": a["call"]["tool"]}


def _up_to(a, c):
    cents = a["call"]["arguments"]["cents"]
    up = a["call"] == {**c, "arguments": {**c["arguments"], "cents": cents}}
    return up and c["arguments"]["cents"] <= cents


def only_what_is_pinned(attempts, approvals, policy, ask, run):
    known = [a for a in approvals if a["call"]["description"] in policy["pinned"].values()]
    return _gate()(attempts, known, policy, ask, run)


def _same_tool(a, c):
    return a["call"]["tool"] == c["tool"]


def _same_receiver(a, c):
    return _same_tool(a, c) and a["call"]["arguments"]["to"] == c["arguments"]["to"]


def _whatever_text(a, c):
    return _same_tool(a, c) and a["call"]["arguments"] == c["arguments"]


RIGHT = {
    "approvals by content": by_a_heap,
    "in order of time": _gate(),
    "also copies of free calls": _greedy(lambda a, wanted: a["until"]),
}

WRONG = {
    "approval by tool name": (_gate(same=_same_tool), "without approval"),
    "approval by receiver": (_gate(same=_same_receiver), "without approval"),
    "description ignored in approvals": (_gate(same=_whatever_text), "has changed"),
    "description ignored where free": (_gate(pinned=False), "has changed"),
    "approved for somebody else": (_gate(same=_whoever), "without approval"),
    "approved for another tool": (_gate(same=_whatever_tool), "without approval"),
    "up to the approved sum": (_gate(same=_up_to), "without approval"),
    "only pinned descriptions approved": (only_what_is_pinned, ""),
    "a yes is remembered": (_remembers(True), "without approval"),
    "a no is remembered": (_remembers(False), "did not run"),
    "asks everything": (asks_first, "stop reading"),
    "once for all": (once_for_all, "without approval"),
    "approvals used again": (_gate(once=False), "more than once"),
    "never ends": (_gate(times=lambda a, t: a["from"] <= t), "without approval"),
    "begins at once": (_gate(times=lambda a, t: t <= a["until"]), "without approval"),
    "the first that fits": (_gate(order=None), "are enough"),
    "the first that began": (_gate(order=lambda a: a["from"]), "are enough"),
    "the last to end": (_gate(order=lambda a: -a["until"]), "are enough"),
    "the shortest": (_gate(order=lambda a: a["until"] - a["from"]), "are enough"),
    "the longest": (_gate(order=lambda a: a["from"] - a["until"]), "are enough"),
    "the last that began": (_gate(order=lambda a: -a["from"]), "are enough"),
    "the one that fits the fewest calls": (_greedy(lambda a, wanted: wanted), "are enough"),
    "calls with the fewest approvals first": (
        _greedy(lambda a, wanted: wanted, fewest=True),
        "are enough",
    ),
    "the limit is not free": (_gate(limit=lambda cents, most: cents < most), "are enough"),
    "no is no answer": (_gate(listens=False), "without approval"),
    "a limit of nought for a tool without one": (_gate(missing=0), "does not name"),
    "nothing is free": (_gate(free=False), "stop reading"),
    "does nothing": (nothing, "did not run"),
    "only says so": (says_so, "did not run"),
    "runs all": (runs_all, "without approval"),
}

HARMLESS = {
    "constant: …ee'].get(call['tool'], -1) -> …ee'].get(call['tool'], -2)": (
        "no sum is below zero"
    ),
}
