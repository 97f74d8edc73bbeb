"""Right and wrong answers of the task `sample`."""

from __future__ import annotations

from functools import partial

import numpy as np


def heun(velocity, x, start, end, evaluations):
    """The mean of the velocities at both ends."""
    times = np.linspace(start, end, evaluations // 2 + 1)
    for t, after in zip(times[:-1], times[1:], strict=True):
        first = velocity(x, t)
        second = velocity(x + (after - t) * first, after)
        x = x + (after - t) * (first + second) / 2
    return x


def remembered(velocity, x, start, end, evaluations):
    """Adams and Bashforth: one evaluation a step, and the last one remembered."""
    step, last = (end - start) / evaluations, None
    for place in range(evaluations):
        now = velocity(x, start + place * step)
        x = x + step * (now if last is None else 1.5 * now - 0.5 * last)
        last = now
    return x


def fourth_order(velocity, x, start, end, evaluations):
    """The classical Runge-Kutta steps."""
    step = 4 * (end - start) / evaluations
    for place in range(evaluations // 4):
        t = start + place * step
        a = velocity(x, t)
        b = velocity(x + step / 2 * a, t + step / 2)
        c = velocity(x + step / 2 * b, t + step / 2)
        d = velocity(x + step * c, t + step)
        x = x + step / 6 * (a + 2 * b + 2 * c + d)
    return x.tolist()


def euler(velocity, x, start, end, evaluations, steps=None):
    steps = steps or evaluations
    step = (end - start) / steps
    for place in range(steps):
        x = x + step * velocity(x, start + place * step)
    return x


def middle_of_its_time(velocity, x, start, end, evaluations):
    """One evaluation a step: its time is the middle, its place the beginning."""
    step = (end - start) / evaluations
    for place in range(evaluations):
        x = x + step * velocity(x, start + (place + 0.5) * step)
    return x


def behind(velocity, x, start, end, evaluations):
    """Asks what computes the velocity as often as it likes."""
    parts = [cell.cell_contents for cell in getattr(velocity, "__closure__", None) or ()]
    asked = next((part for part in parts if callable(part)), velocity)
    return fourth_order(asked, np.array(x), start, end, 4 * evaluations)


def _forwards(velocity, x, start, end, evaluations):
    """The size of a step without its sign."""
    step = abs(end - start) / (evaluations // 2)
    for place in range(evaluations // 2):
        t = start + place * step
        x = x + step * velocity(x + step / 2 * velocity(x, t), t + step / 2)
    return x


def _half(velocity, x, start, end, evaluations):
    """Midpoint steps that stop half way."""
    return heun(velocity, x, start, (start + end) / 2, evaluations)


RIGHT = {"Heun": heun, "Adams-Bashforth": remembered, "Runge-Kutta": fourth_order}
WRONG = {
    "Euler": (euler, "leaves every bend"),
    "the middle of its time": (middle_of_its_time, "they have moved"),
    "behind the velocity": (behind, "was asked"),
    "Euler, twice the steps": (
        lambda v, x, a, b, n: euler(v, x, a, b, n, 2 * n),
        "times; ",
    ),
    "Euler, half the steps": (lambda v, x, a, b, n: euler(v, x, a, b, n, n // 2), "Euler's steps"),
    "backwards": (lambda v, x, a, b, n: euler(v, x, b, a, n), "follows the flow"),
    "from 0 to 1": (lambda v, x, a, b, n: euler(v, x, 0.0, 1.0, n), "from 0 to 1"),
    "midpoint from 0 to 1": (
        lambda v, x, a, b, n: partial(heun, v, x)(0.0, 1.0, n),
        "Euler's steps",
    ),
    "one step": (lambda v, x, a, b, n: euler(v, x, a, b, n, 1), "all the way"),
    "always up": (_forwards, "Euler's steps"),
    "half way": (_half, "Euler's steps"),
    "noise": (lambda v, x, a, b, n: x, "Euler's steps"),
}
