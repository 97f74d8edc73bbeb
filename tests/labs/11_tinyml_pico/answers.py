"""Right and wrong answers of module 11, for `labkit verify` and the tests.

Every right answer is written differently from the lab's solution. Every wrong one is a mistake
that learners make; beside it stands a piece of the text that its outcome must show. The answers of
the chip's tasks stand in `chip_answers.py`, C and images, those about networks in
`network_answers.py`. `sharing` spares the proof compiling and booting the same again.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import torch


def _beside(name):
    """Import a file that lies beside this one."""
    path = Path(__file__).with_name(f"{name}.py")
    description = importlib.util.spec_from_file_location(f"tinyml_{name}", path)
    module = importlib.util.module_from_spec(description)
    sys.modules[description.name] = module
    description.loader.exec_module(module)
    return module


networks = _beside("network_answers")
chip = _beside("chip_answers")
sharing = _beside("sharing").sharing

# --- 1 windows ----------------------------------------------------------------------------------


def _windows(
    recordings,
    test_people,
    length,
    hop,
    *,
    samples_of=lambda recordings, test_people: [
        r for r in recordings if r["person"] not in test_people
    ],
    axis=0,
    starts=lambda steps, length, hop: range(0, steps - length + 1, hop),
    label=lambda recording: recording["exercise"],
    last=None,
):
    samples = np.concatenate([r["signal"] for r in samples_of(recordings, test_people)])
    mean, deviation = samples.mean(axis=axis), samples.std(axis=axis)
    sides = ([], [], [], [])
    for recording in recordings[:last]:
        side = 2 * (recording["person"] in test_people)
        signal = recording["signal"]
        for start in starts(len(signal), length, hop):
            window = signal[start : start + length]
            window = np.pad(window, ((0, length - len(window)), (0, 0)))
            sides[side].append((window - mean) / deviation)
            sides[side + 1].append(label(recording))
    return tuple(np.array(side) for side in sides)


def _strided(recordings, test_people, length, hop):
    """Views by NumPy's sliding windows, scaled by the windows' own values, in torch."""
    x, y, tested = [], [], []
    for recording in recordings:
        if len(recording["signal"]) < length:
            continue
        views = np.lib.stride_tricks.sliding_window_view(recording["signal"], length, axis=0)
        views = np.moveaxis(views[::hop], -1, 1)
        x += list(views)
        y += [recording["exercise"]] * len(views)
        tested += [recording["person"] in set(test_people)] * len(views)
    tested = torch.tensor(tested)
    x, y = torch.tensor(np.array(x)), torch.tensor(y)
    own = x[~tested].reshape(-1, x.shape[2])
    x = (x - own.mean(0)) / own.std(0)
    return x[~tested], y[~tested], x[tested], y[tested]


def _backwards(recordings, test_people, length, hop):
    """People one after the other, single precision, the deviation with n - 1, lists at the end."""
    others = [r for r in recordings if r["person"] not in test_people]
    samples = np.vstack([r["signal"] for r in others]).astype(np.float32)
    scale = samples.std(axis=0, ddof=1)
    made = []
    for chosen in (others, [r for r in recordings if r["person"] in test_people]):
        pairs = [
            (((r["signal"][s : s + length] - samples.mean(0)) / scale).tolist(), r["exercise"])
            for r in sorted(chosen, key=lambda r: -r["person"])
            for s in range(0, len(r["signal"]), hop)
            if s + length <= len(r["signal"])
        ]
        made += [[x for x, _ in pairs], [y for _, y in pairs]]
    return made


def _random_split(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    x, y = np.concatenate([a, c]), np.concatenate([b, d])
    order = np.random.default_rng(0).permutation(len(x))
    test, train = order[: len(c)], order[len(c) :]
    return x[train], y[train], x[test], y[test]


def _over_the_end(recordings, test_people, length, hop):
    """All recordings of a side put together and cut as one."""
    sides = []
    for tested in (False, True):
        chosen = [r for r in recordings if (r["person"] in test_people) == tested]
        together = np.concatenate([r["signal"] for r in chosen])
        labels = np.concatenate([[r["exercise"]] * len(r["signal"]) for r in chosen])
        if not tested:
            mean, deviation = together.mean(0), together.std(0)
        together = (together - mean) / deviation
        starts = range(0, len(together) - length + 1, hop)
        sides += [
            np.array([together[s : s + length] for s in starts]),
            np.array([labels[s] for s in starts]),
        ]
    return tuple(sides)


def _each_window_by_itself(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    whole = [(x - x.mean((1, 2), keepdims=True)) / x.std((1, 2), keepdims=True) for x in (a, c)]
    return whole[0], b, whole[1], d


def _unscaled(recordings, test_people, length, hop):
    a, b, c, d = _windows(recordings, test_people, length, hop)
    own = np.concatenate([r["signal"] for r in recordings if r["person"] not in test_people])
    back = [x * own.std(0) + own.mean(0) for x in (a, c)]
    return back[0], b, back[1], d


def _channels_first(*arguments):
    a, b, c, d = _windows(*arguments)
    return np.moveaxis(a, 2, 1), b, np.moveaxis(c, 2, 1), d


def _sides_swapped(*arguments):
    a, b, c, d = _windows(*arguments)
    return c, d, a, b


def _only(**changes):
    return lambda *arguments: _windows(*arguments, **changes)


WINDOWS_RIGHT = {"sliding views in torch": _strided, "lists, person by person": _backwards}
WINDOWS_WRONG = {
    "split window by window": (_random_split, "Leakage between people"),
    "recordings put together": (_over_the_end, "reaches over the end"),
    "scaled by everybody": (
        _only(samples_of=lambda recordings, _: recordings),
        "Mean and deviation of everybody",
    ),
    "scaled by those tested": (
        _only(
            samples_of=lambda recordings, tested: [r for r in recordings if r["person"] in tested]
        ),
        "not standardised by the training people alone",
    ),
    "one scale for all channels": (_only(axis=None), "not standardised by the training people"),
    "every window by itself": (_each_window_by_itself, "standardised by the training people"),
    "not scaled": (_unscaled, "not standardised"),
    "last window left out": (
        _only(starts=lambda steps, length, hop: range(0, steps - length, hop)),
        " fit.",
        0.7,  # shows only where a window ends exactly at the last sample
    ),
    "tail filled up": (
        _only(starts=lambda steps, length, hop: range(0, steps, hop)),
        "is no stretch of one recording",
    ),
    "no overlap": (
        _only(starts=lambda steps, length, hop: range(0, steps - length + 1, length)),
        "",
    ),
    "person for a label": (_only(label=lambda r: r["person"]), "The label is the exercise"),
    "channels first": (_channels_first, "should have shape"),
    "sides swapped": (_sides_swapped, "belongs on the other side"),
    "first recording only": (_only(last=5), " fit."),
}

# --- 7 battery ----------------------------------------------------------------------------------


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


def _sleeps_while_awake(watch):
    days, period = _life(watch, active_ma=watch["active_ma"] + watch["sleep_ma"])
    return torch.tensor(days), period


def _without(**changes):
    return lambda watch: _life(watch, **changes)


def _never_busy(watch):
    days, period = _life(watch)
    return days or _life({**watch, "period_s": 1e3})[0], period


def _always_awake(watch):
    return watch["capacity_mah"] * watch["usable"] / watch["active_ma"] / 24, watch["period_s"]


def _formula_alone(watch):
    """The period by its formula alone: below zero, or shorter than a look."""
    days, _ = _life(watch)
    rest, later = (1 / _life({**watch, "period_s": p})[0] for p in (1e9, 1e3))
    return days, 1e3 * (later - rest) / (1 / watch["wanted_days"] - rest)


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


BATTERY_RIGHT = {
    "charge a day, bisection": _by_search,
    "sleep counted while awake too": _sleeps_while_awake,
}
BATTERY_WRONG = {
    "no sleeping current": (
        lambda watch: _life(watch, sleep_ma=0, active_ma=watch["active_ma"] - watch["sleep_ma"]),
        "sleeping current flows",
    ),
    "no sensor": (_without(sensor_ma=0), "sensor's current is missing"),
    "no events": (_without(events_per_day=0), "current of the events is missing"),
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
    "period without an end": (_formula_alone, "no period is long enough", 0.95),
    "period shorter than a look": (_noticing_once("endless"), "no period can be shorter", 0.95),
    "period below zero": (_noticing_once("busy"), "no period is long enough", 0.95),
    "never sleeps": (_always_awake, "never sleeps"),
    "hours": (_hours, "look like hours"),
    "does not notice that it cannot keep up": (_never_busy, "cannot keep up", 0.95),
    "days alone": (lambda watch: _life(watch)[0], "A tuple of 2 was expected"),
}

RIGHT = {
    "windows": WINDOWS_RIGHT,
    **networks.RIGHT,
    **chip.RIGHT,
    "battery": BATTERY_RIGHT,
}
WRONG = {
    "windows": WINDOWS_WRONG,
    **networks.WRONG,
    **chip.WRONG,
    "battery": BATTERY_WRONG,
}
