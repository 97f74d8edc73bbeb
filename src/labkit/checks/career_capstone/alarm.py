"""Judge of the task `alarm`: few false alarms, and soon after the shift, on many years."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks.career_capstone.redraw import days
from labkit.exercise.guard import UnusableError, call
from labkit.exercise.outcome import Outcome, failed, passed
from labkit.exercise.reading import as_whole
from labkit.exercise.task import Instance, Task
from labkit.trends.career_capstone.world.season import Days

QUICK = 5.0
"""CPU-seconds of a call; the reference needs a thousandth."""

FALSE = 9
"""Quiet years of 60 that may have an alarm."""

SLOW = 1.65
"""Mean delay, as a multiple of that of a cumulative sum which knows season and shift. Over 30 draws
sums, smoothed means, a season by Fourier and windows of three or four weeks take 1.13 to 1.54 times
as long with 0 to 8 false alarms; tests of whole months take 1.77 to 2.25 times, sums of the
difference to last year 2.2 to 2.8, corrected tests of days 8 times and more. A hundred years with a
shift, since forty let windows of three weeks come to 1.7 on one draw in fifty. Between them lies
a window of two weeks (1.37 to 1.71): some draws pay it, others do not."""

AGAIN = 8
"""Years with an alarm that are shown cut off as well, at the alarm and before it."""

TRAPS = {
    "never": "An alarm that never rings has no false ones.",
    "season": "It rings in nearly every quiet year: the season, or a chance among 364 days, is "
    "taken for a shift.",
    "one day": "Each day by itself is too noisy. A shift that stays adds up over days, and noise "
    "does not.",
    "ahead": "The alarm depends on days that came after it. Nobody has them when it rings.",
}


def judge(answer: Any, instance: Instance) -> Outcome:
    """Show some years cut off, then count false alarms and measure delays."""
    quiet, starts = instance["quiet"], instance["starts"]
    rung: dict[int, int] = {}
    for number in instance["order"]:
        if number < quiet or len(rung) == AGAIN:
            continue
        day = _day(answer, days(instance, number), forgets=True)
        if day < 0:
            continue
        rung[number] = day
        outcome = _cut(answer, instance, number, day)
        if outcome is not None:
            return outcome
    false, delays, rang = 0, [], False
    for number in instance["order"]:
        drawn = days(instance, number)
        day = _day(answer, drawn)
        if rung.get(number, day) != day:
            return failed(
                f"Asked twice about the same year, the alarm rings on day {rung[number]} and then "
                f"on day {day}.",
                next_step="Use the two known years and the year itself, and nothing else.",
            )
        if number < quiet:
            false += day >= 0
            continue
        start = starts[number - quiet]
        if 0 <= day < start:
            continue  # false, as in quiet years, and no measure of delay
        delays.append((day if day >= 0 else len(drawn.year)) - start + 1)
        rang |= day >= 0
    delay = float(np.mean(delays)) if delays else float(len(drawn.year))
    words = (
        f"{false} of {quiet} quiet years have an alarm ({FALSE} may); a shift is seen after "
        f"{delay:.1f} days on average ({SLOW * instance['best']:.1f} may)."
    )
    on = f"{quiet} quiet years, {len(starts)} that shift"
    if false > FALSE:
        return failed(
            words,
            on=on,
            next_step="Subtract what season and weekday lead one to expect, learned from the two "
            "known years. Then find the level by simulating quiet years.",
            misconception=TRAPS["season"] if false > 0.8 * quiet else "",
        )
    if delay > SLOW * instance["best"]:
        return failed(
            words,
            on=on,
            next_step="Add up how far each day lies above, or below, what was expected.",
            misconception=_slow(delay / instance["best"], rang),
        )
    return passed(words)


def _slow(times: float, rang: bool) -> str:
    if not rang:
        return TRAPS["never"]
    return TRAPS["one day"] if times > 5 else ""


def _day(answer: Any, drawn: Days, end: int | None = None, forgets: bool = False) -> int:
    """The day of the alarm, -1 without one, in a year or its first days."""
    year = drawn.year[:end]
    day = as_whole(call(answer, drawn.known, year, seconds=QUICK, forgets=forgets), "day")
    if not -1 <= day < len(year):
        raise UnusableError(
            f"The answer is day {day}; the year has the days 0 to {len(year) - 1}, and -1 stands "
            "for no alarm."
        )
    return day


def _cut(answer: Any, instance: Instance, number: int, day: int) -> Outcome | None:
    """The alarm must ring on the same day without what follows, and not before it.

    The answer forgets each call: what it remembers of a year cannot stand in for tomorrow's sales.
    """
    for end, due in ((day + 1, day), (day, -1)):
        if end and _day(answer, days(instance, number), end, forgets=True) != due:
            return failed(
                f"With the whole year the alarm rings on day {day}; shown the first {end} days, "
                "it says something else.",
                next_step="Go through the days in order and return the first alarm.",
                misconception=TRAPS["ahead"],
            )
    return None


TASK = Task(
    "alarm",
    10,
    judge,
    (
        "What is a day expected to bring? Regress the known years on sine and cosine of one and "
        "two waves a year, and on the weekday.",
        "A cumulative sum in each direction: s = max(0, s + z - k), with z in standard deviations "
        "of a day. It alarms above a level h; k is half of the shift that you want to see.",
        "k = 0.5. Find h by simulation: 364 quiet days, two sums, an alarm in one year of twenty.",
    ),
    title="When the counter has changed",
    traps=TRAPS,
)
