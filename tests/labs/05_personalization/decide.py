"""Right and wrong answers of task `decide`, which prove its judge."""

from __future__ import annotations

import pandas as pd


def as_frame(table, prices):
    frame = pd.DataFrame(table)
    frame["worth"] = frame.minutes * prices["minute"] - frame.leave * prices["lost"] / 100
    kept = frame[frame.attack.add(1.96 * frame.attack_error).le(prices["cap"])]
    return kept.sort_values("worth").name.iloc[-1]


def by_loop(table, prices):
    best, most = "", float("-inf")
    for way in table:
        if way["attack"] + 1.96 * way["attack_error"] > prices["cap"]:
            continue
        worth = prices["minute"] * way["minutes"] - prices["lost"] * (way["leave"] / 100)
        if worth > most:
            best, most = way["name"], worth
    return best


def _worth(prices, way):
    return prices["minute"] * way["minutes"] - prices["lost"] * way["leave"] / 100


def _allowed(table, prices, errors=1.96):
    return [w for w in table if w["attack"] + errors * w["attack_error"] <= prices["cap"]]


def no_cap(table, prices):
    return max(table, key=lambda way: _worth(prices, way))["name"]


def no_error(table, prices):
    return max(_allowed(table, prices, 0.0), key=lambda way: _worth(prices, way))["name"]


def _level(errors):
    """The cap held with an interval of another level."""

    def decide(table, prices):
        within = _allowed(table, prices, errors) or table
        return max(within, key=lambda way: _worth(prices, way))["name"]

    return decide


def smallest_epsilon(table, prices):
    return min(table, key=lambda way: way["epsilon"])["name"]


def weakest_attack(table, prices):
    return min(table, key=lambda way: way["attack"])["name"]


def most_minutes(table, prices):
    return max(_allowed(table, prices), key=lambda way: way["minutes"])["name"]


def fewest_leave(table, prices):
    return min(_allowed(table, prices), key=lambda way: way["leave"])["name"]


def first(table, prices):
    return table[0]["name"]


RIGHT = {"frame": as_frame, "loop": by_loop}

WRONG = {
    "no cap": (no_cap, "gives more away"),
    "the cap without its error": (no_error, "measured with an error"),
    "a 90 % interval": (_level(1.645), "upper end of"),
    "a 99 % interval": (_level(2.576), "was chosen"),
    "smallest epsilon": (smallest_epsilon, "within the cap"),
    "weakest attack": (weakest_attack, "within the cap"),
    "most minutes": (most_minutes, "within the cap"),
    "fewest leave": (fewest_leave, "within the cap"),
    "first": (first, "was chosen"),
}

HARMLESS = {
    "constant: …st'] * way['leave'] / 100 -> …st'] * way['leave'] / 101": (
        "a lost viewer who costs a hundredth less changes no choice"
    ),
    "constant: …lost'] * way['leave'] / 100 -> …lost'] * way['leave'] / 99": (
        "a lost viewer who costs a hundredth more changes no choice"
    ),
    "comparison: …96 * w['attack_error'] <= prices['cap']] -> "
    "…96 * w['attack_error'] < prices['cap']]": "no attack ends on the cap itself",
}
