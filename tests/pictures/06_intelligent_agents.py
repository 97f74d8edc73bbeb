"""Samples of the pictures and explorations of module 06."""

from labkit.trends.intelligent_agents import metrics, plots, widgets
from labkit.trends.intelligent_agents.world import inbox


def known_and_new():
    scores = {"words, known": [0.9, 1.0], "words, new": [0.5, 0.6], "meaning, new": [0.6, 0.7]}
    return plots.known_and_new(scores, ["60", "300"])


def one_inbox():
    grid = [1.0, 30.0, 800.0, 5_000.0]
    costs = [inbox.day(threshold).cost for threshold in grid]
    return plots.inbox(grid, costs, 30.0, 0.2, 50, "500 € of harm, 5.6 h saved")


PLOTS = {
    "known_and_new": known_and_new,
    "votes": lambda: plots.votes((1, 3, 9), [0.73, 0.86, 0.99], 0.73),
    "repeated_calls": lambda: plots.repeated_calls(metrics.payments(0.02, 0.05)),
    "defences": lambda: plots.defences({"nothing": (0.5, 1.0), "sources": (0.7, 0.0)}),
    "inbox": one_inbox,
}
EXPLORERS = {
    "explore_timeouts": (widgets.explore_timeouts, {"lost": 5.0, "late": 10.0}),
    "explore_inbox": (widgets.explore_inbox, {"threshold": 800, "steps": 180}),
}
