"""The report counts what is there, names what misleads, and lets nothing that was typed act."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from labkit.cohort.gather import Cohort, GatherError, Lab, Learner, Result, Work
from labkit.cohort.page import learner_page, report_page
from labkit.cohort.report import learner_report, report
from labkit.cohort.tables import as_json, tables
from labkit.cohort.write import folder_name, write_report
from labkit.exercise.outcome import Status
from made_course import EVIL, LAB, LATER, TRAP


def row(rows: list[dict], **wanted: str) -> dict:
    (found,) = [one for one in rows if all(one[key] == value for key, value in wanted.items())]
    return found


def made_cohort(shares: np.ndarray, maximum: float = 10.0) -> Cohort:
    """A cohort with these shares of the points, shape (learners, tasks); NaN waits."""
    names = [f"task{place}" for place in range(shares.shape[1])]
    learners = tuple(Learner(f"l{place:03}") for place in range(len(shares)))
    works = {}
    for learner, line in zip(learners, shares, strict=True):
        results = {
            name: Result(None if np.isnan(share) else share * maximum, maximum, False,
                         Status.PASSED if share == 1 else Status.FAILED)
            for name, share in zip(names, line, strict=True)
        }  # fmt: skip
        works[learner.id, LAB] = Work(results)
    lab = Lab(LAB, "Sums", {name: name for name in names}, maximum * len(names))
    return Cohort("course", datetime(2026, 1, 1, tzinfo=UTC), learners, (lab,), works)


def test_a_lab_has_its_counts_and_its_points(cohort: Cohort):
    lab = row(report(cohort)["labs"], name=LAB)
    assert (lab["handed_in"], lab["learners"], lab["late"], lab["waiting"]) == (3, 4, 1, 0)
    assert lab["mean"] == pytest.approx((25 + 11 + 0) / 3)
    assert lab["histogram"] == [1, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert row(report(cohort)["labs"], name=LATER)["waiting"] == 2


def test_a_fault_of_the_check_is_counted_and_remarked_on(cohort: Cohort):
    task = row(report(cohort)["tasks"], lab=LATER, task="carry")
    assert task["faults"] == 1
    assert "fault of the check" in task["remarks"][0]
    assert row(report(cohort)["tasks"], lab=LAB, task="carry")["faults"] == 0


def test_a_misconception_is_told_with_its_words_and_how_many_hold_it(cohort: Cohort):
    carry, add = report(cohort)["misconceptions"]
    assert (carry["words"], carry["task"], carry["count"]) == (TRAP, "carry", 2)
    assert carry["share"] == pytest.approx(2 / 3)
    assert (add["task"], add["count"]) == ("add", 1)


def test_where_learners_stand_is_the_last_lab_that_they_handed_in(cohort: Cohort):
    stuck = report(cohort)["stuck"]
    assert [(one["lab"], one["task"], one["count"], one["of"]) for one in stuck] == [
        (LATER, "carry", 2, 2),
        (LAB, "carry", 1, 1),
    ]


def test_a_task_that_misleads_is_found_among_enough_learners_and_not_among_few():
    rng = np.random.default_rng(2)
    skill = rng.random((40, 1))
    shares = (rng.random((40, 5)) < skill).astype(float)
    shares[:, 0] = 1 - (rng.random(40) < skill[:, 0])
    task = report(made_cohort(shares))["tasks"][0]
    assert task["discrimination"] < 0
    assert "may mislead" in task["remarks"][0]
    few = report(made_cohort(shares[:12]))["tasks"][0]
    assert few["remarks"] == []
    assert all(not one["remarks"] for one in report(made_cohort(shares))["tasks"][1:])


def test_a_task_that_waits_for_some_is_left_out_of_the_reliability_and_keeps_its_own_figures():
    rng = np.random.default_rng(3)
    shares = rng.random((10, 4))
    whole = report(made_cohort(shares[:, :3]))["labs"][0]["reliability"]
    shares[4:, 3] = np.nan
    found = report(made_cohort(shares))
    assert found["labs"][0]["reliability"] == whole
    waits = found["tasks"][3]
    assert (waits["waiting"], waits["difficulty"]) == (6, pytest.approx(shares[:4, 3].mean()))
    rest = shares[:4, :3].sum(axis=1)
    assert waits["discrimination"] == pytest.approx(np.corrcoef(shares[:4, 3], rest)[0, 1])


@pytest.mark.parametrize("learners", [0, 1, 2])
def test_a_cohort_of_nobody_or_few_has_a_report(learners: int):
    data = report(made_cohort(np.ones((learners, 3))))
    assert len(data["labs"]) == bool(learners)
    report_page(data)
    json.loads(as_json(data))
    assert all(lab["reliability"]["alpha"] is None for lab in data["labs"])


def test_the_page_of_one_learner_has_nobody_else(cohort: Cohort, tmp_path: Path):
    write_report(cohort, tmp_path, "ada")
    folder = tmp_path / "learners" / "ada"
    assert sorted(path.name for path in folder.iterdir()) == [
        "marks.csv", "report.html", "report.json",
    ]  # fmt: skip
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "ada" in text.lower()
        assert not any(name in text for name in ("bob", "cyd", "dan", TRAP, "owned"))


def test_a_learner_who_is_not_there_is_said_to_be_so(cohort: Cohort):
    with pytest.raises(GatherError, match="no learner 'zoe'"):
        learner_report(cohort, "zoe")


def test_what_was_typed_stays_text_on_every_page(cohort: Cohort):
    evil_titles = dict.fromkeys(cohort.labs[0].tasks, f'"{EVIL}')
    hostile = replace(
        cohort,
        course=EVIL,
        learners=(*cohort.learners, Learner(f"x{EVIL}", EVIL, EVIL, EVIL)),
        labs=tuple(replace(lab, title=EVIL, tasks=evil_titles) for lab in cohort.labs),
    )
    for page in (report_page(report(hostile)), learner_page(learner_report(hostile, f"x{EVIL}"))):
        text = page.decode()
        assert "&lt;script&gt;document.title" in text
        assert text.count("<script>") == 1  # the page's own
        assert "<img" not in text


def test_tables_hold_no_formula_and_all_of_the_numbers(cohort: Cohort):
    found = tables(report(cohort))
    assert set(found) == {
        "learners.csv", "labs.csv", "tasks.csv", "misconceptions.csv", "stuck.csv", "marks.csv",
    }  # fmt: skip
    marks = list(csv.DictReader(io.StringIO(found["marks.csv"].decode())))
    assert len(marks) == 5 * 3
    evil = replace(cohort, learners=(Learner("=1+1", "@x"),))
    table = tables(report(evil))["learners.csv"].decode()
    assert '"\'=1+1"' in table and '"\'@x"' in table


def test_a_name_that_is_no_name_of_a_folder_leaves_the_folder_alone():
    assert folder_name("ada") == "ada"
    for name in ("..", "a/b", ".x", "a\0", "x" * 300):
        assert folder_name(name).isalnum() and len(folder_name(name)) == 16
