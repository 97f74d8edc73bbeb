"""Shops that exams draw: what works, in which direction, and what is confounded with what."""

from __future__ import annotations

from colorsys import hsv_to_rgb
from typing import Any

import numpy as np

from .phrases import draw_phrases

STYLES = ("clamshell", "clutter", "glossy")


def sign(rng: np.random.Generator) -> int:
    """Return 1 or −1."""
    return 1 if rng.random() < 0.5 else -1


def draw_shop(
    rng: np.random.Generator,
    together: tuple[float, float] = (0.32, 0.42),
    often: tuple[float, float] = (0.6, 0.2),
    style_effect: tuple[float, float] = (0.22, 0.32),
    gift: tuple[float, float] = (0.1, 0.25),
) -> dict[str, Any]:
    """Draw a shop's fields; pairs are the ends of what sizes are drawn from, signs are drawn."""
    style, partner, third = (str(name) for name in rng.permutation(STYLES))
    more = bool(rng.random() < 0.5)  # whether everyday products are those with the style
    direction = sign(rng)
    effects = {
        style: direction * round(float(rng.uniform(*style_effect)), 4),
        partner: round(float(rng.normal(0, 0.06)), 4),
        third: round(float(rng.normal(0, 0.08)), 4),
    }
    return {
        "level": round(float(rng.uniform(3.0, 3.4)), 3),
        "effects": effects,
        "colours": [round(float(one), 4) for one in rng.normal(0, 0.06, 4)],
        "gift": sign(rng) * round(float(rng.uniform(*gift)), 4),
        "quality": round(float(rng.uniform(0.28, 0.36)), 4),
        "partner": partner,
        "together": sign(rng) * round(float(rng.uniform(*together)), 4),
        "style": style,
        "often": list(often if more else often[::-1]),
        "read": round(float(rng.uniform(0.82, 0.92)), 3),
        "noise": round(float(rng.uniform(0.06, 0.1)), 4),
        "words": int(rng.integers(2**31)),
        "phrases": draw_phrases(rng),
        "look": draw_look(rng),
        "encoder": draw_seed(rng),
    }


DIRECTIONS = (1, 1), (1, -1), (1, 0), (0, 1)
FILM = (0.25, 0.4), (0, 0.15), (0.3, 0.45)


def draw_look(rng: np.random.Generator) -> dict[str, Any]:
    """Draw how a shop's pictures show things: fields of `Look`."""
    first, (stripes, ribs) = rng.random(), rng.integers(0, len(DIRECTIONS), 2)
    colours = [
        hsv_to_rgb((first + turn / 4) % 1, rng.uniform(0.6, 0.9), rng.uniform(0.4, 0.7))
        for turn in rng.permutation(4)
    ]
    return {
        "size": int(rng.choice([40, 44])),
        "colours": [[round(part, 3) for part in colour] for colour in colours],
        "ground": round(float(rng.uniform(0.87, 0.96)), 3),
        "tile": int(rng.integers(3, 5)),
        "stripes": [*DIRECTIONS[stripes], int(rng.integers(6, 8)), 3],
        "light": round(float(rng.uniform(0.75, 0.9)), 3),
        "ribs": [*DIRECTIONS[ribs], 4, 2],
        "film": [round(float(rng.uniform(*ends)), 3) for ends in FILM],
    }


def differ(cases: list[dict[str, Any]]) -> bool:
    """Whether another look works together with use in each shop: clutter is easiest to read."""
    return len({case["shop"]["partner"] for case in cases}) == len(cases)


def draw_seed(rng: np.random.Generator) -> int:
    """A seed from which others are counted upwards."""
    return int(rng.integers(2**30))
