"""The verdict on quantised layers and networks.

What counts is what the integer reference answers with the learner's numbers. Where it differs, the
numbers themselves are held against right ones, to say which of them is off.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import redraw
from labkit.checks.tinyml_pico.reading import mapping
from labkit.exercise.guard import UnusableError, as_array
from labkit.exercise.outcome import Outcome, Status, failed, passed
from labkit.exercise.task import Instance
from labkit.trends.tinyml_pico import data, integer, network
from labkit.trends.tinyml_pico.validate import NetworkError, validated

LAYER_KEYS = (
    "weight",
    "bias",
    "multiplier",
    "shift",
    "input_zero_point",
    "output_zero_point",
    "low",
    "high",
)

AGREEMENT, HALF_AGREEMENT = 0.98, 0.95
LOSS = 0.02
"""Of the accuracy. Both thresholds are the brief's; see `draw_network` for how far right answers
stay away from them."""

PER_CHANNEL = "One scale for the whole tensor: small channels lose their digits. Each output \
channel has a scale of its own, its largest absolute weight divided by 127."
HOLDS_ZERO = "A range has to hold 0, so that padding and ReLU are exact: extend it to 0 where it \
does not."


def layer_verdict(raw: Any, case: Instance) -> Outcome:
    """Hold the int8 layer of one case against the outputs that are right."""
    shape = case["shape"]
    kind = "dense" if len(shape) == 2 else "conv"
    on = (
        f"a {'dense layer' if kind == 'dense' else 'convolution'} with weights "
        f"{tuple(shape)}, input {case['input_range']}, output {case['output_range']}, "
        f"{'with' if case['relu'] else 'without'} ReLU"
    )
    layer = _layer(raw, kind, case)
    values = redraw.layer_input(case)
    outputs = integer.apply(layer, values).reshape(len(values), -1)
    wrong = outputs != np.array(case["outputs"])
    if not wrong.any():
        return passed("")
    words, trap = _which_number(layer, case)
    tensor, place = (int(i) for i in np.argwhere(wrong)[0])
    return failed(
        f"{wrong.mean():.0%} of the outputs are not what they should be. {words}",
        on=f"{on}; first wrong at output {place} of tensor {tensor}: {outputs[tensor, place]} "
        f"instead of {case['outputs'][tensor][place]}",
        next_step="Work one output out by hand, from the real numbers and from the whole ones; "
        "they agree within half a step of the output.",
        misconception=trap,
    )


def _layer(raw: Any, kind: str, case: Instance) -> dict[str, Any]:
    """The returned layer in the reference's form."""
    given = dict(mapping(raw, LAYER_KEYS, "the int8 layer"))
    layer: dict[str, Any] = {key: as_array(given[key], key) for key in LAYER_KEYS}
    shape = tuple(case["shape"])
    if layer["weight"].shape != shape:
        raise UnusableError(
            f"weight has the shape {layer['weight'].shape}; it should stay {shape}.",
            "Quantise the weights in place, without turning or flattening them.",
        )
    layer |= {"kind": kind}
    if kind == "conv":
        layer |= {"stride": case["stride"], "padding": case["padding"]}
    steps = case["steps"] if kind == "conv" else 1
    zero, out = layer["input_zero_point"], shape[0]
    behind = {
        "kind": "dense",
        "weight": np.ones((1, out)),
        "bias": [0],
        "multiplier": [2**30],
        "shift": [-8],
        "input_zero_point": layer["output_zero_point"],
        "output_zero_point": 0,
        "low": -128,
        "high": 127,
    }
    rest = [{"kind": "pool"}, behind] if kind == "conv" else []
    alone = {
        "length": steps,
        "channels": shape[-1],
        "scale": 1.0,
        "zero_point": zero,
        "layers": [layer, *rest],
    }
    return dict(_valid(alone)["layers"][0])


def _valid(raw: Any) -> network.Network:
    try:
        return validated(raw)
    except NetworkError as problem:
        words = str(problem).replace("the network", "Your network")
        raise UnusableError(
            words[0].upper() + words[1:] + ".",
            "The table above says what each entry holds.",
        ) from None


