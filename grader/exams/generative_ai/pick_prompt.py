"""Task `pick_prompt`: three groups of logs, in which luck, customers and pairs all matter."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import t as student

from exams.generative_ai.clusters import mean_and_error
from exams.generative_ai.seeds import seed
from labkit.checks.generative_ai.redraw import logs
from labkit.trends.generative_ai.world.logs import Log

GROUPS, LOGS = 3, 400


def draw(rng: np.random.Generator) -> dict[str, Any]:
    """Return ``{"groups": [...]}``.

    Each has ``seed``, ``members`` and ``given``, which draw the logs; ``width``, the mean width of
    the reference's intervals; and ``random``, the mean regret of a prompt chosen at random.
    """
    return {"groups": [_group(rng) for _ in range(GROUPS)]}


def _group(rng: np.random.Generator) -> dict[str, Any]:
    group: dict[str, Any] = {
        "seed": seed(rng),
        "members": LOGS,
        "given": {
            "prompts": int(rng.integers(9, 15)),
            "customers": int(rng.integers(30, 42)),
            "each": round(float(rng.uniform(17, 22)), 1),
            "level": round(float(rng.uniform(0.48, 0.52)), 3),
            "spread": round(float(rng.uniform(0.022, 0.028)), 4),
            "easy": round(float(rng.uniform(0.21, 0.23)), 3),
            "suits": round(float(rng.uniform(0.21, 0.23)), 3),
            "hard": round(float(rng.uniform(0.3, 0.45)), 2),
        },
    }
    widths, regrets = [], []
    for drawn in logs(group):
        _, _, low, high = reference(drawn)
        widths.append(high - low)
        regrets.append(drawn.true[1:].max() - drawn.true[1:].mean())
    return group | {"width": float(np.mean(widths)), "random": float(np.mean(regrets))}


def reference(drawn: Log) -> tuple[int, float, float, float]:
    """Choose on half of the customers, promise on the others."""
    names = np.unique(drawn.customer)
    first = np.isin(drawn.customer, names[: len(names) // 2])
    prompt = 1 + int(drawn.scores[first, 1:].mean(axis=0).argmax())
    scores, customer = drawn.scores[~first], drawn.customer[~first]
    gain, error, g = mean_and_error((scores[:, prompt] - scores[:, 0]).astype(float), customer)
    reach = float(student.ppf(0.975, g - 1)) * error
    return prompt, float(scores[:, prompt].mean()), gain - reach, gain + reach
