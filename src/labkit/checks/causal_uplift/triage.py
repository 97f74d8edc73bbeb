"""Judge of the task `triage`: which claims have no effect behind them."""

from __future__ import annotations

from typing import Any

from labkit.checks.causal_uplift import redraw
from labkit.checks.causal_uplift.asking import TRAINING, ask
from labkit.exercise.outcome import Outcome, Status, failed, over_cases, passed
from labkit.exercise.reading import as_names
from labkit.exercise.task import Instance, Task, judge_cases


def judge(answer: Any, instance: Instance) -> Outcome:
    """Which claims have no effect behind them; one mistake in a batch leaves half of it."""
    outcomes = judge_cases(instance["cases"], lambda case: _triage_case(answer, case))
    return over_cases(outcomes, "Every claim is in its place.")


def _triage_case(answer: Any, case: Instance) -> Outcome:
    claims = redraw.claims(case)
    raw = ask(answer, [claim.public() for claim in claims], seconds=TRAINING)
    names = as_names(raw, "list of spurious claims", [claim.name for claim in claims])
    wrong = [claim for claim in claims if (claim.name in names) != claim.is_spurious]
    if not wrong:
        return passed("")
    first = wrong[0]
    words, trap = _TRIAGE_TRAPS[first.kind]
    message = (
        f"{len(wrong)} of {len(claims)} claims are in the wrong place. '{first.name}' is "
        f"{'spurious' if first.is_spurious else 'real'}: {words}."
    )
    on = f"a batch of {len(claims)} claims"
    step = (
        "Attack each claim in three ways: adjust for all that came before and nothing that came "
        "after, try the same on the outcome's own past, and count the looks."
    )
    if len(names) in (0, len(claims)):
        trap = "All claims got the same verdict. Each has to be attacked on its own."
    if len(wrong) == 1:
        return Outcome(Status.PARTIAL, 0.5, message, on, step, trap)
    return failed(message, on=on, next_step=step, misconception=trap)


_TRIAGE_TRAPS = {
    "genuine": (
        "it stands with all that came before adjusted for, and its past shows nothing",
        "A real effect was thrown away: an attack that hits everything proves nothing.",
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
