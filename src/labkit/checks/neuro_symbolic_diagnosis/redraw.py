"""Draw again the data that an instance names.

An instance is small plain data. Pictures, beliefs and graphs are drawn from its seeds here, for the
judges and for the exams alike, so that both always see the same. Clinics to learn in are drawn in
`clinics`. What is right about any of it stands in the instance.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import rdflib
import torch
from numpy.typing import NDArray

from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.perception import LOGITS, beliefs
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions, draw_lesions
from labkit.trends.neuro_symbolic_diagnosis.world.nuisances import draw_nuisances
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import render

Case = dict[str, Any]
Floats = NDArray[np.float64]

CERTAIN = 1e-9
"""No system states a probability nearer to 0 or 1."""


def logits(n: int, seed: int) -> Floats:
    """Logits (n, 23) of the large batch of `posterior`."""
    return np.random.default_rng(seed).normal(0, 2, (n, LOGITS))


def pictures(case: Case) -> tuple[NDArray[np.float32], Lesions]:
    """The images of a case of `measure`, (n, 64, 64, 3), and their truth.

    The light is dimmed to a share from ``darkest`` to 1. Lesions without any axis are half as
    common as in clinics: they are the easiest to tell.
    """
    drawn = draw_lesions(case["drawn"], case["seed"])
    without = drawn.asymmetry == 2
    lesions = drawn.take(~without | (without.cumsum() % 2 == 0))
    nuisances = draw_nuisances(len(lesions), case["seed"] + 1, case["hair"], case["ruler"])
    dimmed = np.random.default_rng(case["seed"] + 2).uniform(case["darkest"], 1, (len(lesions), 1))
    nuisances = replace(nuisances, light=nuisances.light * dimmed)
    return render(lesions, nuisances, unusual=True), lesions


def past_and_new(case: Case) -> tuple[Floats, NDArray[np.int64]]:
    """Stated probabilities and truth of a clinic of `abstain`, (n,) each, known lesions first.

    The system states the true log-odds shifted and too steep, as if errors of its concepts were
    independent of each other. Of lesions that are strange to it, it is as sure as can be.
    """
    odds, suspicious = true_odds(case)
    stated = 1 / (1 + np.exp(-case["steepness"] * (odds + case["lean"])))
    # On the side with most lesions about which it is sure: there a few errors hardly move a limit.
    stated[_is_strange(case)] = case["skew"] > 1
    return np.clip(stated, CERTAIN, 1 - CERTAIN), suspicious


def true_odds(case: Case) -> tuple[Floats, NDArray[np.int64]]:
    """The log-odds from which a clinic's verdicts are drawn, and the verdicts, (n,) each.

    Above their centre they lie ``skew`` times as wide as ``spread``, below it 1 / ``skew`` times.
    For the share ``strange`` of the lesions they are 0.
    """
    rng = np.random.default_rng(case["seed"])
    apart = rng.normal(0, case["spread"], case["past"] + case["new"])
    odds = case["centre"] + apart * np.where(apart > 0, case["skew"], 1 / case["skew"])
    odds[_is_strange(case)] = 0
    return odds, (rng.random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(np.int64)


def _is_strange(case: Case) -> NDArray[np.bool_]:
    """Which lesions are unlike all that a system has learned from, (n,)."""
    chance = np.random.default_rng(case["seed"] + 1).random(case["past"] + case["new"])
    return np.asarray(chance < case["strange"])


def stated_beliefs(case: Case) -> dict[str, Floats]:
    """Beliefs of a system about the lesions of a case of `explain` or `adapt`.

    They lean to the truth of random lesions, with doubts. `case` has ``seed``, ``lesions``, how
    many, and ``rows``, which of them are meant; keys and shapes as in `perception.beliefs`. All
    numbers of findings are equally common, so that rare ones are met too.
    """
    rng, n = np.random.default_rng(case["seed"]), case["lesions"]

    def presences(most: int) -> NDArray[np.int64]:
        ranks = rng.random((n, most)).argsort(axis=1).argsort(axis=1)
        counts = rng.integers(1, most + 1, (n, 1))
        return (ranks < counts).astype(np.int64)

    leaning = np.column_stack(
        [
            np.eye(3)[rng.integers(0, 3, n)],
            np.eye(9)[rng.integers(0, 9, n)],
            presences(6),
            presences(5),
        ]
    )
    noise = rng.normal(0, 0.8, leaning.shape)
    stated = beliefs(torch.from_numpy((4 * leaning - 2 + noise)[list(case["rows"])]))
    return {name: values.numpy() for name, values in stated.items()}


def changed_guideline(case: Case) -> rdflib.Graph:
    """The shipped guideline with the ``limits`` (scores) and ``weights`` (tenths) of a case."""
    graph = guideline.load()
    upwards = sorted(case["limits"].items())  # "highly_suspicious" comes first
    lower = guideline.read(graph).lower["suspicious"]
    falling = case["limits"].get("suspicious", lower) < lower
    # The bands must rise at every step.
    for band, limit in reversed(upwards) if falling else upwards:
        graph = guideline.with_threshold(graph, band, limit)
    for criterion, tenths in case["weights"].items():
        graph = guideline.with_weight(graph, criterion, tenths / 10)
    return graph


def extended_guideline(case: Case) -> rdflib.Graph:
    """The guideline of a case of `sparql`: changed weights, more findings, and more sources."""
    graph = changed_guideline({**case, "limits": {}})
    lines = [
        "@prefix g: <https://labkit.example/guideline#> .",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> .",
    ]
    for name, year in case["sources"].items():
        lines.append(f"g:{name} a g:Source ; dcterms:issued {year} .")
    for finding in case["findings"]:
        lines.append(
            f"g:{finding['name']} a g:Finding ; g:ofCriterion g:{finding['criterion']} ; "
            f'g:points 1 ; skos:notation "{finding["name"]}" .'
        )
        lines += [f"g:{finding['name']} g:suggests g:{sign} ." for sign in finding["signs"]]
        lines += [f"g:{finding['name']} dcterms:source g:{name} ." for name in finding["sources"]]
    graph.parse(data="\n".join(lines), format="turtle")
    return graph
