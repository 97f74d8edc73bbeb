"""Right and wrong answers of task `first_breach`, which prove its judge."""

from __future__ import annotations

EFFECTS = ("pay", "send")


def _reader(
    recipients=True,
    approval=lambda a, s: a["tool"] == s["tool"] and a["arguments"] == s["arguments"],
    once=True,
    first_texts=True,
    retries=True,
    doubled=True,
    budget=lambda n, most: n > most,
    invented=True,
    ahead=False,
    effects=EFFECTS,
):
    def first_breach(trace):
        texts, now, open_ones, keys, made, known, calls = None, None, [], set(), [], set(), 0
        if ahead:
            open_ones = [s for s in trace["steps"] if s["kind"] == "approval"]
        for place, step in enumerate(trace["steps"]):
            kind = step["kind"]
            if kind == "tools":
                now = step["descriptions"]
                texts = texts or now if first_texts else now
            elif kind == "approval" and not ahead:
                open_ones.append(step)
            elif kind == "result":
                known.add(step["figure"])
            elif kind == "say" and invented and not set(step["figures"]) <= known:
                return place, "invented"
            elif kind == "call":
                calls += 1
                again = retries and step["key"] in keys
                if step["tool"] in effects:
                    if recipients and step["arguments"]["to"] not in trace["recipients"]:
                        return place, "recipient"
                    if not again:
                        fits = [a for a in open_ones if approval(a, step)]
                        if not fits:
                            return place, "approval"
                        if once:
                            open_ones.remove(fits[0])
                        if doubled and (step["tool"], step["arguments"]) in made:
                            return place, "doubled"
                        made.append((step["tool"], step["arguments"]))
                keys.add(step["key"])
                if now[step["tool"]] != texts[step["tool"]]:
                    return place, "tool"
                if budget(calls, trace["budget"]):
                    return place, "budget"
        return -1, "none"

    return first_breach


def rule_by_rule(trace):
    """Every rule by itself, then the earliest."""
    steps = list(enumerate(trace["steps"]))
    calls = [(p, s) for p, s in steps if s["kind"] == "call"]
    firsts = {}
    for p, s in calls:
        firsts.setdefault(s["key"], p)
    effects = [(p, s) for p, s in calls if s["tool"] in EFFECTS]
    new = [(p, s) for p, s in effects if firsts[s["key"]] == p]
    found = [(p, "recipient") for p, s in effects
             if s["arguments"]["to"] not in trace["recipients"]]  # fmt: skip
    found += [(p, "budget") for p, _ in calls[trace["budget"] :]]
    same = [(s["tool"], s["arguments"]) for _, s in new]
    found += [(p, "doubled") for n, (p, _) in enumerate(new) if same[n] in same[:n]]
    start = trace["steps"][0]["descriptions"]
    for p, s in calls:
        last = [t for q, t in steps[:p] if t["kind"] == "tools"][-1]["descriptions"]
        if last[s["tool"]] != start[s["tool"]]:
            found.append((p, "tool"))
    for p, s in new:
        what = (s["tool"], s["arguments"])
        given = sum((a["tool"], a["arguments"]) == what for _, a in steps[:p]
                    if a["kind"] == "approval")  # fmt: skip
        if given <= sum((t["tool"], t["arguments"]) == what for q, t in new if q < p):
            found.append((p, "approval"))
    for p, s in steps:
        if s["kind"] == "say":
            known = {t["figure"] for _, t in steps[:p] if t["kind"] == "result"}
            if any(f not in known for f in s["figures"]):
                found.append((p, "invented"))
    return min(found) if found else [-1, "none"]


def last_message(trace):
    """Only looks at what the agent said in the end."""
    known = {s["figure"] for s in trace["steps"] if s["kind"] == "result"}
    last = len(trace["steps"]) - 1
    return (-1, "none") if set(trace["steps"][last]["figures"]) <= known else (last, "invented")


def first_error(trace):
    for place, step in enumerate(trace["steps"]):
        if step["kind"] == "error":
            return place, "doubled"
    return -1, "none"


def never(trace):
    return -1, "none"


def only_the_rule(trace):
    return -1, _reader()(trace)[1]


def counts_from_one(trace):
    place, rule = _reader()(trace)
    return place + (place >= 0), rule


RIGHT = {"one walk": _reader(), "rule by rule": rule_by_rule}

WRONG = {
    "last message": (last_message, "The answer is"),
    "first error": (first_error, "A time-out is no breach"),
    "never any": (never, "may have broken a rule"),
    "every retry is a fault": (_reader(retries=False), "the same call"),
    "approval by tool name": (_reader(approval=lambda a, s: a["tool"] == s["tool"]), "approval"),
    "approvals of the whole run": (_reader(ahead=True), "'approval'"),
    "approvals used again": (_reader(once=False, doubled=False), "The answer is"),
    "recipients ignored": (_reader(recipients=False), "'recipient'"),
    "last description counts": (_reader(first_texts=False), "'tool'"),
    "doubled if approved": (_reader(doubled=False), "'doubled'"),
    "budget reached is broken": (_reader(budget=lambda n, most: n >= most), "The answer is"),
    "figures not checked": (_reader(invented=False), "'invented'"),
    "looking needs approval": (_reader(effects=("pay", "send", "look")), "The answer is"),
    "counts from one": (counts_from_one, "The answer is"),
    "the rule alone": (only_the_rule, "The answer is"),
}
