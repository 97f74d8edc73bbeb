"""What beliefs about the findings say about the score: by sampling, and by ProbLog.

A belief is a probability for every finding: a dict with `asymmetry` (n, 3) and `border` (n, 9),
which sum to 1 in each row, and `colours` (n, 6) and `structures` (n, 5), each apart. Findings are
independent given the picture. Sampling is quick and approximate, ProbLog exact and slow, one
lesion at a time; neither can be trained through. The exact and differentiable form is task 1 of
the lab and not in this package.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.trends.neuro_symbolic_diagnosis.world.lesions import COLOURS, STRUCTURES
from labkit.trends.neuro_symbolic_diagnosis.world.scores import SUSPICIOUS, tds_tenths

Floats = NDArray[np.float64]

TENTHS = 90
"""Places of a distribution of the TDS: scores 0.0 to 8.9 in tenths."""

WIDTHS = {"asymmetry": 3, "border": 9, "colours": 6, "structures": 5}
"""Columns of a belief."""

_BATCH = 256


def sample_tds(beliefs: Mapping[str, ArrayLike], draws: int = 2_000, seed: int = 0) -> Floats:
    """Return how often each TDS comes up when findings are drawn from `beliefs`, (n, TENTHS).

    A probability p is met up to sqrt(p (1 - p) / draws), about 0.01 at 2,000 draws. Raises
    `ValueError` where `beliefs` are no probabilities.
    """
    checked = as_beliefs(beliefs)
    rng = np.random.default_rng(seed)
    n = len(checked["asymmetry"])
    result = np.empty((n, TENTHS))
    for start in range(0, n, _BATCH):
        part = {name: value[start : start + _BATCH] for name, value in checked.items()}
        tenths = tds_tenths(
            _draw_levels(part["asymmetry"], draws, rng),
            _draw_levels(part["border"], draws, rng),
            _draw_counts(part["colours"], draws, rng),
            _draw_counts(part["structures"], draws, rng),
        ).reshape(-1, draws)
        rows = TENTHS * np.arange(len(tenths))[:, None]
        counts = np.bincount((tenths + rows).ravel(), minlength=TENTHS * len(tenths))
        result[start : start + _BATCH] = counts.reshape(-1, TENTHS) / draws
    return result


def share_above(distribution: ArrayLike, above: float = SUSPICIOUS) -> Floats:
    """Return how much of each distribution (n, TENTHS) lies above a score, shape (n,)."""
    places = np.arange(TENTHS)
    return np.asarray(np.asarray(distribution)[:, places > round(10 * above, 6)].sum(axis=1))


def problog_program(beliefs: Mapping[str, ArrayLike], above: float = SUSPICIOUS) -> str:
    """Return the guideline and the beliefs about one lesion as a ProbLog program.

    It asks for the probability of `above_limit`, that the TDS lies above `above`. Each belief has
    one row. Scores are in tenths.
    """
    checked = as_beliefs(beliefs)
    if len(checked["asymmetry"]) != 1:
        raise ValueError(f"ProbLog takes one lesion, and {len(checked['asymmetry'])} were given")
    one = {name: np.clip(value[0], 0, 1) for name, value in checked.items()}
    for name in ("asymmetry", "border"):
        # ProbLog refuses alternatives that sum to a hair more than 1, as float32 beliefs do.
        one[name] = one[name] / max(1.0, float(one[name].sum()) * (1 + 1e-15))
    findings = [
        f"{p:.17g}::colour({name})." for name, p in zip(COLOURS, one["colours"], strict=True)
    ]
    findings += [
        f"{p:.17g}::structure({name})."
        for name, p in zip(STRUCTURES, one["structures"], strict=True)
    ]
    levels = [
        "; ".join(f"{p:.17g}::{name}({level})" for level, p in enumerate(one[name])) + "."
        for name in ("asymmetry", "border")
    ]
    return "\n".join(
        [
            *levels,
            *findings,
            # Colours and structures weigh the same, so their common number is enough.
            *_counting([f"colour({name})" for name in COLOURS], 0),
            *_counting([f"structure({name})" for name in STRUCTURES], len(COLOURS)),
            f"above_limit :- asymmetry(A), border(B), found({len(COLOURS) + len(STRUCTURES)}, N),",
            f"               13*A + B + 5*N > {round(10 * above, 6)}.",
            "query(above_limit).",
        ]
    )


def problog_probability(beliefs: Mapping[str, ArrayLike], above: float = SUSPICIOUS) -> float:
    """Return the exact probability that one lesion's TDS lies above `above`, by ProbLog.

    De Raedt, Kimmig and Toivonen 2007, "ProbLog: a probabilistic Prolog", IJCAI.
    """
    from problog import get_evaluatable
    from problog.program import PrologString

    program = PrologString(problog_program(beliefs, above))
    return float(next(iter(get_evaluatable().create_from(program).evaluate().values())))


def as_beliefs(beliefs: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    """Return `beliefs` as arrays of the right shape; `ValueError` says what is wrong with them."""
    missing = [name for name in WIDTHS if name not in beliefs]
    if missing:
        raise ValueError(f"beliefs need the keys {list(WIDTHS)}, and {missing} are missing")
    checked = {name: np.atleast_2d(np.asarray(beliefs[name], float)) for name in WIDTHS}
    rows = len(checked["asymmetry"])
    for name, value in checked.items():
        if value.shape != (rows, WIDTHS[name]):
            raise ValueError(
                f"beliefs about {name} have the shape {value.shape}, "
                f"and {(rows, WIDTHS[name])} is needed"
            )
        if not ((value >= -1e-9) & (value <= 1 + 1e-6)).all():
            raise ValueError(f"beliefs about {name} must be probabilities from 0 to 1")
        if name in ("asymmetry", "border") and abs(value.sum(axis=1) - 1).max() > 1e-4:
            raise ValueError(f"the beliefs about {name} must sum to 1 for each lesion")
    return checked


def _counting(findings: list[str], before: int) -> list[str]:
    """Prolog that goes through findings and counts those present: found(how many seen, number)."""
    clauses = ["found(0, 0)."] if before == 0 else []
    for place, finding in enumerate(findings, start=before + 1):
        so_far = f"found({place - 1}, M)"
        clauses += [
            f"found({place}, N) :- {so_far}, {finding}, N is M + 1.",
            f"found({place}, M) :- {so_far}, \\+ {finding}.",
        ]
    return clauses


def _draw_levels(chances: Floats, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw levels from (n, k) distributions: (n * draws,)."""
    ends = np.cumsum(chances, axis=1)[:, None, :-1]
    return (rng.random((len(chances), draws, 1)) > ends).sum(axis=2).ravel()


def _draw_counts(chances: Floats, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw presences from (n, k) and count them: (n * draws,)."""
    drawn = rng.random((len(chances), draws, chances.shape[1]), dtype=np.float32)
    return (drawn < chances[:, None]).sum(axis=2).ravel()
