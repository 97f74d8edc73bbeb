"""Task `federate`: clinics learn alone and still reach the common optimum.

The judge runs the rounds with what the learner's function does in a clinic, and measures what is
left of the gap. All that leaves a clinic passes here.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from labkit.checks.edge_federated import redraw
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_array, as_parts
from labkit.exercise.task import Instance, Task, each_case
from labkit.trends.edge_federated.metrics import gap, optimum
from labkit.trends.edge_federated.world.clinics import Clinics
from labkit.trends.edge_federated.world.federation import averaged, rounds

LEFT = 0.0015
"""Share of the gap that may be left after 40 rounds. The draws see to it that corrected steps (30
of .5) leave at most .0007 and averages with momentum at least .0020. Of 14 draws FedAvg left .009
to .06, one averaged slope a round with momentum .0021 to .015."""

FALLS = 0.75
"""A gap that is below this share of what it was ten rounds ago still falls."""

SAME = 1e-6
"""Relative to the largest weight: how far two answers to one question may lie apart. The question
is asked again with the weights changed by `TOUCH`, so that it cannot be looked up."""

TOUCH = 1e-10

QUICK = 5.0
"""CPU-seconds of a call; the reference needs about three milliseconds."""

NAMES = ("model", "extra", "memory")


def judge(answer: Any, instance: Instance) -> Outcome:
    """Run the rounds in each set of clinics, and ask again what was asked before."""
    number = instance["rounds"]

    def one(case: Instance) -> Outcome:
        clinics = redraw.clinics(case)
        part = _Part(answer, keep=len(clinics.x) * (number // 2))
        part.ask_early(clinics)
        models = [model for model, _ in rounds(clinics, *averaged(part), number)]
        best = optimum(clinics)
        before, left = (gap(models[at], clinics, best) for at in (-11, -1))
        on = (
            f"{len(clinics.x)} clinics with {sum(clinics.sizes)} patients, {clinics.classes} "
            f"diagnoses, alpha {case['alpha']}"
        )
        if part.knows_more():
            return failed(
                "A clinic answers the same question differently once another clinic was asked.",
                on=on,
                next_step="What a clinic remembers goes through `memory`, what others learn of it "
                "through `model` and `extra`. Keep nothing outside of the function, and draw "
                "chance from a fixed seed.",
                misconception="What a clinic knows and nobody sent it is data that left another.",
            )
        seen = f"After {number} rounds {_share(left)} of the gap is left"
        if left <= LEFT:
            return passed(f"{seen}.")
        step, trap = _advice(before, left, part.silent())
        return failed(
            f"{seen} ({_share(before)} ten rounds earlier); averages with momentum leave "
            f"{case['momentum']:.2%}, and at most {LEFT:.2%} is wanted.",
            on=on,
            next_step=step,
            misconception=trap,
        )

    return each_case(instance, one, f"At most {LEFT:.2%} of the gap is left everywhere.")


def _share(left: float) -> str:
    return f"{left:.2%}" if left < 10 else "more than ten times"


def _advice(before: float, left: float, silent: bool) -> tuple[str, str]:
    """The next step, and the misconception, by what was sent and what the gap did of late."""
    if not left < 0.5 or left > 1.5 * before:
        return (
            "Print the gap after every round. It grows: take shorter steps, and look at what is "
            "divided by what.",
            "",
        )
    if silent:
        return (
            "Print the gap after every round: it ends beside the optimum. What does each clinic "
            "know of the others' slope?",
            "Averaging models that walked alone does not end at the optimum: clinics drift towards "
            "patients of their own.",
        )
    if left < FALLS * before:
        return (
            "The gap still falls. Let the clinics walk further in a round: more steps, or longer "
            "ones.",
            "",
        )
    return (
        "Print the gap after every round. It stands still, or goes up and down: the clinics pull "
        "in different directions, or swing. Of what is the correction the mean?",
        "",
    )


class _Part:
    """The learner's function, guarded; two questions are asked again when others were asked."""

    def __init__(self, answer: Any, keep: int) -> None:
        self.answer, self.keep = answer, keep
        self.calls = itertools.count()
        self.kept: list[tuple[tuple[np.ndarray, ...], ...]] = []

    def __call__(self, model: Any, extra: Any, x: Any, y: Any, memory: Any) -> tuple[Any, ...]:
        asked = (model, extra, x, y, memory)
        if next(self.calls) == self.keep:
            return self._keep(asked)
        return self._ask(asked)

    def ask_early(self, clinics: Clinics) -> None:
        """Ask a clinic in the middle of a round, before any other clinic was seen."""
        rng = np.random.default_rng(sum(clinics.sizes))
        model, extra, memory = 0.1 * rng.normal(size=(3, *clinics.start().shape))
        self._keep((model, extra, clinics.x[0], clinics.y[0], memory))

    def knows_more(self) -> bool:
        """Whether a kept question has another answer after other clinics began together."""
        (model, _, x, y, _), _ = self.kept[-1]
        rng = np.random.default_rng(len(y))
        try:
            for _ in range(2):
                strange = (rng.permuted(x, axis=0), rng.integers(model.shape[1], size=len(y)))
                nothing = np.zeros_like(model)
                self._ask((nothing, nothing.copy(), *strange, nothing.copy()))
            for (model, extra, x, y, memory), (said, *_) in self.kept:
                again = self._ask((model * (1 + TOUCH), extra, x, y, memory))[0]
                if not np.allclose(again, said, rtol=SAME, atol=SAME * np.abs(said).max()):
                    return True
        except UnusableError:
            return True
        return False

    def silent(self) -> bool:
        """Whether a clinic in the middle of the rounds sent nothing of its own but its model."""
        (_, extra, *_), (_, said, _) = self.kept[-1]
        return bool(np.allclose(said, extra) or not said.any())

    def _keep(self, asked: tuple[Any, ...]) -> tuple[Any, ...]:
        said = self._ask(asked)
        self.kept.append(tuple(tuple(part.copy() for part in parts) for parts in (asked, said)))
        return said

    def _ask(self, asked: tuple[Any, ...]) -> tuple[Any, ...]:
        raw = as_parts(call(self.answer, *asked, seconds=QUICK), NAMES)
        shape = asked[0].shape
        return tuple(as_array(part, name, shape) for part, name in zip(raw, NAMES, strict=True))


TASK = Task(
    "federate",
    15,
    judge,
    (
        "At the common optimum the slopes of the clinics are not zero; only their mean is. So a "
        "clinic that follows its own slope alone walks away from the optimum.",
        "Let every clinic remember its own slope, and send it as `extra`: then `extra` comes back "
        "as the mean slope of all. Each local step takes: slope here, minus own remembered slope, "
        "plus the mean slope.",
        "The slope of a round is the mean over the walk, and can be read off it: (model before − "
        "model after) / (steps · length of a step), plus the correction that was in it. The slope "
        "at the round's first model alone makes long walks swing.",
        "Thirty local steps of length 0.5 are enough for 40 rounds here; of length 0.3 they are "
        "too few.",
    ),
    title="Learn apart, end at the common optimum",
)
