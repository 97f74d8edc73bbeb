"""Task `compress`: a tenth of the bytes, and what was not sent is not lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.edge_federated import redraw
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.edge_federated.metrics import gap, optimum
from labkit.trends.edge_federated.world.clinics import Clinics, gradient

TIMES, PLUS = 2.0, 0.005
"""The gap may be this many times the dense one, plus this. The draws see to it that the largest
entries with a memory leave at most 1.5 times the dense gap; entries by lot, as well remembered,
leave at least 6.9 times, the largest with their sign 6.6 times (24 draws)."""

LOST = 1e-4
"""Share of what there was to send that may be missing or too much: rounding, say to float32."""

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a twentieth of a millisecond."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Descend along what the clinics' slopes became in sending."""

    def one(case: Instance) -> Outcome:
        clinics = redraw.clinics(case)
        model = _descend(answer, clinics, instance, case["most"])
        if isinstance(model, Outcome):
            return model
        left = gap(model, clinics, optimum(clinics))
        allowed = TIMES * case["dense"] + PLUS
        seen = (
            f"After {instance['rounds']} rounds of {case['most']} numbers a clinic {left:.1%} of "
            f"the gap is left; sending everything leaves {case['dense']:.1%}"
        )
        if left <= allowed:
            return passed(f"{seen}.")
        return failed(
            f"{seen}, and {allowed:.1%} is allowed.",
            on=f"{len(clinics.x)} clinics, a model of {model.size} weights",
            next_step="Nothing is lost. Which entries, if they wait, cost most?",
        )

    return each_case(instance, one, "A tenth of the bytes, and the gap of sending everything.")


def _descend(answer: Any, clinics: Clinics, instance: Instance, most: int) -> np.ndarray | Outcome:
    """The model after all rounds; or what is wrong, as soon as something is lost or made up."""
    model = clinics.start()
    memories = [np.zeros(model.size) for _ in clinics.x]
    share = np.array(clinics.sizes) / sum(clinics.sizes)
    for _ in range(instance["rounds"]):
        total = np.zeros(model.size)
        for k, (x, y) in enumerate(zip(clinics.x, clinics.y, strict=True)):
            slope = gradient(model, x, y).ravel()
            places, values, memory = _sent(answer, slope, memories[k], most)
            arrived = np.bincount(places, values, model.size)
            if wrong := _lost(slope, memories[k], arrived, memory):
                return wrong
            memories[k], total = memory, total + share[k] * arrived
        model = model - instance["step"] * total.reshape(model.shape)
        if np.abs(model).max() > 1e6:
            break
    return model


def _sent(answer: Any, update: np.ndarray, memory: np.ndarray, most: int) -> tuple[Any, Any, Any]:
    """One call, with what it sent taken apart and counted."""
    raw = call(answer, update, memory, most, seconds=QUICK)
    raw_places, raw_values, raw_memory = as_parts(raw, ("places", "values", "memory"))
    places = as_array(raw_places, "places", (None,))
    values = as_array(raw_values, "values", (len(places),))
    if len(places) > most:
        raise UnusableError(
            f"{len(places)} pairs of place and value were sent; {most} are allowed.",
            "Choose the places first, then take the values there.",
        )
    if not np.isin(places, np.arange(len(update))).all():
        raise UnusableError(
            f"The places hold {places[~np.isin(places, np.arange(len(update)))][0]:g}; they are "
            f"whole numbers from 0 to {len(update) - 1}.",
            "Return the places themselves, as numpy.argsort gives them.",
        )
    return places.astype(int), values, as_array(raw_memory, "memory", update.shape)


def _lost(
    update: np.ndarray, memory: np.ndarray, arrived: np.ndarray, kept: np.ndarray
) -> Outcome | None:
    """What is wrong where what arrives and what is kept are not what there was to send."""
    wanted = update + memory
    amiss = arrived + kept - wanted
    place = int(np.abs(amiss).argmax())
    if abs(amiss[place]) <= LOST * np.abs(wanted).max():
        return None
    return failed(
        f"At place {place} there was {wanted[place]:.4g} to send, {update[place]:.4g} of it new. "
        f"{arrived[place]:.4g} was sent and {kept[place]:.4g} is remembered.",
        on=f"an update of {update.size} numbers",
        next_step="Add the memory to the update first, and remember of the sum what is not sent.",
        misconception=_words(update, memory, arrived, kept),
    )


def _words(update: np.ndarray, memory: np.ndarray, arrived: np.ndarray, kept: np.ndarray) -> str:
    if np.array_equal(kept, memory) or not kept.any():
        return "What is not sent is forgotten, so small entries never arrive, however often."
    if np.array_equal(kept, update + memory):
        return "What was sent stays in the memory, so it is sent again and again."
    return "What arrives and what is remembered do not add up to what there was to send."


TASK = Task(
    "compress",
    15,
    judge,
    (
        "Which entries matter most for the next step? And what becomes of the others?",
        "Keep a memory: add it to the new update first, choose from the sum, and remember what of "
        "the sum was not sent.",
        "numpy.argsort(-abs(whole))[:most] gives the places of the largest entries.",
    ),
    title="Send a tenth of the bytes",
)
