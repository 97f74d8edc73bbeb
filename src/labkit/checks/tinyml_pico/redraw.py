"""Draw again the data that an instance names by seeds and parameters.

An instance is small plain data; the recordings, tensors and windows that learners get are drawn
from it here, for the judges and for the exams alike, so that both always see the same. What is
right about them stands in the instance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.trends.tinyml_pico import data, integer, network, random_networks
from labkit.trends.tinyml_pico.network import Network

Case = dict[str, Any]
Floats = NDArray[np.float64]
Int8 = NDArray[np.int8]

FINGERS = 3
"""Numbers in the fingerprint of a window."""


def recordings(case: Case) -> list[dict[str, Any]]:
    """The recordings of a case of `windows`, in the form of `data.recordings`.

    `case` has ``seed``, ``people`` (their numbers), ``each`` (recordings a person) and
    ``channels``. People move in different ways and wear the watch differently, so they differ in
    mean and spread.
    """
    rng = np.random.default_rng(case["seed"])
    made = []
    for person in case["people"]:
        offset = rng.normal(0, 2, case["channels"])
        spread = rng.uniform(0.5, 3, case["channels"])
        for number in range(case["each"]):
            steps = int(rng.integers(case["shortest"], case["longest"] + 1))
            walk = rng.normal(size=(steps, case["channels"])).cumsum(axis=0) * 0.3
            signal = offset + spread * (walk + rng.normal(size=walk.shape))
            made.append(
                {
                    "signal": signal.astype(np.float32),
                    "exercise": int(rng.integers(7)),
                    "person": int(person),
                    "side": ("left", "right")[number % 2],
                }
            )
    return [made[row] for row in rng.permutation(len(made))]


def fingerprints(windows: Floats, seed: int) -> Floats:
    """Numbers (n, 3) by which a window is known again, however its channels were scaled."""
    centred = windows - windows.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return projections(centred / np.where(spread > 1e-9, spread, 1.0), seed, FINGERS)


def projections(windows: Floats, seed: int, count: int = 1) -> Floats:
    """Random weighted sums (n, `count`) of all values of each window."""
    size = windows.shape[1] * windows.shape[2]
    weights = np.random.default_rng(seed).normal(size=(size, count)) / np.sqrt(size)
    return windows.reshape(len(windows), size) @ weights


def float_layer(case: Case) -> dict[str, Any]:
    """The folded layer of a case of `layer`: a convolution or a dense layer, float32.

    Channels differ in size by a factor of up to a hundred; where the case says ``silent``, the
    first has neither weights nor bias.
    """
    rng = np.random.default_rng(case["seed"])
    shape = case["shape"]
    size = np.exp(rng.uniform(np.log(0.02), np.log(2.0), shape[0]))
    if case["silent"]:
        size[0] = 0
    weight = rng.normal(size=shape) * size.reshape(-1, *[1] * (len(shape) - 1))
    layer: dict[str, Any] = {
        "kind": "dense" if len(shape) == 2 else "conv",
        "weight": weight.astype(np.float32),
        "bias": (rng.normal(size=shape[0]) * size).astype(np.float32),
    }
    if layer["kind"] == "conv":
        layer |= {"stride": case["stride"], "padding": case["padding"]}
    return layer


def layer_input(case: Case) -> Int8:
    """Secret int8 tensors for the layer of a case of `layer`: random, and both extremes."""
    rng = np.random.default_rng(case["seed"] + 1)
    shape = (case["steps"], case["shape"][-1]) if len(case["shape"]) == 3 else (case["shape"][-1],)
    drawn = rng.integers(-128, 128, (8, *shape)).astype(np.int8)
    ends = np.stack([np.full(shape, value, np.int8) for value in (-128, 127)])
    return np.concatenate([drawn, ends])


def worn(case: Case, signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """The windows (n, 64, 6) of a watch whose axes are in another order, some of them reversed."""
    return np.ascontiguousarray(signal[..., case["axes"]] * np.array(case["signs"], np.float32))


def float_network(case: Case) -> Network:
    """A stored float network, made for the windows of `worn`: it answers to these as before."""
    made = network.float_network(case["network"])
    made["layers"][0]["weight"] = worn(case, made["layers"][0]["weight"])
    return made


def calibration(case: Case) -> NDArray[np.float32]:
    """Training windows that show the ranges to a case of `network`, (n, 64, 6)."""
    signal = data.part("train").signal
    rng = np.random.default_rng(case["seed"])
    return worn(case, signal[rng.choice(len(signal), case["windows"], replace=False)])


def people_apart(case: Case) -> tuple[data.Windows, data.Windows]:
    """Training and test windows of a case of `budget`, standardised by the first.

    ``case["people"]`` are left out of the first and make up the second. The watch's axes are as
    in `worn`.
    """
    everything = data.windows()
    left_out = np.isin(everything.person, case["people"])
    signal = worn(case, everything.signal)
    mean, sd = (f(signal[~left_out], axis=(0, 1)) for f in (np.mean, np.std))
    standardised = everything._replace(signal=((signal - mean) / sd).astype(np.float32))
    return _rows(standardised, ~left_out), _rows(standardised, left_out)


def _rows(windows: data.Windows, chosen: NDArray[np.bool_]) -> data.Windows:
    signal, exercise, person, recording = windows
    return data.Windows(signal[chosen], exercise[chosen], person[chosen], recording[chosen])


def chip_network(case: Case) -> Network:
    """The int8 network of a case of `kernel` or `deploy`.

    Either random, of the shape that ``case["shape"]`` says, or the stored one of the name
    ``case["network"]`` with its channels in another order: it answers and costs the same, but its
    weights stand elsewhere in memory.
    """
    rng = np.random.default_rng(case["seed"])
    if "shape" in case:
        return random_networks.random_network(rng, **case["shape"])
    return _shuffled(integer.int8_network(case["network"]), rng)


def chip_windows(case: Case, network: Network) -> Int8:
    """The secret int8 windows (n, length, channels) that the chip is asked about."""
    rng = np.random.default_rng(case["seed"] + 1)
    if "shape" in case:
        return random_networks.random_windows(rng, network, case["windows"])
    signal = data.part("test").signal
    chosen = rng.choice(len(signal), case["windows"], replace=False)
    return integer.quantise_input(network, signal[chosen])


def _shuffled(network: Network, rng: np.random.Generator) -> Network:
    order: NDArray[np.intp] | None = None
    for layer in network["layers"]:
        if layer["kind"] == "pool":
            continue
        if order is not None:
            layer["weight"] = layer["weight"][..., order]
        if layer["kind"] == "conv":
            order = rng.permutation(len(layer["weight"]))
            for key in ("weight", "bias", "multiplier", "shift", "weight_scale"):
                layer[key] = layer[key][order]
    return network
