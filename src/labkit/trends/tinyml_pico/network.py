"""The float network as plain data, and how it computes.

A network is a dict of arrays that can be stored, sent and read without torch:

- ``length``, ``channels``: steps and axes of a window;
- ``layers``: a list of dicts, each with a ``kind``.
  - ``conv``: ``weight`` (out, kernel, in), ``stride``, ``padding`` (zeros on both sides). Either
    ``bias`` (out,), or the batch norm behind the convolution: ``gamma``, ``beta``, ``mean``,
    ``variance``, each (out,), and ``epsilon``. A ReLU follows.
  - ``pool``: the mean over all steps.
  - ``dense``: ``weight`` (out, in) and ``bias`` (out,); its results are the logits.

Signals have the shape (n, steps, channels): the order in which the chip's memory holds them.
Training is left to `training`, whole numbers to `integer`. Making whole numbers out of this, with
the batch norm folded in, is left to the learner.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Network = dict[str, Any]

FLOAT_SEEDS = range(8)
"""Seeds of the trained networks that come with the package, all (16, 24, 32) channels wide."""

WIDE = {"w4": (4, 8, 8), "w8": (8, 12, 16), "w12": (12, 16, 24), "w24": (24, 36, 48)}
"""Stored networks of other widths, all of seed 0."""


def patches(signal: NDArray[Any], kernel: int, stride: int) -> NDArray[Any]:
    """What a convolution sees at each step: (n, steps, channels) to (n, steps', kernel * channels).

    `signal` is padded already; steps' is ``(steps - kernel) // stride + 1``.
    """
    steps = (signal.shape[1] - kernel) // stride + 1
    columns = np.arange(steps)[:, None] * stride + np.arange(kernel)
    return signal[:, columns].reshape(len(signal), steps, -1)


def activations(network: Network, signal: ArrayLike) -> list[NDArray[np.float32]]:
    """The input and what comes out of each layer, for windows (n, steps, channels).

    Convolutions give their values behind batch norm and ReLU. All float32.
    """
    values = [np.asarray(signal, np.float32)]
    for layer in network["layers"]:
        values.append(_LAYERS[layer["kind"]](layer, values[-1]))
    return values


def logits(network: Network, signal: ArrayLike) -> NDArray[np.float32]:
    """The last layer's results, (n, classes); the largest one is the network's verdict."""
    return activations(network, signal)[-1]


def accuracy(logits: ArrayLike, exercise: ArrayLike) -> float:
    """Share of rows of `logits` (n, classes) whose first largest value is at `exercise` (n,)."""
    return float(np.mean(np.argmax(np.asarray(logits), axis=1) == np.asarray(exercise)))


def steps_out(layer: Mapping[str, Any], steps: int) -> int:
    """How many steps leave `layer` when `steps` enter it."""
    if layer["kind"] != "conv":
        return 1
    kernel = np.asarray(layer["weight"]).shape[1]
    return int((steps + 2 * layer["padding"] - kernel) // layer["stride"] + 1)


def macs(network: Network) -> list[int]:
    """Multiply-accumulates of each layer for one window; the pool multiplies nothing."""
    steps, counts = network["length"], []
    for layer in network["layers"]:
        steps = steps_out(layer, steps)
        counts.append(steps * np.asarray(layer["weight"]).size if "weight" in layer else 0)
    return counts


def parameters(network: Network) -> int:
    """Weights and biases, with the batch norm counted as the bias it becomes."""
    return sum(
        np.asarray(layer["weight"]).size + len(layer["weight"])
        for layer in network["layers"]
        if "weight" in layer
    )


def save(path: str | Path, networks: Mapping[str, Network]) -> None:
    """Store named networks, float or int8, in one compressed .npz file."""
    arrays: dict[str, Any] = {}
    for name, network in networks.items():
        plain = {key: value for key, value in network.items() if key != "layers"}
        layers = []
        for row, layer in enumerate(network["layers"]):
            layers.append({k: v for k, v in layer.items() if not isinstance(v, np.ndarray)})
            for key, value in layer.items():
                if isinstance(value, np.ndarray):
                    arrays[f"{name}/{row}/{key}"] = value
        arrays[f"{name}/plain"] = np.array(json.dumps({**plain, "layers": layers}))
    np.savez_compressed(path, **arrays)


def load(path: str | Path) -> dict[str, Network]:
    """Read what `save` stored."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files}
    networks = {
        key.removesuffix("/plain"): json.loads(str(value))
        for key, value in arrays.items()
        if key.endswith("/plain")
    }
    for key, value in arrays.items():
        if not key.endswith("/plain"):
            name, row, part = key.rsplit("/", 2)
            networks[name]["layers"][int(row)][part] = value
    return networks


@cache
def _shipped() -> dict[str, Network]:
    with as_file(files(__package__) / "float_networks.npz") as path:
        return load(path)


def float_network(name: int | str = 0) -> Network:
    """A trained float network: one of `FLOAT_SEEDS`, or a name in `WIDE` for another width.

    Made by `training.train` from ``data.part("train")``. Raises ValueError for another name.
    """
    key = name if isinstance(name, str) else f"seed{name}"
    if key not in _shipped():
        raise ValueError(f"no network {name!r} was stored; there are {', '.join(_shipped())}")
    return copy(_shipped()[key])


def copy(network: Network) -> Network:
    """The same network in arrays of its own."""
    return {
        **network,
        "layers": [
            {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in layer.items()}
            for layer in network["layers"]
        ],
    }


def _conv(layer: dict[str, Any], signal: NDArray[np.float32]) -> NDArray[np.float32]:
    weight = np.asarray(layer["weight"], np.float32)
    padded = np.pad(signal, ((0, 0), (layer["padding"],) * 2, (0, 0)))
    seen = patches(padded, weight.shape[1], layer["stride"])
    values = seen @ weight.reshape(len(weight), -1).T
    if "bias" in layer:
        values = values + layer["bias"]
    else:
        spread = np.sqrt(layer["variance"] + np.float32(layer["epsilon"]))
        values = (values - layer["mean"]) / spread * layer["gamma"] + layer["beta"]
    return np.maximum(values, 0).astype(np.float32)


def _pool(layer: dict[str, Any], signal: NDArray[np.float32]) -> NDArray[np.float32]:
    return signal.mean(axis=1)


def _dense(layer: dict[str, Any], signal: NDArray[np.float32]) -> NDArray[np.float32]:
    return (signal @ np.asarray(layer["weight"], np.float32).T + layer["bias"]).astype(np.float32)


_LAYERS = {"conv": _conv, "pool": _pool, "dense": _dense}
