"""The quantiser behind lab 11: each rule of the int8 specification, and what it costs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.tinyml_pico import quantiser
from labkit.trends.tinyml_pico import data, integer
from labkit.trends.tinyml_pico.network import accuracy, activations, float_network, logits
from labkit.trends.tinyml_pico.validate import validated

TAUGHT, TEST = data.part("train").signal, data.part("test")


def test_folding_the_batch_norm_changes_no_activation() -> None:
    network = float_network()
    folded = {**network, "layers": [quantiser.fold(layer) for layer in network["layers"]]}
    assert all("gamma" not in layer for layer in folded["layers"])
    for ours, theirs in zip(
        activations(folded, TEST.signal[:50]), activations(network, TEST.signal[:50]), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


@given(low=st.floats(-50, 50), high=st.floats(-50, 50))
def test_zero_is_a_whole_number_in_every_activation_scale(low: float, high: float) -> None:
    scale, zero_point = quantiser.activation_scale(min(low, high), max(low, high))
    assert scale > 0
    assert -128 <= zero_point <= 127
    assert scale == float(np.float32(scale))
    reach = (scale * (-128 - zero_point), scale * (127 - zero_point))
    assert reach[0] <= min(low, high, 0) + scale
    assert reach[1] >= max(low, high, 0) - scale


def test_a_range_above_zero_uses_the_whole_byte_from_zero() -> None:
    scale, zero_point = quantiser.activation_scale(0.0, 5.1)
    assert scale == pytest.approx(0.02)
    assert zero_point == -128


def test_a_range_without_values_still_gives_a_scale() -> None:
    assert quantiser.activation_scale(0.0, 0.0) == (1.0, -128)


@pytest.mark.parametrize(("bits", "largest"), [(8, 127), (7, 63), (4, 7)])
def test_each_channels_largest_weight_becomes_the_largest_whole_number(
    bits: int, largest: int
) -> None:
    layer = quantiser.fold(float_network()["layers"][1])
    quantised = quantiser.quantise_layer(layer, (0.1, -3), (0.2, -128), relu=True, bits=bits)
    reached = np.abs(quantised["weight"].astype(int)).max(axis=(1, 2))
    np.testing.assert_array_equal(reached, largest)
    error = np.abs(quantised["weight"] * quantised["weight_scale"][:, None, None] - layer["weight"])
    assert (error <= 0.5001 * quantised["weight_scale"][:, None, None]).all()


def test_a_channel_of_zeros_gets_a_scale_all_the_same() -> None:
    scales = quantiser.weight_scales(np.zeros((2, 3, 4)))
    assert (scales > 0).all()


@given(real=st.floats(1e-9, 8.0))
def test_a_multiplier_stands_for_its_real_number_to_thirty_bits(real: float) -> None:
    multiplier, shift = quantiser.quantise_multiplier(real)
    assert 2**30 <= multiplier < 2**31
    stored = Fraction(multiplier) * Fraction(2) ** (shift - 31)
    assert abs(stored - Fraction(real)) <= Fraction(real) / 2**30


@pytest.mark.parametrize(
    ("real", "parts"),
    [
        (0.0, (0, 0)),
        (0.5, (2**30, 0)),
        (1.0, (2**30, 1)),
        (1 - 2**-40, (2**30, 1)),
        (0.25, (2**30, -1)),
        (1e-30, (0, 0)),
    ],
)
def test_multipliers_at_the_edges_are_tflites(real: float, parts: tuple[int, int]) -> None:
    assert quantiser.quantise_multiplier(real) == parts


def test_halves_are_rounded_away_from_zero() -> None:
    np.testing.assert_array_equal(
        quantiser.round_away([0.5, 1.5, -0.5, -2.5, 0.49]), [1, 2, -1, -3, 0]
    )


def test_the_stored_int8_network_comes_from_the_stored_float_one() -> None:
    made, stored = quantiser.quantise(float_network(), TAUGHT), integer.int8_network()
    assert made["zero_point"] == stored["zero_point"]
    for ours, theirs in zip(made["layers"], stored["layers"], strict=True):
        for key in ("weight", "shift", "input_zero_point", "output_zero_point", "low", "stride"):
            np.testing.assert_array_equal(ours.get(key), theirs.get(key))
        # Another machine's BLAS may move a range, and with it a scale, by its last bit.
        for key in ("bias", "multiplier", "output_scale", "weight_scale"):
            if key in theirs:
                np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-5, atol=1)


@pytest.mark.parametrize("seed", range(8))
def test_int8_keeps_the_verdicts_and_the_accuracy_of_every_seed(seed: int) -> None:
    """Measured over the eight seeds: agreement .983 to .997, accuracy -.003 to +.007."""
    network = float_network(seed)
    whole = validated(quantiser.quantise(network, TAUGHT))
    real = logits(network, TEST.signal)
    answers = integer.run(whole, integer.quantise_input(whole, TEST.signal))
    assert accuracy(answers, real.argmax(axis=1)) >= 0.98
    assert accuracy(answers, TEST.exercise) >= accuracy(real, TEST.exercise) - 0.02


def test_seven_bits_cost_less_than_two_points_on_every_seed() -> None:
    """Measured over the eight seeds: mean -.001, at worst -.010 against 8 bits."""
    lost = []
    for seed in range(8):
        reached = []
        for bits in (8, 7):
            whole = quantiser.quantise(float_network(seed), TAUGHT, bits=bits)
            answers = integer.run(whole, integer.quantise_input(whole, TEST.signal))
            reached.append(accuracy(answers, TEST.exercise))
        lost.append(reached[0] - reached[1])
    assert max(lost) < 0.02
    assert abs(float(np.mean(lost))) < 0.006
