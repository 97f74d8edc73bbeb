"""The worlds of an instance, drawn again from what stands in it."""

from __future__ import annotations

from labkit.exercise.task import Instance
from labkit.trends.career_capstone.world.pilot import Pilot, draw_pilot
from labkit.trends.career_capstone.world.season import Days, draw_days


def pilot(case: Instance) -> Pilot:
    """The pilot of a case of `offer`."""
    names = ("n", "m", "seed", "mean", "spread", "usual", "along", "noise")
    return draw_pilot(**{name: case[name] for name in names})


def days(case: Instance, number: int) -> Days:
    """Three years of a case of `alarm`: quiet ones first, then those that shift."""
    quiet = number < case["quiet"]
    return draw_days(
        case["seed"] + number,
        case["noise"],
        case["swing"],
        0.0 if quiet else case["shifts"][number - case["quiet"]],
        0 if quiet else case["starts"][number - case["quiet"]],
    )
