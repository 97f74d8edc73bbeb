"""Right and wrong answers to the task `battery`."""

from __future__ import annotations

import numpy as np
import torch


def _life(watch, *, months=720, **changes):
    watch = {**watch, **changes}
    charge = watch["capacity_mah"] * watch["usable"]
    awake = watch["wake_ms"] / 1e3 + watch["cycles"] / watch["clock_hz"]
    steady = (
        watch["sleep_ma"]
        + watch["sensor_ma"]
        + watch["events_per_day"] * watch["event_ms"] / 1e3 * watch["event_ma"] / 86_400
        + watch["capacity_mah"] * watch["lost_per_month"] / months
    )
    extra = watch["active_ma"] - watch["sleep_ma"]
    days = charge / (steady + extra * awake / watch["period_s"]) / 24
    allowed = charge / 24 / watch["wanted_days"] - steady
    period = awake * max(extra / allowed, 1) if allowed > 0 else float("inf")
    return (days if awake <= watch["period_s"] else 0.0), period


def _by_search(watch):
    """Charge a day, part by part, and the period by bisection; sleep counted all the time."""

    def days(period):
        looks = 86_400 / period
        awake = looks * (watch["wake_ms"] + 1e3 * watch["cycles"] / watch["clock_hz"]) / 3.6e6
        radio = watch["events_per_day"] * watch["event_ms"] / 3.6e6
        a_day = (
            awake * (watch["active_ma"] - watch["sleep_ma"])
            + 24 * (watch["sleep_ma"] + watch["sensor_ma"])
            + radio * watch["event_ma"]
            + watch["lost_per_month"] * watch["capacity_mah"] / 30
        )
        return watch["usable"] * watch["capacity_mah"] / a_day

    look = watch["wake_ms"] / 1e3 + watch["cycles"] / watch["clock_hz"]
    low, high = look, 1e9
    for _ in range(200):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if days(middle) > watch["wanted_days"] else (middle, high)
    period = high if days(high) >= 0.999 * watch["wanted_days"] else np.inf
    busy = look > watch["period_s"]
    return np.float32(0 if busy else days(watch["period_s"])), np.array([period])


def _up_to(longest):
    """The period by trying one after the other, up to one that seems long enough."""

    def answer(watch):
        days, period = _life(watch)
        return days, period if period <= longest else float("inf")

    return answer


def _in_tensors(watch):
    days, period = _life(watch)
    return np.array([torch.tensor(days), torch.tensor(period)])


def _nothing_left(value):
    """Right, but for where no period is long enough."""

    def answer(watch):
        days, period = _life(watch)
        return days, value if period == float("inf") else period

    return answer


def _without(**changes):
    return lambda watch: _life(watch, **changes)


def _never_busy(watch):
    days, period = _life(watch)
    return days or _life({**watch, "period_s": 1e3})[0], period


def _busy_by_computing(watch):
    """Whether it keeps up is judged by what it computes, without waking up."""
    days, period = _life(watch)
    keeps_up = watch["cycles"] / watch["clock_hz"] <= watch["period_s"]
    return _never_busy(watch)[0] if keeps_up and not days else days, period


def _shortest_by_computing(watch):
    """No period is shorter than what a look computes; waking up is left out there."""
    days, period = _life(watch)
    computed = watch["cycles"] / watch["clock_hz"]
    return days, computed if period <= computed + watch["wake_ms"] / 1e3 else period


def _always_awake(watch):
    return watch["capacity_mah"] * watch["usable"] / watch["active_ma"] / 24, watch["period_s"]


def _formula_alone(watch):
    """The period by its formula alone: below zero, or shorter than a look."""
    days, _ = _life(watch)
    rest, later = (1 / _life({**watch, "period_s": p})[0] for p in (1e9, 1e5))
    return days, 1e5 * (later - rest) / (1 / watch["wanted_days"] - rest)


def _noticing_once(name):
    """Like `_formula_alone`, but one of its two ends is noticed."""

    def answer(watch):
        days, period = _formula_alone(watch)
        right = _life(watch)[1]
        return days, right if (right == float("inf")) == (name == "endless") else period

    return answer


