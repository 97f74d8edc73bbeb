"""What a report and an export cost on a graded course, and how that grows.

    python benchmarks/grading/report.py --learners 50 100 200 400 --graded 7

A course with four labs of eight tasks is laid as graded for 50 made-up learners (marks and
notebooks are made up, nothing is run), and for more learners copied under other names. Then `labkit
report` and the export for Canvas are run, each in a process of its own: seconds of CPU with reading
and writing, without the start of Python; the process's peak of memory; and the report's
milliseconds a learner, which stay the same if it grows linearly. `similarity.py` beside this file
measures `labkit similar`.

With `--graded N` so many made-up learners are graded for real in a copy of this clone, lab by lab:
one, which also makes the lab's release, then another one alone, then the others, so that the
difference is what one more submission costs. The report's share is of grading, report and export
together.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import multiprocessing
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from nbgrader.api import Gradebook
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cohort"))

from processes import run  # noqa: E402

from labkit.authoring.answer_texts import written_answers  # noqa: E402
from labkit.authoring.learners import answers_of_cohort, learners  # noqa: E402
from labkit.authoring.source import read_source  # noqa: E402
from labkit.cohort.gather import gather  # noqa: E402
from labkit.cohort.platforms import CanvasExport  # noqa: E402
from labkit.cohort.write import write_report  # noqa: E402
from labkit.exercise.cards import outcome_card  # noqa: E402
from labkit.exercise.outcome import failed, passed  # noqa: E402
from made_course import CONFIG, digest  # noqa: E402

LAID = 50
# Tables of nbgrader's gradebook with something of a learner, and the columns that say whose it is.
OF_LEARNERS = {
    "student": ("id",),
    "submitted_assignment": ("id", "student_id"),
    "submitted_notebook": ("id", "assignment_id"),
    "grade": ("id", "notebook_id"),
    "comment": ("id", "notebook_id"),
}
LABS = ("08_rl_supply_chain", "10_mlops", "12_edge_federated", "13_automl")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--learners", type=int, nargs="+", default=[50, 100, 200, 400], help="fifties"
    )
    parser.add_argument("--graded", type=int, default=0, help="four or more; none if left out")
    parser.add_argument("--labs", nargs="+", default=LABS, help="that are graded for real")
    options = parser.parse_args()
    each = grade_some(options.labs, options.graded) * len(LABS) if options.graded else 0.0
    print("learners  share  ms each  report s  MB  export s  MB")
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder, "50")
        lay(first)
        for number in options.learners:
            root = Path(folder, f"{number} learners")
            shutil.copytree(first, root, symlinks=True)
            multiply(root, number // LAID)
            before = digest(root / "gradebook.db")
            (own, high), (table, wide) = apart(report, root), apart(export, root)
            assert digest(root / "gradebook.db") == before
            share = f"{100 * own / (own + table + number * each):.2f} %" if each else "-"
            figures = (f"{1000 * own / number:.2f}", f"{own:.2f}", f"{high:.0f}")
            print(f"{number}", share, *figures, f"{table:.2f}", f"{wide:.0f}", sep="  ", flush=True)
    return 0


def grade_some(labs: Sequence[str], number: int) -> float:
    """Grade made-up learners of each lab; return what one more submission costs, CPU-seconds."""
    slopes = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        left_out = shutil.ignore_patterns(".git", ".venv", "build", "workbook", "docs", "browser")
        shutil.copytree(ROOT, root, ignore=left_out, symlinks=True)
        made = ["--learners", str(number), "--labs", ",".join(labs)]
        children("sample-cohort", *made, root=root)
        for lab in labs:
            some = sorted(path.parent.name for path in root.glob(f"grader/submitted/*/{lab}"))
            children("grade", lab, "--only", some[0], "--workers", "1", root=root)
            one = children("grade", lab, "--only", some[1], "--workers", "1", root=root)
            others = children("grade", lab, "--workers", "1", root=root)
            slopes.append((others - one) / (len(some) - 3))
            print(f"{lab}: {one:.1f} s for one, {others:.1f} s for {len(some) - 2} others")
    return sum(slopes) / len(slopes)


def children(*words: str, root: Path) -> float:
    """Run a command of labkit; return the CPU-seconds of it and of all processes below it."""
    return run(root, "labkit.cli", *words).cpu


def apart(step: Callable[[Path], None], root: Path) -> tuple[float, float]:
    """Run a step in a process of its own; return CPU-seconds and its peak of memory in MB."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measured, step, root).result()