def _which_number(layer: dict[str, Any], case: Instance) -> tuple[str, str]:
    """Say which of the layer's numbers is off, and which misconception explains it."""
    right = {key: np.array(value) for key, value in case["right"].items()}
    for key in ("input_zero_point", "output_zero_point"):
        if abs(layer[key] - int(right[key])) > 1:
            name = key.partition("_")[0]
            low, high = case[f"{name}_range"]
            trap = HOLDS_ZERO if low > 0 or high < 0 else ""
            return f"The {name}'s zero point is {layer[key]}; {right[key]} is right.", trap
    if layer["low"] != right["low"] or layer["high"] != 127:
        return (
            f"The clamp is {layer['low']} to {layer['high']}; {right['low']} to 127 is right.",
            "In whole numbers a ReLU cuts at the output's zero point, which stands for the real 0."
            if case["relu"]
            else "",
        )
    return _weights_off(layer, right) or _bias_off(layer, right, case) or _factor_off(layer, right)


def _weights_off(layer: dict[str, Any], right: dict[str, Any]) -> tuple[str, str] | None:
    off = np.abs(layer["weight"].astype(int) - right["weight"]).max()
    if off <= 1:
        return None
    largest = np.abs(layer["weight"].astype(int)).reshape(len(right["bias"]), -1).max(axis=1)
    shared = largest.max() >= 126 and np.median(largest) < 120
    return f"Weights are off by up to {off}.", PER_CHANNEL if shared else ""


def _used(right: dict[str, Any]) -> np.ndarray:
    """Which outputs have weights at all."""
    return np.abs(right["weight"]).reshape(len(right["bias"]), -1).max(axis=1) > 0


def _bias_off(
    layer: dict[str, Any], right: dict[str, Any], case: Instance
) -> tuple[str, str] | None:
    off = np.where(_used(right), np.abs(layer["bias"].astype(float) - right["bias"]), 0)
    if off.max() <= 1:
        return None
    first = int(off.argmax())
    low, high = case["input_range"]
    finer = (max(high, 0) - min(low, 0)) / (high - low)  # without the range's extension
    unextended = finer > 1 and abs(layer["bias"][first] / right["bias"][first] / finer - 1) < 0.02
    return (
        f"Bias {first} is {layer['bias'][first]}; {right['bias'][first]} is right.",
        HOLDS_ZERO
        if unextended
        else "A bias is added to the accumulator, so its step is the input's scale times the "
        "weights' scale, and it is a 32-bit number.",
    )


def _factor_off(layer: dict[str, Any], right: dict[str, Any]) -> tuple[str, str]:
    real, expected = (
        numbers["multiplier"].astype(float) * 2.0 ** (numbers["shift"].astype(float) - 31)
        for numbers in (layer, right)
    )
    ratio = np.where(_used(right), real / expected, 1.0)
    first = int(np.abs(np.log2(np.maximum(ratio, 1e-9))).argmax())
    if abs(ratio[first] - 1) > 1e-6:
        return (
            f"Multiplier and shift of output {first} stand for {real[first]:.6g}; "
            f"{expected[first]:.6g} is right.",
            _multiplier_trap(float(ratio[first])),
        )
    return "Single weights or biases are rounded the wrong way.", ""


def _multiplier_trap(ratio: float) -> str:
    doublings = np.log2(ratio) if ratio > 0 else 0.5
    if abs(ratio - 1) < 0.01:
        return "The multiplier has too few bits: it lies between 2**30 and 2**31 − 1."
    if abs(doublings - round(doublings)) < 1e-3:
        return "The shift is off: multiplier · 2 ** (shift − 31) has to be the real factor."
    return "The real factor is input scale · weight scale / output scale."


def int8_network(raw: Any) -> network.Network:
    """A returned int8 network in the reference's form.

    Raises UnusableError with the words of `validated` where it breaks the specification.
    """
    return _valid(_read(raw))


