"""The pictures show what they say, with axes named and an alternative text."""

import pytest

from catalogue import module_data
from labkit.trends.causal_uplift import data, plots

samples = module_data("pictures", "09_causal_uplift")


def test_the_forest_has_a_row_for_each_estimate_and_the_line_at_1794():
    axes = samples.headline().axes[0]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names[0] == "naive difference" and names[-1] == "the experiment itself"
    line = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert line.get_xdata()[0] == data.EXPERIMENT
    assert {"−8,498", "−7,238", "1,782", "1,794"} <= {text.get_text() for text in axes.texts}


def test_estimands_differ_by_mark_and_not_by_colour_alone():
    legend = samples.headline().axes[0].get_legend()
    marks = [line.get_marker() for line in legend.get_lines()][:3]
    assert len(set(marks)) == 3


def test_both_histograms_count_everybody():
    propensity, offer, _ = samples.customers()
    bars = plots.overlap(propensity, offer).axes[0].patches
    heights = [bar.get_data().values.sum() for bar in bars]
    assert heights == [offer.sum(), -(1 - offer).sum()]


def test_the_axes_of_the_drifting_estimators_do_not_move_and_far_ones_become_arrows():
    near, far = samples.drifting(6.0).axes[1], samples.drifting(80.0).axes[1]
    assert near.get_xlim() == far.get_xlim()
    assert [line.get_marker() for line in far.lines][2:] == [">", "o"]
    assert "80.0" in [text.get_text() for text in far.texts]


def test_the_graph_has_an_arrow_for_every_edge():
    axes = samples.graph().axes[0]
    arrows = [text for text in axes.texts if text.arrow_patch is not None]
    assert len(arrows) == len(samples.EDGES)
    assert "season\n(adjust)" in [text.get_text() for text in axes.texts]


def test_the_random_line_of_the_qini_plot_ends_where_the_curves_end():
    line = plots.qini_curves(samples.curves(), "customers kept").axes[0].lines[0]
    assert line.get_label() == "random order"
    assert line.get_ydata()[-1] == pytest.approx(40)


def test_the_best_point_of_each_profit_curve_is_marked():
    axes = plots.profit_curves(samples.curves()).axes[0]
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in points] == pytest.approx([0.7, 1.0])


def test_the_first_tenth_of_a_perfect_score_gains_and_the_last_loses():
    bars = samples.by_decile().axes[0].patches
    assert len(bars) == 10
    assert bars[0].get_height() > 0.1 and bars[-1].get_height() < -0.1
