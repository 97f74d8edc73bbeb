"""Judge of the task `alarm`: few false alarms, and soon after the drift, on a hundred streams."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import stream
from labkit.exercise.guard import call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_whole
from labkit.exercise.task import Instance, Task

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a thousandth."""

FALSE = 12
"""False alarms that may be given in 100 quiet streams of 20 windows."""

SLOW = 1.8
"""Mean delay, as a multiple of that of a cumulative sum which knows what drifts, and how. On four
exams sums in both directions take 1.3 to 1.4 times as long with 2 or 3 false alarms, means of
single windows at a corrected level 3.8 times and more."""

AGAIN = 8
"""Streams that are shown again, cut off at the alarm and before it."""

TRAPS = {
    "never": "An alarm that never rings has no false ones.",
    "always": "An alarm at every difference: six features and twenty windows are 120 chances to be "
    "wrong, and p-values below 0.05 come in one of twenty.",
    "one window": "Each window was judged by itself. A small drift that stays adds up over "
    "windows, and noise does not.",
    "ahead": "The alarm depends on windows that came after it. Nobody has them when it rings.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Count false alarms, measure delays, and show some streams again, cut off."""
    false, delays = 0, []
    n, start = instance["quiet"] + instance["drifting"], instance["start"]
    again: list[int] = []
    for number in range(n):
        reference, windows = stream(instance, number)
        place = as_whole(call(answer, reference, windows, seconds=QUICK), "window")
        if not -1 <= place < len(windows):
            return failed(
                f"The answer is window {place}; this stream has the windows 0 to "
                f"{len(windows) - 1}, and -1 stands for no alarm.",
            )
        if number < instance["quiet"]:
            false += place >= 0
        elif place < start and place >= 0:
            continue  # false, as in quiet streams, and no measure of delay
        else:
            delays.append((place if place >= 0 else len(windows)) - start + 1)
            if place >= 0:
                again.append(number)
    on = f"{instance['quiet']} quiet streams, {instance['drifting']} that drift from window {start}"
    for number in again[:AGAIN]:
        outcome = _cut(answer, instance, number)
        if outcome is not None:
            return outcome
    delay = float(np.mean(delays)) if delays else float(instance["windows"])
    words = (
        f"{false} of {instance['quiet']} quiet streams have a false alarm ({FALSE} may); drift is "
        f"seen after {delay:.1f} windows on average ({SLOW * instance['best']:.1f} may)."
    )
    if false > FALSE:
        return failed(
            words,
            on=on,
            next_step="Find the level by simulation: draw quiet windows from the reference, and "
            "take the level that 5 % of them exceed.",
            misconception=TRAPS["always"] if false > 3 * FALSE else "",
        )
    if delay > SLOW * instance["best"]:
        return failed(
            words,
            on=on,
            next_step="Add up what each window's mean says, for every feature and both directions.",
            misconception=TRAPS["one window"] if again else TRAPS["never"],
        )
    return passed(words)


def _cut(answer: Any, instance: Instance, number: int) -> Outcome | None:
    """The alarm must ring at the same window without what follows, and not before it."""
    reference, windows = stream(instance, number)
    place = as_whole(call(answer, reference, windows, seconds=QUICK), "window")
    for end, due in ((place + 1, place), (place, -1)):
        if end and as_whole(call(answer, reference, windows[:end], seconds=QUICK), "window") != due:
            return failed(
                f"With all windows the alarm rings at {place}; shown the first {end} of them, it "
                "says something else.",
                next_step="Go through the windows in order and return at the first alarm.",
                misconception=TRAPS["ahead"],
            )
    return None


TASK = Task(
    "alarm",
    15,
    judge,
    (
        "Turn each window into six numbers: the mean of each feature, less the reference's, in "
        "standard errors.",
        "A cumulative sum (CUSUM): s = max(0, s + z - k), for z and -z of every feature. It "
        "alarms above a level h. k is half of the shift that you want to see.",
        "k = 1 sees shifts of two standard errors soonest. Find h by simulating quiet streams: "
        "twelve sums, twenty windows, at most 5 % alarms.",
    ),
    title="A drift alarm",
    traps=TRAPS,
)
