"""How often grading tries what may fail through nobody's fault: one policy for all of it.

Somebody kills a process, or the machine runs short of memory: such an accident does not come every
time, and what does is the doing of what was tried. A process is asked for, a notebook is run and a
worker is given a job this often, each where it is done; what one of them has tried is not tried
again by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

ATTEMPTS = 3

End = TypeVar("End")


def settled(
    attempt: Callable[[], End],
    trouble: type[Exception],
    is_accident: Callable[[End], bool] = lambda end: False,
) -> End:
    """Try until there is no accident, at most `ATTEMPTS` times; how the last one ends counts.

    Args:
        attempt: what is tried.
        trouble: the exception that an accident raises.
        is_accident: tells whether what came out is one.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            end = attempt()
        except trouble:
            continue
        if not is_accident(end):
            return end
    return attempt()
