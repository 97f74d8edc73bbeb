"""Judge of the task `alarm`: few false alarms, and soon after the drift, look by look."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labkit.checks.mlops.redraw import Stream, stream
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_whole
from labkit.exercise.task import Instance, Task

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a thousandth."""

FALSE = 26
"""False alarms that may be given in 200 quiet streams of 20 windows. A level that is simulated to
exactly 5 % rings in 7 % of them, since the reference is a sample too: with five allowances k, on 20
exams each, 7 to 23 times."""

SLOW = 1.8
"""Mean delay in one direction, as a multiple of that of a cumulative sum which knows what drifts,
and how. Over 200 exams, simulated with normal means of windows, sums with allowances k from 0.75 to
1 and smoothed means take 1.0 to 1.55 times as long, with k = 1.25 1.15 to 1.79. A sum that is not
reset at 0 in that direction takes 1.86 to 3.0 times as long, too high a level 2.2 to 3.4. Means of
single windows at a corrected level take 1.8 to 3.0, longer in the worse of both directions."""

WAYS = {1: "a rise", -1: "a fall"}
"""Directions of a drift: each is held to the bar by itself."""

AGAIN = 8
"""Streams of each kind that are shown again, cut off at other places."""

TRAPS = {
    "never": "An alarm that never rings has no false ones.",
    "always": "An alarm at every difference: six features and twenty windows are 120 chances to be "
    "wrong, and p-values below 0.05 come in one of twenty.",
    "one window": "Each window was judged by itself. A small drift that stays adds up over "
    "windows, and noise does not.",
    "ahead": "The alarm depends on windows that came after it. Nobody has them when it rings.",
    "one direction": "Drifts in one direction are never seen. A mean may rise or fall.",
    "some features": "Drifts of some features are never seen.",
    "late": "Every alarm comes late: the level is high, or what a window adds is small, as where "
    "its mean is measured in standard deviations and not in standard errors.",
}


@dataclass
class _Count:
    """What was seen of the streams so far."""

    quiet: int = 0
    false: int = 0
    delays: dict[int, list[int]] = field(default_factory=lambda: {way: [] for way in WAYS})
    """In windows, of the means that rise and of those that fall."""
    rung: list[tuple[int, int, int]] = field(default_factory=list)
    """Number of a stream that drifts, the window at which it rang, the look before."""
    heard: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    """What drifted where an alarm rang, and where none did."""


def judge(answer: Any, instance: Instance) -> Outcome:
    """Show each stream several times, longer each time, until it rings; count false and late ones.

    An alarm counts from the look at which it is first told, so that no look ahead helps. It ends
    early once there are too many false alarms, or delays.
    """
    count = _Count()
    most = {way: SLOW * best for way, best in zip(WAYS, instance["best"], strict=True)}
    silent: list[int] = []
    for number in range(len(instance["drifts"])):
        if count.false > FALSE or _is_late(instance, count, most):
            break
        seen = stream(instance, number)
        before, place = 0, -1
        for end in seen.ends:
            place = _place(answer, seen, end)
            if place >= 0:
                break
            before = end
        if -1 < place < before:
            return _ahead(place, before, end)
        if not instance["drifts"][number]:
            count.quiet += 1
            count.false += place >= 0
            if place < 0:
                silent.append(number)
        elif place >= 0 and end <= seen.start:
            continue  # false, as in quiet streams, and no measure of delay
        else:
            rang = end if place >= 0 else len(seen.windows) + 1
            count.delays[int(np.sign(seen.feature))].append(rang - seen.start)
            if place >= 0:
                count.rung.append((number, place, before))
                count.heard.append(seen.feature)
            else:
                count.missed.append(seen.feature)
    outcome = _again(answer, instance, count.rung[:AGAIN], silent[:AGAIN])
    return outcome or _told(answer, instance, count, most)


