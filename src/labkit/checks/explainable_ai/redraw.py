"""The worlds of an instance, drawn again from what stands in it."""

from __future__ import annotations

from labkit.exercise.task import Instance
from labkit.trends.explainable_ai.world.reviews import Review, draw_review

ROWS = 5_000
"""Of each table of a review."""


def review(case: Instance) -> Review:
    """The review of a case of `leaks`."""
    return draw_review(case["seed"], case["names"], case["roles"], ROWS, case["is_text"])
