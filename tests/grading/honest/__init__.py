"""Honest tests in plain nbgrader style, graded by stock nbgrader and here, side by side.

Each case is a right answer, a wrong one and a test, as an instructor of an ordinary course would
write them. Every answer must get the same points from both, or the case says that a person has to
look (`person`), or why the two differ on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

KINDS: dict[str, list[Case]] = {}


@dataclass(frozen=True)
class Case:
    """One test with a right and a wrong answer.

    `setup` is a locked cell before the answer. `person` says whose result may need a person here:
    "" (nobody's), "right", "wrong" or "both".
    """

    name: str
    right: str
    wrong: str
    test: str
    setup: str = ""
    person: str = ""


def kind(name: str, *cases: Case) -> None:
    """Add the cases of a kind."""
    KINDS[name] = list(cases)