def measured(step: Callable[[Path], None], root: Path) -> tuple[float, float]:
    begun = time.process_time()
    step(root)
    seconds = time.process_time() - begun
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(root: Path) -> None:
    write_report(gather(root), root / "report")


def export(root: Path) -> None:
    config = Config({"CanvasExport": {"to": str(root / "canvas.csv")}})
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "made up") as book:
        with contextlib.redirect_stdout(io.StringIO()):
            CanvasExport(config=config).export(book)


def lay(root: Path) -> None:
    """Lay a course of LAID learners as it is after grading."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for part in ("labs", "tests"):
        (root / part).symlink_to(ROOT / part)
    cohort = learners(LAID, 1)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "made up") as book:
        for one in cohort:
            book.add_student(one.name)
        for lab in LABS:
            solved = read_source(ROOT / "labs" / lab / f"{lab.partition('_')[2]}.py")
            texts = written_answers(ROOT, lab, solved)
            made = answers_of_cohort(cohort, lab, texts, 1)
            right = {one.name for found in texts.values() for one in found if one.right}
            book.add_assignment(lab)
            book.add_notebook("lab", lab)
            for task in texts:
                book.add_grade_cell(f"test_{task}", "lab", lab, max_score=10, cell_type="code")
            with book.db.no_autoflush:
                enter(book, root, lab, made, right)
            book.db.commit()


def multiply(root: Path, times: int) -> None:
    """Add everybody again under other names, until each is there so many times."""
    with contextlib.closing(sqlite3.connect(root / "gradebook.db")) as book, book:
        for table, renamed in OF_LEARNERS.items():
            rows = book.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in rows.description]
            marks = ", ".join("?" * len(names))
            for row in rows.fetchall():
                for copy in range(1, times):
                    values = [
                        f"c{copy}-{value}" if name in renamed else value
                        for name, value in zip(names, row, strict=True)
                    ]
                    book.execute(f"INSERT INTO {table} VALUES ({marks})", values)
    for folder in list((root / "autograded").iterdir()):
        for copy in range(1, times):
            shutil.copytree(folder, folder.with_name(f"c{copy}-{folder.name}"))


def enter(book: Gradebook, root: Path, lab: str, made: dict, right: set[str]) -> None:
    for name, answers in made.items():
        if not answers:
            continue
        cells = []
        for grade in book.add_submission(lab, name).notebooks[0].grades:
            task = grade.name.removeprefix("test_")
            answer = answers.get(task)
            good = answer is not None and answer.name in right
            grade.auto_score, grade.needs_manual_grade = 10.0 * good, False
            outcome = passed("Right.") if good else failed("Not right.", on="1, 2, 3")
            cells += of_task(task, answer.source if answer else "...", outcome)
        path = root / "autograded" / name / lab / "lab.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")


def of_task(task: str, source: str, outcome) -> list[dict]:
    text = outcome_card(task, outcome, 10, "the exam").text
    shown = [{"output_type": "display_data", "data": {"text/plain": text}}]
    own = {"grade_id": task, "solution": True, "grade": False, "locked": False}
    test = {"grade_id": f"test_{task}", "solution": False, "grade": True, "locked": True}
    return [
        {"cell_type": "code", "source": text, "outputs": out, "metadata": {"nbgrader": marks}}
        for text, out, marks in ((source, [], own), (f'lab.check("{task}", x)', shown, test))
    ]


if __name__ == "__main__":
    sys.exit(main())
