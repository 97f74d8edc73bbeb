"""Secret instances of lab 11: what each task is asked, and the figures to judge answers by.

`draw(task, seed)` returns plain data only, so that an instance can be stored, sent and read
without this package. How answers are judged is left to `labkit.checks.tinyml_pico`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .battery import draw_battery
from .draw_budget import draw_budget
from .draw_chip import draw_deploy, draw_kernel
from .draw_layer import draw_layer
from .draw_network import draw_network
from .draw_windows import draw_windows

_DRAWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "windows": draw_windows,
    "layer": draw_layer,
    "network": draw_network,
    "budget": draw_budget,
    "kernel": draw_kernel,
    "deploy": draw_deploy,
    "battery": draw_battery,
}
TASKS: tuple[str, ...] = tuple(_DRAWS)


def draw(task: str, seed: int) -> dict[str, Any]:
    """Return the instance of `task` that belongs to `seed`, always the same one.

    The keys are described by each task's own draw function. Raises ValueError for an unknown
    task.
    """
    if task not in _DRAWS:
        raise ValueError(f"unknown task {task!r}; this lab has {', '.join(TASKS)}")
    return _DRAWS[task](seed)
