"""The pictures show what they say, with axes named and an alternative text."""

import io

import matplotlib.image
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from labkit.trends.neuro_symbolic_diagnosis import plots
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

SIZES = (25, 50, 100)
ARMS = {
    "findings": np.array([[0.7, 0.8], [0.8, 0.82], [0.84, 0.86]]),
    "regression": np.array([[0.6, 0.7], [0.7, 0.75], [0.8, 0.82]]),
}
POINTS = [("asymmetry 1", 1.3), ("border 4", 0.4), ("3 colours", 1.5), ("3 structures", 1.5)]
SPREAD = np.bincount([30, 40, 47, 48, 55, 70], minlength=90) / 6


def lesions():
    return plots.gallery(draw_cases(4, seed=0).images, ["one", "two", "three", "four"])


def reasons():
    answers = {"verdict": 0.83, "colours": 0.55}
    return plots.right_for_which_reason({"verdicts only": answers, "described": answers})


def silence():
    share = np.linspace(0.01, 1, 50)
    return plots.risk_of_answering(share, {"surest first": 0.2 * share, "by lot": 0 * share + 0.2})


def traced():
    image = draw_cases(1, seed=0).images[0]
    return plots.diagnosis(image, SPREAD, POINTS, "rule TDS-1, benign")


PLOTS = {
    "gallery": lesions,
    "label efficiency": lambda: plots.label_efficiency(SIZES, ARMS, 0.53),
    "reasons": reasons,
    "silence": silence,
    "distribution": lambda: plots.score_distribution(SPREAD),
    "diagnosis": traced,
}


@pytest.fixture(params=PLOTS)
def plot(request):
    return PLOTS[request.param]()


def test_every_plot_has_an_alternative_text_that_stands_alone(plot):
    assert len(plot.alt) > 40 and plot.alt.endswith(".")


def test_a_plot_shows_itself_once_as_a_picture_with_its_text(plot):
    shown, metadata = DisplayFormatter().format(plot)
    assert shown["text/plain"] == plot.alt
    assert metadata["image/png"]["alt"] == plot.alt
    assert "image/png" in shown and "text/html" not in shown


def test_a_picture_is_not_blank(plot):
    pixels = matplotlib.image.imread(io.BytesIO(plot.png()))[..., :3]
    assert 0.01 < (pixels.min(axis=2) < 0.9).mean() < 0.95


@pytest.mark.parametrize("name", [name for name in PLOTS if name != "gallery"])
def test_every_plot_names_its_axes_in_type_that_stays_readable_at_half_size(name):
    for axes in PLOTS[name]().axes:
        if axes.axison:
            assert axes.get_xlabel()
            assert axes.xaxis.label.get_size() >= 14
            assert all(text.get_size() >= 13 for text in axes.get_yticklabels())


def test_the_band_of_a_curve_goes_from_the_worst_seed_to_the_best():
    axes = plots.label_efficiency(SIZES, ARMS).axes[0]
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(70) and band[:, 1].max() == pytest.approx(86)
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([75, 81, 85])


def test_curves_differ_by_stroke_and_mark_and_not_by_colour_alone():
    lines = plots.label_efficiency(SIZES, ARMS).axes[0].lines
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert lines[0].get_marker() != lines[1].get_marker()


def test_a_score_on_one_side_of_a_threshold_is_counted_there():
    assert "benign 50%, suspicious 17%, highly suspicious 33%" in traced().alt


def test_the_trace_puts_the_parts_end_to_end():
    bars = traced().axes[2].patches
    assert [bar.get_x() for bar in bars] == pytest.approx([0, 1.3, 1.7, 3.2])
    assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(4.7)


def test_the_axes_of_a_diagnosis_do_not_move():
    other = plots.diagnosis(
        draw_cases(1, seed=1).images[0], np.eye(90)[20], POINTS[:2], "rule TDS-1, benign"
    )
    for before, after in zip(traced().axes[1:], other.axes[1:], strict=True):
        assert before.get_xlim() == after.get_xlim()
    assert traced().axes[1].get_ylim() == other.axes[1].get_ylim()


def test_a_later_diagnosis_leaves_an_earlier_one_as_it_was():
    earlier = traced()
    before = earlier.png()
    plots.diagnosis(draw_cases(1, seed=1).images[0], np.eye(90)[20], POINTS[:2], "rule TDS-2")
    assert earlier.png() == before
