"""A hundred thousand calls of a learner's function in one test, beside stock nbgrader.

    python benchmarks/grading/bridge.py

A function that adds one, a function that adds up digits, and a method, whose calls cannot be made
ahead. Both graders mark the same notebook in the same run. The first figures are the seconds of
each test cell, which it prints; the last line is the whole of `nbgrader autograde`, start-up
included.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import nbformat
from cohorts import GUARDED, KERNEL, NAME, STOCK, cell, run

CALLS = 100_000
ANSWER = """\
def add(n):
    return n + 1

def digits(n):
    return sum(int(digit) for digit in str(n))

class Counter:
    def __init__(self):
        self.n = 0

    def up(self):
        self.n += 1
"""
REFERENCE = "def reference(n):\n    return sum(map(int, str(n)))\n"
TESTS = {
    "add, in a loop": f"for n in range({CALLS}):\n    assert add(n) == n + 1",
    "add, in all(...)": f"assert all(add(n) == n + 1 for n in range({CALLS}))",
    "digits, in a loop": f"{REFERENCE}for n in range({CALLS}):\n"
    "    assert digits(n) == reference(n)",
    "a method, in a loop": f"c = Counter()\nfor _ in range({CALLS}):\n    c.up()\n"
    f"assert c.n == {CALLS}",
}


def main() -> int:
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for who, config in (("stock", STOCK), ("labkit", GUARDED)):
            root = make(Path(folder, who), config)
            start = time.monotonic()
            run(root, "nbgrader", "autograde", NAME)
            found[who] = [*seconds(root), time.monotonic() - start]
    print(f"{CALLS:,} calls{'':14} {'stock s':>8} {'labkit s':>9} {'times':>6}")
    for name, stock, here in zip([*TESTS, "autograde"], *found.values(), strict=True):
        print(f"{name:26} {stock:8.3f} {here:9.3f} {here / stock:6.1f}")
    return 0


def make(root: Path, config: str) -> Path:
    """Make a course of one notebook, handed in by one learner who has it right."""
    solution = f"### BEGIN SOLUTION\n{ANSWER}### END SOLUTION"
    cells = [cell(solution, grade_id="answer", solution=True)]
    for number, test in enumerate(TESTS.values()):
        timed = (
            f"import time\nstart = time.perf_counter()\n{test}\nprint(time.perf_counter() - start)"
        )
        cells.append(cell(timed, grade_id=f"test{number}", grade=True, locked=True, points=1))
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    (root / "source" / NAME).mkdir(parents=True)
    nbformat.write(notebook, root / "source" / NAME / "work.ipynb")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    run(root, "nbgrader", "generate_assignment", NAME)
    folder = root / "submitted" / "ada" / NAME
    folder.mkdir(parents=True)
    notebook = nbformat.read(root / "release" / NAME / "work.ipynb", as_version=4)
    notebook.cells[0].source = ANSWER
    nbformat.write(notebook, folder / "work.ipynb")
    return root


def seconds(root: Path) -> list[float]:
    """What the tests printed: how long each of them took."""
    graded = nbformat.read(root / "autograded" / "ada" / NAME / "work.ipynb", as_version=4)
    tests = [part for part in graded.cells if part.metadata.nbgrader.grade]
    if any(output.output_type == "error" for test in tests for output in test.outputs):
        raise RuntimeError(f"a test failed: {tests}")
    return [float(test.outputs[0].text) for test in tests]


if __name__ == "__main__":
    sys.exit(main())
