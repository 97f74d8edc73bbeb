"""Secret instances of lab 09: what each task is asked, and the figures to judge answers by.

`draw(task, seed)` returns plain data only, so that an instance can be stored, sent and read
without this package. How answers are judged is left to `labkit.checks.causal_uplift`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .draw_each import draw_cate, draw_qini, draw_targeting
from .draw_means import draw_aipw, draw_budget, draw_lalonde
from .draw_studies import draw_adjustment, draw_triage

_DRAWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "adjustment": draw_adjustment,
    "aipw": draw_aipw,
    "lalonde": draw_lalonde,
    "qini": draw_qini,
    "cate": draw_cate,
    "targeting": draw_targeting,
    "triage": draw_triage,
    "budget": draw_budget,
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
