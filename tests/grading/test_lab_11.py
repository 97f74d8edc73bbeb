"""The lab on TinyML, graded: C is compiled in the sandbox, images booted outside it.

Besides the synthetic cohort there are hostile learners, who solved the first task and whose C does
not compile, never ends, stops the chip or does not fit, or who forge the image altogether.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from lab_course import grade, lay, run, scores

LAB = "11_tinyml_pico"
NOTEBOOK = "tinyml_pico.ipynb"

DOT_ROWS = """#include "tinyml.h"
{before}
void dot_rows(const int8_t *x, const int8_t *weight, int taps, int rows, const int32_t *bias,
              int32_t *acc) {{
  {first}
  for (int r = 0; r < rows; r++) acc[r] = bias[r] + x[0] * weight[r * taps];
}}
"""
KERNEL = """
def kernel_image(network_int8):
    sources = codegen.generate(network_int8, "plain") | {{"kernel.c": '''{text}'''}}
    return build.firmware(sources)
"""
FORGED = """
class Bytes(bytes):
    def __eq__(self, other):
        return True


def kernel_image(network_int8):
    {how}
"""


def _c(before: str = "", first: str = "") -> str:
    return KERNEL.format(text=DOT_ROWS.format(before=before, first=first))


HOSTILE = {
    "no-semicolon": (_c(first="int a = 1"), "kernel.c:5"),
    "endless": (_c(before="static volatile int go;", first="while (!go) {}"), "endless loop"),
    "hard-fault": (_c(first="*(volatile int32_t *)0xF0000000 = taps;"), "Hard fault at kernel.c:5"),
    "too-large": (
        _c(before="static volatile char table[400000];", first="table[taps] = 1;"),
        "Out of RAM",
    ),
    "includes-secrets": (
        _c(before='#include "/etc/shadow"'),
        "kernel.c:2",
    ),
    "forged-bytes": (
        FORGED.format(how='return {"uf2": Bytes(b"UF2\\n" * 99999), "problem": None, "lines": 7}'),
        "UF2",
    ),
    "forged-object": (
        FORGED.format(
            how='return type("Image", (dict,), {"get": lambda *a: b""})(uf2=1, problem=2)'
        ),
        "should be the bytes",
    ),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, need_sandbox: None) -> Path:
    """A copy of the course's grading side, with the cohort and the hostile learners graded."""
    root = lay(tmp_path_factory.mktemp("course"), LAB)
    for learner, (source, _) in HOSTILE.items():
        _hand_in(root, learner, source)
    grade(root, LAB)
    run(root, "nbgrader", "generate_feedback", LAB)
    return root


def _hand_in(root: Path, learner: str, kernel: str) -> None:
    """Hand in the first task's solution and a hostile kernel; everything else untouched."""
    submitted = root / "grader" / "submitted"
    solved = nbformat.read(submitted / "sample-half" / LAB / NOTEBOOK, 4)
    empty = nbformat.read(submitted / "sample-none" / LAB / NOTEBOOK, 4)
    cells = {cell.id: cell for cell in empty.cells}
    cells["windows"].source = next(c.source for c in solved.cells if c.id == "windows")
    cells["kernel"].source = kernel
    folder = submitted / learner / LAB
    folder.mkdir(parents=True)
    nbformat.write(empty, folder / NOTEBOOK)


def test_work_is_worth_its_points_and_a_hostile_kernel_costs_its_own_task_alone(course: Path):
    # The essay's five points are given by hand; half the tasks are the first three.
    assert scores(course) == {
        "sample-all": 95.0,
        "sample-half": 40.0,
        "sample-none": 0.0,
        "sample-broken": 0.0,
    } | dict.fromkeys(HOSTILE, 10.0)


@pytest.mark.parametrize("learner", HOSTILE)
def test_a_hostile_kernel_is_told_what_is_wrong(course: Path, learner: str):
    page = course / "grader" / "feedback" / learner / LAB / "tinyml_pico.html"
    assert HOSTILE[learner][1] in page.read_text(encoding="utf-8")