def network_verdict(raw: Any, case: Instance) -> Outcome:
    """Run an int8 network on windows of unseen people, beside the float one that it stands for."""
    made = int8_network(raw)
    floating = redraw.float_network(case)
    on = f"a float network of the course's shape, {case['windows']} windows for the ranges"
    if _form(made) != _form(floating):
        raise UnusableError(
            f"The layers have the shapes {_form(made)}; those of the float network are "
            f"{_form(floating)}.",
            "Keep the layers, fold each batch norm into the convolution before it.",
        )
    unseen = data.part("test")
    signal = redraw.worn(case, unseen.signal)
    answers = integer.run(made, integer.quantise_input(made, signal))
    expected = network.logits(floating, signal)
    agreement = float(np.mean(answers.argmax(axis=1) == expected.argmax(axis=1)))
    before, after = (network.accuracy(a, unseen.exercise) for a in (expected, answers))
    seen = (
        f"On {len(answers)} windows of unseen people the int8 network agrees with the float one "
        f"on {agreement:.1%}; accuracy {after:.1%} after {before:.1%}"
    )
    if agreement >= AGREEMENT and before - after <= LOSS:
        return passed(f"{seen}.")
    words = dict(
        on=on,
        next_step="Compare layer by layer: integer.activations(int8, …) brought back to real "
        "numbers, and network.activations(float, …). The first layer that differs by more than a "
        "step holds the mistake.",
        misconception=_network_trap(made, floating),
    )
    wanted = f"{seen}; at least {AGREEMENT:.0%} and a loss of at most 2 points are wanted."
    if agreement >= HALF_AGREEMENT:
        return Outcome(Status.PARTIAL, 0.5, wanted, **words)
    return failed(wanted, **words)


def _read(raw: Any) -> dict[str, Any]:
    """The returned network with every number in a plain array."""
    top = mapping(raw, ("length", "channels", "scale", "zero_point", "layers"), "the int8 network")
    if not isinstance(top["layers"], (list, tuple)):
        raise UnusableError(
            f"The network's layers are a {type(top['layers']).__name__}.",
            "They are a list of dictionaries, in the order of the float network's.",
        )
    layers = []
    for number, layer in enumerate(top["layers"]):
        given = mapping(layer, ("kind",), f"layer {number}")
        layers.append(
            {
                key: value if key == "kind" else as_array(value, f"{key} of layer {number}")
                for key, value in given.items()
                if key in (*LAYER_KEYS, "kind", "stride", "padding")
            }
        )
    numbers = {k: as_array(top[k], k) for k in ("length", "channels", "scale", "zero_point")}
    return {**numbers, "layers": layers}


def _form(made: network.Network) -> list[Any]:
    return [np.shape(layer["weight"]) for layer in made["layers"] if "weight" in layer]


def _network_trap(made: network.Network, floating: network.Network) -> str:
    """Name what is plainly missing in the int8 network."""
    for layer, own in zip(floating["layers"], made["layers"], strict=True):
        if layer["kind"] != "conv":
            continue
        if own["low"] != own["output_zero_point"]:
            return (
                "The ReLU behind a convolution is missing: low has to be the output's zero point."
            )
        largest = np.abs(own["weight"].astype(int)).reshape(len(own["weight"]), -1).max(axis=1)
        if np.median(largest) < 120:
            return PER_CHANNEL
        # A folded gain is positive or negative; unfolded weights keep all their signs.
        spread = np.sqrt(layer["variance"] + layer["epsilon"])
        bias = (layer["beta"] * spread - layer["mean"] * layer["gamma"]) / spread
        same = np.sign(own["bias"]) == np.sign(bias)
        if np.mean(same[np.abs(bias) > 0.05]) < 0.9:
            return (
                "Batch norm is not folded in as it is used: weight · gamma / sqrt(variance + "
                "epsilon), and beta − mean · gamma / sqrt(variance + epsilon) as the bias."
            )
    return ""
