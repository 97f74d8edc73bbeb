"""Shows findings of `labkit.cohort.similarity` as a page with both sides, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labkit.cohort.gather import Cohort
from labkit.cohort.rendering import render
from labkit.cohort.similarity import BAR, LARGEST, Findings, Pair
from labkit.cohort.tables import as_json
from labkit.cohort.tables import render as as_csv
from labkit.files import write_atomically

SHOWN = 50
"""Pairs whose answers stand on the page: with more it would be long to load."""

PAIR_COLUMNS = (
    ("learner", "one", "text"),
    ("and", "other", "text"),
    ("lab", "lab", "text"),
    ("evidence", "score", "number"),
    ("tasks nearly the same", "same", "number"),
    ("tasks of both", "both", "number"),
)
NUMBER_COLUMNS = (
    ("learner", "learner", "text"),
    ("task", "test", "text"),
    ("lab", "lab", "text"),
    ("numbers", "numbers", "words"),
    ("of an instance in", "kind", "text"),
    ("that have", "whose", "words"),
)
NEARLY = 0.9
"""From this share on a task is counted as nearly the same."""


def write_findings(cohort: Cohort, findings: Findings, folder: Path) -> list[Path]:
    """Write page, tables and JSON; return what was written.

    Raises:
        WriteError: a file cannot be written.
    """
    pairs = [_pair(one) for one in findings.pairs]
    numbers = [
        {"learner": one.learner, "test": one.test, "lab": one.lab, "kind": one.kind}
        | {"numbers": ", ".join(f"{number:.15g}" for number in one.numbers)}
        | {"whose": ", ".join(one.whose) or "nobody here"}
        for one in findings.numbers
    ]
    made = cohort.when.isoformat(timespec="seconds")
    data = {"course": cohort.course, "made": made, "bar": BAR, "pairs": pairs, "numbers": numbers}
    page = render(
        "similar.html",
        data=data,
        pairs=pairs,
        numbers=numbers,
        pair_columns=PAIR_COLUMNS,
        number_columns=NUMBER_COLUMNS,
        shown_pairs=[_sides(place, one, findings) for place, one in _shown(findings)],
    )
    keys = [key for _, key, _ in PAIR_COLUMNS]
    files = {
        "similar.html": page,
        "similar.json": as_json(data),
        "similar_pairs.csv": as_csv(keys, pairs),
        "similar_numbers.csv": as_csv([key for _, key, _ in NUMBER_COLUMNS], numbers),
    }
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]


def _pair(pair: Pair) -> dict[str, Any]:
    shares = [share for share in pair.shares.values() if share > 0]
    return {
        "one": pair.learners[0],
        "other": pair.learners[1],
        "lab": pair.lab,
        "score": pair.score,
        "same": sum(share >= NEARLY for share in shares),
        "both": len(shares),
        "shares": dict(pair.shares),
    }


def _shown(findings: Findings) -> Sequence[tuple[int, Pair]]:
    return list(enumerate(findings.pairs[:SHOWN]))


def _sides(place: int, pair: Pair, findings: Findings) -> Mapping[str, Any]:
    works = [(name, findings.works[pair.lab, name]) for name in pair.learners]
    ordered = sorted(pair.shares.items(), key=lambda item: -item[1])
    sides = [
        {
            "test": test.removeprefix("test_"),
            "share": share,
            "texts": [(name, work.get(test, "")[:LARGEST]) for name, work in works],
        }
        for test, share in ordered
        if share > 0
    ]
    one, other = pair.learners
    anchor = f"pair-{place}"
    return {"anchor": anchor, "lab": pair.lab, "one": one, "other": other, "sides": sides}
