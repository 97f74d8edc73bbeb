"""Right and wrong answers of the task `explain`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.trends.neuro_symbolic_diagnosis import explanations, guideline, perception
from labkit.trends.neuro_symbolic_diagnosis.world import lesions, scores

from .guidelines import adapting


def _explaining(flip_of, rule_book_of=lambda turtle: guideline.read(guideline.load(turtle))):
    """Explanations whose flip is chosen by `flip_of(found, rule_book)`."""

    def explain(believed, turtle):
        rule_book = rule_book_of(turtle)
        likely = perception.most_likely(believed)
        written = []
        for row in range(len(likely["border"])):
            found = explanations.findings_of(likely, row)
            fired = explanations.trace(found, rule_book)
            flip = flip_of(found, rule_book)
            written.append(
                {k: fired[k] for k in ("verdict", "rule")} | {"findings": found, "flip": flip}
            )
        return written

    return explain


def _verdict_of_the_posterior(believed, turtle):
    """The band with the highest chance over all combinations, beside the most likely findings."""
    chances = adapting("new", "new")(believed, turtle).argmax(1).tolist()
    records = _explaining(_first_flip)(believed, turtle)
    return [r | {"verdict": scores.BANDS[k]} for r, k in zip(records, chances, strict=True)]


def _published(turtle):
    return guideline.read(guideline.load())


def _flips(found, rule_book, last_may_go=False):
    """All flips that hold, in the order of the guideline."""
    before = explanations.trace(found, rule_book)["verdict"]
    values = {"asymmetry": range(3), "border": range(9)}
    for finding in ("asymmetry", "border", *lesions.COLOURS, *lesions.STRUCTURES):
        for to in values.get(finding, (0, 1)):
            after = explanations.changed(found, finding, to)
            verdict = explanations.trace(after, rule_book)["verdict"]
            whole = after["colours"] and after["structures"]
            if verdict != before and (whole or last_may_go):
                yield {"finding": finding, "to": to, "verdict": verdict}


def _first_flip(found, rule_book):
    return next(_flips(found, rule_book), {"finding": "border", "to": 0, "verdict": "benign"})


def _last_flip(found, rule_book):
    *_, last = _flips(found, rule_book)
    return last


def _never_a_level(found, rule_book):
    """Only colours and structures are tried."""
    flips = (f for f in _flips(found, rule_book) if f["finding"] not in ("asymmetry", "border"))
    return next(flips, None)


def _smallest_step(found, rule_book):
    """The flip that moves the score least, whether or not a colour and a structure are left."""
    now = explanations.trace(found, rule_book)["tenths"]

    def step(flip):
        after = explanations.changed(found, flip["finding"], flip["to"])
        return abs(explanations.trace(after, rule_book)["tenths"] - now)

    return min(_flips(found, rule_book, last_may_go=True), key=step)


def _any_flip(found, rule_book):
    """A flip by chance, the same one for the same findings."""
    flips = list(_flips(found, rule_book, last_may_go=True))
    return flips[(7 * len(str(found)) + found["border"]) % len(flips)]


def _largest_contribution(found, rule_book):
    """What weighs most is taken away, whether or not the verdict falls."""
    points = rule_book.weights
    parts = {"asymmetry": points["asymmetry"] * found["asymmetry"], found["colours"][0]: 5}
    finding = max(parts, key=parts.get)
    verdict = explanations.trace(explanations.changed(found, finding, 0), rule_book)["verdict"]
    return {"finding": finding, "to": 0, "verdict": verdict}


def _same_as_before(found, rule_book):
    flip = _first_flip(found, rule_book)
    return flip | {"verdict": explanations.trace(found, rule_book)["verdict"]}


def _nothing_changed(found, rule_book):
    verdict = explanations.trace(found, rule_book)["verdict"]
    return {"finding": "asymmetry", "to": found["asymmetry"], "verdict": verdict}


def _out_of_range(found, rule_book):
    return {"finding": "border", "to": 30, "verdict": "highly_suspicious"}


def _with_records(change):
    """Right explanations, each of them changed."""
    return lambda *a: [change(record) for record in _explaining(_first_flip)(*a)]


def _by_hand(believed, turtle):
    """Right, without the course's helpers but the reader of the guideline."""
    book = guideline.read(guideline.load(turtle))
    weight = book.weights
    result = []
    for row in range(len(believed["border"])):
        a, b = (int(np.argmax(believed[name][row])) for name in ("asymmetry", "border"))
        c, d = ([bool(p > 0.5) for p in believed[name][row]] for name in ("colours", "structures"))

        def tenths(a, b, c, d):
            points = weight["asymmetry"] * a + weight["border"] * b
            return points + weight["colours"] * sum(c) + weight["structures"] * sum(d)

        def verdict(score):
            limits = [10 * book.lower[band] for band in scores.BANDS[1:]]
            return scores.BANDS[sum(score > limit for limit in limits)]

        here = tenths(a, b, c, d)
        tries = [("border", to, tenths(a, to, c, d)) for to in range(9)]
        tries += [("asymmetry", to, tenths(to, b, c, d)) for to in range(3)]
        for names, has, kind in ((lesions.COLOURS, c, "colours"), (lesions.STRUCTURES, d, "s")):
            for place, name in enumerate(names):
                turned = [value != (place == k) for k, value in enumerate(has)]
                if any(turned):
                    own = (turned, d) if kind == "colours" else (c, turned)
                    tries.append((name, np.int64(turned[place]), tenths(a, b, *own)))
        finding, to, score = next(t for t in tries if verdict(t[2]) != verdict(here))
        result.append(
            {
                "verdict": verdict(here),
                "rule": book.rule_ids(np.array([here]))[0],
                "findings": {
                    "asymmetry": a,
                    "border": b,
                    "colours": {n for n, there in zip(lesions.COLOURS, c, strict=True) if there},
                    "structures": tuple(
                        n for n, there in zip(lesions.STRUCTURES, d, strict=True) if there
                    ),
                },
                "flip": {"finding": finding, "to": to, "verdict": verdict(score)},
            }
        )
    return tuple(result)


