"""Task `battery`: how long a battery lasts, and how often one may look for a wanted life.

The average current is a sum of what flows all the time, what flows while the chip is awake, and
what single events take. Judging is left to the checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from labkit.exercise.drawing import until

COMMON, LIGHT, TALKING = 4, 2, 2
DAY_S, MONTH_H = 86_400.0, 720.0
CLEAR, DISTINCT = 0.05, 0.005
"""Least relative distance of traps from the right figure, and from each other."""

Device = Mapping[str, float]


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``.

    Each has ``device``, the keys of which the lab describes, ``days``, ``period_s`` (None if no
    period is long enough) and ``traps``, the days of known mistakes by name. After the common cases
    come two of a chip that sleeps lightly and is awake for a good part of the time, two of one that
    sleeps lightly and talks for hours a day, two in which more days are wanted than any period
    gives, one in which the chip cannot keep up, since it has to wake up, and any period that is
    long enough for a look will do, and one in which a look takes half an hour and days have to pass
    from one to the next.
    """
    kinds = (
        *["common"] * COMMON,
        *["light"] * LIGHT,
        *["talking"] * TALKING,
        *["endless"] * 2,
        "busy",
        "seldom",
    )
    return {"cases": [_case(rng, kind) for kind in kinds]}


def _case(rng: np.random.Generator, kind: str) -> dict[str, Any]:
    device = until(lambda: _device(rng, kind), lambda device: _tells(device, kind), "clear traps")
    return {
        "device": device,
        "days": days(device),
        "period_s": shortest_period(device),
        "traps": {} if kind == "busy" else _traps(device) | _slips(device),
    }


def _tells(device: Device, kind: str) -> bool:
    """Whether the days tell right from wrong."""
    if kind == "busy":
        return True
    right, traps = days(device), _traps(device)
    if kind == "light":
        shown = [traps[key] for key in ("awake only", "always awake", "waking up left out")]
        return _clear([right, _slips(device)["asleep while awake"], *shown])
    if kind == "seldom":
        # Waking up is nothing beside half an hour of work.
        return _clear([right, *(traps[key] for key in traps if key != "waking up left out")])
    if kind == "talking":
        shown = [traps[key] for key in ("sleep left out", "events left out", "awake only")]
        return _clear([right, _slips(device)["events instead of sleep"], *shown])
    return _clear([right, *traps.values()]) and 20 < right < 3_000


def _clear(figures: list[float]) -> bool:
    """Whether the first figure stands apart from the others, and these from each other."""
    order = np.sort(np.log(figures[1:]))
    away = np.abs(order - np.log(figures[0]))
    return bool(away.min() > CLEAR and np.diff(order).min() > DISTINCT)


def _device(rng: np.random.Generator, kind: str) -> dict[str, float]:
    device = {
        "cycles": int(rng.integers(200_000, 2_000_000)),
        "clock_hz": 125_000_000,
        "period_s": float(rng.choice([1.28, 2.56, 5.0, 10.0])),
        "wake_ms": round(float(rng.uniform(8, 40)), 1),
        "active_ma": round(float(rng.uniform(18, 30)), 1),
        "sleep_ma": round(float(rng.uniform(0.05, 0.25)), 3),
        "sensor_ma": round(float(rng.uniform(0.05, 0.3)), 3),
        "events_per_day": int(rng.integers(20, 200)),
        "event_ms": int(rng.integers(400, 3_000)),
        "event_ma": round(float(rng.uniform(40, 120)), 1),
        "capacity_mah": int(rng.choice([220, 500, 1_200, 2_400])),
        "usable": round(float(rng.uniform(0.7, 0.9)), 2),
        "lost_per_month": round(float(rng.uniform(0.02, 0.08)), 3),
    }
    if kind == "busy":
        # Computing alone fits into the period, waking up and computing does not; and waking up is a
        # ninth of a look or more, so it shows in the shortest period, which is one look.
        wake_ms, fits = round(float(rng.uniform(80, 120)), 1), float(rng.uniform(0.3, 0.7))
        computed = 0.64 - fits * wake_ms / 1000
        device |= {"cycles": round(computed * 125) * 10**6, "period_s": 0.64, "wake_ms": wake_ms}
    if kind == "seldom":
        device |= {"cycles": int(rng.integers(150, 300)) * 10**9, "period_s": 86_400.0}
    if kind == "light":
        device |= {
            "period_s": float(rng.choice([0.16, 0.2, 0.25])),
            "sleep_ma": round(float(rng.uniform(3, 6)), 2),
        }
    if kind == "talking":
        device |= {
            "events_per_day": int(rng.integers(100, 150)),
            "event_ms": int(rng.integers(240_000, 300_000)),
            "event_ma": round(float(rng.uniform(10, 15)), 1),
            "sleep_ma": round(float(rng.uniform(3, 6)), 2),
        }
    charge, floor = device["capacity_mah"] * device["usable"] / 24, _steady(device)
    # The wanted life leaves between a tenth and two thirds of the current to the waking chip; or
    # none, but would leave some if a part were forgotten; or enough to be awake all the time; or
    # enough for a look in two to four days.
    wanted = {
        "common": charge / floor * float(rng.uniform(0.4, 0.9)),
        "light": charge / (floor + _extra(device) * float(rng.uniform(0.1, 0.4))),
        "talking": charge / (floor + _extra(device) * float(rng.uniform(0.1, 0.4))),
        "endless": charge / floor * float(rng.uniform(1.02, 1.04)),
        "busy": charge / (floor + _extra(device)) * float(rng.uniform(0.4, 0.8)),
        "seldom": charge
        / (floor + _extra(device) * awake_s(device) / (float(rng.uniform(2, 4)) * DAY_S)),
    }
    device["wanted_days"] = round(wanted[kind], 3 if kind == "busy" else 1)
    return device


