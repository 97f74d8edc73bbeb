"""Judge of the task `canary`: the right decision, soon, minute by minute."""

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
asked. Wald's test decides 2 to 4 % wrongly, tests in every minute 10 to 22 %."""

SLOW = 1.3
"""Mean time, as a multiple of that of Wald's sequential test on the same minutes."""

DECISIONS = ("promote", "roll back", "continue")

TRAPS = {
    "each minute": "A test at 5 % in each minute is a test at 5 % many times over: chance decides, "
    "sooner or later.",
    "ahead": "The decision depends on minutes that came after it.",
    "fixed": "A fixed waiting time is as long for a version that fails at once as for one that is "
    "hard to tell.",
    "turned": "Errors speak for a roll back.",
    "one side": "One of the two decisions is never made. Requests that went well speak for a "
    "version, as errors speak against it.",
    "undecided": "Nothing is ever decided. What single minutes say is little; it adds up.",
    "hasty": "Decided on too little: in so few minutes chance is larger than what tells the rates "
    "apart.",
    "late": "More certainty is asked for than the task does, and it is paid for in minutes.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Show each version minute by minute until it is decided; count errors and minutes.

    So no decision can depend on what comes later. It ends early once more minutes have gone by
    than all versions together may take.
    """
    n, most = len(instance["broken"]), SLOW * instance["best"]
    wrong, seen = {False: 0, True: 0}, {False: 0, True: 0}
    said: list[str] = []
    times: list[int] = []
    for number, broken in enumerate(instance["broken"]):
        if sum(times) > most * n:
            break
        requests, errors = canary(instance, number)
        for end in range(1, len(requests) + 1):
            decision, minute = _said(answer, instance, requests[:end], errors[:end])
            if decision != "continue":
                break
        if decision != "continue" and minute != end - 1:
            return failed(
                f"Shown {end - 1} minutes of a version, the answer is 'continue'; shown one more, "
                f"it is {decision!r} at minute {minute}, which is over.",
                next_step="Go through the minutes in order and return at the first decision, with "
                "its minute.",
                misconception=TRAPS["ahead"],
            )
        said.append(decision)
        times.append(end)
        seen[broken] += 1
        wrong[broken] += decision != ("roll back" if broken else "promote")
    share = {kind: wrong[kind] / max(seen[kind], 1) for kind in wrong}
    time = float(np.mean(times))
    words = (
        f"{share[False]:.0%} of healthy and {share[True]:.0%} of broken versions are decided "
        f"wrongly or not at all ({WRONG:.0%} may); a decision takes {time:.1f} minutes on average "
        f"({most:.1f} may)."
    )
    on = f"{len(times)} of {n} versions, half of them broken, of {instance['minutes']} minutes"
    if max(share.values()) > WRONG:
        return failed(
            words,
            on=on,
            next_step="Compare how likely the minutes so far are at both rates, and decide where "
            "one is nineteen times as likely as the other.",
            misconception=TRAPS[_why_wrong(said, times, share, instance["best"])],
        )
    if len(times) < n or time > most:
        return failed(
            words,
            on=on,
            next_step="Decide as soon as the evidence is enough, in both directions.",
            misconception=TRAPS["fixed" if np.ptp(times) == 0 else "late"],
        )
    return passed(words)


def _why_wrong(said: list[str], times: list[int], share: dict[bool, float], best: float) -> str:
    decisions = set(said) - {"continue"}
    if not decisions:
        return "undecided"
    if len(decisions) == 1:
        return "one side"
    if min(share.values()) > 0.6:
        return "turned"
    return "hasty" if np.mean(times) < 0.4 * best else "each minute"


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
