"""Right and wrong answers of task `first_breach`, which prove its judge."""

from __future__ import annotations

EFFECTS = ("pay", "send")


def _reader(
    recipients=True,
    approval=lambda a, s: a["tool"] == s["tool"] and a["arguments"] == s["arguments"],
    once=False,
    first_texts=True,
    retries=True,
    doubled=True,
    retry=lambda step, before, keys: step["key"] in keys,
    same=lambda step: (step["tool"], step["arguments"]),
    on_retries=True,
    lost_counts=True,
    fold=str,
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
                before = trace["steps"][place - 1]
                again = retries and retry(step, before, keys)
                if step["tool"] in effects:
                    known_to = [fold(name) for name in trace["recipients"]]
                    unknown = fold(step["arguments"]["to"]) not in known_to
                    if recipients and unknown and (on_retries or not again):
                        return place, "recipient"
                    if not again:
                        fits = [a for a in open_ones if approval(a, step)]
                        if not fits:
                            return place, "approval"
                        if once:
                            open_ones.remove(fits[0])
                        if doubled and same(step) in made:
                            return place, "doubled"
                        if lost_counts or trace["steps"][place + 1]["kind"] != "error":
                            made.append(same(step))
                keys.add(step["key"])
                if now[step["tool"]] != texts[step["tool"]] and (on_retries or not again):
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
        given = [a for _, a in steps[:p] if a["kind"] == "approval"]
        if what not in [(a["tool"], a["arguments"]) for a in given]:
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
    "approvals used up": (_reader(once=True), "The answer is"),
    "what follows an error is a retry": (
        _reader(retry=lambda step, before, keys: before["kind"] == "error"),
        "not an error before it",
    ),
    "retries only after an error": (
        _reader(retry=lambda step, before, keys: before["kind"] == "error" and step["key"] in keys),
        "not an error before it",
    ),
    "approval whoever gets it": (
        _reader(
            approval=lambda a, s: (
                (a["tool"], a["arguments"]["cents"]) == (s["tool"], s["arguments"]["cents"])
            )
        ),
        "all arguments",
    ),
    "approval whatever the tool": (
        _reader(approval=lambda a, s: a["arguments"] == s["arguments"]),
        "this tool",
    ),
    "doubled by arguments": (_reader(same=lambda step: step["arguments"]), "The answer is"),
    "retries not looked at": (_reader(on_retries=False), "The answer is"),
    "lost calls do not count": (_reader(lost_counts=False), "also after a time-out"),
    "recipients in small letters": (_reader(fold=str.lower), "letter by letter"),
    "recipients ignored": (_reader(recipients=False), "'recipient'"),
    "last description counts": (_reader(first_texts=False), "'tool'"),
    "doubled if approved": (_reader(doubled=False), "'doubled'"),
    "budget reached is broken": (_reader(budget=lambda n, most: n >= most), "The answer is"),
    "figures not checked": (_reader(invented=False), "'invented'"),
    "looking needs approval": (_reader(effects=("pay", "send", "look")), "The answer is"),
    "counts from one": (counts_from_one, "The answer is"),
    "the rule alone": (only_the_rule, "The answer is"),
}
