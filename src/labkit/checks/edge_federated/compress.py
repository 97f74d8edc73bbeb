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
entries with a memory leave at most 1.5 times the dense gap (.011 to .031 in 24 draws), without one
at least 3.2 times (7.8 to 63), entries by lot as well, scaled up to the right mean (3.2 to 114)."""

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a twentieth of a millisecond."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Descend along what the clinics' slopes became in sending."""

    def one(case: Instance) -> Outcome:
        clinics = redraw.clinics(case)
        model = _descend(answer, clinics, instance, case["most"])
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
            next_step="Add up over all rounds what a clinic wanted to send and what it did send. "
            "Both sums should end close together.",
            misconception=_forgets(answer, model.size, case["most"]),
        )

    return each_case(instance, one, "A tenth of the bytes, and the gap of sending everything.")


def _descend(answer: Any, clinics: Clinics, instance: Instance, most: int) -> np.ndarray:
    model = clinics.start()
    memories = [np.zeros(model.size) for _ in clinics.x]
    share = np.array(clinics.sizes) / sum(clinics.sizes)
    for _ in range(instance["rounds"]):
        total = np.zeros(model.size)
        for k, (x, y) in enumerate(zip(clinics.x, clinics.y, strict=True)):
            slope = gradient(model, x, y).ravel()
            places, values, memories[k] = _sent(answer, slope, memories[k], most)
            np.add.at(total, places, share[k] * values)
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


def _forgets(answer: Any, size: int, most: int) -> str:
    """Whether what was not sent is gone: of four equal rounds, how much arrives or is kept."""
    update = np.linspace(1.0, 2.0, size)
    memory, arrived = np.zeros(size), np.zeros(size)
    for _ in range(4):
        places, values, memory = _sent(answer, update, memory, most)
        np.add.at(arrived, places, values)
    if np.allclose(arrived + memory, 4 * update):
        return ""
    if np.allclose(memory, 0.0):
        return "What is not sent is forgotten, so small entries never arrive, however often."
    return "What arrived and what is remembered do not add up to what there was to send."


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
