"""Metadata, checksums, cells and kernelspec: change what the notebook says about itself."""

import copy
import json

from attacks.course import TOO_LATE
from attacks.submission import Submission, attack


@attack()
def raises_the_points_in_metadata(work: Submission) -> None:
    """Says that every cell is worth 1000 points."""
    for cell in work.notebook["cells"]:
        cell["metadata"].get("nbgrader", {}).update(points=1000, grade=True)


@attack()
def unlocks_and_empties_the_tests(work: Submission) -> None:
    """Marks test cells as unlocked solutions and empties them."""
    for cell in work.notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("grade"):
            mark.update(locked=False, solution=True)
            cell["source"] = "1.0"


@attack(earned=1)
def swaps_the_ids_of_tests(work: Submission) -> None:
    """Gives the test of an easy task the id of a hard one, and the reverse."""
    first = work.cell("test_tax")["metadata"]["nbgrader"]
    second = work.cell("test_account")["metadata"]["nbgrader"]
    first["grade_id"], second["grade_id"] = second["grade_id"], first["grade_id"]
    work.cell("test_account")["source"] = "pass"
    work.honest("tax")


@attack(earned=12, keeps=True)
def honest_with_a_duplicated_answer_cell(work: Submission) -> None:
    """Honest: an answer cell was copied and pasted, so its id stands in the notebook twice."""
    work.honest()
    twin = copy.deepcopy(work.cell("ranking"))
    work.notebook["cells"].insert(work.notebook["cells"].index(work.cell("ranking")), twin)


@attack()
def duplicated_test_cells(work: Submission) -> None:
    """Repeats the id of every test on an empty cell before and after it."""
    for name in work.tasks():
        test = work.cell(f"test_{name}")
        for _ in range(2):
            twin = copy.deepcopy(test) | {"source": "1.0"}
            work.notebook["cells"].insert(work.notebook["cells"].index(test), twin)


@attack(earned=12, keeps=True)
def honest_without_test_cells(work: Submission) -> None:
    """Honest answers, but all test cells and the set-up were deleted."""
    work.honest()
    work.notebook["cells"] = [
        cell
        for cell in work.notebook["cells"]
        if not cell["metadata"].get("nbgrader", {}).get("locked")
    ]


@attack()
def without_any_cell_of_the_assignment(work: Submission) -> None:
    """Hands in a notebook without one cell of the assignment, with a cell that prints points."""
    work.notebook["cells"] = [
        cell for cell in work.notebook["cells"] if "nbgrader" not in cell["metadata"]
    ]


@attack(earned=12, keeps=True)
def honest_in_reversed_order(work: Submission) -> None:
    """Honest answers, but the cells stand in reversed order."""
    work.honest()
    work.notebook["cells"].reverse()


@attack()
def tests_become_markdown(work: Submission) -> None:
    """Turns test cells into markdown and raw cells."""
    for number, name in enumerate(work.tasks()):
        cell = work.cell(f"test_{name}")
        cell["cell_type"] = ("markdown", "raw")[number % 2]
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


@attack()
def ships_outputs_and_checksums(work: Submission) -> None:
    """Hands in ready outputs of 1.0, wrong checksums and execution metadata for every test."""
    for cell in work.notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "data": {"text/plain": "1.0"},
                    "metadata": {},
                }
            ]
            cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove_cell"]
            cell["metadata"].get("nbgrader", {})["checksum"] = "0" * 32


@attack()
def tags_that_skip_execution(work: Submission) -> None:
    """Tags every test so that the executor skips it, which leaves no error."""
    for cell in work.notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "ignore", "no-execute"]


@attack()
def odd_schema_versions(work: Submission) -> None:
    """Claims old, future and absurd versions of nbgrader's metadata."""
    versions: list[object] = [0, 1, 2, 4, "3", None, [], 1e300]
    for number, cell in enumerate(work.notebook["cells"]):
        cell["metadata"].setdefault("nbgrader", {})["schema_version"] = versions[number % 8]


