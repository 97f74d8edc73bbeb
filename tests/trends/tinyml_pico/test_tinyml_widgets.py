"""The sliders trade bits and width for accuracy."""

import re

import numpy as np
import pytest

from catalogue import module_data
from labkit.trends.tinyml_pico import cost, data, integer, network, widgets

samples = module_data("pictures", "11_tinyml_pico")

WIDTHS = {"narrow": "w4", "wide": "int8"}


@pytest.fixture(scope="module")
def explorer():
    return widgets.explore_bits(WIDTHS)


def figures(explorer, bits, width):
    """Accuracy in percent, kilobytes and milliseconds, read from the alternative text."""
    explorer.controls["bits"].value = bits
    explorer.controls["width"].value = width
    text = explorer.picture.alt
    accuracy = re.search(r"over the bits, ([\d.]+) % at", text)[1]
    return float(accuracy), *map(
        float, re.search(r"([\d.]+) KB of weights, ([\d.]+) ms", text).groups()
    )


def test_eight_bits_round_nothing():
    whole, windows = integer.int8_network("int8"), data.part("test")
    real = network.logits(widgets.with_fewer_bits(whole, 8), windows.signal)
    chip = integer.run(whole, integer.quantise_input(whole, windows.signal))
    assert network.accuracy(chip, real.argmax(axis=1)) > 0.98


@pytest.mark.parametrize("bits", [2, 3, 5])
def test_so_many_bits_leave_so_many_values(bits):
    whole = integer.int8_network("int8")
    rounded = widgets.with_fewer_bits(whole, bits)
    for before, after in zip(whole["layers"], rounded["layers"], strict=True):
        if "weight" in before:
            rows = after["weight"].reshape(len(after["weight"]), -1)
            assert max(len(np.unique(row)) for row in rows) <= 2**bits - 1


def test_few_bits_break_the_network_and_cost_no_time(explorer):
    accuracy, kilobytes, milliseconds = zip(
        *(figures(explorer, bits, "wide") for bits in (2, 4, 8)), strict=True
    )
    assert accuracy[0] < 50 and accuracy[1] > 85 and accuracy[2] > 87
    assert kilobytes[0] < kilobytes[1] < kilobytes[2]
    assert len(set(milliseconds)) == 1


def test_a_narrow_network_is_faster_and_less_accurate(explorer):
    narrow, wide = figures(explorer, 8, "narrow"), figures(explorer, 8, "wide")
    assert narrow[0] < wide[0] - 5 and narrow[2] < wide[2] / 3


def test_milliseconds_are_those_of_the_chip_at_its_clock(explorer):
    expected = 1000 * cost.cycles(integer.int8_network("int8")) / 125e6
    assert figures(explorer, 8, "wide")[2] == pytest.approx(expected, abs=0.006)


def test_the_strip_begins_with_everything_shown():
    assert "2 of 4 windows right" in samples.watching().picture.alt


def test_play_moves_on_by_one_verdict():
    explorer = samples.watching()
    play = explorer.box.children[0].children[1]
    play.value = 2
    assert explorer.controls["second"].value == pytest.approx(2.56)
    assert "1 of 1 windows right" in explorer.picture.alt
    play.value = play.max
    assert explorer.controls["second"].value == explorer.controls["second"].max
