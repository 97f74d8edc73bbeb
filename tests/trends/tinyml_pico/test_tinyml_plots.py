"""The pictures show what they say, with axes named and an alternative text."""

import pytest

from catalogue import module_data
from labkit.trends.tinyml_pico import plots

samples = module_data("pictures", "11_tinyml_pico")


def test_the_headline_has_a_mark_for_each_network_at_its_cycles_and_mean_accuracy():
    marks = [
        one.get_offsets()[0].tolist()
        for one in samples.headline().axes[0].collections
        if len(one.get_offsets())
    ]
    assert marks[0] == pytest.approx([60_000, 0.82])
    assert marks[2] == pytest.approx([230_000, 0.875])


def test_a_mark_is_as_large_as_the_flash_that_the_network_takes():
    small, _, large = [one.get_sizes()[0] for one in samples.headline().axes[0].collections][:3]
    assert large == pytest.approx(2 * small)


def test_the_kernels_of_others_are_lines_with_their_names():
    axes = samples.headline().axes[0]
    lines = [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == "--"]
    assert lines == [820_000, 858_000]
    assert {"plain C", "CMSIS-NN"} <= {text.get_text() for text in axes.texts}


def test_ways_to_a_network_differ_by_mark_and_not_by_colour_alone():
    legend = samples.headline().axes[0].get_legend()
    marks = [line.get_marker() for line in legend.get_lines()]
    assert len(marks) == len(set(marks)) == 2


@pytest.mark.parametrize(("count", "step"), [(2, 127), (3, 127 / 3), (8, 1)])
def test_the_grid_of_fewer_bits_is_symmetric_and_spans_a_byte(count, step):
    assert plots.grid_step(count) == pytest.approx(step)


def test_the_axes_stay_where_they_are_when_the_bits_move():
    few, many = samples.bits(2), samples.bits(8)
    for one, other in zip(few.axes, many.axes, strict=True):
        assert one.get_xlim() == other.get_xlim() and one.get_ylim() == other.get_ylim()


def test_the_bars_add_up_to_the_cycles_of_each_kernel():
    axes = plots.cycles_by_kind(samples.SPENT).axes[0]
    assert {"11.0", "3.2"} <= {text.get_text() for text in axes.texts}
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(14.2)


def test_seeds_are_shown_from_the_worst_to_the_best():
    axes = samples.PLOTS["seeds"]().axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2", "0"]
    assert list(axes.lines[0].get_ydata()) == [0.85, 0.88, 0.89]


def test_the_strip_shows_only_verdicts_that_have_been_spoken():
    assert "1 of 2 windows right" in samples.live(4.0).alt
    assert "0 of 0 windows right" in samples.live(1.0).alt
    marks = {line.get_label(): list(line.get_xdata()) for line in samples.live(4.0).axes[1].lines}
    assert marks["chip: right"] == [2.56] and marks["chip: wrong"] == [3.84]
