"""Right and wrong answers of task `false_claims`, which prove its judge."""

from __future__ import annotations

import numpy as np
import pandas as pd


def _figure(people, metric, where, *, rows="test", median="common", over="highest", by="score",
            grouped=True, unknown="any", swap=False):  # fmt: skip
    """A figure of a card with arrays alone; the keywords turn it wrong."""
    part = people[people["split"] == rows] if rows else people
    values = {name: part[name].to_numpy() for name in part}
    inside = np.ones(len(part), dtype=bool)
    for column, value in where.items():
        inside &= values[column] == value
    if metric == "unknown share":
        odd = values["origin"] == "unknown"
        sex = values["sex"] == "unknown"
        return float((sex if unknown == "sex" else sex | odd).mean())
    if metric == "impact ratio":
        known = np.ones(len(part), dtype=bool)
        for column in where:
            known &= (values[column] != "unknown") | (unknown == "kept")
        names = np.array(["/".join(row) for row in part[list(where)].to_numpy()])
        line = np.median(values["score"][known] if median == "known" else values["score"])
        line = values["score"].mean() if median == "mean" else line
        shares = {}
        for name in np.unique(names[known]):
            scores = values["score"][names == name]
            cut = np.median(scores) if median == "own" else line
            chosen = values["decided"][names == name] == 1 if by == "decided" else scores > cut
            shares[name] = chosen.mean()
        own = shares["/".join(where.values())]
        if over == "all":
            return own / float((values["score"][known] > line).mean())
        return own / max(shares.values())
    decided, label = values["decided"] == 1, values["label"] == 1
    if grouped:
        decided, label = decided[inside], label[inside]
    if swap:
        metric = {"precision": "true positive rate", "true positive rate": "precision"}.get(
            metric, metric
        )
    if metric == "selection rate":
        return float(decided.mean())
    if metric == "accuracy":
        return float((decided == label).mean())
    given, wanted = (label, decided) if metric == "true positive rate" else (decided, label)
    return float((given & wanted).sum() / given.sum())


def _with(tolerance=0.005, **mistake):
    def answer(claims, people):
        return {
            claim["name"]
            for claim in claims
            if abs(_figure(people, claim["metric"], claim["where"], **mistake) - claim["value"])
            > tolerance
        }

    return answer


def as_list(claims, people):
    return sorted(_with()(claims, people))


def by_query(claims, people):
    """pandas from end to end."""
    test = people.query("split == 'test'").assign(above=lambda t: t.score > t.score.median())
    test["unknown"] = test.sex.eq("unknown") | test.origin.eq("unknown")
    test["right"] = test.decided == test.label
    wrong = []
    for claim in claims:
        columns = list(claim["where"])
        rows = test
        for column, value in claim["where"].items():
            rows = rows[rows[column] == value]
        match claim["metric"]:
            case "unknown share":
                figure = test.unknown.mean()
            case "impact ratio":
                known = test[~test[columns].isin(["unknown"]).any(axis=1)]
                shares = known.groupby(columns).above.mean()
                figure = rows.above.mean() / shares.max()
            case "selection rate":
                figure = rows.decided.mean()
            case "accuracy":
                figure = rows.right.mean()
            case "true positive rate":
                figure = rows.query("label == 1").decided.mean()
            case _:
                figure = rows.query("decided == 1").label.mean()
        if not np.isclose(figure, claim["value"], atol=0.005, rtol=0):
            wrong.append(claim["name"])
    return pd.Series(wrong, dtype=object)


def all_of_them(claims, people):
    return {claim["name"] for claim in claims}


def none_of_them(claims, people):
    return set()


def four_fifths(claims, people):
    """Ratios below four fifths are struck out."""
    return {c["name"] for c in claims if c["metric"] == "impact ratio" and c["value"] < 0.8}


def simple_ones_alone(claims, people):
    """The ratios are trusted."""
    return {
        name
        for name in _with()(claims, people)
        if next(c for c in claims if c["name"] == name)["metric"] != "impact ratio"
    }


RIGHT = {"arrays": as_list, "pandas": by_query}

WRONG = {
    "training rows": (_with(rows="train"), ""),
    "all rows": (_with(rows=None), ""),
    "overall figures": (_with(grouped=False), ""),
    "median by group": (_with(median="own"), ""),
    "median without unknowns": (_with(median="known"), ""),
    "the mean for the median": (_with(median="mean"), "was"),
    "twice the tolerance": (_with(tolerance=0.01), "was let through"),
    "over the average": (_with(over="all"), ""),
    "the tool's cut-off": (_with(by="decided"), ""),
    "unknown a category": (_with(unknown="kept"), ""),
    "no tolerance": (_with(tolerance=0.002), "was called false"),
    "precision turned round": (_with(swap=True), ""),
    "unknown sex alone": (_with(unknown="sex"), ""),
    "all": (all_of_them, "claims are judged wrongly"),
    "none": (none_of_them, "was let through"),
    "four fifths": (four_fifths, "claims are judged wrongly"),
    "simple ones alone": (simple_ones_alone, "was let through"),
}

HARMLESS = {
    "comparison: …where']) - c['value']) > 0.005} -> *": "no claim lies just at the limit",
}