RIGHT = {
    "the first flip": _explaining(_first_flip),
    "the last flip": _explaining(_last_flip),
    "by hand, sets and tuples": _by_hand,
    "as a frame, names in arrays": lambda *a: pd.DataFrame(
        [
            r | {"findings": r["findings"] | {"colours": np.array(r["findings"]["colours"])}}
            for r in _explaining(_first_flip)(*a)
        ]
    ),
}

WRONG = {
    "the first flip, whatever is left": (
        _explaining(lambda *a: next(_flips(*a, last_may_go=True))),
        "one always is",
    ),
    "the last flip, whatever is left": (
        _explaining(lambda *a: list(_flips(*a, last_may_go=True))[-1]),
        "one always is",
    ),
    "the smallest step, whatever is left": (_explaining(_smallest_step), "one always is"),
    "any flip, whatever is left": (_explaining(_any_flip), "one always is"),
    "levels are never tried": (_explaining(_never_a_level), "what would change"),
    "the largest contribution": (_explaining(_largest_contribution), "have a flip that holds"),
    "the published numbers": (
        _explaining(_first_flip, _published),
        "by the published numbers",
    ),
    "the posterior's band": (_verdict_of_the_posterior, "the explanation says"),
    "the flip's verdict is the old one": (_explaining(_same_as_before), "the verdict is"),
    "nothing is changed": (_explaining(_nothing_changed), "already"),
    "out of range": (_explaining(_out_of_range), "goes from 0 to 8"),
    "one finding is left out": (
        _with_records(lambda r: r | {"findings": r["findings"] | {"colours": ["white"]}}),
        "all of it",
    ),
    "the wrong rule": (_with_records(lambda r: r | {"rule": "TDS-9"}), "explanation cites"),
    "no flip": (_with_records(lambda r: r | {"flip": None}), "what would change"),
    "a key is missing": (
        _with_records(lambda r: {k: r[k] for k in ("verdict", "rule", "flip")}),
        "has no key 'findings'",
    ),
    "one explanation": (lambda *a: _explaining(_first_flip)(*a)[0], "A list of"),
}

HARMLESS = {
    "call dropped: distance = abs(other['tenths'] - fired['tenths']) -> *": "any flip that holds "
    "will do, whatever its distance",
    "operator: …e = abs(other['tenths'] - fired['tenths']) -> *": "the same",
    "function: …finding, to, verdict = min(flips) -> *": "the same",
}
