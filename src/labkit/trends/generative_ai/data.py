"""What is on record: the model's answers to 240 tickets, its vocabulary, and measured figures."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from labkit.trends.generative_ai.world.tickets import Ticket, draw_tickets

CUSTOMERS, EACH = 40, 6
TRAIN = 320


def tickets() -> list[Ticket]:
    """The 240 tickets that were asked about: six of each of forty customers, half held out."""
    return draw_tickets(CUSTOMERS, EACH, seed=11, held_out=0.5)


def training() -> list[Ticket]:
    """320 labelled tickets of other customers, all in seen phrasings."""
    return draw_tickets(TRAIN // 4, 4, seed=12, held_out=0.0)


@cache
def figures(name: str) -> Any:
    """Read a stored file of figures."""
    return json.loads((files("labkit.trends.generative_ai") / "figures" / name).read_text())


@cache
def tokens() -> tuple[bytes, ...]:
    """The 49,152 tokens of SmolLM2 as bytes, by number; some are no whole characters."""
    path = files("labkit.trends.generative_ai") / "figures" / "tokens.npz"
    with path.open("rb") as handle, np.load(handle) as stored:
        text, ends = stored["text"].tobytes(), np.cumsum(stored["length"], dtype=np.int64)
    starts = [0, *ends[:-1].tolist()]
    return tuple(text[start:end] for start, end in zip(starts, ends.tolist(), strict=True))
