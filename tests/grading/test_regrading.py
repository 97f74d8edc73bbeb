"""What is graded again when something changed, and what is not drawn again when nothing did."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path
from typing import Any

import nbformat
import pytest

import labkit.checks
import small_course
from labkit.grading import drawn, engine, job, lab_parts
from labkit.grading.engine import Options, grade
from labkit.grading.pool import Pool, pool_here
from sample_notebooks import plain_job
from small_course import run_in_process

LAB, SLUG = "15_sums", "sums"
KEPT = f"{SLUG}/add/5"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose assignment is a lab with exams, beside another lab's."""
    root = tmp_path_factory.mktemp("regrading") / "template"
    config = small_course.CONFIG + 'c.ExecuteApart.exams = "grader"\n'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_course, "NAME", LAB)
        small_course.make_course(root, ["ada"], config)
    for name in ("__init__", "drawing", "sums/add", "other/add"):
        path = root / "grader" / "exams" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1", encoding="utf-8")
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy of the course, with the lab's judges installed."""
    judges = tmp_path / "checks"
    for slug in (SLUG, "other"):
        (judges / slug).mkdir(parents=True)
        (judges / slug / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(labkit.checks, "__path__", [*labkit.checks.__path__, str(judges)])
    return Path(shutil.copytree(template, tmp_path / "course"))


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The jobs that were run, in this process and without a sandbox."""
    seen: list[dict[str, Any]] = []

    def run(order: dict[str, Any]) -> dict[str, Any]:
        seen.append(order)
        new = {} if order["drawn"]["instances"] else {KEPT: "[7]"}
        return run_in_process(order) | {"drawn": new, "drawn_from": order["drawn"]["from"]}

    def pool(workers: int) -> Pool:
        return pool_here(run)

    monkeypatch.setattr(engine, "local_pool", pool)
    monkeypatch.setattr(engine.grading_job, "prepare", lambda modules: None)
    monkeypatch.setattr(drawn, "seed", lambda *_: 5)
    return seen


def state(course: Path) -> str:
    (outcome,) = grade(course, LAB, Options(feedback=False)).outcomes
    return outcome.state


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("course/grader/exams/other/add.py", "unchanged"),
        ("checks/other/__init__.py", "unchanged"),
        ("course/grader/exams/sums/add.py", "graded"),
        ("course/grader/exams/drawing.py", "graded"),
        ("checks/sums/__init__.py", "graded"),
    ],
)
def test_only_what_the_labs_own_marks_depend_on_grades_it_again(
    course: Path, jobs: list[dict[str, Any]], changed: str, expected: str
) -> None:
    assert state(course) == "graded"
    assert state(course) == "unchanged"
    (course.parent / changed).write_text("2", encoding="utf-8")
    assert state(course) == expected
    assert state(course) == "unchanged"


def test_another_version_of_the_grader_grades_again(
    course: Path, jobs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state(course) == "graded"
    monkeypatch.setattr(lab_parts.labkit, "__version__", "another")
    assert state(course) == "graded"


def test_a_job_carries_its_own_labs_exams_only(course: Path, jobs: list[dict[str, Any]]) -> None:
    state(course)
    assert sorted(jobs[0]["secret"]) == [
        "course.key",
        "exams/__init__.py",
        "exams/drawing.py",
        "exams/sums/add.py",
    ]


def test_what_was_drawn_is_kept_until_what_made_it_changes(
    course: Path, jobs: list[dict[str, Any]]
) -> None:
    state(course)
    (kept,) = (course / "drawn").rglob("*.json")
    assert kept.read_text(encoding="utf-8") == "[7]"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE((course / "drawn").stat().st_mode) == 0o700
    notes = course / "submitted" / "ada" / LAB / "notes.txt"
    notes.write_text("handed in again", encoding="utf-8")
    assert state(course) == "graded"
    assert [order["drawn"]["instances"] for order in jobs] == [{}, {}, {KEPT: "[7]"}, {KEPT: "[7]"}]
    (course / "grader" / "exams" / "sums" / "add.py").write_text("2", encoding="utf-8")
    assert state(course) == "graded"
    assert jobs[-2]["drawn"]["instances"] == {}
    assert kept not in set((course / "drawn").rglob("*.json"))


def test_a_broken_file_among_the_kept_is_drawn_anew(tmp_path: Path) -> None:
    drawn.keep(tmp_path, "d" * 64, {f"{SLUG}/add/5": "[7]", f"{SLUG}/add/6": "[8]"})
    for path in tmp_path.rglob("*.json"):
        path.write_text("[7", encoding="utf-8")
    assert drawn.load(tmp_path, LAB, "d" * 64, "ada", b"key") == {}


TOY = {
    "exams/__init__.py": b"",
    "exams/sums/__init__.py": b"",
    "exams/sums/add.py": b"def draw(rng):\n    return {'n': int(rng.integers(10**9))}",
    "course.key": b"ab" * 32,
}
CELLS = {
    "answer": "from labkit.exercise import instances\nimport os\n"
    "print(instances.kept, os.environ.get('LABKIT_EXAMS'))",
    "test": "from labkit.exercise.instances import instance\n"
    "from labkit.exercise.task import LabSpec, Task\n"
    "spec = LabSpec(15, 'sums', 1, (Task('add', 1, None, ()),))\n"
    "instance(spec, 'add')['n']",
}


def test_an_instance_is_drawn_once_and_never_seen_by_learner_code(need_sandbox: None) -> None:
    order = plain_job(CELLS) | {"secret": TOY, "preload": ["labkit.exercise.instances"]}
    order["environment"] |= {"LABKIT_LEARNER": "ada"}
    first = job.run(order | {"drawn": {"from": "d", "instances": {}}})
    ((name, text),) = first["drawn"].items()
    assert (first["drawn_from"], shown(first)["test"]) == ("d", str(json.loads(text)["n"]))
    again = job.run(order | {"drawn": {"from": "d", "instances": {name: '{"n": 3}'}}})
    assert shown(again) == {"answer": "{} None\n", "test": "3"}
    assert again["drawn"] == {}


def shown(result: dict[str, Any]) -> dict[str, str]:
    cells = nbformat.reads(result["notebook"].decode(), as_version=4).cells
    return {
        cell.metadata.nbgrader.grade_id: "".join(
            output["text"] if "text" in output else output["data"]["text/plain"]
            for output in cell.outputs
        )
        for cell in cells
    }
