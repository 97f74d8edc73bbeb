"""A notebook fares at grading as it did when it was rehearsed before it was handed in."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from labkit.desk.notebooks import MarkedCell, Work
from labkit.desk.rehearse import rehearse
from labkit.grading import job
from labkit.handed_in.notebook import parse_bytes
from sample_notebooks import plain_job

FILES = {
    "shipped.py": b"VALUE = 1\n",
    "colorsys.py": b"VALUE = 1\n",  # also the name of a module of Python's
    "program.py": b"from shipped import VALUE\nprint(VALUE)\n",
    "data/prices.csv": b"1,2,3\n",
}
WRITE = "%%writefile written.py\nVALUE = 2"
# An answer, and a test that passes where the answer found what it needs.
CASES = {
    "shipped": ("from shipped import VALUE as first", "assert first == 1"),
    "written": ("from written import VALUE as second", "assert second == 2"),
    "folder": ("prices = open('data/prices.csv').read()", "assert prices == '1,2,3\\n'"),
    "out": (
        "from pathlib import Path\nPath('out').mkdir()\nPath('out/a.txt').write_text('a')",
        "from pathlib import Path\nassert Path('out/a.txt').read_text() == 'a'",
    ),
    "shadow": ("import colorsys\nown = hasattr(colorsys, 'VALUE')", "assert not own"),
    "program": ("got = !python program.py\ngot = list(got)", "assert got == ['1']"),
    "arguments": (
        "import argparse, sys\nfirst_argument = sys.argv[1]\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('-n', default=3)\n"
        "known = parser.parse_known_args()[0].n",
        "assert first_argument == '-f' and known == 3",
    ),
    "strict": (
        "import argparse\ntry:\n    argparse.ArgumentParser().parse_args()\n    ended = False\n"
        "except SystemExit:\n    ended = True",
        "assert ended",
    ),
    "main": ("own = __name__, 'get_ipython' in globals()", "assert own == ('__main__', True)"),
    "inline": (
        "import matplotlib\nbackend = matplotlib.get_backend()",
        "assert 'inline' in backend.lower()",
    ),
    "shell": ("said = !echo 3\nsaid = list(said)", "assert said == ['3']"),
    "awaited": ("import asyncio\nslept = await asyncio.sleep(0, 5)", "assert slept == 5"),
    "asked": ("name = input('Your name? ')", "assert name"),
    "missing": ("import not_there\nfound = 1", "assert found == 1"),
    "absolute": (
        "from pathlib import Path\nfixed = Path('/nowhere/prices.csv').read_text()",
        "assert fixed",
    ),
    "share": ("half = 0.5", "half"),
}
FAIL = {"asked", "missing", "absolute"}


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, need_sandbox: None
) -> tuple[dict[str, float | None], dict[str, float]]:
    """The points of each test, out of one: in the rehearsal, and at grading."""
    cells = {"write": WRITE}
    for name, (answer, test) in CASES.items():
        cells |= {name: answer, f"test_{name}": test}
    order = plain_job(cells) | {"files": FILES, "trusted_files": ["data/prices.csv"]}
    tests = tuple(MarkedCell(name, "test", 1.0) for name in order["tests"])
    content = order["notebook"]
    path = tmp_path_factory.mktemp("rehearsed") / "work.ipynb"
    work = Work("01_sums", path, path.name, content, parse_bytes(content), tests, Path(), False)
    before = rehearse(work, {path.name: content, **FILES})
    graded = nbformat.reads(job.run(order)["notebook"].decode(), as_version=4)
    outputs = dict(zip(cells, (cell.outputs for cell in graded.cells), strict=True))
    return (
        {result.task: result.reached for result in before.tasks},
        {name: points(outputs[f"test_{name}"]) for name in CASES},
    )


def points(outputs: list[nbformat.NotebookNode]) -> float:
    """The points of a test as nbgrader counts them: an error, a number, or neither."""
    if any(output.output_type == "error" for output in outputs):
        return 0.0
    shown = [out.data["text/plain"] for out in outputs if out.output_type == "execute_result"]
    return float(shown[-1]) if shown else 1.0


@pytest.mark.parametrize("name", CASES)
def test_an_answer_has_the_points_that_its_rehearsal_promised(both, name: str) -> None:
    rehearsed, graded = both
    wanted = 0.5 if name == "share" else 0.0 if name in FAIL else 1.0
    assert (rehearsed[name], graded[name]) == (wanted, wanted)
