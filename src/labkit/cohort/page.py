"""A report as one HTML page, of a cohort or of one learner; `rendering` fills it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labkit.cohort.rendering import render, shown
from labkit.cohort.report import BINS, Data

# Pixels of the plots: those of the templates.
TALLEST, BASE = 80, 100
LEFT, RIGHT, TOP, BOTTOM = 50, 510, 10, 290

LAB_COLUMNS = (
    ("lab", "title", "text"),
    ("handed in", "handed_in", "number"),
    ("to be read", "waiting", "number"),
    ("late", "late", "number"),
    ("mean", "mean", "number"),
    ("spread", "spread", "number"),
    ("of", "maximum", "number"),
    ("alpha", "alpha", "number"),
    ("95 % interval", "interval", "text"),
)
TASK_COLUMNS = (
    ("task", "title", "text"),
    ("lab", "lab", "text"),
    ("of", "maximum", "number"),
    ("passed", "passed", "number"),
    ("partial", "partial", "number"),
    ("failed", "failed", "number"),
    ("not tried", "not_tried", "number"),
    ("to be read", "waiting", "number"),
    ("difficulty", "difficulty", "number"),
    ("discrimination", "discrimination", "number"),
    ("faults", "faults", "number"),
    ("tries", "tries", "number"),
    ("hints", "hints", "number"),
    ("minutes", "minutes", "number"),
    ("remarks", "remarks", "words"),
)
TRAP_COLUMNS = (
    ("misconception", "words", "words"),
    ("task", "title", "text"),
    ("lab", "lab", "text"),
    ("learners", "count", "number"),
    ("share", "share", "number"),
)
STUCK_COLUMNS = (
    ("task", "title", "text"),
    ("lab", "lab", "text"),
    ("learners", "count", "number"),
    ("of", "of", "number"),
    ("most frequent misconception", "trap", "words"),
)
MARK_COLUMNS = (
    ("task", "title", "text"),
    ("lab", "lab", "text"),
    ("points", "score", "number"),
    ("of", "maximum", "number"),
    ("outcome", "status", "text"),
    ("known misconception", "trap", "words"),
    ("tries", "tries", "number"),
    ("hints", "hints", "number"),
)


def report_page(data: Data) -> bytes:
    """Return the page of a whole cohort (`labkit.cohort.report.report`)."""
    tasks = [
        row | {"anchor": f"task-{place}", "remarks": " ".join(row["remarks"])}
        for place, row in enumerate(data["tasks"])
    ]
    return render(
        "report.html",
        data=data,
        labs=[_lab_row(lab) for lab in data["labs"]],
        tasks=tasks,
        learners=[_learner_row(one) for one in data["learners"]],
        histograms=[_histogram(lab) for lab in data["labs"]],
        scatter=_scatter(tasks),
        lab_columns=LAB_COLUMNS,
        task_columns=TASK_COLUMNS,
        trap_columns=TRAP_COLUMNS,
        stuck_columns=STUCK_COLUMNS,
        learner_columns=_learner_columns(data["labs"]),
    )


def learner_page(data: Data) -> bytes:
    """Return the page of one learner (`labkit.cohort.report.learner_report`)."""
    learner = data["learner"]
    titles = {lab["name"]: lab["title"] for lab in data["labs"]}
    labs = [
        one | {"title": titles[name], "late": one["late_hours"] or None}
        for name, one in learner["labs"].items()
    ]
    columns = (
        ("lab", "title", "text"),
        ("points", "score", "number"),
        ("of", "maximum", "number"),
        ("to be read", "waiting", "number"),
        ("taken off", "penalty", "number"),
        ("hours late", "late", "number"),
        ("received", "received", "text"),
    )
    return render(
        "learner.html",
        data=data,
        learner=learner,
        labs=labs,
        marks=data["marks"],
        lab_columns=columns,
        mark_columns=MARK_COLUMNS,
    )


def _lab_row(lab: Mapping[str, Any]) -> Data:
    found = lab["reliability"]
    interval = found["interval"]
    words = f"{shown(interval[0])} to {shown(interval[1])}" if interval else ""
    return dict(lab) | {"alpha": found["alpha"], "interval": words}


def _learner_columns(labs: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    of_labs = [(lab["name"].partition("_")[0], f"lab {lab['name']}", "number") for lab in labs]
    return [
        ("learner", "id", "text"),
        ("name", "name", "text"),
        ("group", "group", "text"),
        ("points", "score", "number"),
        ("to be read", "waiting", "number"),
        ("late", "late", "number"),
        ("tries", "tries", "number"),
        ("hints", "hints", "number"),
        *of_labs,
    ]


class _Row(dict[str, Any]):
    """A row that has nothing in the columns of labs that were not handed in."""

    def __missing__(self, key: str) -> None:
        return None


def _learner_row(learner: Mapping[str, Any]) -> Data:
    of_labs = {f"lab {name}": one["score"] for name, one in learner["labs"].items()}
    return _Row(dict(learner) | of_labs)


def _histogram(lab: Mapping[str, Any]) -> Data:
    counts = lab["histogram"]
    tallest = max(counts)
    edges = [lab["maximum"] * place / BINS for place in range(BINS + 1)]
    words = [
        f"{count} with {shown(low)} to {shown(high)} points"
        for count, low, high in zip(counts, edges, edges[1:], strict=False)
    ]
    bars = [
        {
            "x": 11 + 20 * place,
            "y": BASE - TALLEST * count / tallest,
            "height": TALLEST * count / tallest,
            "words": words[place],
        }
        for place, count in enumerate(counts)
    ]
    filled = [one for one, count in zip(words, counts, strict=True) if count]
    return {
        "title": lab["title"],
        "words": f"Learners by points in {lab['title']}: {', '.join(filled)}.",
        "bars": bars,
        "maximum": shown(lab["maximum"]),
        "tallest": tallest,
    }


def _scatter(tasks: Sequence[Mapping[str, Any]]) -> Data:
    points = [
        {
            "anchor": row["anchor"],
            "x": LEFT + (RIGHT - LEFT) * row["difficulty"],
            "y": BOTTOM - (BOTTOM - TOP) * (row["discrimination"] + 1) / 2,
            "words": f"{row['title']} ({row['lab']}): difficulty {shown(row['difficulty'])}, "
            f"discrimination {shown(row['discrimination'])}",
        }
        for row in tasks
        if row["discrimination"] is not None and row["difficulty"] is not None
    ]
    return {
        "points": points,
        "zero": (TOP + BOTTOM) / 2,
        "words": "Difficulty and discrimination of each task",
    }
