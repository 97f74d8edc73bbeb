"""An exploration: sliders, the play button, and what stays in a saved notebook."""

import ipywidgets
import nbclient
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from labkit.pictures.explorer import Explorer, choice, decimal, play, whole
from labkit.pictures.plot import picture


def test_a_slider_waits_until_the_hand_lets_go_unless_told_otherwise():
    for slider in (whole("a", 1, 0, 2), decimal("b", 0.5, 0, 1, 0.1), choice("c", 1, [1, 4])):
        assert slider.continuous_update is False
    assert whole("a", 1, 0, 2, continuous_update=True).continuous_update is True


def test_a_sliders_label_is_shown_whole():
    for slider in (whole("a", 1, 0, 2), decimal("b", 0.5, 0, 1, 0.1), choice("c", 1, [1, 4])):
        assert slider.style.description_width == "initial"


def test_a_decimal_slider_shows_the_decimals_it_needs():
    assert decimal("hour", 6.4, 0.0, 6.4, 0.1).readout_format == ".1f"
    assert decimal("doubt", 0.2, 0.0, 1.0, 0.05).readout_format == ".2f"
    assert decimal("threshold", 4.75, 3.75, 5.35, 0.1).readout_format == ".2f"
    assert decimal("steps", 4.0, 0.0, 8.0, 1.0).readout_format == ".0f"


def test_a_slider_offers_its_range_both_ends_included():
    slider = whole("border", 4, 0, 8)
    assert (slider.description, slider.value, slider.min, slider.max) == ("border", 4, 0, 8)
    assert list(choice("width", "b", {"a": 1, "b": 2}).options) == ["a", "b"]


def test_names_are_chosen_from_a_list_that_shows_them_whole():
    given = choice("role", "Data scientist", ["Data scientist", "ML engineer"])
    assert isinstance(given, ipywidgets.Dropdown)
    assert given.style.description_width == "initial"


@pytest.mark.parametrize(("last", "step", "steps"), [(6.4, 0.1, 64), (59.9, 1.28, 47)])
def test_the_play_button_moves_its_slider_to_the_end_and_no_further(last, step, steps):
    slider = decimal("hour", last, 0.0, last, 0.1)
    label, button = play("play the day", slider, step, 250).children
    assert (label.value, button.max) == ("play the day", steps)
    button.value = 2
    assert slider.value == pytest.approx(2 * step)
    button.value = button.max
    assert slider.value == last


def test_the_picture_is_drawn_from_all_controls():
    seen = []

    def draw(**values):
        seen.append(values)
        return picture("x", "y", "Nothing is drawn.")[0]

    explorer = Explorer(draw, {"left": whole("left", 1, 0, 2), "right": whole("right", 2, 0, 2)})
    explorer.controls["right"].value = 0
    assert explorer.picture.alt == "Nothing is drawn."
    assert seen == [{"left": 1, "right": 0}]


def test_states_move_one_control_at_a_time_to_its_ends():
    def draw(left, right, last):
        return picture("x", "y", f"{left} {right} {last}")[0]

    controls = {
        "left": whole("left (m)", 1, 0, 2),
        "right": choice("right", 5, [5, 7]),
        "last": whole("last", 3, 0, 9),
    }
    states = Explorer(draw, controls).states()
    assert [state["words"] for state in states] == ["left (m): 0", "left (m): 2", "right: 7"]
    assert [state["alt"] for state in states] == ["0 5 3", "2 5 3", "1 7 3"]


def test_extra_widgets_stand_first_and_give_no_value():
    slider = whole("left", 1, 0, 2)
    button = play("play", slider, 1, 250)
    explorer = Explorer(lambda left: picture("x", "y", str(left))[0], {"left": slider}, (button,))
    assert explorer.box.children == (button, slider)
    assert explorer.picture.alt == "1"


SOURCE = """
from labkit.pictures.explorer import Explorer, whole
from labkit.pictures.plot import picture
def draw(at):
    return picture("x", "y", {words}.format(at))[0]
explorer = Explorer(draw, {{"at": whole("at", 1, 0, 9)}})
explorer
"""
MOVE = "explorer.controls['at'].value = 7"


def test_a_moved_control_replaces_the_picture_in_its_place():
    cells = [new_code_cell(SOURCE.format(words="'At {}.'")), new_code_cell(MOVE)]
    notebook = new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    shown, controls = notebook.cells[0].outputs
    assert shown.data["text/plain"] == "At 7."
    assert shown.metadata["image/png"]["alt"] == "At 7."
    assert controls.data["text/plain"].endswith("live notebook to move them.")
    assert notebook.cells[1].outputs == []


def test_an_exploration_without_alternative_text_is_refused():
    notebook = new_notebook(cells=[new_code_cell(SOURCE.format(words="''"))])
    client = nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3")
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="alternative text"):
        client.execute()
