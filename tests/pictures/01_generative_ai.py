"""Samples of the pictures and explorations of module 01."""

import numpy as np

from labkit.trends.generative_ai import data, plots, widgets


def model_map():
    point = {"name": "counted words", "megabytes": 0.015, "seen": 1.0, "held_out": 0.19}
    other = {"name": "SmolLM2, lists", "megabytes": 98.0, "seen": 0.2, "held_out": 0.1}
    return plots.model_map([point, other, {**other, "name": "quiet", "quiet": True}])


def prompts():
    return plots.prompts([("lists", 0.45, 0.36, 0.55), ("6 shots, schema", 0.41, 0.3, 0.5)])


def next_tokens():
    free = {"password": -0.7, "email": -2.8, "account": -3.4}
    return plots.next_tokens(free, ["email", "account"], 1.0)


def two_ways():
    return plots.two_ways({"own": {"high": 0.3, "low": 0.7}, "masked": {"high": 0.8, "low": 0.2}})


def bits_and_error():
    return plots.bits_and_error(
        [2, 4, 8], {"one scale": [0.9, 0.5, 0.02], "a row": [0.5, 0.1, 0.01]}
    )


def drawn_digits():
    images = np.linspace(0, 16, 8 * 64).reshape(8, 64)
    return plots.drawn_digits(
        {"4 steps": images, "100 steps": images[::-1]}, {"4 steps": 2.1, "100 steps": 0.01}
    )


def seen_items():
    reference = np.linspace(-4, -1, 40)
    seen = np.arange(40) % 4 == 0
    return plots.seen_items(reference, 0.6 * reference + seen, seen, np.array([0.6, 0.0]))


PLOTS = {
    "model_map": model_map,
    "prompts": prompts,
    "next_tokens": next_tokens,
    "two_ways": two_ways,
    "bits_and_error": bits_and_error,
    "drawn_digits": drawn_digits,
    "seen_items": seen_items,
}
EXPLORERS = {
    "explore_next": (
        widgets.explore_next,
        {"ticket": data.figures("next.json")["tickets"][1]["text"], "temperature": 0.3},
    ),
    "explore_steps": (widgets.explore_steps, {"evaluations": 8, "seed": 2}),
}
