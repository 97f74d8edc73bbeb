"""The pictures show what they say, with axes named and an alternative text."""

import io
import json
from importlib.resources import files

import matplotlib.image
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from labkit.trends.causal_uplift import data, plots
from labkit.trends.causal_uplift.world.retention import draw_retention


def headline():
    report = json.loads((files(plots.__package__) / "figures" / "lalonde.json").read_text())
    return plots.forest(report["estimates"], data.EXPERIMENT, report["unit"], "experiment")


def customers(seed=0):
    drawn = draw_retention(2_000, seed, confounding=1.0)
    return drawn.truth["propensity"], drawn.observed["offer"], drawn


def curves():
    share = np.linspace(0, 1, 11)
    return {"uplift": (share, 100 * share * (1.4 - share)), "risk": (share, 40 * share)}


def by_decile():
    _, offer, drawn = customers()
    stayed = drawn.observed["stayed"]
    return plots.uplift_by_decile(drawn.truth["uplift"], offer, stayed, "probability of staying")


def drifting(naive=12.0):
    propensity, offer, _ = customers()
    estimates = {"naive difference": naive, "weighting": 5.2}
    return plots.drift(propensity, offer, estimates, 5.0, 4.6, 0.05)


EDGES = [("season", "budget"), ("season", "sales"), ("budget", "sales")]
PLACES = {"season": (1.0, 1.0), "budget": (0.0, 0.0), "sales": (2.0, 0.0)}


def graph():
    return plots.causal_graph(EDGES, PLACES, {"season": "adjust"})


PLOTS = {
    "forest": headline,
    "overlap": lambda: plots.overlap(*customers()[:2], trim=0.1),
    "balance": lambda: plots.balance(["age", "educ"], [-1.2, 0.4], [0.05, -0.02]),
    "drift": drifting,
    "graph": graph,
    "qini": lambda: plots.qini_curves(curves(), "customers kept"),
    "profit": lambda: plots.profit_curves(curves()),
    "deciles": by_decile,
}


@pytest.fixture(params=PLOTS)
def plot(request):
    return PLOTS[request.param]()


def test_every_plot_has_an_alternative_text_that_stands_alone(plot):
    assert len(plot.alt) > 60 and plot.alt.endswith(".")


def test_a_plot_shows_itself_once_as_a_picture_with_its_text(plot):
    shown, metadata = DisplayFormatter().format(plot)
    assert shown["text/plain"] == plot.alt
    assert metadata["image/png"]["alt"] == plot.alt
    assert "image/png" in shown and "text/html" not in shown


def test_a_picture_is_not_blank(plot):
    pixels = matplotlib.image.imread(io.BytesIO(plot.png()))[..., :3]
    assert 0.01 < (pixels.min(axis=2) < 0.9).mean() < 0.9


@pytest.mark.parametrize("name", [name for name in PLOTS if name != "graph"])
def test_every_plot_names_its_axes_in_type_that_stays_readable_at_half_size(name):
    plot = PLOTS[name]()
    for axes in plot.axes:
        assert axes.get_xlabel()
        assert axes.xaxis.label.get_size() >= 14
        assert all(text.get_size() >= 13 for text in axes.get_yticklabels())


def test_the_forest_has_a_row_for_each_estimate_and_the_line_at_1794():
    axes = headline().axes[0]
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names[0] == "naive difference" and names[-1] == "the experiment itself"
    line = next(line for line in axes.lines if line.get_linestyle() == "--")
    assert line.get_xdata()[0] == data.EXPERIMENT
    assert {"−8,498", "−7,238", "1,782", "1,794"} <= {text.get_text() for text in axes.texts}


def test_estimands_differ_by_mark_and_not_by_colour_alone():
    legend = headline().axes[0].get_legend()
    marks = [line.get_marker() for line in legend.get_lines()][:3]
    assert len(set(marks)) == 3


def test_both_histograms_count_everybody():
    propensity, offer, _ = customers()
    bars = plots.overlap(propensity, offer).axes[0].patches
    heights = [bar.get_data().values.sum() for bar in bars]
    assert heights == [offer.sum(), -(1 - offer).sum()]


def test_the_axes_of_the_drifting_estimators_do_not_move_and_far_ones_become_arrows():
    near, far = drifting(6.0).axes[1], drifting(80.0).axes[1]
    assert near.get_xlim() == far.get_xlim()
    assert [line.get_marker() for line in far.lines][2:] == [">", "o"]
    assert "80.0" in [text.get_text() for text in far.texts]


def test_the_graph_has_an_arrow_for_every_edge():
    axes = graph().axes[0]
    arrows = [text for text in axes.texts if text.arrow_patch is not None]
    assert len(arrows) == len(EDGES)
    assert "season\n(adjust)" in [text.get_text() for text in axes.texts]


def test_the_random_line_of_the_qini_plot_ends_where_the_curves_end():
    line = plots.qini_curves(curves(), "customers kept").axes[0].lines[0]
    assert line.get_label() == "random order"
    assert line.get_ydata()[-1] == pytest.approx(40)


def test_the_best_point_of_each_profit_curve_is_marked():
    axes = plots.profit_curves(curves()).axes[0]
    points = [line for line in axes.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in points] == pytest.approx([0.7, 1.0])


def test_the_first_tenth_of_a_perfect_score_gains_and_the_last_loses():
    bars = by_decile().axes[0].patches
    assert len(bars) == 10
    assert bars[0].get_height() > 0.1 and bars[-1].get_height() < -0.1
