"""Judge of the task `repair`: where the stickers are, and a network that they do not mislead."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.explainable_ai.redraw import HIDDEN, SIZE, learned, ward
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_list, as_mapping, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.explainable_ai.world.networks import Network, accuracy

Floats = NDArray[np.float64]
LEAST = 0.75
"""Accuracy, on pictures as they come and on misleading ones. Over 12 draws four ways of curing have
0.81 to 0.88 on both. Where stickers mislead, others have: stickers only added 0.43 to 0.67, places
covered 0.35 to 0.51, the stronger of two cured 0.37 to 0.62, random erasing and noise 0.03 to 0.41,
more epochs 0.10 to 0.51. Pictures with stickers on benign lesions alone leave 0.40 to 0.58 on those
that come. The draw wants less than 0.5 of the shipped network."""

NEAR = 1
QUICK = 60.0
"""CPU-seconds of a call; the reference needs about one."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the places, and try the network where stickers mislead."""
    return each_case(
        instance, lambda case: _ward(answer, case), "Found and cured, with one sticker and two."
    )


def _ward(answer: Any, case: Instance) -> Outcome:
    drawn = ward(case)
    network = learned(case, drawn)
    raw = call(answer, network, drawn.images, drawn.labels, seconds=QUICK)
    places_raw, network_raw = as_parts(raw, ("places", "network"))
    places = _places(places_raw)
    cured = _network(network_raw)
    right = [np.array(sticker["place"]) for sticker in case["stickers"]]
    on = f"{len(drawn.images)} pictures to train on, {len(right)} sticker(s)"
    found = [any(np.abs(one - place).max() <= NEAR for one in places) for place in right]
    if len(places) != len(right) or not all(found):
        return failed(
            f"{sum(found)} of {len(right)} stickers found, {len(places)} places named.",
            on=on,
            next_step="Where do the mean pictures of both labels differ most? Then make sure that "
            "nothing is left.",
        )
    misled = accuracy(cured, drawn.misleading, drawn.truth)
    as_there = accuracy(cured, drawn.as_there, drawn.truth)
    words = f"{misled:.2f} right where stickers mislead, {as_there:.2f} on pictures as they come"
    if min(misled, as_there) >= LEAST:
        return passed(f"{words}.")
    before = accuracy(network, drawn.misleading, drawn.truth)
    return failed(
        f"{words}; {LEAST:g} is asked for on both. The shipped network has {before:.2f} where they "
        "mislead.",
        on=on,
        next_step="Make pictures in which a sticker says nothing: it must be there and not there, "
        "as often with either label. Then train further.",
    )


def _places(value: Any) -> list[Floats]:
    """Pairs in a list, a set or an array, or a frame with a row each."""
    try:
        pairs = as_list(value, "places")
    except UnusableError:
        pairs = list(as_array(value, "places", (None, 2)))
    return [as_array(one, "place", (2,)) for one in pairs]


def _network(value: Any) -> Network:
    shapes: dict[str, tuple[int, ...]] = {
        "w1": (SIZE * SIZE, HIDDEN),
        "b1": (HIDDEN,),
        "w2": (HIDDEN,),
    }
    parts = as_mapping(value, (*shapes, "b2"), "the network")
    found = {key: as_array(parts[key], key, shape) for key, shape in shapes.items()}
    last = as_array(parts["b2"], "b2")
    if last.size != 1:
        raise UnusableError(
            f"b2 should be one number, but has shape {last.shape}.", "Keep the network's form."
        )
    return {**found, "b2": last.reshape(())}


TASK = Task(
    "repair",
    10,
    judge,
    (
        "images[labels == 1].mean(axis=0) - images[labels == 0].mean(axis=0) is a picture. Look at "
        "it.",
        "Swap: give every picture the pixels of a sticker's place from another picture, drawn at "
        "random. Some get a sticker, some lose it, whatever the label.",
        "networks.train(network, swapped, labels) trains further; swap anew a few times and train "
        "on all of them.",
    ),
    title="Right for the wrong reason",
)
