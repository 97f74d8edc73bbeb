"""The explorations answer their controls."""

import numpy as np
import pytest

from labkit.trends.rl_supply_chain import baselines, metrics, widgets
from labkit.trends.rl_supply_chain.world.routing import draw_days, nearest_request


def test_the_sliders_offer_what_is_on_file():
    controls = widgets.explore_base_stock().controls
    assert list(controls["lead_time"].options) == [1, 2, 3, 4]
    assert list(controls["penalty"].options) == [4, 9, 19, 39]


def test_the_exploration_opens_at_the_best_level_with_its_published_gap():
    explorer = widgets.explore_base_stock()
    assert {name: control.value for name, control in explorer.controls.items()} == {
        "lead_time": 4,
        "penalty": 4,
        "level": 25,
    }
    title = "Best level 25: 5.20 € a week, 9.9 % above the best rule"
    assert explorer.picture.axes[0].get_title() == title


def test_the_title_tells_what_the_chosen_level_costs():
    explorer = widgets.explore_base_stock()
    explorer.controls["level"].value = 20
    shelf = (4, {"distribution": "poisson", "mean": 5.0}, 1.0, 4.0)
    orders = baselines.base_stock(metrics.all_states(*shelf), 20)
    cost = metrics.lost_sales_cost(np.minimum(orders, metrics.max_order(*shelf)), *shelf)
    assert explorer.picture.axes[0].get_title().startswith(f"Level 20: {cost:.2f} € a week; best")


def test_every_pair_of_lead_time_and_penalty_can_be_drawn():
    explorer = widgets.explore_base_stock()
    for lead_time in explorer.controls["lead_time"].options:
        for penalty in explorer.controls["penalty"].options:
            explorer.controls["lead_time"].value = lead_time
            explorer.controls["penalty"].value = penalty
            assert explorer.picture.axes[0].collections


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
    explorer.box.children[0].children[1].value = 13
    assert explorer.controls["hour"].value == pytest.approx(1.3)


def test_a_score_that_does_not_fit_is_refused_before_anything_is_drawn():
    with pytest.raises(ValueError, match="shape"):
        widgets.play_storm_day(draw_days(3, 0), lambda table: table)
