"""The pictures show what they say, with axes named and an alternative text."""

import numpy as np
import pytest

from catalogue import module_data
from labkit.trends.neuro_symbolic_diagnosis import plots
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

samples = module_data("pictures", "07_neuro_symbolic_diagnosis")


def test_the_band_of_a_curve_goes_from_the_worst_seed_to_the_best():
    axes = plots.label_efficiency(samples.SIZES, samples.ARMS).axes[0]
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(70) and band[:, 1].max() == pytest.approx(86)
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([75, 81, 85])


def test_curves_differ_by_stroke_and_mark_and_not_by_colour_alone():
    lines = plots.label_efficiency(samples.SIZES, samples.ARMS).axes[0].lines
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert lines[0].get_marker() != lines[1].get_marker()


def test_a_score_on_one_side_of_a_threshold_is_counted_there():
    assert "benign 50 %, suspicious 17 %, highly suspicious 33 %" in samples.traced().alt


def test_the_trace_puts_the_parts_end_to_end():
    bars = samples.traced().axes[2].patches
    assert [bar.get_x() for bar in bars] == pytest.approx([0, 1.3, 1.7, 3.2])
    assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(4.7)


def test_the_axes_of_a_diagnosis_do_not_move():
    other = plots.diagnosis(
        draw_cases(1, seed=1).images[0], np.eye(90)[20], samples.POINTS[:2], "rule TDS-1, benign"
    )
    for before, after in zip(samples.traced().axes[1:], other.axes[1:], strict=True):
        assert before.get_xlim() == after.get_xlim()
    assert samples.traced().axes[1].get_ylim() == other.axes[1].get_ylim()


def test_a_later_diagnosis_leaves_an_earlier_one_as_it_was():
    earlier = samples.traced()
    before = earlier.png()
    plots.diagnosis(
        draw_cases(1, seed=1).images[0], np.eye(90)[20], samples.POINTS[:2], "rule TDS-2"
    )
    assert earlier.png() == before
