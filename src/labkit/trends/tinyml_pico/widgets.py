"""The explorations of the lesson: bits and width of a network, and the chip watching a wrist.

A picture and its controls are two outputs of one cell. The picture is a plain PNG that the
controls replace in place (a display with an id), so the saved notebook keeps it: without a kernel
the sliders are gone, the picture stays. Drawing is left to `plots`, the networks to `integer`,
what they cost on the chip to `cost`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import ipywidgets
import numpy as np
from IPython.display import DisplayHandle, display
from numpy.typing import ArrayLike

from . import cost, data, integer, network
from .plots import Plot, bits_and_width, grid_step, strip

BITS = range(2, 9)
CLOCK_HZ = 125_000_000


class Explorer:
    """A picture that follows its controls; as the last value of a cell it shows both.

    `controls` maps the names of arguments to widgets with a value, in the order shown; `draw`
    takes those arguments and returns the picture.
    """

    def __init__(
        self,
        draw: Callable[..., Plot],
        controls: Mapping[str, Any],
        extra: tuple[ipywidgets.Widget, ...] = (),
    ) -> None:
        self.draw = draw
        self.controls = dict(controls)
        # On a narrow page one row would squeeze the sliders until nothing is left to pull.
        wrapped = ipywidgets.Layout(flex_flow="row wrap")
        self.box = ipywidgets.HBox([*extra, *self.controls.values()], layout=wrapped)
        self._shown: DisplayHandle | None = None
        for control in self.controls.values():
            control.observe(self._redraw, names="value")

    @property
    def picture(self) -> Plot:
        """The picture for the controls as they stand."""
        return self.draw(**{name: control.value for name, control in self.controls.items()})

    def _redraw(self, change: Any) -> None:
        if self._shown is not None:
            self._shown.update(self.picture)

    def _ipython_display_(self) -> None:
        self._shown = display(self.picture, display_id=True)
        # Where widgets cannot run, this text stands in for the controls.
        bundle = self.box._repr_mimebundle_()
        bundle["text/plain"] = "Sliders: run this cell in a live notebook to move them."
        display(bundle, raw=True)


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

    bits = ipywidgets.IntSlider(
        value=4, min=BITS[0], max=BITS[-1], description="bits", continuous_update=False
    )
    width = ipywidgets.SelectionSlider(
        options=list(names), value=list(names)[-1], description="width", continuous_update=False
    )
    return Explorer(draw, {"bits": bits, "width": width})


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
    second = ipywidgets.FloatSlider(
        value=last, min=0.0, max=last, step=0.1, description="second", readout_format=".1f"
    )
    hop = data.HOP / data.RATE_HZ
    play = ipywidgets.Play(min=0, max=int(np.ceil(last / hop)), interval=500, description="play")

    def move(change: Any) -> None:
        second.value = min(hop * change["new"], last)

    play.observe(move, names="value")
    window = data.LENGTH / data.RATE_HZ
    return Explorer(
        lambda second: strip(signal, rate, verdicts, second, window, data.EXERCISES),
        {"second": second},
        (play,),
    )
