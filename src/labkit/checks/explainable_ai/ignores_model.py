"""Judge of the task `ignores_model`: the makers of heat maps that read no network."""

from __future__ import annotations

from typing import Any

from labkit.checks.explainable_ai.redraw import heat_maps
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.explainable_ai.world.maps import IGNORES

WRONGLY = {
    "first": "It reads the first layer alone; new weights in the last one leave it as it is.",
    "head": "It reads the last layer alone; new weights in the first one leave it as it is.",
    "outline": "It looks like an edge map, but where it is bright depends on the network.",
    "smooth": "It adds noise at every call, and it does read the network.",
    "restless": "Its map changes from call to call, with the same network too.",
    "scaled": "Its map changes by a factor alone.",
    "pattern": "It looks like a map of a network, but it is a fixed pattern.",
}
"""What is so about a maker that was named wrongly, or left out."""

QUICK = 60.0
"""CPU-seconds of a call; the reference needs a hundredth."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Compare the sets of names.

    Over 20 draws, and 25 makers of each kind, new weights in every layer take 0.24 to 1.09 off the
    correlation of a map that reads the network, and 0.02 at most off that of one that does not.
    """
    return each_case(
        instance, lambda case: _makers(answer, case), "The right makers in every case."
    )


def _makers(answer: Any, case: Instance) -> Outcome:
    makers, images = heat_maps(case)
    raw = call(answer, makers, images, seconds=QUICK)
    found, right = as_names(raw, "makers", case["names"]), set(case["ignores"])
    if found == right:
        return passed("")
    name, kind = next(
        (name, kind)
        for name, kind in zip(case["names"], case["kinds"], strict=True)
        if (name in found) != (kind in IGNORES)
    )
    words = (
        "is named, but its map depends on the network."
        if name in found
        else ("is not named, but its map does not depend on the network.")
    )
    return failed(
        f"'{name}' {words} {WRONGLY.get(kind, '')}".strip(),
        on=f"{len(case['names'])} makers",
        next_step="Draw all weights anew, and compare how much the map's pattern changes with how "
        "much it changes from one call to the next.",
    )


TASK = Task(
    "ignores_model",
    10,
    judge,
    (
        "What would a map look like if the network had never learned anything?",
        "Correlate the map of the network with the map of a network with other weights in every "
        "layer, on several pictures.",
        "A maker with noise of its own does not correlate with itself either: compare with a "
        "second call on the same network.",
    ),
    title="A map of what?",
)
