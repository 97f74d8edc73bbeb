"""Samples of the pictures and explorations of module 14."""

from labkit.trends.career_capstone import plots, widgets
from labkit.trends.career_capstone.world import skills

ROLE = "Data scientist"
PROGRESS = {"09_causal_uplift": {"tasks": {f"task{n}": {"best": 1.0} for n in range(7)}}}


def radar():
    return plots.radar(skills.reached(PROGRESS), skills.asked(ROLE), ROLE)


def path():
    return plots.path(skills.path(ROLE), ROLE, 12)


def nothing_left():
    done = [module.name for module in skills.modules()]
    return plots.path(skills.path(ROLE, done), ROLE, 12)


def chains():
    return plots.chains({"the oracle": {"sum": 4_300.0}, "last year's parts": {"sum": -1_200.0}})


def balance():
    parts = {"offers": 5_400.0, "parts": -1_100.0, "regions": -500.0, "sum": 3_800.0}
    return plots.balance(parts, 4_300.0)


PLOTS = {
    "radar": radar,
    "path": path,
    "path with nothing left": nothing_left,
    "chains": chains,
    "balance": balance,
}
EXPLORERS = {
    "explore_path": (
        lambda: widgets.explore_path({}),
        {"role": "ML engineer", "hours": 35},
    ),
    "explore_year": (
        widgets.explore_year,
        {"noticed": 52, "by": "who brings most", "share": 0.5, "parts": 300},
    ),
}
