"""Task `plan`: the cheapest way to the skills of a role, by looking at every set of modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until

Plans = list[list[str]]
KINDS: tuple[tuple[tuple[float, float], tuple[str, ...]], ...] = (
    ((1.0, 1.0), ("greedy", "no prerequisites")),
    ((1.05, 1.4), ("not named", "no prerequisites", "held counted")),
    ((0.45, 0.75), ("fewest modules",)),
    ((0.45, 0.75), ("a minute", "one step", "no prerequisites")),
)
"""Minutes one has, in shares of what the role's skills take (just enough, enough, too few), and the
mistakes that cost something there."""

TAUGHT, ROLE = 16, 8
"""Skills that are taught, and that the role asks for."""

NEW = 10
"""Modules that are not done: 1,024 sets of them."""

TRIES = 1_000
"""One case in twenty-five is such that no greedy order finds the best plan; a case takes 5 ms."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``; in half of them the role's skills are out of reach.

    Each has the task's ``catalogue``, ``done``, ``role`` and ``minutes``; ``reached`` and
    ``least``, how many missing skills can be reached and in how many minutes; and ``traps``, lists
    of modules by the mistake that leads to them.
    """
    cases = []
    for kind in rng.permutation(len(KINDS)):
        shares, wanted = KINDS[kind]
        case = until(
            partial(_case, rng, shares),
            partial(_apart, wanted),
            "mistakes that each cost something",
            TRIES,
        )
        case["traps"] = {
            name: plans[0] for name, plans in _mistakes(case).items() if name != "a minute"
        }
        cases.append(case)
    return {"cases": cases}


def _case(rng: np.random.Generator, shares: tuple[float, float]) -> dict[str, Any]:
    done = int(rng.integers(2, 4))
    names = [f"m{number}" for number in rng.permutation(90)[: NEW + done]]
    skills = [f"s{number}" for number in rng.permutation(90)[:TAUGHT]]
    catalogue: list[dict[str, Any]] = []
    for place, name in enumerate(names):
        known = names[:place]
        needs = rng.choice(
            known, size=min(len(known), int(rng.choice([0, 1, 1, 1, 2]))), replace=False
        )
        gives = rng.choice(skills, size=int(rng.integers(1, 4)), replace=False)
        catalogue.append(
            {
                "name": name,
                "minutes": int(rng.integers(8, 49)) * 5,
                "skills": [str(one) for one in gives],
                "prerequisites": [str(one) for one in needs] if place >= done else [],
            }
        )
    case: dict[str, Any] = {
        "catalogue": [catalogue[place] for place in rng.permutation(len(names))],
        "done": names[:done],
        "role": sorted(str(one) for one in rng.choice(skills, size=ROLE, replace=False)),
    }
    everything = sum(module["minutes"] for module in catalogue)
    best = reference(**case, minutes=everything)
    least = sum(module["minutes"] for module in catalogue if module["name"] in best)
    case["minutes"] = round(rng.uniform(*shares) * least)
    best = reference(**case)
    case["reached"], case["least"] = worth(case, best)
    return case


def reference(
    catalogue: list[dict[str, Any]],
    done: list[str],
    role: list[str],
    minutes: int,
    fewest: bool = False,
    one_step: bool = False,
) -> list[str]:
    """Most missing skills within the minutes, and of these the fewest minutes: every set tried.

    With ``fewest`` the fewest modules are taken in place of the fewest minutes; with ``one_step``
    a prerequisite of a module that is ready needs no prerequisites itself.
    """
    new = [module for module in catalogue if module["name"] not in done]
    sets = (np.arange(2 ** len(new))[:, None] >> np.arange(len(new))) & 1 == 1
    names = [module["name"] for module in new]
    needs = np.array([[name in module["prerequisites"] for name in names] for module in new])
    lacks = (~sets).astype(int) @ needs.T > 0
    ready = sets & ~lacks
    asked_for = ready.astype(int) @ needs > 0
    closed = (~sets | ready | (asked_for if one_step else False)).all(axis=1)
    cost = sets @ np.array([module["minutes"] for module in new])
    missing = _missing(catalogue, done, role)
    reached = np.zeros(len(sets), int)
    for skill in missing:
        reached += sets[:, [skill in module["skills"] for module in new]].any(axis=1)
    fits = closed & (cost <= minutes)
    size = sets.sum(axis=1) if fewest else 0 * cost
    best = int(np.lexsort((cost, size, -reached, ~fits))[0])
    return [name for name, is_in in zip(names, sets[best], strict=True) if is_in]


def _missing(catalogue: list[dict[str, Any]], done: list[str], role: list[str]) -> set[str]:
    held = {skill for module in catalogue if module["name"] in done for skill in module["skills"]}
    return set(role) - held


def worth(case: dict[str, Any], plan: list[str]) -> tuple[int, int]:
    """How many missing skills a plan reaches, and its minutes."""
    taken = [module for module in case["catalogue"] if module["name"] in plan]
    gained = {skill for module in taken for skill in module["skills"]}
    missing = _missing(case["catalogue"], case["done"], case["role"])
    return len(gained & missing), sum(module["minutes"] for module in taken)


# --- Mistakes -----------------------------------------------------------------------------------


def _mistakes(case: dict[str, Any]) -> dict[str, Plans]:
    """By mistake: the plans that it leads to."""
    asked = {name: case[name] for name in ("catalogue", "done", "role", "minutes")}
    alone = [module | {"prerequisites": []} for module in case["catalogue"]]
    unskilled = [
        module | {"skills": [] if module["name"] in case["done"] else module["skills"]}
        for module in case["catalogue"]
    ]
    teach = {m["name"] for m in case["catalogue"] if set(m["skills"]) & set(case["role"])}
    orders = greedy(**asked)
    return {
        "no prerequisites": [reference(**asked | {"catalogue": alone})],
        "held counted": [reference(**asked | {"catalogue": unskilled})],
        "fewest modules": [reference(**asked, fewest=True)],
        "one step": [reference(**asked, one_step=True)],
        "not named": [[name for name in reference(**asked) if name in teach]],
        "a minute": orders[:1],
        "greedy": orders,
    }


def greedy(
    catalogue: list[dict[str, Any]], done: list[str], role: list[str], minutes: int
) -> Plans:
    """Plans of one packet after the other, by three orders, without what turns out to be idle.

    A packet is a module with its prerequisites. Taken is what gives most missing skills a minute,
    most of them, or what takes least time, as long as it fits.
    """
    modules = {module["name"]: module for module in catalogue}
    orders: tuple[Callable[[int, int], float], ...] = (
        lambda gain, cost: gain / cost,
        lambda gain, cost: gain - cost / 1e6,
        lambda gain, cost: 1 / cost,
    )

    def gained(names: Iterable[str]) -> set[str]:
        return missing & {skill for name in names for skill in modules[name]["skills"]}

    def with_all(name: str, have: set[str]) -> set[str]:
        found = {name} - have
        for before in modules[name]["prerequisites"]:
            if before not in have | found:
                found |= with_all(before, have | found)
        return found

    def cost(names: Iterable[str]) -> int:
        return sum(modules[name]["minutes"] for name in names)

    def grown(order: Callable[[int, int], float]) -> list[str]:
        plan = set[str]()
        while True:
            packets = [with_all(name, plan | set(done)) for name in modules]
            offers = [
                (order(gain, cost(packet)), sorted(packet))
                for packet in packets
                if (gain := len(gained(plan | packet)) - len(gained(plan)))
                and cost(plan | packet) <= minutes
            ]
            if not offers:
                break
            plan |= set(max(offers)[1])
        for name in sorted(plan, key=lambda one: -modules[one]["minutes"]):
            rest = plan - {name}
            needed = {before for one in rest for before in modules[one]["prerequisites"]}
            if name not in needed and gained(rest) == gained(plan):
                plan = rest
        return sorted(plan)

    missing = _missing(catalogue, done, role)
    return [grown(order) for order in orders]


def _apart(wanted: tuple[str, ...], case: dict[str, Any]) -> bool:
    """Every wanted mistake costs skills or minutes, or breaks a rule, whichever plan it takes."""
    if case["reached"] < 3:
        return False
    best, mistakes = (case["reached"], case["least"]), _mistakes(case)
    return all(
        worth(case, plan) != best or not _closed(case, plan)
        for name in wanted
        for plan in mistakes[name]
    )


def _closed(case: dict[str, Any], plan: list[str]) -> bool:
    have = {*plan, *case["done"]}
    return all(
        set(module["prerequisites"]) <= have
        for module in case["catalogue"]
        if module["name"] in plan
    )
