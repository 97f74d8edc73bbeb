"""Secret instances of lab 07: what each task is asked, and the figures to judge answers by.

`draw(task, seed)` returns plain data only, so that an instance can be stored, sent and read
without this package. How answers are judged is left to `labkit.checks.neuro_symbolic_diagnosis`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .draw_guideline import draw_adapt, draw_explain, draw_sparql
from .draw_logic import draw_abstain, draw_posterior
from .draw_seen import draw_label_efficiency, draw_measure, draw_shortcut

_DRAWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "posterior": draw_posterior,
    "measure": draw_measure,
    "label_efficiency": draw_label_efficiency,
    "explain": draw_explain,
    "shortcut": draw_shortcut,
    "adapt": draw_adapt,
    "sparql": draw_sparql,
    "abstain": draw_abstain,
}
TASKS: tuple[str, ...] = tuple(_DRAWS)


@lru_cache(maxsize=1)
def draw(task: str, seed: int) -> dict[str, Any]:
    """Return the instance of `task` that belongs to `seed`, always the same one.

    The last one is kept, since rendering and measuring take seconds and many answers are tried on
    it; nobody may change it. The keys are described by each task's own draw function. Raises
    ValueError for an unknown task.
    """
    if task not in _DRAWS:
        raise ValueError(f"unknown task {task!r}; this lab has {', '.join(TASKS)}")
    return _DRAWS[task](seed)
