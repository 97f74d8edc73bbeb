"""The course as a graph of modules, and what roles ask of it.

`course.json` is made from the course's only list of modules. A role asks for the modules that name
it. Occupations are addresses in O*NET-SOC (version 2019; O*NET is published by the U.S. Department
of Labor under CC BY 4.0): they say which occupation is meant, and no figure of theirs is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("course.json")

OCCUPATIONS = {
    "Data scientist": ("15-2051.00", "Data Scientists"),
    "ML engineer": ("15-1252.00", "Software Developers, the nearest"),
    "Marketing analyst": ("13-1161.00", "Market Research Analysts and Marketing Specialists"),
    "Privacy engineer": ("15-1212.00", "Information Security Analysts, the nearest"),
}
"""Code and title of the occupation that a role is nearest to: roles of two modules or more."""


class Module(NamedTuple):
    """A module of the course; `prerequisites` are names of others."""

    name: str
    title: str
    skills: tuple[str, ...]
    roles: tuple[str, ...]
    minutes: int
    prerequisites: tuple[str, ...]


@cache
def modules() -> tuple[Module, ...]:
    """All modules, in the order of the course."""
    return tuple(
        Module(
            one["name"],
            one["title"],
            tuple(one["skills"]),
            tuple(one["roles"]),
            one["minutes"],
            tuple(one["prerequisites"]),
        )
        for one in json.loads(FILE.read_text(encoding="utf-8"))
    )


def asked(role: str) -> tuple[str, ...]:
    """Names of the modules that name a role.

    Raises:
        ValueError: no module does.
    """
    found = tuple(module.name for module in modules() if role in module.roles)
    if not found:
        raise ValueError(f"no module names the role {role!r}; there are {', '.join(OCCUPATIONS)}")
    return found


def path(role: str, done: Iterable[str] = ()) -> tuple[Module, ...]:
    """Modules still to take for a role, prerequisites first, in the course's order otherwise."""
    by_name, taken = {module.name: module for module in modules()}, dict.fromkeys(done)
    found: list[Module] = []

    def take(name: str) -> None:
        if name not in taken:
            taken[name] = None
            for before in by_name[name].prerequisites:
                take(before)
            found.append(by_name[name])

    for name in asked(role):
        take(name)
    return tuple(found)


def reached(progress: Mapping[str, Any], tasks: int = 7) -> dict[str, float]:
    """What a learner has reached of each module, from 0 to 1: mean best score of its tasks.

    Args:
        progress: as the learner's file has it, `{module: {"tasks": {task: {"best": score}}}}`.
        tasks: how many tasks a module has at least; ones that were not tried count 0.
    """
    found = {}
    for module in modules():
        best = [
            float(one.get("best", 0.0))
            for one in progress.get(module.name, {}).get("tasks", {}).values()
        ]
        found[module.name] = sum(best) / max(len(best), tasks)
    return found
