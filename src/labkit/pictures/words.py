"""How numbers are written wherever a learner meets them: in prose, pictures and cards."""

from __future__ import annotations

import re


def percent_apart(text: str) -> str:
    """Return a text with a space between a number and its percent sign, as prose writes it."""
    return re.sub(r"(?<=\d)%", " %", text)
