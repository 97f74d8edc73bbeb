"""The explorations of the lesson: bits and width of a network, and the chip watching a wrist.

Drawing is left to `plots`, the networks to `integer`, what they cost on the chip to `cost`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labkit.pictures.explorer import Explorer, choice, decimal, play, whole
from labkit.pictures.plot import Plot

from . import cost, data, integer, network
from .plots import bits_and_width, grid_step, strip

BITS = range(2, 9)
CLOCK_HZ = 125_000_000


# --- bits and width -----------------------------------------------------------------------------


def explore_bits(names: Mapping[str, str]) -> Explorer:
    """Sliders for bits a weight and width: weights, accuracy, bytes and milliseconds.

    `names` maps what the slider says of a width to names of `integer.int8_networks`. Only weights
    are rounded further; all else stays as exact as floating point. Accuracy is that on the windows
    of the people never seen. Milliseconds are those of the int8 kernel, which takes a byte a weight
    whatever its value.
    """
    studies = {width: _study(name) for width, name in names.items()}  # so that no move waits

    def draw(bits: int, width: str) -> Plot:
        study = studies[width]
        kilobytes = study["weights"].size * bits / 8 / 1024
        price = f"{kilobytes:.1f} KB of weights, {study['milliseconds']:.2f} ms a window"
        return bits_and_width(study["weights"], bits, study["accuracy"], study["int8"], price)

    controls = {
        "bits": whole("bits (a weight)", 4, BITS[0], BITS[-1]),
        "width": choice("width (channels)", list(names)[-1], names),
    }
    return Explorer(draw, controls)


@cache
def _study(name: str) -> dict[str, Any]:
    """What the sliders show of one int8 network: weights, accuracies and costs."""
    whole, windows = integer.int8_network(name), data.part("test")
    answers = integer.run(whole, integer.quantise_input(whole, windows.signal))
    weights = [layer["weight"].ravel() for layer in whole["layers"] if "weight" in layer]
    return {
        "weights": np.concatenate(weights),
        "int8": network.accuracy(answers, windows.exercise),
        "accuracy": {
            bits: network.accuracy(
                network.logits(with_fewer_bits(whole, bits), windows.signal), windows.exercise
            )
            for bits in BITS
        },
        "milliseconds": 1000 * cost.cycles(whole) / CLOCK_HZ,
    }


def with_fewer_bits(whole: network.Network, bits: int) -> network.Network:
    """The float network that an int8 network stands for, its weights rounded to `bits` bits.

    Each row keeps its scale. With 8 bits nothing is rounded.
    """
    layers: list[dict[str, Any]] = []
    scale = whole["scale"]
    for layer in whole["layers"]:
        if "weight" not in layer:
            layers.append(layer)
            continue
        step, grid = np.asarray(layer["weight_scale"], np.float64), grid_step(bits)
        rounded = (np.round(layer["weight"] / grid) * grid).T * step  # a step a row
        layers.append(
            {
                **{key: layer[key] for key in ("kind", "stride", "padding") if key in layer},
                "weight": rounded.T.astype(np.float32),
                "bias": (layer["bias"] * step * scale).astype(np.float32),
            }
        )
        scale = layer["output_scale"]
    return {"length": whole["length"], "channels": whole["channels"], "layers": layers}


# --- the chip watches ---------------------------------------------------------------------------


def watch_live(
    signal: ArrayLike, verdicts: Sequence[tuple[float, str, str]], rate: float = data.RATE_HZ
) -> Explorer:
    """Play a signal of the watch, with the chip's verdict at the end of each window.

    `signal` (steps, 3) is the acceleration in g, `rate` its steps a second; `verdicts` holds (end
    of the window in seconds, verdict, truth). The slider stands at the end, so that the picture
    shows all of it where no kernel runs.
    """
    last = float(np.ceil(10 * len(np.asarray(signal)) / rate) / 10)
    second = decimal("time (s)", last, 0.0, last, 0.1, continuous_update=True)
    window = data.LENGTH / data.RATE_HZ
    return Explorer(
        lambda second: strip(signal, rate, verdicts, second, window, data.EXERCISES),
        {"second": second},
        (play("play the watch", second, step=data.HOP / data.RATE_HZ, interval=500),),
    )
