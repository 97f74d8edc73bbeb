"""Every lesson runs, stays quiet and within its budget, shows its pictures, states true numbers.

A module brings ``tests/course/NN_slug.py``:

STATED
    Pairs of a phrase of the lesson and an expression of the lesson's own variables. The number of
    the phrase is the one in square brackets; the expression must give it, to its last digit.
HELD
    Claims in words, each with an expression of the lesson's own variables that must be true.
HELPERS
    Code that defines further names for these expressions, or nothing.
PICTURES
    How many pictures the lesson shows.
EXPLORERS
    How the calls begin that open its explorations, the first one that of the browser test.
"""

import json
import re

import nbclient
import nbformat
import pytest

from catalogue import AVAILABLE, ROOT, module_data

CPU_SECONDS, MEMORY = 30, 1e9
BUSY = 1.5
"""Times the CPU-seconds that a lesson may take beside others, who share its caches and cores: up to
1.35 times was measured (28.7 alone, 38.6 at a load of 10 on two cores)."""
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# CPU-seconds of an import, after NumPy's: a lesson's first cell does without, so that a learner who
# opens it need not wait. Each is imported in the cell that first uses it.
LATER = {
    "causalml": 1.8,
    "dowhy": 1.7,
    "mlflow": 1.5,
    "shap": 1.3,
    "skl2onnx": 1.3,
    "pydantic_ai": 0.9,
    "statsmodels": 0.8,
    "ltn": 0.8,
    "fairlearn": 0.8,
    "lightgbm": 0.8,
    "torch": 0.7,
    "sklearn": 0.7,
    "scipy.stats": 0.4,
    "pandera": 0.3,
    "matplotlib.figure": 0.2,
    "dask": 0.2,
    "pandas": 0.1,
    "optuna": 0.1,
    "scipy.special": 0.1,
    "networkx": 0.1,
    "ipywidgets": 0.1,
}
# Tells what a lesson's first cell has loaded.
OPENED = """
def _loaded():
    import json, sys
    print(json.dumps(sorted(sys.modules)))
_loaded()
"""
# All these cells keep to names that no lesson uses, but for what HELPERS defines.
BUDGET = """
def _peak():
    import resource, sys
    try:
        # What ru_maxrss says begins with the size of the process that started this one.
        with open("/proc/self/status") as status:
            return 1024 * int(next(line for line in status if line.startswith("VmHWM")).split()[1])
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def _budget():
    import json, os
    busy = hasattr(os, "getloadavg") and os.getloadavg()[0] > 1.5
    print(json.dumps({"cpu": sum(os.times()[:4]), "memory": _peak(), "busy": busy}))
_budget()
"""
# Notes each text that a picture's edge cuts off.
WATCH = """
def _watch():
    from matplotlib.text import Text
    draw, found = Text.draw, []
    def watched(self, renderer, *more):
        draw(self, renderer, *more)
        if self.get_visible() and self.get_text().strip():
            # A line is higher than its letters: three pixels beyond the edge are empty.
            box, whole = self.get_window_extent(renderer), self.get_figure(True).bbox.padded(3)
            if not (whole.contains(box.x0, box.y0) and whole.contains(box.x1, box.y1)):
                found.append(self.get_text())
    Text.draw = watched
    return found
_cut_off = _watch()
"""
PROBE = """
{helpers}
def _value_of(expression):
    try:
        return float(eval(expression))
    except Exception as error:
        return repr(error)
def _values():
    import json
    print(json.dumps([{{one: _value_of(one) for one in {expressions!r}}}, _cut_off]))
_values()
"""


class Lesson:
    """An executed lesson: its cells, its module's data, what it cost, and its numbers."""

    def __init__(self, name):
        self.data = module_data("course", name)
        self.notebook = nbformat.read(ROOT / "course" / name / "lesson.ipynb", as_version=4)
        expressions = [expression for _, expression in self.data.STATED]
        expressions += self.data.HELD.values()
        probe = PROBE.format(helpers=self.data.HELPERS, expressions=expressions)
        cells = self.notebook.cells
        opened = 1 + next(n for n, cell in enumerate(cells) if cell.cell_type == "code")
        cells.insert(opened, nbformat.v4.new_code_cell(OPENED + WATCH))
        cells += [nbformat.v4.new_code_cell(cell) for cell in (BUDGET, probe)]
        nbclient.NotebookClient(self.notebook, timeout=300, kernel_name="python3").execute()
        (self.numbers, self.cut_off), self.budget, self.loaded_first = (
            json.loads(cells.pop(place).outputs[0].text) for place in (-1, -1, opened)
        )

    @property
    def outputs(self):
        return [(cell, out) for cell in self.notebook.cells for out in cell.get("outputs", ())]

    @property
    def prose(self):
        cells = [cell.source for cell in self.notebook.cells if cell.cell_type == "markdown"]
        return re.sub(r"\s+", " ", " ".join(cells))


