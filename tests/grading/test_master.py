"""The master of a notebook: the gradebook's word on cells, the source's word on their order."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from labkit.code import class_names, import_statements, imported_modules
from labkit.errors import CourseError
from labkit.grading.master import Master, load
from labkit.grading.ownership import names_left_to_learners
from sample_notebooks import KERNEL, generate, lesson, marked


def read(db: str, source: Path | None) -> Master:
    with Gradebook(db) as gradebook:
        return load(gradebook, "ps1", "p1", source)


def test_cells_stand_in_the_source_order_with_the_gradebooks_text(db: str, tmp_path: Path):
    source = tmp_path / "p1.ipynb"
    generate(db, lesson(), source)
    changed = lesson()
    changed.cells.insert(2, changed.cells.pop())
    changed.cells[-2].source = "edited since the release"
    nbformat.write(changed, source)
    master = read(db, source)
    names = [cell.grade_id for cell in master.cells]
    assert names == ["task", "setup", "double", "test_double", "essay"]
    assert master.tests == {"test_double": "assert double(limit) == 6"}
    assert master.setup == {"setup": "limit = 3\nresults = []"}
    assert master.kernelspec == KERNEL


def test_without_a_source_the_gradebook_gives_the_order(db: str, tmp_path: Path):
    generate(db, lesson(), tmp_path / "p1.ipynb")
    master = read(db, None)
    names = [cell.grade_id for cell in master.cells]
    assert names == ["setup", "double", "test_double", "essay", "task"]
    assert master.imports == () and master.learner_names == frozenset()
    assert read(db, tmp_path / "gone.ipynb") == master


def test_a_source_that_lost_a_released_cell_gives_no_order(db: str, tmp_path: Path):
    source = tmp_path / "p1.ipynb"
    generate(db, lesson(), source)
    changed = lesson()
    changed.cells = [changed.cells[-1], *changed.cells[:4]]
    nbformat.write(changed, source)
    assert [cell.grade_id for cell in read(db, source).cells][0] == "setup"


def test_metadata_is_valid_and_agrees_with_the_checksum(db: str, tmp_path: Path):
    source = tmp_path / "p1.ipynb"
    generate(db, lesson(), source)
    for cell in read(db, source).cells:
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else None
        make = make or nbformat.v4.new_markdown_cell
        node = make(cell.source, metadata={"nbgrader": cell.metadata})
        MetadataValidator().validate_cell(node)
        assert compute_checksum(node) == cell.checksum


def test_what_learners_get_has_no_hidden_test_and_no_marking_scheme(db: str, tmp_path: Path):
    notebook = lesson()
    notebook.cells[
        4
    ].source = (
        "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(2) == 4\n### END HIDDEN TESTS"
    )
    generate(db, notebook, tmp_path / "p1.ipynb")
    test = {cell.grade_id: cell for cell in read(db, None).cells}["test_double"]
    assert "double(2)" in test.source
    assert test.released == "assert double(1) == 2"


def test_the_code_around_the_tasks_is_described(db: str, tmp_path: Path):
    source = tmp_path / "p1.ipynb"
    generate(db, lesson(), source)
    master = read(db, source)
    assert master.imports == ("import math", "from collections import Counter as Count")
    assert master.preload == ("math", "collections")
    assert master.learner_names == {"double", "results", "math", "Count"}


def test_an_unknown_notebook_is_the_instructors_trouble(db: str, tmp_path: Path):
    generate(db, lesson(), tmp_path / "p1.ipynb")
    with Gradebook(db) as gradebook, pytest.raises(CourseError, match="generate_assignment ps1"):
        load(gradebook, "ps1", "p2", None)


def test_a_broken_source_is_named(db: str, tmp_path: Path):
    source = tmp_path / "p1.ipynb"
    generate(db, lesson(), source)
    source.write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match=r"p1\.ipynb cannot be read"):
        read(db, source)


def test_points_of_a_task_are_kept(db: str, tmp_path: Path):
    notebook = lesson()
    notebook.cells.append(marked("late", "Draw.", kind="markdown", points=4, task=True))
    generate(db, notebook, tmp_path / "p1.ipynb")
    points = {cell.grade_id: cell.points for cell in read(db, None).cells}
    assert points["task"] == 1 and points["late"] == 4 and points["setup"] == 0


def test_imports_are_read_at_the_top_level_and_modules_everywhere():
    cells = [
        "%matplotlib inline\nimport numpy as np\nfrom . import near",
        "%%time\nimport json\n!ls\ndef f():\n    import os.path as p",
        "%%bash\nimport nothing",
        "def broken(:",
        "from __future__ import annotations\nimport numpy as np",
    ]
    assert import_statements(cells)[:3] == (
        "import numpy as np",
        "from . import near",
        "import json",
    )
    assert imported_modules(cells) == ("numpy", "json", "os.path")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("a = b = 1; c: int = 2; d += 1", "a b c d"),
        ("for i, (j, *k) in x: pass", "i j k"),
        ("with open(p) as f, g() as (h, i): pass", "f h i"),
        ("def f(x, *y):\n    z = 1\n    return x", "f"),
        ("def f():\n    global g\n    g = 1", "f g"),
        ("class A:\n    x = 1\n    def m(self):\n        self.y = 2", "A"),
        ("[i for i in x if (n := i)]", "n"),
        ("table['a'][0] = 1; thing.part.size = 2; del old[0]; del gone", "table thing old gone"),
        (
            "def f():\n    board[0] = 1\n    own = []\n    own.append(1)\n    board.flip()",
            "f board",
        ),
        ("model.fit(x, y); print(model.loss())", "model"),
        ("await model.fit(x)", "model"),
        ("value = stack.pop()", "value"),
        ("try:\n    a = 1\nexcept Exception as error:\n    pass", "a"),
        (
            "match x:\n    case [1, *rest]:\n        pass\n    case {'a': b}:\n        pass",
            "rest b",
        ),
        ("import torch\ntorch.manual_seed(1)\ntorch.backends.x = 1", "torch"),
        ("f = lambda x: x", "f"),
    ],
)
def test_names_that_an_answer_may_set(code: str, names: str):
    assert names_left_to_learners([code], [], []) == set(names.split())


def test_a_module_of_the_setup_stays_the_instructors():
    setup = "import torch\nimport numpy as np\nlab = open_lab()"
    answer = "import torch\ntorch.manual_seed(1)\nnp.random.default_rng = None"
    assert names_left_to_learners([answer], [], [setup]) == frozenset()
    assert names_left_to_learners(["import fake as np"], [], [setup]) == {"np"}


def test_a_call_in_an_example_leaves_its_object_to_the_instructor():
    assert names_left_to_learners([], ["lab.hint('sum')"], ["lab = open_lab()"]) == frozenset()


def test_classes_that_the_instructor_asks_for_are_known_by_name():
    cells = ["class Account:\n    class Inner:\n        pass", "def Factory():\n    pass", "%magic"]
    assert class_names(cells) == ("Account",)
