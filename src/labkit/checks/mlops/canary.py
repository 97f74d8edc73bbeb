"""Judge of the task `canary`: the right decision, soon, without a look ahead."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import canary
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_parts, as_text, as_whole
from labkit.exercise.task import Instance, Task

QUICK = 2.0
"""CPU-seconds of a call; the reference needs a thousandth."""

WRONG = 0.1
"""Share of the healthy, and of the broken, that may be decided wrongly or not at all; 5 % are
asked."""

SLOW = 1.3
"""Mean time, as a multiple of that of Wald's sequential test on the same minutes."""

AGAIN = 16
"""Streams that are shown again, cut off at the decision and before it."""

DECISIONS = ("promote", "roll back", "continue")

TRAPS = {
    "each minute": "A test at 5 % in each minute is a test at 5 % many times over: healthy "
    "versions are rolled back by chance, sooner or later.",
    "ahead": "The decision depends on minutes that came after it.",
    "fixed": "A fixed waiting time is as long for a version that fails at once as for one that is "
    "hard to tell.",
    "turned": "Errors speak for a roll back.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Count wrong decisions, measure the time, and show some streams again, cut off."""
    n = instance["healthy"] + instance["broken"]
    wrong, times = {"promote": 0, "roll back": 0}, []
    for number in range(n):
        requests, errors = canary(instance, number)
        said, minute = _said(answer, instance, requests, errors)
        due = "promote" if number < instance["healthy"] else "roll back"
        wrong[due] += said != due
        times.append(minute + 1 if said != "continue" else len(requests))
        if number % (n // AGAIN) == 0 and said != "continue":
            for end, then in ((minute + 1, (said, minute)), (minute, None)):
                if not end:
                    continue
                cut = _said(answer, instance, requests[:end], errors[:end])
                if cut != then and (then is not None or cut[0] != "continue"):
                    return failed(
                        f"With all minutes the answer is {said!r} at minute {minute}; shown the "
                        f"first {end} of them, it is {cut!r}.",
                        next_step="Go through the minutes in order and return at the first "
                        "decision.",
                        misconception=TRAPS["ahead"],
                    )
    healthy, broken = instance["healthy"], instance["broken"]
    time = float(np.mean(times))
    words = (
        f"{wrong['promote'] / healthy:.0%} of healthy and {wrong['roll back'] / broken:.0%} of "
        f"broken versions are decided wrongly or not at all ({WRONG:.0%} may); a decision takes "
        f"{time:.1f} minutes on average ({SLOW * instance['best']:.1f} may)."
    )
    on = f"{healthy} healthy and {broken} broken versions of {instance['minutes']} minutes"
    if max(wrong["promote"] / healthy, wrong["roll back"] / broken) > WRONG:
        trap = "turned" if min(wrong.values()) > n / 3 else ""
        if wrong["promote"] / healthy > WRONG and wrong["roll back"] / broken <= WRONG:
            trap = "each minute"
        return failed(
            words,
            on=on,
            next_step="Compare how likely the minutes so far are at both rates, and decide where "
            "one is nineteen times as likely as the other.",
            misconception=TRAPS.get(trap, ""),
        )
    if time > SLOW * instance["best"]:
        return failed(
            words,
            on=on,
            next_step="Decide as soon as the evidence is enough, in both directions.",
            misconception=TRAPS["fixed"] if np.ptp(times) == 0 else "",
        )
    return passed(words)


def _said(answer: Any, instance: Instance, requests: Any, errors: Any) -> tuple[str, int]:
    raw = call(answer, instance["usual"], instance["bad"], requests, errors, seconds=QUICK)
    said, minute = as_parts(raw, ("decision", "minute"))
    decision, place = as_text(said, "decision"), as_whole(minute, "minute")
    if decision not in DECISIONS:
        raise _unusable(f"The decision is {decision!r}; it is one of {', '.join(DECISIONS)}.")
    if not 0 <= place < len(requests):
        raise _unusable(f"The minute is {place}; this stream has 0 to {len(requests) - 1}.")
    return decision, place


def _unusable(words: str) -> UnusableError:
    return UnusableError(words, "Return a pair: the decision, and the minute at which it was made.")


TASK = Task(
    "canary",
    10,
    judge,
    (
        "How likely are the errors so far at the usual rate, and how likely at the bad one?",
        "The logarithm of their ratio grows by errors * log(bad / usual) + "
        "(requests - errors) * log((1 - bad) / (1 - usual)) in a minute.",
        "Wald (1945): roll back above log(0.95 / 0.05), promote below its negative.",
    ),
    title="The canary",
    traps=TRAPS,
)