def awake_s(device: Device) -> float:
    """Seconds that the chip is awake for one look: waking up, then computing."""
    return device["wake_ms"] / 1000 + device["cycles"] / device["clock_hz"]


def _steady(device: Device) -> float:
    """Milliamperes that flow however often the chip looks: sleep, sensor, events, self-discharge.

    An event's current comes on top of the chip's own.
    """
    events = device["events_per_day"] * device["event_ms"] / 1000 * device["event_ma"] / DAY_S
    leak = device["capacity_mah"] * device["lost_per_month"] / MONTH_H
    return device["sleep_ma"] + device["sensor_ma"] + events + leak


def _extra(device: Device) -> float:
    """Milliamperes that an awake chip draws more than a sleeping one."""
    return device["active_ma"] - device["sleep_ma"]


def days(device: Device) -> float:
    """Days that the battery lasts; 0 where a look takes longer than the period."""
    share = awake_s(device) / device["period_s"]
    if share > 1:
        return 0.0
    current = _steady(device) + share * _extra(device)
    return device["capacity_mah"] * device["usable"] / current / 24


def shortest_period(device: Device) -> float | None:
    """Seconds from look to look with which the battery just lasts ``wanted_days``, or None."""
    allowed = device["capacity_mah"] * device["usable"] / (24 * device["wanted_days"])
    share = (allowed - _steady(device)) / _extra(device)
    return awake_s(device) / min(share, 1.0) if share > 0 else None


def _traps(device: Device) -> dict[str, float]:
    def changed(**changes: float) -> float:
        return days({**device, **changes})

    share = awake_s(device) / device["period_s"]
    return {
        "sleep left out": changed(sleep_ma=0, active_ma=device["active_ma"] - device["sleep_ma"]),
        "sensor left out": changed(sensor_ma=0),
        "events left out": changed(events_per_day=0),
        "waking up left out": changed(wake_ms=0),
        "self-discharge left out": changed(lost_per_month=0),
        "whole capacity": changed(usable=1),
        "always awake": device["capacity_mah"] * device["usable"] / device["active_ma"] / 24,
        "hours": 24 * days(device),
        "awake only": device["capacity_mah"]
        * device["usable"]
        / (share * device["active_ma"])
        / 24,
    }


def _slips(device: Device) -> dict[str, float]:
    """Days of further mistakes, which need not stand far apart; some do not notice a long look."""
    charge = device["capacity_mah"] * device["usable"] / 24
    share = awake_s(device) / device["period_s"]
    slow = device["wake_ms"] + device["cycles"] / device["clock_hz"]
    leak = device["capacity_mah"] * device["lost_per_month"] / MONTH_H
    small = leak * (1 - device["usable"])
    return {
        "asleep while awake": charge / (_steady(device) + share * device["active_ma"]),
        "waking up in milliseconds": charge
        / (_steady(device) + slow / device["period_s"] * _extra(device)),
        "events in milliseconds": days({**device, "event_ms": 1000 * device["event_ms"]}),
        "events instead of sleep": days(
            {**device, "event_ma": device["event_ma"] - device["sleep_ma"]}
        ),
        "loss of the usable share": charge / (_steady(device) - small + share * _extra(device)),
    }
