"""The integer reference against TensorFlow Lite Micro, where its wheel exists (Linux on x86)."""

from __future__ import annotations

import numpy as np
import pytest

from exams.tinyml_pico.quantiser import quantise_multiplier
from exams.tinyml_pico.tflite import to_tflite
from labkit.trends.tinyml_pico import data, integer
from labkit.trends.tinyml_pico.network import Network
from labkit.trends.tinyml_pico.random_networks import random_network, random_windows

runtime = pytest.importorskip(
    "tflite_micro.python.tflite_micro.runtime",
    reason="the wheel tflite-micro, which exists for Linux on x86 only, is not installed",
)


def answers_of_tflite_micro(network: Network, windows: integer.Int8) -> integer.Int8:
    interpreter = runtime.Interpreter.from_bytes(to_tflite(network))
    answers = []
    for window in windows:
        interpreter.set_input(window[None, None], 0)
        interpreter.invoke()
        answers.append(interpreter.get_output(0)[0])
    return np.array(answers, np.int8)


def tie_to_scales(network: Network) -> None:
    """Choose scales near the random multipliers, and the multipliers again from the scales."""
    scale = network["scale"] = float(np.float32(0.05))
    for layer in network["layers"]:
        if layer["kind"] == "pool":
            continue
        after = layer["output_scale"] = float(np.float32(0.07))
        real = layer["multiplier"] * 2.0 ** (layer["shift"] - 31)
        layer["weight_scale"] = (real * after / scale).astype(np.float32)
        parts = [quantise_multiplier(scale * float(s) / after) for s in layer["weight_scale"]]
        layer["multiplier"] = np.array([multiplier for multiplier, _ in parts], np.int32)
        layer["shift"] = np.array([shift for _, shift in parts], np.int32)
        scale = after


@pytest.mark.parametrize("name", ["int8", "int7", "w4", "w24"])
def test_all_773_windows_get_the_same_bytes(name: str) -> None:
    network = integer.int8_network(name)
    windows = integer.quantise_input(network, data.part("test").signal)
    theirs = answers_of_tflite_micro(network, windows)
    np.testing.assert_array_equal(integer.run(network, windows), theirs)
    assert len(theirs) == 773


@pytest.mark.parametrize("seed", range(10))
def test_networks_of_random_shapes_and_scales_get_the_same_bytes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(
        rng,
        length=int(rng.integers(20, 60)),
        channels=int(rng.integers(1, 9)),
        widths=rng.integers(1, 14, 2).tolist(),
        kernels=rng.integers(1, 8, 2).tolist(),
        strides=rng.integers(1, 4, 2).tolist(),
        clamped=False,
    )
    tie_to_scales(network)
    windows = random_windows(rng, network, 12)
    np.testing.assert_array_equal(
        integer.run(network, windows), answers_of_tflite_micro(network, windows)
    )
