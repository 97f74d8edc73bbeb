"""Draw again, or unpack, the data that an instance names.

An instance is small plain data. Lesions and clinics are drawn from its seeds here, for the judges
and for the exams alike, so that both always see the same. Measurements of images are made in the
exams only and travel inside the instance, packed into a text. What is right about any of it stands
in the instance.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import rdflib
import torch
from numpy.typing import NDArray

from labkit.trends.neuro_symbolic_diagnosis import guideline
from labkit.trends.neuro_symbolic_diagnosis.perception import LOGITS, beliefs
from labkit.trends.neuro_symbolic_diagnosis.world.lesions import Lesions, draw_lesions
from labkit.trends.neuro_symbolic_diagnosis.world.renderer import draw_cases

Case = dict[str, Any]
Floats = NDArray[np.float64]

CERTAIN = 1e-5
"""No system states a probability nearer to 0 or 1."""

STEP = 1 / 24
"""Packed numbers are whole multiples of this, from -127 to 127 of them: standard scores to 5.3."""


def pack(table: Floats) -> str:
    """Pack standard scores into a text, rounded to `STEP`."""
    levels = np.clip(np.rint(table / STEP), -127, 127).astype(np.int8)
    return base64.b64encode(zlib.compress(levels.tobytes(), 9)).decode("ascii")


def unpack(text: str, columns: int) -> Floats:
    """Unpack a table of so many columns, shape (n, columns)."""
    levels = np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.int8)
    return levels.reshape(-1, columns).astype(float) * STEP


def logits(n: int, seed: int) -> Floats:
    """Logits (n, 23) of the large batch of `posterior`."""
    return np.random.default_rng(seed).normal(0, 2, (n, LOGITS))


def pictures(case: Case) -> tuple[NDArray[np.float32], Lesions]:
    """The images of a case of `measure`, (n, 64, 64, 3), and their truth."""
    cases = draw_cases(case["n"], case["seed"], hair=case["hair"], ruler=case["ruler"])
    return cases.images, cases.lesions


def measured(case: Case) -> tuple[Floats, Lesions]:
    """The mixed measurements of an instance, (n, columns), and the truth of its lesions.

    ``rows`` says which lesions of the seed they are; without it they are the first ones.
    """
    x = unpack(case["measured"], case["columns"])
    rows = case.get("rows", range(len(x)))
    return x, draw_lesions(max(rows) + 1, case["seed"]).take(np.asarray(rows))


def clinic(case: Case) -> tuple[Floats, NDArray[np.int64]]:
    """Stated probabilities and truth of a clinic of `abstain`, (n,) each, known lesions first.

    The system states the true log-odds too steep and shifted, as if errors of its concepts were
    independent of each other.
    """
    odds, suspicious = true_odds(case)
    stated = 1 / (1 + np.exp(-case["steepness"] * odds - case["shift"]))
    return np.clip(stated, CERTAIN, 1 - CERTAIN), suspicious


def true_odds(case: Case) -> tuple[Floats, NDArray[np.int64]]:
    """The log-odds from which a clinic's verdicts are drawn, and the verdicts, (n,) each."""
    rng = np.random.default_rng(case["seed"])
    odds = rng.normal(case["centre"], case["spread"], case["past"] + case["new"])
    return odds, (rng.random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(np.int64)


def stated_beliefs(case: Case) -> dict[str, Floats]:
    """Beliefs of a system about the lesions of a case of `explain` or `adapt`.

    They lean to the truth of random lesions, with doubts. `case` has ``seed`` and ``rows``, which
    of its lesions are meant; keys and shapes as in `perception.beliefs`.
    """
    rows = list(case["rows"])
    concepts = draw_lesions(max(rows) + 1, case["seed"]).concepts()
    leaning = np.column_stack(
        [
            np.eye(3)[concepts["asymmetry"]],
            np.eye(9)[concepts["border"]],
            concepts["colours"],
            concepts["structures"],
        ]
    )
    noise = np.random.default_rng(case["seed"]).normal(0, 0.8, leaning.shape)
    stated = beliefs(torch.from_numpy((4 * leaning - 2 + noise)[rows]))
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
