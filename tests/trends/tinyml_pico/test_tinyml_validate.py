"""A network that could not run is refused, in words for the person who made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from labkit.trends.tinyml_pico import integer
from labkit.trends.tinyml_pico.validate import NetworkError, validated

Change = Callable[[dict[str, Any]], object]


def conv(network: dict[str, Any]) -> dict[str, Any]:
    layer: dict[str, Any] = network["layers"][1]
    return layer


WRONG: dict[str, tuple[Change, str]] = {
    "no input scale": (lambda n: n.pop("scale"), "the network has no 'scale'"),
    "a scale of 0": (lambda n: n.update(scale=0.0), "scale must be 1 positive numbers"),
    "a zero point outside int8": (
        lambda n: n.update(zero_point=128),
        "zero_point runs from 128 to 128, allowed is -128 to 127",
    ),
    "a kind that is a list": (lambda n: conv(n).update(kind=[1]), "layer 1 needs a 'kind'"),
    "no weights": (
        lambda n: conv(n).update(weight=np.zeros((0, 5, 16), np.int8)),
        r"layer 1: weight has the shape \(0, 5, 16\)",
    ),
    "more work than a chip should have": (
        lambda n: (n.update(length=1024), conv(n).update(stride=1)),
        "the network multiplies 1[0-9]{6} times; at most 1000000",
    ),
    "no layers": (lambda n: n.update(layers=[]), "layers must be a list of 1 to 16 dicts"),
    "a layer that is none": (lambda n: n.update(layers=[3]), "layer 0 must be a dict, not int"),
    "an unknown kind": (lambda n: conv(n).update(kind="relu"), "layer 1 has the kind 'relu'"),
    "real weights": (
        lambda n: conv(n).update(weight=conv(n)["weight"] * 0.01),
        "layer 1: weight must hold whole numbers; round before",
    ),
    "weights outside int8": (
        lambda n: conv(n).update(weight=conv(n)["weight"].astype(int) * 2),
        "layer 1: weight runs from -2",
    ),
    "torch's order of axes": (
        lambda n: conv(n).update(weight=conv(n)["weight"].transpose(0, 2, 1)),
        r"weight has the shape \(24, 16, 5\), \(out, kernel, in\), but 16 channels come in",
    ),
    "nan": (
        lambda n: conv(n).update(bias=np.full(24, np.nan)),
        "layer 1: bias must hold whole numbers",
    ),
    "words for numbers": (
        lambda n: conv(n).update(bias=["many"] * 24),
        "layer 1: bias must be an array of whole numbers",
    ),
    "rows of different lengths": (
        lambda n: conv(n).update(bias=[[1], [1, 2]]),
        "layer 1: bias must be an array of whole numbers",
    ),
    "one multiplier for all": (
        lambda n: conv(n).update(multiplier=[2**30]),
        r"layer 1: multiplier has the shape \(1,\), expected \(24,\)",
    ),
    "a multiplier without its top bits": (
        lambda n: conv(n).update(multiplier=np.full(24, 12_345)),
        "multiplier 12345 of output 0 has lost its top bits",
    ),
    "a shift beyond 31": (lambda n: conv(n).update(shift=np.full(24, -40)), "shift runs from -40"),
    "low above high": (lambda n: conv(n).update(low=5, high=4), "low 5 is above high 4"),
    "a zero point that changes on the way": (
        lambda n: conv(n).update(input_zero_point=7),
        "layer 1 has input_zero_point 7, but what it gets has the zero point -128",
    ),
    "no stride": (lambda n: conv(n).pop("stride"), "layer 1 has no 'stride'"),
    "a stride of 0": (lambda n: conv(n).update(stride=0), "stride runs from 0 to 0"),
    "too much padding": (lambda n: conv(n).update(padding=6), "padding runs from 6 to 6"),
    "windows shorter than the kernel": (
        lambda n: (n.update(length=6), n["layers"][0].update(padding=0)),
        "layer 0: a kernel of 7 does not fit into 6 steps",
    ),
    "no pool before the dense layer": (
        lambda n: n["layers"].pop(3),
        "layer 3 is dense but gets 8 steps; put a pool before it",
    ),
    "no dense layer": (lambda n: n["layers"].pop(), "the last layer must be of kind 'dense'"),
    "a bias that overflows": (
        lambda n: conv(n).update(bias=np.full(24, 2**31 - 1)),
        r"layer 1: the accumulator of output \d+ can reach 2147.*more than int32 holds",
    ),
    "a left shift that overflows": (
        lambda n: conv(n).update(shift=np.full(24, 20)),
        r"layer 1: the accumulator of output \d+ can reach",
    ),
    "several zero points": (
        lambda n: conv(n).update(output_zero_point=[1, 2]),
        "output_zero_point must be one number, not 2",
    ),
    "too many weights": (
        lambda n: conv(n).update(weight=np.zeros((500, 501, 16), np.int8)),
        "layer 1: weight has 4008000 values; at most 200000",
    ),
}


@pytest.mark.parametrize("change, words", WRONG.values(), ids=list(WRONG))
def test_a_broken_network_is_refused_with_its_place(change: Change, words: str) -> None:
    network = integer.int8_network()
    change(network)
    with pytest.raises(NetworkError, match=words):
        validated(network)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(NetworkError, match="the network must be a dict, not str"):
        validated("int8")


@pytest.mark.parametrize("name", integer.int8_networks())
def test_every_stored_network_is_valid(name: str) -> None:
    network = integer.int8_network(name)
    signal = np.zeros((1, 64, 6), np.int8)
    np.testing.assert_array_equal(
        integer.run(validated(network), signal), integer.run(network, signal)
    )


def test_lists_and_wider_types_become_the_arrays_that_are_specified() -> None:
    network = integer.int8_network()
    listed = {
        **network,
        "scale": np.float32(network["scale"]),
        "layers": [
            {
                key: value.astype(np.float64).tolist() if isinstance(value, np.ndarray) else value
                for key, value in layer.items()
            }
            for layer in network["layers"]
        ],
    }
    for made, wanted in zip(validated(listed)["layers"], network["layers"], strict=True):
        for key, value in wanted.items():
            np.testing.assert_array_equal(made[key], value)
            assert getattr(made[key], "dtype", None) == getattr(value, "dtype", None)


def test_the_given_network_is_left_as_it_was() -> None:
    network = integer.int8_network()
    validated(network)["layers"][0]["weight"][:] = 0
    assert network["layers"][0]["weight"].any()
