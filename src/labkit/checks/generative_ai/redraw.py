"""The worlds of an instance, drawn again from what stands in it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labkit.exercise.task import Instance
from labkit.trends.generative_ai import data
from labkit.trends.generative_ai.world import patterns
from labkit.trends.generative_ai.world.exposure import Benchmark, draw_benchmark
from labkit.trends.generative_ai.world.flow import Mixture, draw_mixture
from labkit.trends.generative_ai.world.layers import Adaptation, draw_adaptation, draw_layer
from labkit.trends.generative_ai.world.logs import Log, draw_log
from labkit.trends.generative_ai.world.teachers import Lesson, draw_lesson

Floats = NDArray[np.float64]
SEEDS = 2**63
"""Of so many one is drawn. Whoever knows how a world is made can make it with every seed and
compare: a compiled loop tries 2^31 in minutes."""
INSIDE, OUTSIDE = 1_000, 1_000
"""Tokens of a case of `allowed`: written in the pattern's characters alone, and others. Those that
stand in a record's own words are all among them."""


def automaton(case: Instance) -> patterns.Automaton:
    """The pattern of a case of `allowed`."""
    kind, given = case["kind"], case["given"]
    if kind == "record":
        return patterns.record(given["fields"], given["gap"])
    if kind == "date":
        return patterns.date(given["order"], given["mark"], given["years"])
    if kind == "quantity":
        return patterns.quantity(given["digits"], given["decimals"], given["units"], given["gap"])
    return patterns.brackets(given["brackets"], given["items"], given["depth"])


def tokens(case: Instance, pattern: patterns.Automaton) -> list[bytes]:
    """Some of the model's tokens in a drawn order, and the end of the text, which is empty."""
    known = bytes(np.flatnonzero((pattern.moves >= 0).any(axis=0)).tolist())
    own = _words(case).encode()
    chosen, inside, outside = [b""], [], []
    for token in data.tokens():
        if token.translate(None, known):
            outside.append(token)
        elif token in own:
            chosen.append(token)
        else:
            inside.append(token)
    rng = np.random.default_rng(case["seed"])
    for pool, most in ((inside, INSIDE), (outside, OUTSIDE)):
        order = rng.permutation(len(pool))[:most]
        chosen += [pool[place] for place in order]
    return [chosen[place] for place in rng.permutation(len(chosen))]


def _words(case: Instance) -> str:
    """The words of a record with what stands around them; of other patterns, nothing."""
    if case["kind"] != "record":
        return ""
    gap = case["given"]["gap"]
    (first, words), (second, others) = case["given"]["fields"]
    head, middle = f'{{"{first}":{gap}"', f'",{gap}"{second}":{gap}"'
    lines = [f"{head}{word}{middle}" for word in words] + [f'{middle}{word}"}}' for word in others]
    return "\n".join(lines)


def seeds(group: Instance) -> list[int]:
    """The seeds of a group's members."""
    rng = np.random.default_rng(group["seed"])
    return [int(rng.integers(SEEDS)) for _ in range(group["members"])]


def logs(group: Instance) -> Iterator[Log]:
    """The logs of a group of `pick_prompt`."""
    return (draw_log(seed, **group["given"]) for seed in seeds(group))


def adaptation(case: Instance) -> Adaptation:
    """Layer and task of a case of `adapt`."""
    return draw_adaptation(case["seed"], **case["given"])


def layer(case: Instance) -> tuple[Floats, Floats, Floats]:
    """Weights, inputs and scales of a case of `quantise`."""
    weights, inputs = draw_layer(case["seed"], **case["given"])
    most = 2 ** (case["bits"] - 1) - 1
    return weights, inputs, case["reach"] * np.abs(weights).max(axis=1) / most


def lesson(case: Instance) -> Lesson:
    """What a student learns from in a case of `distil`."""
    return draw_lesson(case["seed"], case["kind"], **case["given"])


def flow(case: Instance) -> tuple[Mixture, Floats]:
    """Mixture and noise of a case of `sample`."""
    mixture = draw_mixture(case["seed"], **case["given"])
    noise = np.random.default_rng(case["seed"] + 1).standard_normal(
        (case["points"], case["given"]["dimensions"])
    )
    return mixture, noise


def benchmarks(group: Instance) -> Iterator[Benchmark]:
    """The benchmarks of a group of `contaminated`."""
    return (draw_benchmark(seed, **group["given"]) for seed in seeds(group))
