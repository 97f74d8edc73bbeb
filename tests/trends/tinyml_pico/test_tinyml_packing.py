"""Packed streams: what they hold, and which layers are refused because they would not be exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labkit.trends.tinyml_pico import integer
from labkit.trends.tinyml_pico.packing import CannotPack, pack_layer


def layer(**changes: Any) -> dict[str, Any]:
    """Two rows of four taps, with one thing changed."""
    good = {
        "kind": "dense",
        "weight": np.array([[1, 2, 3, 4], [-1, -2, -3, -4]], np.int8),
        "bias": np.array([10, 20], np.int32),
        "multiplier": np.array([1 << 30, (1 << 31) - 1], np.int32),
        "shift": np.array([-1, -5], np.int32),
        "input_zero_point": 0,
        "output_zero_point": 3,
        "low": -128,
        "high": 127,
    }
    return good | changes


def test_a_word_holds_two_weights_the_first_above_the_second() -> None:
    packed = pack_layer(layer())
    assert (packed["words"], packed["pairs"]) == (2, 1)
    first, second = 2 + 1 * 65536, 4 + 3 * 65536
    assert packed["stream"][:6].tolist() == [10, 20, first, -first, second, -second]


def test_seven_bit_streams_keep_the_words_of_a_row_together() -> None:
    packed = pack_layer(layer(), seven_bit=True)
    first, second = 2 + 1 * 65536, 4 + 3 * 65536
    assert packed["stream"][2:6].tolist() == [first, second, -first, -second]


def test_the_three_parts_make_up_the_multiplier() -> None:
    for low, middle, high in pack_layer(layer())["stream"][6:].reshape(2, 5)[:, :3].tolist():
        assert -1024 <= low < 1024
        assert 0 <= middle < 1024
        assert low + (middle << 11) + (high << 21) in ((1 << 30), (1 << 31) - 1)


def test_odd_rows_and_taps_are_filled_with_nothing() -> None:
    odd = layer(weight=np.ones((1, 5), np.int8), bias=np.array([1], np.int32))
    odd |= {"multiplier": odd["multiplier"][:1], "shift": odd["shift"][:1]}
    packed = pack_layer(odd)
    assert (packed["words"], packed["pairs"]) == (4, 1)
    weights = packed["stream"][2:10].reshape(4, 2)
    assert weights[:, 1].tolist() == [0, 0, 0, 0]
    assert weights[2:, 0].tolist() == [65536, 0]


def test_the_zero_point_of_the_input_goes_into_the_bias() -> None:
    assert pack_layer(layer(input_zero_point=7))["stream"][:2].tolist() == [-60, 90]


def test_every_layer_of_the_ready_network_can_be_packed() -> None:
    for row in integer.int8_network()["layers"]:
        if row["kind"] != "pool":
            assert len(pack_layer(row)["stream"]) > 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weight": np.full((2, 4), -128, np.int8)}, "2 neighbouring weights add up to 256"),
        ({"bias": np.array([1 << 21, 0], np.int32)}, "An accumulator may reach 2098432"),
        ({"low": 0}, r"clamps to 0\.\.127"),
        ({"shift": np.array([0, -1], np.int32)}, "Shifts of -1 to 0"),
    ],
)
def test_a_layer_that_would_not_be_exact_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CannotPack, match=words):
        pack_layer(layer(**changes))


def test_eight_bit_weights_are_too_large_for_the_seven_bit_kernel() -> None:
    wide = layer(weight=np.full((2, 4), 64, np.int8))
    assert pack_layer(wide)["words"] == 2
    with pytest.raises(CannotPack, match="4 neighbouring weights add up to 256"):
        pack_layer(wide, seven_bit=True)
