"""Judge of the task `pick_prompt`: what is promised of the chosen prompt, over many logs."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.checks.generative_ai.redraw import logs
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, Status, failed, passed
from labkit.exercise.reading import as_number, as_parts, as_whole
from labkit.exercise.task import Instance, Task, attempt
from labkit.trends.generative_ai.world.logs import Log

REGRET, BIAS, LOW, HIGH, WIDTH = 0.75, 0.012, 0.89, 0.985, 1.25
"""Of a group of 400 logs; regret as a share of a random choice's, width as one of the reference's.
Over 9 groups halves of customers reach a regret of 0.42 to 0.57, a bias of -0.009 to 0.003,
coverage of 0.92 to 0.97 and widths of 0.99 to 1.08. The winner's own score is 0.027 to 0.037
off, halves of tickets 0.015 to 0.022; tickets as independent ones cover 0.73 to 0.81, unpaired
ones 0.80 to 0.88; unpaired customers are 1.31 to 1.39 wide, two intervals 1.8 and more; the
first prompt's regret is 0.95 to 1.06."""
QUICK = 5.0
"""CPU-seconds of a call: a thousand times what the solution takes."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Judge group by group, until one fails: no other could mend that, and each takes 400 logs."""
    for group in instance["groups"]:
        outcome = attempt(partial(_group, answer, group))
        if outcome.status is not Status.PASSED:
            return outcome
    return passed("In every group the choice is good and the promises are kept.")


def _group(answer: Any, group: Instance) -> Outcome:
    regrets, errors, covered, widths, winners = [], [], [], [], []
    for drawn in logs(group):
        prompt, promise, low, high = _answer(answer, drawn)
        gain = drawn.true[prompt] - drawn.true[0]
        regrets.append(drawn.true[1:].max() - drawn.true[prompt])
        errors.append(promise - drawn.true[prompt])
        covered.append(low <= gain <= high)
        widths.append(high - low)
        winners.append(abs(promise - drawn.scores[:, prompt].mean()) < 1e-9)
    on = (
        f"{len(errors)} logs of {group['given']['customers']} customers and "
        f"{group['given']['prompts']} prompts"
    )
    regret, bias = float(np.mean(regrets)), float(np.mean(errors))
    if regret > REGRET * group["random"]:
        return failed(
            f"The chosen prompt is {regret:.3f} worse than the best one on average; one chosen at "
            f"random, {group['random']:.3f}.",
            on=on,
            next_step="Choose the prompt with the best share of right answers in part of the log.",
        )
    if abs(bias) > BIAS:
        return failed(
            f"The share that is promised is {bias:+.3f} off on average; {BIAS:g} is allowed.",
            on=on,
            next_step="A ticket that helped to choose the prompt says too much good of it, and so "
            "does another ticket of the same customer.",
            misconception="The winner's own score is promised: the best of many was lucky, too."
            if np.mean(winners) > 0.9
            else "",
        )
    return _intervals(float(np.mean(covered)), float(np.mean(widths)), group["width"], on)


def _answer(answer: Any, drawn: Log) -> tuple[int, float, float, float]:
    raw = call(answer, drawn.scores, drawn.customer, seconds=QUICK)
    parts = as_parts(raw, ("prompt", "promise", "low", "high"))
    prompt = as_whole(parts[0], "prompt")
    if not 1 <= prompt < drawn.scores.shape[1]:
        raise UnusableError(
            f"The prompt is {prompt}; it should be 1 to {drawn.scores.shape[1] - 1}.",
            "Prompt 0 is today's; choose the one that may replace it.",
        )
    promise, low, high = (
        as_number(part, name)
        for part, name in zip(parts[1:], ("promise", "low", "high"), strict=True)
    )
    return prompt, promise, low, high


def _intervals(coverage: float, width: float, usual: float, on: str) -> Outcome:
    words = f"The intervals hold the true gain in {100 * coverage:.1f} % of the logs"
    if coverage < LOW:
        return failed(
            f"{words}; 95 % were asked for.",
            on=on,
            next_step="How far off a gain may be depends on how many customers there are, not on "
            "how many tickets: take customers as the units.",
        )
    if coverage > HIGH or width > WIDTH * usual:
        return failed(
            f"{words} and are {width:.3f} wide; {WIDTH * usual:.3f} is enough.",
            on=on,
            next_step="Both prompts answered the same tickets: take the difference ticket by "
            "ticket first, then ask how it scatters between customers.",
        )
    return passed(f"{words}.")


TASK = Task(
    "pick_prompt",
    15,
    judge,
    (
        "Which tickets may be used to choose, and which to promise? No customer on both sides.",
        "On the second half, take right answers of the chosen prompt minus those of prompt 0, "
        "ticket by ticket; then sum them up by customer.",
        "With g customers, sums s and tickets n by customer, and gain m = s.sum() / n.sum(): its "
        "standard error is sqrt(g / (g - 1) * ((s - m * n)**2).sum()) / n.sum().",
    ),
    title="The best prompt, and what may be promised",
)
