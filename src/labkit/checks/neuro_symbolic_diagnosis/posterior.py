"""Task 1, exact logic: the distribution of the score, differentiable, many lesions at once.

The exact figures stand in the instance; how they are found is the exam's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from labkit.checks.neuro_symbolic_diagnosis import redraw
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, Status, failed, partial, passed
from labkit.exercise.reading import as_array, as_parts
from labkit.exercise.task import Instance, Task, attempt
from labkit.exercise.traps import trap
from labkit.trends.neuro_symbolic_diagnosis.perception import HEADS

Floats = NDArray[np.float64]

EXACT = 1e-6
SLOPE_EXACT = 1e-5
TENTHS = 90

SECONDS = 60.0
"""CPU time of a call. The reference needs 0.1 s for the batch, a loop over lesions about 5 s."""

NUMBERS_ONLY = 0.25
"""Right numbers without slopes, or of single lesions only; the task's text says so."""

TRAPS = {
    "most likely": "One score has all the probability: the most likely findings are not the "
    "posterior.",
    "renormalised": "A combination without any colour or any structure has no probability here. "
    "Findings are independent, so it keeps its small one. Do not renormalise.",
    "sampled": "These are frequencies of a sample. Exact means no sampling.",
    "binomial": "The mean is right, the rest is not. A count of findings with different "
    "probabilities is not binomial with their mean probability.",
    "bell curve": "Mean and spread are about right, the shape is not: a bell curve is not exact.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """The distribution of the TDS to 1e-6, its slopes to 1e-5, and a large batch in one call."""
    cases = instance["cases"]
    stated = [_posterior_and_slopes(answer, case["logits"]) for case in cases]
    misconception = _trap_of(stated[-1][0], cases[-1])
    for (posterior, _), case in zip(stated, cases, strict=True):
        outcome = _posterior_outcome(posterior, case, misconception)
        if outcome is not None:
            return outcome
    rest = [_slopes_outcome(own, case) for (_, own), case in zip(stated, cases, strict=True)]
    rest.append(attempt(lambda: _batch_outcome(answer, instance["batch"])))
    short = next((outcome for outcome in rest if outcome.status is not Status.PASSED), None)
    if short is None:
        return passed("Exact, differentiable, and as fast as a large batch needs.")
    return partial(
        NUMBERS_ONLY,
        short.message,
        on=short.on,
        next_step=short.next_step,
        misconception=short.misconception,
    )


def _posterior_and_slopes(answer: Any, logits: Any) -> tuple[Floats, Floats]:
    table = np.array(logits, dtype=float)
    try:
        raw = call(answer, table, seconds=SECONDS)
    except UnusableError as problem:
        raise _about_gradients(problem) from None
    posterior, slopes = as_parts(raw, ("posterior", "slopes"))
    return (
        as_array(posterior, "posterior", (len(table), TENTHS)),
        as_array(slopes, "slopes", table.shape),
    )


def _about_gradients(problem: UnusableError) -> UnusableError:
    """Say in the words of the task what autograd complains about."""
    text = str(problem)
    if "does not require grad" in text or "must be Tensor" in text or "Tensors" in text:
        return UnusableError(
            f"No slope can be taken of your posterior. {text}",
            "Stay in torch from the beliefs to the posterior: no NumPy, item(), detach(), argmax "
            "or rounding on the way.",
        )
    return problem


def _posterior_outcome(posterior: Floats, case: Instance, misconception: str) -> Outcome | None:
    expected = np.array(case["posterior"])
    off = np.abs(posterior - expected)
    if off.max() <= EXACT:
        return None
    row, tenth = np.unravel_index(off.argmax(), off.shape)
    total = float(posterior[row].sum())
    words = (
        f"P(TDS = {tenth / 10:.1f}) is {posterior[row, tenth]:.6f}, and {expected[row, tenth]:.6f} "
        f"is right"
    )
    if abs(total - 1) > 1e-4:
        words += f"; the row sums to {total:.4f} instead of 1"
    return failed(
        f"{words}.",
        on=case["words"],
        next_step="Write down all scores that two colours and nothing else can give, with their "
        "probabilities, and compare. Then add one criterion at a time.",
        misconception=misconception,
    )


def _trap_of(posterior: Floats, case: Instance) -> str:
    """Name what was made of lesions with every finding in doubt, if it is known."""
    expected = np.array(case["posterior"])
    if np.abs(posterior.sum(1) - 1).max() > 1e-4 or np.abs(posterior - expected).max() <= EXACT:
        return ""
    if posterior.max(1).min() > 1 - 1e-9:
        return TRAPS["most likely"]
    if known := trap(posterior, case["traps"], TRAPS, 1e-4):
        return known
    if np.abs(posterior - expected).max() < 0.05 and _sampled(posterior):
        return TRAPS["sampled"]
    scores = np.arange(TENTHS) / 10
    means, true_means = posterior @ scores, expected @ scores
    spreads = posterior @ scores**2 - means**2
    true_spreads = expected @ scores**2 - true_means**2
    if np.abs(means - true_means).max() < 1e-6:
        return TRAPS["binomial"]
    if np.abs(means - true_means).max() > 0.2 or np.abs(spreads / true_spreads - 1).max() > 0.2:
        return ""
    return TRAPS["bell curve"] if _one_hump(posterior) else ""


def _one_hump(posterior: Floats) -> bool:
    """Whether every row rises to one highest place and falls after it, as a bell curve does."""
    turns = np.diff(np.sign(np.diff(posterior.round(12), axis=1)), axis=1)
    return bool(((turns < 0).sum(axis=1) <= 1).all())


def _sampled(posterior: Floats) -> bool:
    """Whether the smallest probability divides all others, as a count of draws does."""
    smallest = posterior[posterior > 1e-9].min()
    counts = posterior / smallest
    return bool(smallest > 1e-7 and np.abs(counts - np.rint(counts)).max() < 1e-3)


def _slopes_outcome(slopes: Floats, case: Instance) -> Outcome:
    expected = np.array(case["slopes"])
    off = np.abs(slopes - expected)
    if off.max() <= SLOPE_EXACT:
        return passed("")
    for name, columns in HEADS.items():
        if np.abs(slopes[:, columns]).max() == 0 and np.abs(expected[:, columns]).max() > 1e-4:
            return failed(
                f"The posterior is right, but no slope reaches the {name}.",
                on=case["words"],
                next_step="Look for detach(), item() or a conversion to NumPy on the way of the "
                f"{name}.",
                misconception="A constant in the right place gives right numbers and learns "
                "nothing.",
            )
    name = next(n for n, columns in HEADS.items() if off[:, columns].max() > SLOPE_EXACT)
    return failed(
        f"The posterior is right, but its slope in the {name} is off by {off.max():.2g}.",
        on=case["words"],
        next_step="Leave posterior_and_slopes as it was given, and build the posterior of sums and "
        "products only.",
    )


def _batch_outcome(answer: Any, case: Instance) -> Outcome:
    logits = redraw.logits(case["n"], case["seed"])
    posterior, _ = _posterior_and_slopes(answer, logits)
    off = np.abs(posterior[case["rows"]] - np.array(case["posterior"])).max()
    if off <= EXACT and np.abs(posterior.sum(1) - 1).max() <= EXACT:
        return passed("")
    return failed(
        f"Alone each lesion is right, among {case['n']:,} others it is off by {off:.2g}.",
        on=f"a batch of {case['n']:,} lesions",
        next_step="Look for a sum or a normalisation over the wrong axis: lesions know nothing of "
        "each other.",
    )


TASK = Task(
    "posterior",
    15,
    judge,
    (
        "Begin with certainty: a score of 0 with probability 1. Every finding then spreads it "
        "a little.",
        "Adding a finding worth w tenths with probability p: the new distribution is (1 − p) "
        "times the old one plus p times the old one moved up by w places. "
        "torch.nn.functional.pad moves.",
        "Asymmetry and border are the same with three and nine ways to go instead of two.",
        "All lesions of the batch can be moved at once: the first axis is the lesion.",
    ),
    title="Exact logic",
    traps=TRAPS,
)
