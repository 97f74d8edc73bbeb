"""Secret instances of lab 08: what each task is asked, and the figures to judge answers by.

`draw(task, seed)` returns plain data only, so that an instance can be stored, sent and read
without this package. How answers are judged is left to `labkit.checks.rl_supply_chain`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .clark_scarf import draw_multi_echelon
from .dispatch import draw_dispatch
from .dual_sourcing import draw_simulate
from .lost_sales import draw_backprop, draw_capped_base_stock, draw_ppo
from .newsvendor import draw_newsvendor

_DRAWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "simulate": draw_simulate,
    "newsvendor": draw_newsvendor,
    "multi_echelon": draw_multi_echelon,
    "capped_base_stock": draw_capped_base_stock,
    "backprop": draw_backprop,
    "ppo": draw_ppo,
    "dispatch": draw_dispatch,
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
