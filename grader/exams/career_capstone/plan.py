"""Task `plan`: the cheapest way to the skills of a role, by looking at every set of modules."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from labkit.exercise.drawing import until

SHARES = ((1.0, 1.0), (1.05, 1.4), (0.45, 0.75), (0.45, 0.75))
"""Minutes one has, in shares of what the role's skills take: just enough, enough, too few."""

NEW = 10
"""Modules that are not done: 1,024 sets of them."""


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"cases": [...]}``; in half of them the role's skills are out of reach.

    Each has the task's ``catalogue``, ``done``, ``role`` and ``minutes``; ``reached`` and
    ``least``, how many missing skills can be reached and in how many minutes; and ``traps``, lists
    of modules by the mistake that leads to them.
    """
    return {
        "cases": [
            until(partial(_case, rng, SHARES[kind]), _apart, "mistakes that each cost something")
            for kind in rng.permutation(len(SHARES))
        ]
    }


def _case(rng: np.random.Generator, shares: tuple[float, float]) -> dict[str, Any]:
    done = int(rng.integers(2, 4))
    names = [f"m{number}" for number in rng.permutation(90)[: NEW + done]]
    skills = [f"s{number}" for number in rng.permutation(90)[:14]]
    catalogue: list[dict[str, Any]] = []
    for place, name in enumerate(names):
        known = names[:place]
        needs = rng.choice(
            known, size=min(len(known), int(rng.choice([0, 1, 1, 1, 2]))), replace=False
        )
        gives = rng.choice(skills, size=int(rng.integers(2, 4)), replace=False)
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
        "role": sorted(str(one) for one in rng.choice(skills, size=11, replace=False)),
    }
    everything = sum(module["minutes"] for module in catalogue)
    best = reference(**case, minutes=everything)
    least = sum(module["minutes"] for module in catalogue if module["name"] in best)
    case["minutes"] = round(rng.uniform(*shares) * least)
    best = reference(**case)
    case["reached"], case["least"] = worth(case, best)
    case["traps"] = _mistakes(case)
    return case


def reference(
    catalogue: list[dict[str, Any]], done: list[str], role: list[str], minutes: int
) -> list[str]:
    """Most missing skills within the minutes, and of these the fewest minutes: every set tried."""
    new = [module for module in catalogue if module["name"] not in done]
    sets = (np.arange(2 ** len(new))[:, None] >> np.arange(len(new))) & 1 == 1
    taken = dict(zip((module["name"] for module in new), sets.T, strict=True))
    closed = np.ones(len(sets), bool)
    for module in new:
        for before in module["prerequisites"]:
            if before in taken:
                closed &= taken[before] | ~taken[module["name"]]
    cost = sets @ np.array([module["minutes"] for module in new])
    missing = _missing(catalogue, done, role)
    reached = np.zeros(len(sets), int)
    for skill in missing:
        reached += sets[:, [skill in module["skills"] for module in new]].any(axis=1)
    fits = closed & (cost <= minutes)
    best = int(np.lexsort((cost, -reached, ~fits))[0])
    return [module["name"] for module, is_in in zip(new, sets[best], strict=True) if is_in]


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


def _mistakes(case: dict[str, Any]) -> dict[str, list[str]]:
    asked = {name: case[name] for name in ("catalogue", "done", "role", "minutes")}
    alone = [module | {"prerequisites": []} for module in case["catalogue"]]
    unskilled = [
        module | {"skills": [] if module["name"] in case["done"] else module["skills"]}
        for module in case["catalogue"]
    ]
    return {
        "no prerequisites": reference(**asked | {"catalogue": alone}),
        "held counted": reference(**asked | {"catalogue": unskilled}),
        "greedy": greedy(**asked),
    }


def greedy(
    catalogue: list[dict[str, Any]], done: list[str], role: list[str], minutes: int
) -> list[str]:
    """Take what gives most missing skills a minute, with its prerequisites, while it fits."""
    modules = {module["name"]: module for module in catalogue}
    missing, plan, left = _missing(catalogue, done, role), list[str](), minutes

    def with_all(name: str) -> set[str]:
        found = {name} - {*done, *plan}
        for before in modules[name]["prerequisites"]:
            if before not in done and before not in plan:
                found |= with_all(before)
        return found

    while missing:
        offers = []
        for name in modules:
            packet = with_all(name)
            cost = sum(modules[one]["minutes"] for one in packet)
            gain = missing & {skill for one in packet for skill in modules[one]["skills"]}
            if packet and gain and cost <= left:
                offers.append((len(gain) / cost, sorted(packet), gain, cost))
        if not offers:
            break
        _, packet_taken, gain, cost = max(offers, key=lambda offer: offer[0])
        plan, missing, left = plan + packet_taken, missing - gain, left - cost
    return plan


def _apart(case: dict[str, Any]) -> bool:
    """Every mistake costs skills or minutes, or breaks a rule."""
    best = (case["reached"], case["least"])
    return (
        case["reached"] >= 3
        and worth(case, case["traps"]["greedy"]) != best
        and all(
            worth(case, plan) != best or not _closed(case, plan) for plan in case["traps"].values()
        )
    )


def _closed(case: dict[str, Any], plan: list[str]) -> bool:
    have = {*plan, *case["done"]}
    return all(
        set(module["prerequisites"]) <= have
        for module in case["catalogue"]
        if module["name"] in plan
    )
