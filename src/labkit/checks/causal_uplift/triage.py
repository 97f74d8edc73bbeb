"""Judge of the task `triage`: which claims have no effect behind them."""

from __future__ import annotations

from typing import Any

from labkit.checks.causal_uplift import units
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.outcome import Outcome, failed, passed, weighted
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task
from labkit.trends.causal_uplift.world.claims import Claim

PARTS = (
    (0.4, ("confounder left out", "collider adjusted for")),
    (0.3, ("hidden confounder",)),
    (0.3, ("best of many looks",)),
)
"""Shares of the points for the ways in which a claim came from nothing, as the task states them."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Which claims have no effect behind them; a real one among them costs everything."""
    batches = [_batch(answer, case) for case in instance["cases"]]
    accused = [claim for claims, names in batches for claim in claims if claim.name in names]
    kept = [claim for claims, names in batches for claim in claims if claim.name not in names]
    if not accused or not kept:
        return failed(
            f"You call {'none' if not accused else 'all'} of {len(accused) + len(kept)} claims "
            "spurious.",
            on=f"{len(batches)} batches",
            next_step=_STEP,
            misconception="All claims got the same verdict. Each has to be attacked on its own.",
        )
    if real := [claim for claim in accused if not claim.is_spurious]:
        return _wrong(real, len(batches))
    return weighted(
        [
            (share, _wrong(found, len(batches)) if found else passed(""))
            for share, kinds in PARTS
            for found in [[claim for claim in kept if claim.kind in kinds]]
        ],
        "Every claim is in its place.",
    )


def _batch(answer: Any, case: Instance) -> tuple[list[Claim], set[str]]:
    claims = units.claims(case)
    raw = ask(answer, [claim.public() for claim in claims], seconds=TRAINING)
    return claims, as_names(raw, "list of spurious claims", [claim.name for claim in claims])


def _wrong(claims: list[Claim], batches: int) -> Outcome:
    """Say what is true of the first of some claims in the wrong place."""
    first = claims[0]
    words, misconception = _KINDS[first.kind]
    return failed(
        f"'{first.name}' is {'spurious' if first.is_spurious else 'real'}: {words}. Of its kind "
        f"{len(claims)} are in the wrong place.",
        on=f"{batches} batches of six claims",
        next_step=_STEP,
        misconception=misconception,
    )


_STEP = (
    "Attack each claim in three ways: adjust for all that came before and nothing that came after, "
    "try the same on the outcome's own past, and count the looks."
)

_KINDS = {
    "genuine": (
        "it stands with all that came before adjusted for, and its past shows nothing",
        "A real effect was thrown away: an attack that hits everything proves nothing. How large "
        "an effect is says nothing without its error, and a cause of the outcome alone confounds "
        "nothing.",
    ),
    "genuine despite a mediator": (
        "its effect runs through what came after the treatment, and vanishes only if that is held "
        "fixed",
        "Adjusting for what the treatment changed takes a real effect away.",
    ),
    "confounder left out": (
        "it vanishes once all that was measured before the treatment is adjusted for",
        "A measured confounder was left out of the claim.",
    ),
    "collider adjusted for": (
        "it exists only while something measured after the treatment is adjusted for",
        "The claim adjusts for a collider, and that makes an effect out of nothing.",
    ),
    "hidden confounder": (
        "the treatment 'changes' even the outcome before the treatment",
        "No adjustment helps against a hidden confounder; the outcome's past (a negative control) "
        "shows it. A placebo treatment or a random common cause does not.",
    ),
    "best of many looks": (
        "the best of so many empty segments looks like that by chance",
        "Significant at 5 % in one of many looks is what chance gives.",
    ),
}


TASK = Task(
    "triage",
    10,
    judge,
    (
        "A real effect survives a fair attack. Spurious ones die of different causes.",
        "Adjust for what was measured before the treatment, and for nothing that came after. "
        "Is the effect still there?",
        "The outcome's own past, margin_before, cannot have been changed. If the treatment "
        "'changes' it, something unseen is at work.",
        "With 40 looks, two of them are below 5 % by chance. Divide the 5 % by the looks.",
    ),
    title="Claims that are nothing",
)
