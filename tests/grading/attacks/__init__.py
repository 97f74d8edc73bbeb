"""Attacks on grading, grouped by class, and what runs them against a course.

An attack is a function in one of the modules named in `CLASSES`; `corpus` lists them all.
`course.py` builds the attacked course, `cohort.py` grades it and tells what was touched, `box.py`
shuts a run in where grading itself gives no protection. Attacks only aim at canaries, and those
that could harm a machine look first whether they are boxed in.
"""

from __future__ import annotations

import importlib

from attacks.submission import CORPUS, Attack

CLASSES = (
    "forging",
    "patching",
    "inspection",
    "shadowing",
    "objects",
    "bridge",
    "opened",
    "timing",
    "files",
    "links",
    "tampering",
    "malformed",
    "exhaustion",
    "network",
    "processes",
    "script",
    "labstyle",
)


def corpus() -> list[Attack]:
    """Return all attacks in the order of their classes."""
    for name in CLASSES:
        importlib.import_module(f"attacks.{name}")
    return list(CORPUS)
