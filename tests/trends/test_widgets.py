"""The explorations answer their controls, and leave a picture where no kernel runs."""

import nbclient
import nbformat
import numpy as np
import pytest

from labkit.trends.rl_supply_chain import widgets
from labkit.trends.rl_supply_chain.world.routing import draw_days, nearest_request


@pytest.fixture
def tables(monkeypatch):
    """Small stand-ins for the optimal orders on file."""

    def orders(top, places):
        stock = sum(np.ogrid[tuple(slice(12) for _ in range(places))])
        return np.maximum(top - stock // 2, 0).astype(np.uint8)

    small = {
        f"{kind}_L{lead_time}_p{penalty}": value
        for lead_time in (1, 2)
        for penalty in (4, 19)
        for kind, value in (
            ("orders", orders(6 + lead_time, lead_time)),
            ("base_stock", np.array(10 * lead_time + penalty // 4)),
        )
    }
    monkeypatch.setattr(widgets, "_tables", lambda: small)


def test_the_sliders_offer_what_is_on_file(tables):
    controls = widgets.explore_base_stock().controls
    assert list(controls["lead_time"].options) == [1, 2]
    assert list(controls["penalty"].options) == [4, 19]


def test_the_exploration_opens_at_the_best_level(tables):
    assert widgets.explore_base_stock().controls["level"].value == 21


def test_the_picture_follows_every_slider(tables):
    explorer = widgets.explore_base_stock()
    seen = [explorer.picture.alt]
    for name, value in (("level", 14), ("penalty", 19), ("lead_time", 1)):
        explorer.controls[name].value = value
        seen.append(explorer.picture.alt)
    assert len(set(seen)) == 4


def test_a_storm_day_opens_in_the_evening_with_both_trucks_home():
    explorer = widgets.play_storm_day(draw_days(3, 0), nearest_request, day=2, name="twin")
    titles = [axes.get_title() for axes in explorer.picture.axes[:2]]
    assert titles[0].startswith("nearest request: home after")
    assert titles[1].startswith("twin: home after")


def test_the_slider_takes_a_storm_day_back_to_the_road():
    explorer = widgets.play_storm_day(draw_days(3, 0), nearest_request)
    explorer.controls["hour"].value = 1.0
    assert "on the road at 1.00 h" in explorer.picture.axes[0].get_title()


def test_the_play_button_moves_the_hour():
    explorer = widgets.play_storm_day(draw_days(3, 0), nearest_request)
    explorer.box.children[0].value = 13
    assert explorer.controls["hour"].value == pytest.approx(1.3)


def test_a_score_that_does_not_fit_is_refused_before_anything_is_drawn():
    with pytest.raises(ValueError, match="shape"):
        widgets.play_storm_day(draw_days(3, 0), lambda table: table)


def test_a_saved_notebook_keeps_the_picture_beside_the_controls():
    source = """
from labkit.trends.rl_supply_chain.widgets import play_storm_day
from labkit.trends.rl_supply_chain.world.routing import draw_days, nearest_request
explorer = play_storm_day(draw_days(1, 0), nearest_request)
explorer
"""
    move = "explorer.controls['hour'].value = 1.0"
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source), nbformat.v4.new_code_cell(move)]
    )
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    picture, controls = notebook.cells[0].outputs
    assert "image/png" in picture.data
    assert "application/vnd.jupyter.widget-view+json" in controls.data
    assert "live notebook" in controls.data["text/plain"]
    # The controls replaced the first picture in its place and drew no second one.
    assert "up to hour 1.00" in picture.data["text/plain"]
    assert notebook.cells[1].outputs == []