def _place(answer: Any, seen: Stream, end: int) -> int:
    """The window at which the alarm rings, of the first so many."""
    place = as_whole(call(answer, seen.reference, seen.windows[:end], seconds=QUICK), "window")
    if not -1 <= place < end:
        raise UnusableError(
            f"The answer is window {place}; this stream has the windows 0 to {end - 1}, and -1 "
            "stands for no alarm."
        )
    return place


def _again(
    answer: Any, instance: Instance, rung: list[tuple[int, int, int]], silent: list[int]
) -> Outcome | None:
    """The alarm must ring at the same window without what follows, and not before it."""
    for number, place, before in rung:
        seen = stream(instance, number)
        for end, due in ((place + 1, place), (place, -1)):
            if end > before and _place(answer, seen, end) != due:
                return _ahead(place, end, end)
    for number in silent:
        seen = stream(instance, number)
        end = seen.ends[-2] + 1 + number % 2
        place = _place(answer, seen, min(end, len(seen.windows) - 1))
        if place >= 0:
            return failed(
                f"Shown all {len(seen.windows)} windows, no alarm rings; shown the first {end} of "
                f"them, it rings at {place}.",
                next_step="An alarm that has rung stays rung: return at the first one.",
                misconception=TRAPS["ahead"],
            )
    return None


def _ahead(place: int, cut: int, end: int) -> Outcome:
    return failed(
        f"Shown {end} windows or more, the alarm rings at {place}; shown the first {cut} of them, "
        "it says something else.",
        next_step="Go through the windows in order and return at the first alarm.",
        misconception=TRAPS["ahead"],
    )


def _is_late(instance: Instance, count: _Count, most: dict[int, float]) -> bool:
    """Whether the delays in a direction are too long, whatever those to come will be."""
    ways = zip(WAYS, instance["ways"], strict=True)
    return any(sum(count.delays[way]) > most[way] * streams for way, streams in ways)


def _told(answer: Any, instance: Instance, count: _Count, most: dict[int, float]) -> Outcome:
    delay = {way: float(np.mean(count.delays[way] or [0])) for way in WAYS}
    seen = (f"{WAYS[way]} after {delay[way]:.1f} ({most[way]:.1f} may)" for way in WAYS)
    words = (
        f"{count.false} of {count.quiet} quiet streams have a false alarm ({FALSE} of "
        f"{sum(not drifts for drifts in instance['drifts'])} may); windows until an "
        f"alarm, on average: {', '.join(seen)}."
    )
    drifting = sum(map(len, count.delays.values()))
    on = (
        f"{count.quiet + drifting} streams of {instance['windows']} windows, of which {drifting} "
        "drift"
    )
    if count.false > FALSE:
        return failed(
            words,
            on=on,
            next_step="Find the level by simulation: draw quiet windows from the reference, and "
            "take the level that 5 % of them exceed.",
            misconception=TRAPS["always"] if count.false > count.quiet / 3 else "",
        )
    if _is_late(instance, count, most) or any(delay[way] > most[way] for way in WAYS):
        return failed(
            words,
            on=on,
            next_step="Add up what each window's mean says, for every feature and both directions.",
            misconception=TRAPS[_why_late(answer, instance, count)],
        )
    return passed(words)


def _why_late(answer: Any, instance: Instance, count: _Count) -> str:
    """What the alarms that came have in common, and those that did not."""
    if not count.rung:
        return "never"
    for key, kind in (("one direction", np.sign), ("some features", abs)):
        heard = Counter(map(kind, count.heard))
        all_of = heard + Counter(map(kind, count.missed))
        shares = [heard[one] / all_of[one] for one in all_of]
        if max(shares) > 0.7 and min(shares) < 0.3 and all(abs(s - 0.5) > 0.2 for s in shares):
            return key
    alone = 0
    for number, place, _ in count.rung[:AGAIN]:
        seen = stream(instance, number)
        alone += _place(answer, seen._replace(windows=seen.windows[place:]), 1) == 0
    return "one window" if alone > min(len(count.rung), AGAIN) / 2 else "late"


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
        "twelve sums, twenty windows, at most 3 % alarms, since the reference is a sample too.",
    ),
    title="A drift alarm",
    traps=TRAPS,
)
