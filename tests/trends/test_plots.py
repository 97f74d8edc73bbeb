"""The pictures show what they say, with axes named and an alternative text."""

import numpy as np
import pytest

from catalogue import module_data
from labkit.pictures.palette import GREY
from labkit.trends.rl_supply_chain import plots

samples = module_data("pictures", "08_rl_supply_chain")


@pytest.mark.parametrize("sample", samples.PLOTS)
def test_every_plot_names_its_axes_with_units(sample):
    units = ("(seconds)", "(percent)", "(units)", "km")
    axes = samples.PLOTS[sample]().axes[0]
    for label in (axes.get_xlabel(), axes.get_ylabel()):
        assert any(unit in label for unit in units), label


def test_the_gap_plot_has_a_line_and_a_band_for_each_method():
    axes = plots.gap_curves(samples.curves()).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "back-propagation",
        "PPO",
    ]
    assert len(axes.collections) == 2
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_the_line_of_a_method_is_the_median_of_its_seeds():
    # All runs are scale / seconds, straight in log-log, so the middle seed's line is 2 / seconds.
    seconds, gaps = plots.gap_curves(samples.curves()).axes[0].lines[0].get_data()
    assert gaps == pytest.approx(2 / np.asarray(seconds))


def test_baselines_are_horizontals_with_their_figures():
    axes = plots.gap_curves(samples.curves()).axes[0]
    heights = [line.get_ydata()[0] for line in axes.lines if line.get_color() == GREY]
    assert heights == [11.6, 9.9, 1.47]
    assert "capped base-stock 1.47 %" in [text.get_text() for text in axes.texts]


def test_the_ordering_surface_has_a_dot_for_every_order_at_every_position():
    orders = samples.small_orders()
    dots = plots.ordering_surface(orders, 5, 4).axes[0].collections[0].get_offsets()
    expected = {
        (x + q, int(orders[x, q])) for x in range(orders.shape[0]) for q in range(orders.shape[1])
    }
    assert {(int(x), int(y)) for x, y in dots} == expected


def test_the_base_stock_line_has_slope_minus_one_down_to_its_level():
    axes = plots.ordering_surface(samples.small_orders(), 5, 4).axes[0]
    line = next(line for line in axes.lines if line.get_label() == "base-stock 5")
    assert np.interp([0, 2, 5, 7], *line.get_data()) == pytest.approx([5, 3, 0, 0])


def test_moving_the_level_does_not_move_the_axes():
    limits = [
        (plot.axes[0].get_xlim(), plot.axes[0].get_ylim())
        for plot in (plots.ordering_surface(samples.small_orders(), level, 4) for level in (2, 40))
    ]
    assert limits[0] == limits[1]


def test_the_truck_stands_at_its_stops_when_it_arrives_and_when_it_leaves():
    days, driven = samples.trips()
    trip = driven["nearest request"]
    stops = days.places[0, trip.order[0]]
    for times in (trip.arrive[0, :-1], trip.leave[0, 1:]):
        assert plots.truck_position(days, trip, 0, times) == pytest.approx(stops, abs=1e-3)


def test_a_map_in_the_morning_does_not_show_requests_still_to_come():
    days, driven = samples.trips()
    axes = plots.storm_day(days, driven, hour=0.0).axes[0]
    requests = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(requests) == (days.revealed[0] == 0).sum()


def test_the_day_asked_for_is_the_day_drawn():
    days, driven = samples.trips()
    finish = driven["nearest request"].finish[1]
    assert f"{finish:.2f} h" in plots.storm_day(days, driven, day=1).alt
