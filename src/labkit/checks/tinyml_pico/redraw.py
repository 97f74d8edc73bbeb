"""Draw again the data that an instance names by seeds and parameters.

An instance is small plain data; the recordings, tensors and windows that learners get are drawn
from it here, for the judges and for the exams alike, so that both always see the same. What is
right about them stands in the instance.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labkit.trends.tinyml_pico import data, random_networks
from labkit.trends.tinyml_pico.network import Network

Case = dict[str, Any]
Floats = NDArray[np.float64]
Int8 = NDArray[np.int8]

FINGERS = 3
"""Numbers in the fingerprint of a window."""

EPOCHS = 6
BATCH_NORM = {"gamma": 1.0, "beta": 0.0, "mean": 0.0, "variance": 1.0}

MOVEMENTS, AXES, WAVES, WAVE_HZ = 7, 6, 3, 0.65
OWN_PART = 0.55
TAUGHT, TESTED = (16, 10), (32, 5)
"""People, and windows of each of them for each movement."""


class Side(NamedTuple):
    """Windows (n, 64, 6) float32 and the movement of each, (n,)."""

    signal: NDArray[np.float32]
    exercise: NDArray[np.int64]


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


def worn(case: Case, part: str) -> data.Windows:
    """A side of the course's split, from a watch that was worn in another way.

    ``case["turn"]``, (3, 3), turns the axes of both sensors. Standardised by the people trained on.
    """
    turn = np.kron(np.eye(2), np.array(case["turn"])).astype(np.float32)
    taught, wanted = ((data.part(p).signal * data.SD + data.MEAN) @ turn.T for p in ("train", part))
    mean, sd = taught.mean(axis=(0, 1)), taught.std(axis=(0, 1))
    return data.part(part)._replace(signal=((wanted - mean) / sd).astype(np.float32))


def counted(case: Case, part: str) -> data.Windows:
    """`worn`, in the unit that the network of the case counts its input in."""
    side = worn(case, part)
    return side._replace(signal=side.signal * np.float32(case["sizes"][0]))


def float_network(case: Case) -> Network:
    """The network of a case of `network`, trained on the spot, so that nobody has seen it.

    It takes .7 s of CPU. The channels of each convolution differ in range, some ``case["apart"]``
    times smaller than others, the dense layer has large biases, and input, convolutions and
    logits are ``case["sizes"]`` (5,) times as large as they came out of the training. None of it
    changes what a network can say; all happen in practice, and show what a careless quantiser
    loses.
    """
    from labkit.trends.tinyml_pico import training  # here: it imports torch

    rng = np.random.default_rng(case["seed"])
    taught = worn(case, "train")
    start = _untrained(rng, case["widths"])
    made = training.train(
        taught.signal, taught.exercise, seed=case["seed"], epochs=EPOCHS, start=start
    )
    _move_apart(rng, made, case["apart"])
    _stretch(made, case["sizes"])
    return made


def _untrained(rng: np.random.Generator, widths: list[int]) -> Network:
    layers: list[dict[str, Any]] = []
    for wide, width, kernel in zip((6, *widths), widths, (7, 5, 3), strict=False):
        weight = rng.uniform(-1, 1, (width, kernel, wide)) / np.sqrt(kernel * wide)
        norm = {key: np.full(width, at, np.float32) for key, at in BATCH_NORM.items()}
        layer = {"kind": "conv", "weight": weight.astype(np.float32)} | norm
        layers.append(layer | {"epsilon": 1e-5, "stride": 2, "padding": kernel // 2})
    weight = rng.uniform(-1, 1, (7, widths[-1])) / np.sqrt(widths[-1])
    bias = rng.uniform(1.5, 3, 7) * rng.permutation([-1, -1, -1, 1, 1, 1, 1])
    dense = {"weight": weight.astype(np.float32), "bias": bias.astype(np.float32)}
    layers += [{"kind": "pool"}, {"kind": "dense"} | dense]
    return {"length": data.LENGTH, "channels": 6, "layers": layers}


def _move_apart(rng: np.random.Generator, made: Network, times: float) -> None:
    """Shrink half of the channels, and let the next layer make up for it: the answers stay."""
    weighty = [layer for layer in made["layers"] if "weight" in layer]
    for layer, after in pairwise(weighty):
        size = np.where(rng.permutation(len(layer["weight"])) % 2, 1.0, 1 / times)
        for key in ("gamma", "beta"):
            layer[key] = (layer[key] * size).astype(np.float32)
        after["weight"] = (after["weight"] / size).astype(np.float32)


def _stretch(made: Network, sizes: list[float]) -> None:
    """Let every layer count in a unit of its own: the verdicts stay."""
    weighty = [layer for layer in made["layers"] if "weight" in layer]
    for layer, (before, size) in zip(weighty, pairwise(sizes), strict=True):
        dense = layer["kind"] == "dense"
        layer["weight"] = (layer["weight"] * ((size if dense else 1) / before)).astype(np.float32)
        for key in ("bias",) if dense else ("gamma", "beta"):
            layer[key] = (layer[key] * size).astype(np.float32)


def calibration(case: Case) -> NDArray[np.float32]:
    """Training windows that show the ranges to a case of `network`, (n, 64, 6)."""
    signal = counted(case, "train").signal
    rng = np.random.default_rng(case["seed"])
    return signal[rng.choice(len(signal), case["windows"], replace=False)]


def movements(case: Case) -> tuple[Side, Side]:
    """Training and test windows of a case of `budget`, standardised by the first.

    Seven movements that are this customer's own: sums of three waves in each of six axes, which
    share a part and differ by patterns at right angles to each other. Everybody has a manner of
    moving, a tempo and a way to wear the watch. Nobody is on both sides.
    """
    rng = np.random.default_rng(case["seed"])
    basis, _ = np.linalg.qr(_complex(rng, WAVES * AXES, MOVEMENTS + 1))
    basis = basis.T.reshape(-1, WAVES, AXES) * np.sqrt(WAVES * AXES)
    patterns = np.sqrt(1 - OWN_PART**2) * basis[0] + OWN_PART * basis[1:]
    taught, tested = (_people(rng, patterns, *size) for size in (TAUGHT, TESTED))
    mean, sd = (f(taught.signal, axis=(0, 1)) for f in (np.mean, np.std))
    return tuple(  # type: ignore[return-value]
        Side(((side.signal - mean) / sd).astype(np.float32), side.exercise)
        for side in (taught, tested)
    )


def _people(
    rng: np.random.Generator, patterns: NDArray[np.complex128], people: int, each: int
) -> Side:
    signals = []
    waves = np.arange(1, WAVES + 1)
    for _ in range(people):
        tempo = rng.uniform(0.85, 1.18)
        turn, _ = np.linalg.qr(np.eye(3) + 0.2 * rng.normal(size=(3, 3)))
        turn *= np.sign(np.diag(turn))
        for pattern in patterns:
            manner = pattern + 0.25 * _complex(rng, WAVES, AXES)
            pace = WAVE_HZ * tempo * rng.uniform(0.95, 1.05, (each, 1)) / data.RATE_HZ
            turns = np.arange(data.LENGTH) * pace + rng.uniform(0, 1, (each, 1))
            moved = np.exp(2j * np.pi * turns[:, :, None] * waves) @ manner
            moved = moved.real @ np.kron(np.eye(2), turn).T
            signals.append(moved + 1.6 * rng.normal(size=moved.shape))
    labels = np.tile(np.repeat(np.arange(MOVEMENTS), each), people)
    return Side(np.concatenate(signals), labels)


def _complex(rng: np.random.Generator, *shape: int) -> NDArray[np.complex128]:
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def chip_network(case: Case) -> Network:
    """The int8 network of a case of `kernel` or `deploy`: random numbers in a given shape."""
    rng = np.random.default_rng(case["seed"])
    made = random_networks.random_network(rng, **case["shape"])
    if case.get("coarse"):
        _coarsen(rng, made)
    return made


def chip_windows(case: Case, network: Network) -> Int8:
    """The secret int8 windows (n, length, channels) that the chip is asked about."""
    rng = np.random.default_rng(case["seed"] + 1)
    return random_networks.random_windows(rng, network, case["windows"])


def _coarsen(rng: np.random.Generator, made: Network) -> None:
    """Clamp every layer to less than a whole byte, and let two neighbours be -128.

    Both are within the int8 specification of the kernel that learners write, and beyond what the
    package's assembler takes.
    """
    for layer in made["layers"]:
        if layer["kind"] != "pool":
            layer["weight"][(0,) * (layer["weight"].ndim - 1)][:2] = -128
            layer["low"] = max(layer["low"], int(rng.integers(-120, -100)))
            layer["high"] = int(rng.integers(100, 120))
