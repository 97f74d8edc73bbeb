"""What a report, an export and a comparison cost on a graded course, and how that grows.

    python benchmarks/grading/report.py --learners 50 100 200 400

For each number of learners a course with four labs of eight tasks is laid as graded (marks and
notebooks are made up, nothing is run), then `labkit report`, the export for Canvas and `labkit
similar` are run in this process. Reading and writing are in the times, starting Python is not.
The answers are those of `labkit.authoring.learners`.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "cohort"))

from labkit.authoring.answer_texts import written_answers  # noqa: E402
from labkit.authoring.learners import answers_of_cohort, learners  # noqa: E402
from labkit.authoring.source import read_source  # noqa: E402
from labkit.cohort.gather import gather  # noqa: E402
from labkit.cohort.platforms import CanvasExport  # noqa: E402
from labkit.cohort.similar_page import write_findings  # noqa: E402
from labkit.cohort.similarity import base_of_lab, find  # noqa: E402
from labkit.cohort.write import write_report  # noqa: E402
from labkit.exercise.cards import outcome_card  # noqa: E402
from labkit.exercise.outcome import failed, passed  # noqa: E402
from made_course import CONFIG, digest  # noqa: E402

LABS = ("08_rl_supply_chain", "10_mlops", "12_edge_federated", "13_automl")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, nargs="+", default=[50, 100, 200, 400])
    options = parser.parse_args()
    print(f"{'learners':>8} {'report s':>9} {'export s':>9} {'similar s':>10} {'MB':>6}")
    for number in options.learners:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder, "course")
            lay(root, number)
            before = digest(root / "gradebook.db")
            seconds = [timed(step, root) for step in (make_report, export, compare)]
            assert digest(root / "gradebook.db") == before
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            report, table, similar = seconds
            print(
                f"{number:8} {report:9.2f} {table:9.2f} {similar:10.2f} {memory:6.0f}", flush=True
            )
    return 0


def timed(step, root: Path) -> float:
    begun = time.process_time()
    step(root)
    return time.process_time() - begun


def make_report(root: Path) -> None:
    write_report(gather(root), root / "report")


def export(root: Path) -> None:
    config = Config({"CanvasExport": {"to": str(root / "canvas.csv")}})
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "made up") as book:
        CanvasExport(config=config).export(book)


def compare(root: Path) -> None:
    cohort = gather(root)
    write_findings(cohort, find(root, cohort), root / "report")


def lay(root: Path, number: int) -> None:
    """Lay a course as it is after grading."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for part in ("labs", "tests"):
        (root / part).symlink_to(ROOT / part)
    cohort = learners(number, 1)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "made up") as book:
        for one in cohort:
            book.add_student(one.name)
        for lab in LABS:
            solved = read_source(ROOT / "labs" / lab / f"{lab.partition('_')[2]}.py")
            texts = written_answers(ROOT, lab, solved)
            made = answers_of_cohort(cohort, lab, texts, 1, base_of_lab(ROOT, lab).names)
            right = {one.name for found in texts.values() for one in found if one.right}
            book.add_assignment(lab)
            book.add_notebook("lab", lab)
            for task in texts:
                book.add_grade_cell(f"test_{task}", "lab", lab, max_score=10, cell_type="code")
            with book.db.no_autoflush:
                enter(book, root, lab, made, right)
            book.db.commit()


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
