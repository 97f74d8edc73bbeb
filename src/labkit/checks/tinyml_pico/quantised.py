"""Reading int8 layers and networks that an answer returned, in the integer reference's form."""

from __future__ import annotations

from typing import Any

from labkit.exercise.guard import UnusableError
from labkit.exercise.reading import as_array, as_list, as_mapping, as_text
from labkit.trends.tinyml_pico import network
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


def in_form(raw: Any) -> network.Network:
    """A network as `validated` has it; UnusableError where it breaks the specification."""
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
    return in_form(_read(raw))


def _read(raw: Any) -> dict[str, Any]:
    """The returned network with every number in a plain array."""
    keys = ("length", "channels", "scale", "zero_point")
    top = as_mapping(raw, (*keys, "layers"), "the int8 network")
    layers = as_list(top["layers"], "the network's layers")
    return {
        **{key: as_array(top[key], key) for key in keys},
        "layers": [_read_layer(layer, f"layer {row}") for row, layer in enumerate(layers)],
    }


def _read_layer(raw: Any, name: str) -> dict[str, Any]:
    kinds = 'Every layer has a `kind`: "conv", "pool" or "dense".'
    read = as_mapping(raw, ("kind",), name, kinds, (*LAYER_KEYS, "stride", "padding"))
    kind = as_text(read.pop("kind"), f"kind of {name}")
    return {"kind": kind, **{key: as_array(v, f"{key} of {name}") for key, v in read.items()}}
