"""Lays a report's files into a folder, each whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

from labkit.cohort.gather import Cohort
from labkit.cohort.page import learner_page, report_page
from labkit.cohort.report import learner_report, report
from labkit.cohort.tables import as_json, tables
from labkit.files import write_atomically
from labkit.grading.receipts import is_plain_name


def write_report(cohort: Cohort, folder: Path, learner: str = "") -> list[Path]:
    """Write page, tables and JSON of a cohort, or of one learner; return what was written.

    Raises:
        GatherError: there is no such learner.
        WriteError: a file cannot be written.
    """
    if learner:
        data = learner_report(cohort, learner)
        folder = folder / "learners" / folder_name(learner)
        page = learner_page(data)
    else:
        data = report(cohort)
        page = report_page(data)
    files = {"report.html": page, "report.json": as_json(data), **tables(data)}
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]


def folder_name(learner: str) -> str:
    """Return a learner's name as that of a folder; for a name that can be none, a digest."""
    if is_plain_name(learner) and len(learner.encode()) <= 200:
        return learner
    return hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:16]