def _swapped(watch):
    return _life(watch)[::-1]


def _hours(watch):
    days, period = _life(watch)
    return 24 * days, period * 1000


RIGHT = {
    "charge a day, bisection": _by_search,
    "tensors and arrays": _in_tensors,
}
WRONG = {
    "no sleeping current": (
        lambda watch: _life(watch, sleep_ma=0, active_ma=watch["active_ma"] - watch["sleep_ma"]),
        "sleeping current flows",
    ),
    "sleep counted while awake too": (
        lambda watch: _life(watch, active_ma=watch["active_ma"] + watch["sleep_ma"]),
        "also while the chip is awake",
    ),
    "0 for no period": (_nothing_left(0), "no period is long enough", 0.5),
    "None for no period": (_nothing_left(None), "Return math.inf", 0.5),
    "a huge number for no period": (_nothing_left(1e9), "no period is long enough", 0.5),
    "a day for no period": (_nothing_left(86_400.0), "no period is long enough", 0.5),
    "no period beyond an hour is tried": (_up_to(3_600.0), "inf s for", 0.5),
    "no period beyond a day is tried": (_up_to(86_400.0), "inf s for", 0.5),
    "no sensor": (_without(sensor_ma=0), "sensor's current is missing"),
    "no events": (_without(events_per_day=0), "current of the events is missing"),
    "events instead of sleep": (
        lambda watch: _life(watch, event_ma=watch["event_ma"] - watch["sleep_ma"]),
        "comes on top of the chip's own",
    ),
    "no waking up": (_without(wake_ms=0), "time to wake up is missing"),
    "no self-discharge": (_without(lost_per_month=0), "self-discharge is missing"),
    "whole capacity": (_without(usable=1.0), "usable share is missing"),
    "milliseconds taken for seconds": (
        lambda watch: _life(watch, wake_ms=1000 * watch["wake_ms"]),
        "milliseconds divided by 1,000",
    ),
    "events in milliseconds": (
        lambda watch: _life(watch, event_ms=1000 * watch["event_ms"]),
        "event_ms is in milliseconds",
    ),
    "results swapped": (_swapped, "The two results look swapped"),
    "period without an end": (_formula_alone, "no period is long enough", 0.5),
    "period shorter than a look": (_noticing_once("endless"), "no period can be shorter", 0.5),
    "period below zero": (_noticing_once("busy"), "no period is long enough", 0.5),
    "never sleeps": (_always_awake, "never sleeps"),
    "hours": (_hours, "look like hours"),
    "does not notice that it cannot keep up": (_never_busy, "cannot keep up", 0.5),
    "keeping up judged without waking up": (_busy_by_computing, "cannot keep up", 0.5),
    "shortest period without waking up": (_shortest_by_computing, "no period can be shorter", 0.5),
    "days alone": (lambda watch: _life(watch)[0], "A tuple of 2 was expected"),
}

ROUNDED = "a thousandth more or less lies within the two per cent that the task allows"

HARMLESS = {
    "constant: …= watch['wake_ms'] / 1000 + watch['cycles'] / wat… -> *": ROUNDED,
    "constant: …ke = watch['wake_ms'] / 1000 + watch['cycles'] / wat… -> *": ROUNDED,
    "constant: …watch['event_ma'] / 86400 -> *": ROUNDED,
    "constant: …* watch['event_ma'] / 86400 -> *": ROUNDED,
    "constant: … watch['event_ms'] / 1000 * watch['event_ma'] / 8… -> *": ROUNDED,
    "constant: …] * watch['event_ms'] / 1000 * watch['event_ma'] / 8… -> *": ROUNDED,
    "constant: …h['lost_per_month'] / 720 -> *": ROUNDED,
    "constant: …ch['lost_per_month'] / 720 -> *": ROUNDED,
    "comparison: …lowed, 1.0) if allowed > 0 else math.inf -> *": (
        "nothing at all is left in no case, and rounding would decide there"
    ),
    "comparison: return (days if awake <= watch['period_s'] else 0.0, period) -> *": (
        "no look takes exactly its period, and rounding would decide there"
    ),
}
