"""Generated C: what it says, what it refuses, and that the chip computes the reference's bytes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from labkit.trends.tinyml_pico import build, codegen, cost, data, integer
from labkit.trends.tinyml_pico.device import EmulatedPico
from labkit.trends.tinyml_pico.network import Network
from labkit.trends.tinyml_pico.packing import CannotPack
from labkit.trends.tinyml_pico.random_networks import random_network, random_windows
from labkit.trends.tinyml_pico.validate import NetworkError


def chip(network: Network, kernel: str) -> EmulatedPico:
    image = build.firmware(codegen.generate(network, kernel))
    assert image["problem"] is None
    return EmulatedPico(image["uf2"], lines=image["lines"])


def constants(source: str, name: str) -> list[int]:
    found = re.search(rf"\b{name}\[\d+\][^{{]*{{([^}}]*)}}", source)
    assert found is not None
    return [int(number) for number in found.group(1).split(",")]


def test_the_source_holds_the_weights_and_the_folded_biases() -> None:
    network = integer.int8_network()
    source = codegen.generate(network)["network.c"]
    layer = network["layers"][1]
    assert constants(source, "weight1") == layer["weight"].reshape(-1).tolist()
    assert constants(source, "bias1") == integer.folded_bias(layer).tolist()
    assert constants(source, "multiplier1") == layer["multiplier"].tolist()
    assert constants(source, "shift1") == layer["shift"].tolist()


def test_the_header_tells_the_sizes() -> None:
    header = codegen.generate(integer.int8_network())["network.h"]
    assert "#define NETWORK_INPUT_BYTES 384\n" in header
    assert "#define NETWORK_OUTPUT_BYTES 7\n" in header
    assert "#define NETWORK_MACS 70880\n" in header


def test_the_same_network_gives_the_same_text() -> None:
    assert codegen.generate(integer.int8_network()) == codegen.generate(integer.int8_network())


def test_an_accumulator_that_could_overflow_is_refused() -> None:
    network = integer.int8_network()
    network["layers"][2]["bias"][5] = 2**31 - 1
    with pytest.raises(NetworkError, match="layer 2: the accumulator of output 5 can reach 2147"):
        codegen.generate(network)


def test_an_accumulator_that_leaves_no_bit_for_rounding_is_refused() -> None:
    network = integer.int8_network()
    network["layers"][2]["bias"][5] = 2**30
    with pytest.raises(NetworkError, match="layer 2: the accumulator of output 5 can reach 107.*"):
        codegen.generate(network)


def test_a_layer_too_wide_for_the_kernels_is_refused() -> None:
    network = random_network(np.random.default_rng(0), widths=(codegen.MOST_ROWS + 1, 4))
    with pytest.raises(NetworkError, match=rf"at most {codegen.MOST_ROWS} of"):
        codegen.generate(network)


def test_the_widest_layer_is_as_wide_as_the_stack_that_the_firmware_keeps_for_it() -> None:
    limit = re.search(r"TINYML_MAX_ROWS (\d+)", build.runtime_file("tinyml.h"))
    assert limit
    assert int(limit[1]) == codegen.MOST_ROWS


def test_an_unknown_kernel_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown kernel 'fast'; there are plain, packed, packed7"):
        codegen.generate(integer.int8_network(), "fast")


def test_packed_kernels_refuse_an_odd_number_of_axes() -> None:
    network = random_network(np.random.default_rng(0), channels=3, clamped=False)
    with pytest.raises(CannotPack, match="an even number of channels, not 3"):
        codegen.generate(network, "packed")


def test_eight_bit_weights_are_too_large_for_the_seven_bit_kernel() -> None:
    with pytest.raises(CannotPack):
        codegen.generate(integer.int8_network("int8"), "packed7")


@pytest.mark.parametrize(
    ("name", "kernel"), [("int8", "plain"), ("int8", "packed"), ("int7", "packed7")]
)
def test_the_chip_answers_test_windows_bit_by_bit(name: str, kernel: str) -> None:
    """All 773 windows are compared by benchmarks/tinyml/windows.py; here every hundredth."""
    network = integer.int8_network(name)
    windows = integer.quantise_input(network, data.part("test").signal[::100])
    with chip(network, kernel) as pico:
        given = [pico.infer(window).output for window in windows]
    np.testing.assert_array_equal(given, integer.run(network, windows))


@pytest.mark.parametrize("kernel", ["plain", "packed"])
@pytest.mark.parametrize("seed", range(6))
def test_random_networks_run_bit_by_bit_on_the_chip(seed: int, kernel: str) -> None:
    """Odd widths, odd kernels, strides and paddings, clamps, and windows of extremes."""
    rng = np.random.default_rng(seed)
    network = random_network(
        rng,
        length=int(rng.integers(20, 40)),
        channels=int(rng.integers(1, 8)) if kernel == "plain" else 2 * int(rng.integers(1, 5)),
        widths=rng.integers(1, 14, 2).tolist(),
        kernels=rng.integers(1, 8, 2).tolist(),
        strides=rng.integers(1, 4, 2).tolist(),
        classes=int(rng.integers(2, 12)),
        largest_weight=63,
        clamped=kernel == "plain",
    )
    windows = random_windows(rng, network, 4)
    with chip(network, kernel) as pico:
        given = [pico.infer(window).output for window in windows]
    np.testing.assert_array_equal(given, integer.run(network, windows))


@pytest.mark.parametrize("name", ["w4", "int8", "w24"])
def test_the_estimated_cost_is_what_the_chip_measures(name: str) -> None:
    network = integer.int8_network(name)
    window = integer.quantise_input(network, data.part("test").signal[100])
    with chip(network, "packed") as pico:
        measured = pico.infer(window).cycles
        assert cost.cycles(network) == pytest.approx(measured, rel=0.01, abs=800)
        assert cost.flash_bytes(network) == pytest.approx(pico.flash_bytes, abs=2 * cost.FLASH_PAGE)
