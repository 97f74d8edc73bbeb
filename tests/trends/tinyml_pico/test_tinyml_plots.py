"""The pictures show what they say, with axes named and an alternative text."""

import io

import matplotlib.image
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from labkit.trends.tinyml_pico import plots
from labkit.trends.tinyml_pico.profiler import KINDS

NETWORKS = [
    {"name": "8, 12, 16", "how": "trained", "accuracy": [0.81, 0.83], "cycles": 60_000,
     "flash": 8_000},
    {"name": "8, 12, 16", "how": "pruned", "accuracy": [0.80, 0.84], "cycles": 60_000,
     "flash": 8_000},
    {"name": "16, 24, 32", "how": "trained", "accuracy": [0.86, 0.89], "cycles": 230_000,
     "flash": 16_000},
]  # fmt: skip
KERNELS = [{"name": "plain C", "cycles": 820_000}, {"name": "CMSIS-NN", "cycles": 858_000}]
SPENT = {
    "plain C": dict(zip(KINDS, (4.0, 1.0, 3.0, 3.0), strict=True)),
    "packed": dict(zip(KINDS, (0.9, 0.5, 1.5, 0.3), strict=True)),
}
VERDICTS = [(2.56, "row", "row"), (3.84, "press", "row"), (5.12, "row", "row")]


def headline():
    return plots.accuracy_against_cycles(NETWORKS, KERNELS)


def bits(chosen=4):
    weights = np.random.default_rng(0).integers(-127, 128, 500, dtype=np.int8)
    accuracy = {2: 0.3, 3: 0.7, 4: 0.88, 8: 0.89}
    return plots.bits_and_width(weights, chosen, accuracy, 0.9, "9.1 KB of flash")


def live(second=10.0):
    signal = np.sin(np.arange(250)[:, None] / 9 + np.arange(3))
    return plots.strip(signal, 25.0, VERDICTS, second, 2.56, ("row", "press"))


PLOTS = {
    "headline": headline,
    "bits": bits,
    "cycles": lambda: plots.cycles_by_kind(SPENT),
    "seeds": lambda: plots.seeds([(0.89, 0.90), (0.85, 0.845), (0.88, 0.88)]),
    "strip": live,
}


@pytest.fixture(params=PLOTS)
def plot(request):
    return PLOTS[request.param]()


def test_every_plot_has_an_alternative_text_that_stands_alone(plot):
    assert len(plot.alt) > 80 and plot.alt.endswith(".")


def test_a_plot_shows_itself_once_as_a_picture_with_its_text(plot):
    shown, metadata = DisplayFormatter().format(plot)
    assert shown["text/plain"] == plot.alt
    assert metadata["image/png"]["alt"] == plot.alt
    assert "image/png" in shown and "text/html" not in shown


def test_a_picture_is_not_blank(plot):
    pixels = matplotlib.image.imread(io.BytesIO(plot.png()))[..., :3]
    assert 0.01 < (pixels.min(axis=2) < 0.9).mean() < 0.9


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_names_its_axes_in_type_that_stays_readable_at_half_size(name):
    plot = PLOTS[name]()
    assert plot.axes[-1].get_xlabel()
    for axes in plot.axes:
        assert axes.get_xlabel() or axes.get_ylabel()
        assert axes.xaxis.label.get_size() >= 14
        assert all(text.get_size() >= 13 for text in axes.get_yticklabels())


def test_the_headline_has_a_mark_for_each_network_at_its_cycles_and_mean_accuracy():
    marks = [
        one.get_offsets()[0].tolist()
        for one in headline().axes[0].collections
        if len(one.get_offsets())
    ]
    assert marks[0] == pytest.approx([60_000, 0.82])
    assert marks[2] == pytest.approx([230_000, 0.875])


def test_a_mark_is_as_large_as_the_flash_that_the_network_takes():
    small, _, large = [one.get_sizes()[0] for one in headline().axes[0].collections][:3]
    assert large == pytest.approx(2 * small)


def test_the_kernels_of_others_are_lines_with_their_names():
    axes = headline().axes[0]
    lines = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert lines == [820_000, 858_000]
    assert {"plain C", "CMSIS-NN"} <= {text.get_text() for text in axes.texts}


def test_ways_to_a_network_differ_by_mark_and_not_by_colour_alone():
    legend = headline().axes[0].get_legend()
    marks = [line.get_marker() for line in legend.get_lines()]
    assert len(marks) == len(set(marks)) == 2


@pytest.mark.parametrize(("count", "step"), [(2, 127), (3, 127 / 3), (8, 1)])
def test_the_grid_of_fewer_bits_is_symmetric_and_spans_a_byte(count, step):
    assert plots.grid_step(count) == pytest.approx(step)


def test_the_axes_stay_where_they_are_when_the_bits_move():
    few, many = bits(2), bits(8)
    for one, other in zip(few.axes, many.axes, strict=True):
        assert one.get_xlim() == other.get_xlim() and one.get_ylim() == other.get_ylim()


def test_the_bars_add_up_to_the_cycles_of_each_kernel():
    axes = plots.cycles_by_kind(SPENT).axes[0]
    assert {"11.0", "3.2"} <= {text.get_text() for text in axes.texts}
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(14.2)


def test_seeds_are_shown_from_the_worst_to_the_best():
    axes = PLOTS["seeds"]().axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2", "0"]
    assert list(axes.lines[0].get_ydata()) == [0.85, 0.88, 0.89]


def test_the_strip_shows_only_verdicts_that_have_been_spoken():
    assert "1 of 2 windows right" in live(4.0).alt
    assert "0 of 0 windows right" in live(1.0).alt
    marks = {line.get_label(): list(line.get_xdata()) for line in live(4.0).axes[1].lines}
    assert marks["chip: right"] == [2.56] and marks["chip: wrong"] == [3.84]