@pytest.fixture(scope="module", params=AVAILABLE)
def lesson(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABKIT_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.delenv("LABKIT_EXAMS", raising=False)
        return Lesson(request.param)


def test_the_lesson_runs_without_errors_and_without_warnings(lesson):
    loud = [
        out
        for _, out in lesson.outputs
        if out.output_type == "error" or out.get("name") == "stderr"
    ]
    assert loud == []


def test_the_lesson_stays_within_its_budget(lesson):
    assert lesson.budget["cpu"] <= CPU_SECONDS * (BUSY if lesson.budget["busy"] else 1)
    assert lesson.budget["memory"] <= MEMORY


def test_the_first_cell_of_code_imports_and_opens_the_lab(lesson):
    first = next(cell.source for cell in lesson.notebook.cells if cell.cell_type == "code")
    assert re.match(r"(import|from) ", first)
    assert "open_lab(" in first


def test_the_first_cell_keeps_nobody_waiting_for_a_library(lesson):
    assert "numpy" in lesson.loaded_first
    assert sorted(LATER.keys() & set(lesson.loaded_first)) == []


def test_no_picture_cuts_its_words_off(lesson):
    assert lesson.cut_off == []


def test_every_number_in_the_prose_is_the_number_that_was_computed(lesson):
    prose, wrong = lesson.prose, []
    assert lesson.data.STATED
    for phrase, expression in lesson.data.STATED:
        if phrase.replace("[", "").replace("]", "") not in prose:
            wrong.append((phrase, "is not in the lesson"))
            continue
        (stated,) = re.findall(r"\[(.*?)\]", phrase)
        found = in_the_form_of(stated, lesson.numbers[expression])
        if found != stated:
            wrong.append((phrase, found))
    assert wrong == []


def in_the_form_of(stated, number):
    """Write `number` with the decimals of `stated`, or in a word where that is one."""
    if isinstance(number, str):  # an error
        return number
    if stated in WORDS:
        return dict(enumerate(WORDS)).get(round(number), str(number))
    return f"{number:,.{len(stated.partition('.')[2])}f}"


def test_everything_that_the_prose_claims_holds(lesson):
    assert lesson.data.HELD
    found = {claim: lesson.numbers[expression] for claim, expression in lesson.data.HELD.items()}
    assert {claim: value for claim, value in found.items() if value != 1} == {}


def test_every_interactive_leaves_a_picture_where_no_kernel_runs(lesson):
    opened = re.findall(r"^widgets\.\w+\(", "\n".join(c.source for c in code(lesson)), re.M)
    assert sorted(opened) == sorted(lesson.data.EXPLORERS)
    for call in lesson.data.EXPLORERS:
        shown = [out.data for cell, out in lesson.outputs if call in cell.source]
        assert any("image/png" in data for data in shown)
        controls = [d for d in shown if "application/vnd.jupyter.widget-view+json" in d]
        assert any("live notebook" in data["text/plain"] for data in controls)


def code(lesson):
    return [cell for cell in lesson.notebook.cells if cell.cell_type == "code"]


def test_every_picture_carries_an_alternative_text(lesson):
    pictures = [out for _, out in lesson.outputs if "image/png" in out.get("data", {})]
    assert len(pictures) == lesson.data.PICTURES
    for picture in pictures:
        assert len(picture.metadata["image/png"]["alt"]) > 80


def test_three_questions_are_asked_and_explained(lesson):
    cards = [out.data["text/html"] for c, out in lesson.outputs if "lab.quiz(" in c.source]
    assert len(cards) == 3
    for card in cards:
        assert "Right. " in card


def test_the_reader_predicts_at_least_three_times(lesson):
    assert lesson.prose.count("**Predict.**") >= 3
