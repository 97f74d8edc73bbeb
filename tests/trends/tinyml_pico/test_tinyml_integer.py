"""The integer reference against TFLite's own words, written out in Python's exact integers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.trends.tinyml_pico import data, integer
from labkit.trends.tinyml_pico.network import accuracy, float_network, logits
from labkit.trends.tinyml_pico.random_networks import random_network, random_windows

TEST = data.part("test")


def tflite_requantise(accumulator: int, multiplier: int, shift: int) -> int:
    """`MultiplyByQuantizedMultiplier` as TFLite's common.h and gemmlowp's fixedpoint.h state it."""
    product = accumulator * 2 ** max(shift, 0) * multiplier
    nudge = 2**30 if product >= 0 else 1 - 2**30
    high = int(Fraction(product + nudge, 2**31))  # C's division cuts toward zero
    exponent = max(-shift, 0)
    remainder = high & (2**exponent - 1)
    threshold = ((2**exponent - 1) >> 1) + (1 if high < 0 else 0)
    return (high >> exponent) + (1 if remainder > threshold else 0)


@given(
    accumulator=st.integers(-(2**31), 2**31 - 1),
    multiplier=st.just(0) | st.integers(2**30, 2**31 - 1),
    shift=st.integers(-31, 0),
)
def test_requantisation_is_tflites_for_every_accumulator(
    accumulator: int, multiplier: int, shift: int
) -> None:
    ours = integer.requantise(accumulator, multiplier, shift)
    assert int(ours) == tflite_requantise(accumulator, multiplier, shift)


@given(accumulator=st.integers(-1000, 1000), shift=st.integers(-4, 8))
def test_ties_are_rounded_as_tflite_rounds_them(accumulator: int, shift: int) -> None:
    """A multiplier of a half makes every odd accumulator a tie."""
    ours = integer.requantise(accumulator, 2**30, shift)
    assert int(ours) == tflite_requantise(accumulator, 2**30, shift)


@given(accumulator=st.integers(-(2**24), 2**24), shift=st.integers(-12, 0))
def test_the_result_is_within_one_step_of_the_real_product(accumulator: int, shift: int) -> None:
    multiplier = 1_518_500_250
    real = Fraction(accumulator * multiplier, 2 ** (31 - shift))
    assert abs(int(integer.requantise(accumulator, multiplier, shift)) - real) <= 1


def test_one_channel_is_computed_by_hand() -> None:
    layer = {
        "kind": "conv",
        "weight": np.array([[[1, 2], [3, -4]]], np.int8),
        "bias": np.array([100], np.int32),
        "multiplier": np.array([2**30], np.int32),
        "shift": np.array([-1], np.int32),
        "input_zero_point": -5,
        "output_zero_point": 3,
        "low": -10,
        "high": 127,
        "stride": 1,
        "padding": 1,
    }
    signal = np.array([[[0, -5], [10, 20]]], np.int8)
    # 100 + [0, 0, 5, 0] = 115; 100 + [5, 0, 15, 25] = 50; 100 + [15, 25, 0, 0] = 165
    np.testing.assert_array_equal(integer.accumulate(layer, signal)[0, :, 0], [115, 50, 165])
    # a quarter, rounded twice: 115 -> 57.5 -> 58 -> 29; 50 -> 25 -> 12.5 -> 13; 165 -> 83 -> 42
    np.testing.assert_array_equal(integer.apply(layer, signal)[0, :, 0], [32, 16, 45])


def test_a_dense_layer_is_a_convolution_of_one_step() -> None:
    rng = np.random.default_rng(0)
    dense = random_network(rng)["layers"][-1]
    conv = {**dense, "kind": "conv", "weight": dense["weight"][:, None], "stride": 1, "padding": 0}
    signal = rng.integers(-128, 128, (9, dense["weight"].shape[1]), dtype=np.int8)
    np.testing.assert_array_equal(
        integer.apply(conv, signal[:, None])[:, 0], integer.apply(dense, signal)
    )


@pytest.mark.parametrize(
    ("values", "mean"), [([1, 2], 2), ([-1, -2], -2), ([1, 1, 2], 1), ([-128] * 7, -128), ([0], 0)]
)
def test_a_pool_rounds_half_away_from_zero(values: list[int], mean: int) -> None:
    assert integer.pool(np.array(values, np.int8).reshape(1, -1, 1)).tolist() == [[mean]]


def test_input_is_rounded_half_away_from_zero_and_saturates() -> None:
    network = {"scale": 0.5, "zero_point": -3}
    whole = integer.quantise_input(network, [0.25, -0.25, 0.74, 1000, -1000])
    np.testing.assert_array_equal(whole, np.array([-2, -4, -2, 127, -128], np.int8))


def test_no_sum_passes_the_bound_that_is_claimed_for_it() -> None:
    rng = np.random.default_rng(1)
    network = random_network(rng, widths=(8,), kernels=(5,), strides=(1,))
    layer = network["layers"][0]
    bound = integer.accumulator_bound(layer)
    worst = np.where(layer["weight"] > 0, 127, -128).astype(np.int8)
    layer = {**layer, "padding": 0}
    sums = np.stack([integer.accumulate(layer, window[None])[0, 0] for window in worst])
    assert (np.abs(sums) <= bound).all()
    assert (np.abs(np.diag(sums)) > 0.4 * bound).all()


def test_every_stored_int8_network_agrees_with_its_float_one() -> None:
    """Measured .983 to .9987 for 8 bits; .939 for 4."""
    for name in integer.int8_networks():
        network = integer.int8_network(name)
        answers = integer.run(network, integer.quantise_input(network, TEST.signal))
        source = float_network(0 if name.startswith("int") else name)
        verdicts = logits(source, TEST.signal).argmax(axis=1)
        few_bits = name in ("int5", "int4")
        assert accuracy(answers, verdicts) > (0.93 if few_bits else 0.98), name


@pytest.mark.parametrize(
    ("name", "reached"),
    [("int8", 0.898), ("int7", 0.899), ("int6", 0.897), ("int5", 0.891), ("int4", 0.889)],
)
def test_narrower_weights_cost_little_accuracy(name: str, reached: float) -> None:
    """On this one seed; over eight seeds 7 bits cost .002 on average and up to .010."""
    network = integer.int8_network(name)
    answers = integer.run(network, integer.quantise_input(network, TEST.signal))
    assert accuracy(answers, TEST.exercise) == pytest.approx(reached, abs=0.002)
    largest = max(
        int(np.abs(layer["weight"]).max()) for layer in network["layers"] if "weight" in layer
    )
    assert largest == 2 ** (int(name[3:]) - 1) - 1


def test_an_unknown_int8_network_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no network 'int9' was stored; there are int8, int7"):
        integer.int8_network("int9")


@pytest.mark.parametrize("seed", range(8))
def test_random_networks_give_answers_that_tell_kernels_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    answers = integer.run(network, random_windows(rng, network, 40))
    assert answers.std(axis=0).min() > 3
    assert len(np.unique(answers, axis=0)) > 35


def test_a_random_network_without_clamps_uses_the_whole_byte() -> None:
    network = random_network(np.random.default_rng(3), clamped=False)
    clamps = {(layer["low"], layer["high"]) for layer in network["layers"] if "low" in layer}
    assert clamps == {(-128, 127)}


def test_a_window_too_short_for_the_kernels_is_refused() -> None:
    with pytest.raises(ValueError, match="windows of 4 steps are too short"):
        random_network(np.random.default_rng(0), length=4, kernels=(9, 9))
