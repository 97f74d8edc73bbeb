"""What holds for every picture and every exploration of every module.

A module brings ``tests/pictures/NN_slug.py``: ``PLOTS`` maps the functions of its `plots` to
samples, ``EXPLORERS`` those of its `widgets` to how one is made and to a value for each control.
"""

import importlib
import inspect
import io
import re

import matplotlib.image
import nbclient
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.text import Text
from nbformat.v4 import new_code_cell, new_notebook

from catalogue import AVAILABLE, ROOT, module_data
from labkit.pictures.explorer import Explorer
from labkit.pictures.plot import Plot

SAMPLES = [
    pytest.param((name, plot), id=f"{name}-{plot}")
    for name in AVAILABLE
    for plot in module_data("pictures", name).PLOTS
]
EXPLORERS = [
    pytest.param((name, explorer), id=f"{name}-{explorer}")
    for name in AVAILABLE
    for explorer in module_data("pictures", name).EXPLORERS
]


@pytest.fixture(params=SAMPLES)
def plot(request):
    name, sample = request.param
    return module_data("pictures", name).PLOTS[sample]()


@pytest.fixture(params=EXPLORERS)
def explorer_and_moves(request):
    name, sample = request.param
    make, moves = module_data("pictures", name).EXPLORERS[sample]
    return make(), moves


def public_functions(name, room, returns):
    """Names of the functions of a trend's `plots` or `widgets` that return a Plot or Explorer."""
    module = importlib.import_module(f"labkit.trends.{name[3:]}.{room}")
    return {
        function
        for function, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__
        and not function.startswith("_")
        and inspect.get_annotations(value, eval_str=True).get("return") is returns
    }


@pytest.mark.parametrize("name", AVAILABLE)
def test_every_function_that_draws_has_a_sample(name):
    samples = module_data("pictures", name)
    assert {one.split()[0] for one in samples.PLOTS} == public_functions(name, "plots", Plot)
    assert set(samples.EXPLORERS) == public_functions(name, "widgets", Explorer)


def test_every_plot_has_an_alternative_text_that_stands_alone(plot):
    assert len(plot.alt) > 80 and plot.alt.endswith(".")


def test_a_plot_shows_itself_once_as_a_picture_with_its_text(plot):
    shown, metadata = DisplayFormatter().format(plot)
    assert shown["text/plain"] == plot.alt
    assert metadata["image/png"]["alt"] == plot.alt
    assert "image/png" in shown and "text/html" not in shown


def test_a_picture_is_not_blank_and_writes_percent_as_prose_does(plot):
    pixels = matplotlib.image.imread(io.BytesIO(plot.png()))[..., :3]
    assert 0.01 < (pixels.min(axis=2) < 0.9).mean() < 0.9
    words = [plot.alt, *(text.get_text() for text in plot.findobj(Text))]
    assert [one for one in words if re.search(r"\d%", one)] == []


def test_every_plot_names_its_axes_in_type_that_stays_readable_at_half_size(plot):
    for axes in plot.axes:
        if not axes.axison:
            continue
        # One below the other, the lowest names what all measure; a colour bar is named at its side.
        column = axes.get_shared_x_axes().get_siblings(axes)
        bar = hasattr(axes, "_colorbar") and axes.get_ylabel()
        assert bar or any(one.get_xlabel() for one in column)
        names = [axis.label for axis in (axes.xaxis, axes.yaxis) if axis.label.get_text()]
        assert all(name.get_size() >= 14 for name in names)
        assert all(text.get_size() >= 13 for text in axes.get_yticklabels())


def test_the_words_of_an_exploration_follow_each_of_its_controls(explorer_and_moves):
    explorer, moves = explorer_and_moves
    assert set(moves) == set(explorer.controls)
    seen = [explorer.picture.alt]
    for name, value in moves.items():
        explorer.controls[name].value = value
        seen.append(explorer.picture.alt)
    assert len(set(seen)) == len(seen)


OPEN = """
import sys
sys.path.insert(0, {tests!r})
from catalogue import module_data
make, moves = module_data("pictures", {name!r}).EXPLORERS[{explorer!r}]
explorer = make()
explorer
"""
MOVE = """
for name, value in moves.items():
    explorer.controls[name].value = value
"""


def test_a_saved_notebook_keeps_the_pictures_beside_the_controls():
    """All explorations in one kernel, which loads the libraries of all modules once."""
    explorers = [param.values[0] for param in EXPLORERS]
    cells = []
    for name, explorer in explorers:
        opening = OPEN.format(tests=str(ROOT / "tests"), name=name, explorer=explorer)
        cells += [new_code_cell(opening), new_code_cell(MOVE)]
    notebook = new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for (name, explorer), opened, moved in zip(
        explorers, notebook.cells[::2], notebook.cells[1::2], strict=True
    ):
        make, moves = module_data("pictures", name).EXPLORERS[explorer]
        here = make()
        for control, value in moves.items():
            here.controls[control].value = value
        picture, controls = opened.outputs
        assert "image/png" in picture.data
        assert "application/vnd.jupyter.widget-view+json" in controls.data
        assert "live notebook" in controls.data["text/plain"]
        # The controls replaced the first picture in its place and drew no second one.
        assert picture.data["text/plain"] == here.picture.alt
        assert moved.outputs == []
