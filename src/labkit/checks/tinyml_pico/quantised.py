"""The verdict on quantised layers and networks.

What counts is what the integer reference answers with the learner's numbers. Where it differs,
`faults` says which number is off, and why.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.tinyml_pico import faults, redraw
from labkit.checks.tinyml_pico.reading import mapping
from labkit.exercise.guard import UnusableError
from labkit.exercise.outcome import Outcome, Status, failed, partial, passed
from labkit.exercise.reading import as_array
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
    words, trap = faults.in_layer(layer, case)
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
    faults.refuse_strange_shifts(layer, case)
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
            "The table of the task on single layers says what each entry holds.",
        ) from None


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
    agrees = agreement >= AGREEMENT and before - after <= LOSS
    if agrees and faults.input_scale_off(made, floating):
        return Outcome(
            Status.PARTIAL,
            0.5,
            f"{seen}. But its logits are off: the dense layer counts its input in another scale "
            "than the convolution before it writes.",
            on=on,
            next_step="Give the dense layer the output range of the last convolution as its input "
            "range.",
            misconception=faults.POOL_KEEPS,
        )
    if agrees:
        return passed(f"{seen}.")
    words = dict(
        on=on,
        next_step="Compare layer by layer: integer.activations(int8, …) brought back to real "
        "numbers, and network.activations(float, …). The first layer that differs by more than a "
        "step holds the mistake.",
        misconception=faults.in_network(made, floating, signal),
    )
    wanted = f"{seen}; at least {AGREEMENT:.0%} and a loss of at most 2 points are wanted."
    if agreement >= HALF_AGREEMENT:
        return partial(0.5, f"{wanted} This is worth half.", **words)
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
        kinds = 'Every layer has a `kind`: "conv", "pool" or "dense".'
        given = mapping(layer, ("kind",), f"layer {number}", kinds)
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
