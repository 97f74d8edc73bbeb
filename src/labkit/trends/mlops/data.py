"""Stored figures of the module: how alarms do on a thousand streams."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def alarms() -> dict[str, dict[str, float]]:
    """By alarm: `false`, share of quiet streams in which it rings, and `delay` in windows.

    Computed by ``benchmarks/mlops/alarms.py``.
    """
    text = files(__package__).joinpath("figures", "alarms.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