@attack()
def odd_types_in_metadata(work: Submission) -> None:
    """Puts lists, objects, infinities and empty texts where metadata has names and numbers."""
    odd: list[object] = [None, [], {}, "", -1, 1e999, "1e999", "../../x", "a" * 5000, True]
    for number, cell in enumerate(work.notebook["cells"]):
        mark = cell["metadata"].setdefault("nbgrader", {})
        mark["points"] = odd[number % 10]
        mark["grade_id"] = odd[(number + 3) % 10]
        mark["grade"] = mark["solution"] = mark["task"] = odd[(number + 5) % 10]


@attack()
def invents_graded_cells(work: Submission) -> None:
    """Adds graded cells and tasks of its own with many points."""
    for number in range(3):
        mark = {"schema_version": 3, "grade_id": f"bonus{number}", "points": 50, "grade": True}
        mark |= {"solution": number == 1, "locked": number == 0, "task": number == 2}
        work.insert("50.0", "tax", "code" if number < 2 else "markdown", nbgrader=mark)


@attack()
def names_a_kernel_of_its_own(work: Submission) -> None:
    """Asks for the kernels bash, evil and a path instead of Python."""
    work.notebook["metadata"]["kernelspec"] = {
        "name": "../../evil",
        "display_name": "bash",
        "language": "bash",
        "argv": ["sh", "-c", f"touch {work.place.course}/trophy-kernel"],
    }
    work.notebook["metadata"]["language_info"] = {"name": "bash", "file_extension": ".sh"}


@attack()
def ships_a_kernelspec_with_a_provisioner(work: Submission) -> None:
    """Hands in a kernelspec folder and metadata that name a command and a provisioner."""
    spec = """{"argv": ["sh", "-c", "touch @COURSE@/trophy-spec"], "display_name": "x",
    "language": "python", "metadata": {"kernel_provisioner": {"provisioner_name":
    "local-provisioner"}}}"""
    work.file("kernels/python3/kernel.json", spec)
    work.file("share/jupyter/kernels/python3/kernel.json", spec)
    work.notebook["metadata"]["kernelspec"] |= {
        "env": {"PYTHONSTARTUP": "x.py"},
        "metadata": {"kernel_provisioner": {"provisioner_name": "local-provisioner"}},
    }


@attack()
def second_notebook_of_another_name(work: Submission) -> None:
    """Hands in a second, solved notebook, and the assignment's under another case."""
    work.honest()
    for name in ("Attacked.ipynb", "other.ipynb", "attacked.ipynb.bak", ".attacked.ipynb"):
        work.file(name, json.dumps(work.notebook))
    work.file("attacked.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')


@attack()
def timestamp_of_another_age(work: Submission) -> None:
    """Hands in honest answers a month too late, with a timestamp that is in time."""
    work.honest()
    work.file("timestamp.txt", "2020-01-01 00:00:00 UTC")
    with (work.place.course / "receipts.csv").open("a", encoding="utf-8") as receipts:
        receipts.write("assignment,student,received,source\n")
        receipts.write(f"attacked,{work.student},{TOO_LATE},exchange\n")


@attack()
def malformed_timestamp(work: Submission) -> None:
    """Hands in a timestamp that is no time at all."""
    work.file("timestamp.txt", "\x00yesterday{{}}%n\n" * 1000)


@attack()
def edits_the_locked_cells(work: Submission) -> None:
    """Changes the text of the set-up and of all tests."""
    work.answer("setup", "import numpy as np\nrates = {'low': 0, 'high': 0}\n")
    for name in work.tasks():
        work.answer(f"test_{name}", "assert True\n1.0")


@attack()
def claims_attachments_and_widgets(work: Submission) -> None:
    """Stores attachments, widget state and HTML in every metadata field that a page shows."""
    active = "<script>document.title='owned'</script>"
    work.notebook["metadata"].update(
        title=active,
        authors=[{"name": active}],
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {"a": {"x": active}}}},
    )
    for cell in work.notebook["cells"]:
        cell["metadata"]["name"] = active
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {"a.svg": {"image/svg+xml": active}}
