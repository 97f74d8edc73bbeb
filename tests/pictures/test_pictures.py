"""The room of pictures: what each part loads, a plot's manners, parts that many pictures draw."""

import subprocess
import sys

import nbclient
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from nbformat.v4 import new_code_cell, new_notebook

from labkit.pictures import palette
from labkit.pictures.plot import (
    Plot,
    label_levels,
    legend_above,
    legend_below,
    name_rows,
    picture,
    plain_log_ticks,
    white_rim,
    write,
)

HEAVY = ("matplotlib", "ipywidgets")


@pytest.mark.parametrize(
    ("part", "loaded"), [("palette", []), ("plot", ["matplotlib"]), ("explorer", ["ipywidgets"])]
)
def test_each_part_loads_only_what_it_needs(part, loaded):
    code = f"import sys, labkit.pictures.{part}; print([m for m in {HEAVY} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == str(loaded), answer.stderr


# --- plots --------------------------------------------------------------------------------------


@pytest.mark.parametrize("alt", ["", "  "])
def test_a_plot_without_alternative_text_refuses_to_show_itself_and_says_what_to_do(alt):
    plot, _ = picture("time (s)", "length (m)", alt)
    with pytest.raises(ValueError, match="Set `plot.alt`"):
        plot._repr_mimebundle_()


def test_in_a_notebook_the_refusal_stops_the_cell():
    source = "from labkit.pictures.plot import Plot\nPlot(2, 1)"
    notebook = new_notebook(cells=[new_code_cell(source)])
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3")
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="alternative text"):
        client.execute()
    assert not any("image/png" in out.get("data", {}) for out in notebook.cells[0].outputs)


def test_a_plot_shows_itself_once_although_pyplot_is_loaded():
    import matplotlib.pyplot  # noqa: F401

    plot, _ = picture("time (s)", "length (m)", "Nothing is drawn.")
    shown, metadata = DisplayFormatter().format(plot)
    assert set(shown) == {"image/png", "text/plain"}
    assert metadata == {"image/png": {"alt": "Nothing is drawn."}}


def test_a_picture_has_the_size_and_the_names_that_were_asked_for():
    plot, axes = picture("time (s)", "length (m)", width=4, height=2)
    assert plot.axes == [axes]
    assert (plot.get_size_inches() * plot.dpi).tolist() == [400, 200]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("time (s)", "length (m)")
    assert axes.xaxis.label.get_size() == palette.LABEL
    assert {text.get_size() for text in axes.get_xticklabels()} == {palette.TEXT}
    assert not axes.spines["top"].get_visible()
    assert axes.get_axisbelow() is True


def test_text_is_written_beside_its_place_in_readable_size():
    _, axes = picture("time (s)", "length (m)")
    write(axes, "the end", (1, 2), (5, -5), ha="right", path_effects=white_rim(3))
    (text,) = axes.texts
    assert text.get_text() == "the end" and text.xy == (1, 2) and text.get_position() == (5, -5)
    assert (text.get_size(), text.get_ha()) == (palette.TEXT, "right")
    assert len(text.get_path_effects()) == 1


def test_rows_are_named_from_the_top_down():
    _, axes = picture("length (m)", "")
    name_rows(axes, ["first", "second", "third"])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["first", "second", "third"]
    low, high = axes.get_ylim()
    assert low > 2 and high < 0


def test_legends_stand_outside_the_axes():
    for put, is_outside in (
        (lambda axes: legend_above(axes, 2), lambda legend, axes: legend.y0 >= axes.y1),
        (lambda axes: legend_below(axes, 2, 0.2), lambda legend, axes: legend.y1 <= axes.y0),
    ):
        plot, axes = picture("time (s)", "length (m)")
        for name in ("one", "other"):
            axes.plot([0, 1], label=name)
        put(axes)
        plot.draw_without_rendering()
        legend = axes.get_legend()
        assert is_outside(legend.get_window_extent(), axes.get_window_extent())


def test_the_names_of_close_levels_step_aside():
    _, axes = picture("time (s)", "gap (percent)")
    axes.set_yscale("log")
    label_levels(axes, {"low": 1.0, "high": 11.6, "next": 9.9}, "%")
    assert {text.get_text(): text.get_va() for text in axes.texts} == {
        "high 11.6 %": "bottom",
        "next 9.9 %": "top",
        "low 1 %": "center",
    }
    assert len({line.get_linestyle() for line in axes.lines}) == 3


def test_more_levels_than_strokes_are_refused():
    _, axes = picture("time (s)", "gap (percent)")
    with pytest.raises(ValueError, match="3 levels"):
        label_levels(axes, {str(level): level for level in (1, 2, 3, 4)}, "%")


def test_a_log_scale_has_plain_numbers_at_one_two_and_five():
    plot, axes = picture("time (s)", "cycles")
    axes.set(xscale="log", yscale="log", xlim=(0.15, 30), ylim=(1e5, 3e6))
    plain_log_ticks(axes.xaxis)
    plain_log_ticks(axes.yaxis, lambda value: f"{value / 1e6:g} M")
    plot.draw_without_rendering()
    shown = [
        [label.get_text() for label, place in zip(axis.get_ticklabels(), axis.get_ticklocs(),
         strict=True) if axis.get_view_interval()[0] <= place <= axis.get_view_interval()[1]]
        for axis in (axes.xaxis, axes.yaxis)
    ]  # fmt: skip
    assert shown[0] == ["0.2", "0.5", "1", "2", "5", "10", "20"]
    assert shown[1] == ["0.1 M", "0.2 M", "0.5 M", "1 M", "2 M"]


# --- colours ------------------------------------------------------------------------------------


def test_looks_and_fills_differ_in_more_than_colour():
    assert len(palette.looks("abc")) == 3
    for part in zip(*palette.LOOKS, strict=True):
        assert len(set(part)) == len(palette.LOOKS)
    for part in zip(*palette.FILLS, strict=True):
        assert len(set(part)) == len(palette.FILLS)


@pytest.mark.parametrize("give", [palette.looks, palette.fills])
def test_more_things_than_a_reader_can_tell_apart_are_refused(give):
    with pytest.raises(ValueError, match="7 things in one picture"):
        give(range(7))


def luminance(colour):
    """Relative luminance of WCAG 2.2, from 0 to 1."""
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_text_in_grey_has_the_contrast_on_white_that_wcag_asks_for():
    assert 1.05 / (luminance(palette.GREY) + 0.05) >= 4.5


def test_a_plot_can_be_made_without_a_layout():
    plot = Plot(4, 2, layout=None)
    plot.add_axes((0.1, 0.1, 0.8, 0.8))
    assert plot.get_layout_engine() is None
    assert plot.png().startswith(b"\x89PNG")
