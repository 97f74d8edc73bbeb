"""The home page shows what feedback says of points, and nothing of what is no such page."""

from __future__ import annotations

import json
import os
from html import escape
from pathlib import Path
from typing import Any

import pytest

from labkit.authoring.catalog import FACTS, FACTS_FORMAT
from labkit.desk.home import home
from labkit.desk.results import results

LAB = "01_sums"
TASK = {"title": "1 · Sum", "points": "4", "maximum": "10", "outcome": "◐ partial"}


def page(received: str, total: str, tasks: Any = (TASK,)) -> str:
    told = json.dumps({"received": received, "total": total, "tasks": list(tasks)})
    return f'<head><meta name="labkit-results" content="{escape(told)}"><style>p{{}}</style></head>'


def lay(root: Path, name: str, text: str) -> Path:
    path = root / "labs" / LAB / "feedback" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def shown(root: Path) -> dict[str, Any] | None:
    return results(root / "labs" / LAB)


def test_the_home_page_shows_the_results_once_feedback_is_there(tmp_path: Path):
    module = {"name": LAB, "lesson": "", "lab": f"labs/{LAB}/sums.ipynb", "tasks": []}
    module |= {"questions": [], "prerequisites": [], "question": "How much?"}
    facts = {"format": FACTS_FORMAT, "title": "Course", "introduction": "", "modules": [module]}
    (tmp_path / FACTS).write_text(json.dumps(facts), encoding="utf-8")
    assert home(tmp_path)["modules"][0]["results"] is None
    lay(tmp_path, "2026-01-05 10:00:00.000001 UTC/sums.html", page("2026-01-05", "4 of 10 points"))
    found = home(tmp_path)["modules"][0]["results"]
    assert (found["total"], found["tasks"]) == ("4 of 10 points", [TASK])
    assert found["path"] == f"labs/{LAB}/feedback/2026-01-05 10:00:00.000001 UTC/sums.html"


def test_the_latest_work_counts_and_of_one_work_the_latest_page(tmp_path: Path):
    lay(tmp_path, "b/sums.html", page("2026-01-05T10:00:00+00:00", "old"))
    lay(tmp_path, "a/sums.html", page("2026-01-06T10:00:00+00:00", "new"))
    assert shown(tmp_path)["total"] == "new"
    regraded = lay(tmp_path, "sums.html", page("2026-01-06T10:00:00+00:00", "regraded"))
    os.utime(regraded, (2e9, 2e9))
    assert shown(tmp_path)["total"] == "regraded"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>4 of 10</body></html>",
        '<meta name="labkit-results" content="{broken">',
        f'<meta name="labkit-results" content="{"[" * 99_000}">',
        page("2026", "4", [{"title": 1}]),
        page("2026", "4", ["task"]),
        "<style>" + page("2026", "4"),
    ],
)
def test_a_page_without_results_is_passed_over(tmp_path: Path, text: str):
    lay(tmp_path, "other/sums.html", text)
    assert shown(tmp_path) is None
    lay(tmp_path, "sums.html", page("2026-01-05", "4 of 10 points"))
    assert shown(tmp_path)["total"] == "4 of 10 points"


def test_what_is_no_file_is_passed_over(tmp_path: Path):
    lay(tmp_path, "sums.html", page("2026-01-05", "4 of 10 points")).unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "labs" / LAB / "feedback" / "sums.html")
    assert shown(tmp_path) is None
