"""Right and wrong answers of task `agent`, which prove its judge."""

from __future__ import annotations

import numpy as np

EFFECTS = ("send", "pay", "file", "book")


def _value(given, values):
    return values[given["of"]] if "of" in given else given["value"]


def _runner(
    of_model=True,
    through=True,
    condition=True,
    carried=True,
    renew=True,
    drop=("policy", "condition", "name"),
    written=frozenset({"user"}),
    always=frozenset(),
    false=lambda value: not value,
    skipped=(),
    never=(),
    unlisted=True,
    sourceless=True,
    absent=False,
    stop=False,
    allow=None,
):
    """An interpreter that can be told to forget something."""

    def agent(plan, tools, policy):
        values, marks, ran, stopped = {}, {}, [], False
        for step in plan:
            names = [g["of"] for g in step["arguments"].values() if "of" in g]
            when = step["if"]
            there = all(name in values for name in names)
            there = there and (not when or when in values or absent)
            ready = there and not (when and false(values.get(when, absent)))
            why = "policy" if ready else "condition" if there else "name"
            under = marks.get(when, set()) if when and condition else set()
            own = {
                key: (set(marks.get(g["of"], ())) if "of" in g else set(written)) | under
                for key, g in step["arguments"].items()
            }
            takes = policy["takes"].get(step["tool"], {})
            takes = {key: takes[key] for key in takes if key not in skipped}
            may = ready and not stopped and all(own[key] <= set(takes[key]) for key in takes)
            may = may and step["tool"] not in never
            if step["tool"] in EFFECTS and ready:
                may = may and (unlisted or step["tool"] in policy["takes"])
                may = may and (sourceless or all(own.values()))
            if allow is not None and ready and step["tool"] in EFFECTS:
                may = allow(step, values)
            if stop and ready and not may:
                stopped = True
            if may:
                given = {key: _value(g, values) for key, g in step["arguments"].items()}
                values[step["out"]] = tools[step["tool"]](**given)
                found = {*policy["gives"].get(step["tool"], ()), *always}
                passes = through if step["tool"] == "find_contact" else True
                passes = passes and (of_model or step["tool"] != "ask_model")
                if passes:
                    found = found.union(*own.values())
                else:
                    found |= {"user"}
                if when and not carried:
                    found = set(policy["gives"].get(step["tool"], ())).union(
                        *(own[key] - under for key in own)
                    )
                old = marks.get(step["out"], set()) if not renew else set()
                marks[step["out"]] = found | old
            elif why in drop:
                values.pop(step["out"], None)
                marks.pop(step["out"], None)
            ran.append(bool(may))
        return ran

    return agent


def with_a_class(plan, tools, policy):
    """A value and its sources in one."""

    class Marked:
        def __init__(self, value, sources):
            self.value, self.sources = value, frozenset(sources)

    store = {}
    ran = np.zeros(len(plan))
    for place, step in enumerate(plan):
        when = store.get(step["if"]) if step["if"] else Marked(True, ())
        given = {
            key: store.get(g["of"]) if "of" in g else Marked(g["value"], ["user"])
            for key, g in step["arguments"].items()
        }
        takes = policy["takes"].get(step["tool"], {})
        before = store.pop(step["out"], None)
        del before
        if when is None or not when.value or any(g is None for g in given.values()):
            continue
        if any((g.sources | when.sources) - set(takes.get(k, g.sources | when.sources))
               for k, g in given.items()):  # fmt: skip
            continue
        value = tools[step["tool"]](**{key: g.value for key, g in given.items()})
        sources = when.sources.union(*(g.sources for g in given.values()))
        store[step["out"]] = Marked(value, sources.union(policy["gives"].get(step["tool"], ())))
        ran[place] = 1
    return ran


def _known_words(step, values):
    """A filter for words that attacks had."""
    text = " ".join(str(_value(g, values)).lower() for g in step["arguments"].values())
    return not any(word in text for word in ("ignore", "instructions", "override", "urgent:"))


def _known_address(step, values):
    """Lets every address of the firm through."""
    to = step["arguments"].get("to")
    return to is None or str(_value(to, values)).endswith("@firm.example")


def nothing(plan, tools, policy):
    return [False] * len(plan)


def says_so(plan, tools, policy):
    return [True] * len(plan)


def no_mail_at_all(plan, tools, policy):
    """Refuses whatever comes after the first mail was read."""
    tainted = False
    values, ran = {}, []
    for step in plan:
        tainted = tainted or step["tool"] == "read_mail"
        names = [g["of"] for g in step["arguments"].values() if "of" in g]
        ready = all(n in values for n in names) and (not step["if"] or values.get(step["if"]))
        may = bool(ready) and not (tainted and step["tool"] in EFFECTS)
        if may:
            given = {key: _value(g, values) for key, g in step["arguments"].items()}
            values[step["out"]] = tools[step["tool"]](**given)
        ran.append(may)
    return ran


RIGHT = {"marks beside values": _runner(), "a class": with_a_class}

WRONG = {
    "runs the plan": (_runner(allow=lambda step, values: True), "happened and must not"),
    "word filter": (_runner(allow=_known_words), "happened and must not"),
    "addresses of the firm": (_runner(allow=_known_address), "happened and must not"),
    "the model's word is the user's": (_runner(of_model=False), "happened and must not"),
    "the directory washes clean": (_runner(through=False), "happened and must not"),
    "conditions do not count": (_runner(condition=False), "happened and must not"),
    "conditions do not stay": (_runner(carried=False), "happened and must not"),
    "once marked, always marked": (_runner(renew=False), "allowed and did not happen"),
    "old values stay": (_runner(drop=()), "takes the value of its `out` away"),
    "old values stay where the policy refused": (
        _runner(drop=("condition", "name")),
        "happened and must not",
    ),
    "old values stay where a name was missing": (
        _runner(drop=("condition", "policy")),
        "happened and must not",
    ),
    "old values stay where the condition is false": (
        _runner(drop=("name", "policy")),
        "happened and must not",
    ),
    "what is written has no source": (_runner(written=()), "happened and must not"),
    "the user in every result": (_runner(always={"user"}), "allowed and did not happen"),
    "nought is true": (_runner(false=lambda value: value == ""), "may not run"),
    "a text is not true": (_runner(false=lambda value: value is not True), "did not happen"),
    "a word that says no is false": (
        _runner(false=lambda value: not value or value in ("no", "0", "False", "None")),
        "may run, but the result says False",
    ),
    "a condition without a value is true": (_runner(absent=True), "condition has no value"),
    "tools without an entry are refused": (_runner(unlisted=False), "did not happen"),
    "what has no source is refused": (_runner(sourceless=False), "did not happen"),
    "any folder": (_runner(skipped=("folder",)), "happened and must not"),
    "never pays": (_runner(never=("pay",)), "allowed and did not happen"),
    "never sends": (_runner(never=("send",)), "allowed and did not happen"),
    "never files": (_runner(never=("file",)), "allowed and did not happen"),
    "stops at the first refusal": (_runner(stop=True), "allowed and did not happen"),
    "no effect after a mail": (no_mail_at_all, ""),
    "does nothing": (nothing, "Refusing all is no safety"),
    "only says so": (says_so, "Refusing all is no safety"),
}
